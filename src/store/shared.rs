//! What both stores do with the same words of SQL, written once and compiled for each database.
//!
//! A macro rather than generics: sqlx asks for some twenty bounds to name "any database", on every function. What
//! differs stays with each store: how it connects (`reader`, `writer`), how an append, a moving in and a lasting look
//! begin (`start`, `move_in`, `look`), how it hears of others (`wait_for_news`) and what else follows records (`follow_records`). The
//! words themselves are in `statements.rs`, appends in `append.rs`, how rows are read in `rows.rs`.

/// Rows that move together from one store to another; parts of datasets are a megabyte each.
pub(super) const BATCH: usize = 500;
/// Parts of datasets that move together.
pub(super) const PARTS: usize = 8;

macro_rules! store_on {
    (store: $Store:ident, append: $Tx:ident, database: $Db:ty, connection: $Connection:ty, row: $Row:ty) => {
        #[async_trait]
        impl Store for $Store {
            async fn begin(&self) -> Result<Box<dyn Tx>> {
                // Who waits for a turn here holds no connection meanwhile.
                let turn = self.turn.clone().lock_owned().await;
                let mut tx = self.start().await?;
                let seq: i64 = sqlx::query_scalar(sql::TAKE_ORDER).fetch_one(&mut *tx).await?;
                let change = sqlx::query_scalar(sql::CHANGE_ID).bind(seq).fetch_optional(&mut *tx).await?;
                let tip = Tip { seq: seq as Seq, change };
                Ok(Box::new($Tx { tx, tip, here: self.here.clone(), _turn: Some(turn) }))
            }

            async fn head(&self) -> Result<Tip> {
                tip_of(&sqlx::query(sql::HEAD).fetch_one(&mut *self.reader().await?).await?)
            }

            async fn news(&self, patience: Duration) {
                self.wait_for_news(patience).await;
            }

            async fn changes(&self, wanted: Which, limit: usize) -> Result<Vec<Change>> {
                found(&mut *self.reader().await?, wanted, limit).await
            }

            async fn touched(&self, batch: Uuid) -> Result<Vec<(Id, Seq)>> {
                let rows = sqlx::query(sql::TOUCHED).bind(batch).fetch_all(&mut *self.reader().await?).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as Seq))).collect()
            }

            async fn bodies(&self, out: mpsc::Sender<String>) -> Result<Tip> {
                // Canonical JSON holds no line break of its own.
                let mut tx = self.look().await?;
                let tip = tip_of(&sqlx::query(sql::HEAD).fetch_one(&mut *tx).await?)?;
                let mut last = Some(Uuid::nil());
                while let Some(after) = last {
                    let row = sqlx::query(sql::BODIES).bind(after).fetch_one(&mut *tx).await?;
                    last = row.try_get(0)?;
                    let page: Option<String> = row.try_get(1)?;
                    if let Some(page) = page
                        && out.send(page).await.is_err()
                    {
                        break;
                    }
                }
                Ok(tip)
            }

            async fn each_source(&self, list: &str, sink: &mut (dyn FnMut(SourceRow) + Send)) -> Result<()> {
                let mut connection = self.reader().await?;
                let mut rows = sqlx::query(sql::OWN_SOURCES).bind(list).fetch(&mut *connection);
                while let Some(row) = rows.try_next().await? {
                    sink(source_of(&row)?);
                }
                Ok(())
            }

            async fn datasets(&self) -> Result<Vec<DatasetInfo>> {
                let rows = sqlx::query(sql::DATASETS).fetch_all(&mut *self.reader().await?).await?;
                rows.iter().map(dataset_of).collect()
            }

            async fn dataset_bytes(&self, info: &DatasetInfo) -> Result<Vec<u8>> {
                let mut connection = self.reader().await?;
                let mut rows = sqlx::query(sql::PARTS).bind(&info.name).bind(info.version).fetch(&mut *connection);
                let mut bytes = Vec::new();
                while let Some(row) = rows.try_next().await? {
                    bytes.extend_from_slice(row.try_get(0)?);
                }
                Ok(bytes)
            }

            async fn put_dataset_part(&self, name: &str, version: Uuid, part: u32, bytes: &[u8]) -> Result<()> {
                let query = sqlx::query(sql::PUT_PART).bind(name).bind(version).bind(part as i32).bind(bytes);
                query.execute(&mut *self.writer().await?).await?;
                Ok(())
            }

            async fn accounts(&self) -> Result<Vec<Account>> {
                let rows = sqlx::query(sql::ACCOUNTS).fetch_all(&mut *self.reader().await?).await?;
                rows.iter().map(account_of).collect()
            }

            async fn account(&self, id: Uuid) -> Result<Option<Account>> {
                let query = sqlx::query(sql::ACCOUNT).bind(id);
                query.fetch_optional(&mut *self.reader().await?).await?.as_ref().map(account_of).transpose()
            }

            async fn has_admin(&self, now: i64) -> Result<bool> {
                Ok(sqlx::query_scalar(sql::HAS_ADMIN).bind(now).fetch_one(&mut *self.reader().await?).await?)
            }

            async fn account_by_token(&self, digest: &[u8]) -> Result<Option<Account>> {
                let query = sqlx::query(sql::ACCOUNT_BY_TOKEN).bind(digest);
                query.fetch_optional(&mut *self.reader().await?).await?.as_ref().map(account_of).transpose()
            }

            async fn use_link(&self, digest: &[u8], now: Timestamp) -> Result<Option<Account>> {
                let mut tx = self.start().await?;
                let used = sqlx::query(sql::USE_LINK).bind(digest).bind(now.to_string());
                let Some(row) = used.fetch_optional(&mut *tx).await? else { return Ok(None) };
                let account: Uuid = row.try_get(0)?;
                let account = sqlx::query(sql::ACCOUNT).bind(account).fetch_optional(&mut *tx).await?;
                tx.commit().await?;
                account.as_ref().map(account_of).transpose()
            }

            async fn put_session(&self, session: &SessionRow, now: i64) -> Result<()> {
                let mut connection = self.writer().await?;
                sqlx::query(sql::DROP_OLD_SESSIONS).bind(now).execute(&mut *connection).await?;
                let put = sqlx::query(sql::PUT_SESSION).bind(&session.id).bind(&session.data).bind(session.expires_at);
                put.bind(session.account).execute(&mut *connection).await?;
                Ok(())
            }

            async fn extend_session(&self, id: &str, data: Option<&str>, expires_at: i64) -> Result<()> {
                let extend = sqlx::query(sql::EXTEND_SESSION).bind(id).bind(data).bind(expires_at);
                extend.execute(&mut *self.writer().await?).await?;
                Ok(())
            }

            async fn session(&self, id: &str, now: i64) -> Result<Option<SessionRow>> {
                let query = sqlx::query(sql::SESSION).bind(id).bind(now);
                query.fetch_optional(&mut *self.reader().await?).await?.as_ref().map(session_of).transpose()
            }

            async fn drop_session(&self, id: &str) -> Result<()> {
                sqlx::query(sql::DROP_SESSION).bind(id).execute(&mut *self.writer().await?).await?;
                Ok(())
            }

            async fn unsound(&self) -> Result<Vec<String>> {
                self.examine().await
            }

            async fn close(&self) {
                self.let_go().await;
            }

            async fn hand_over(&self, out: mpsc::Sender<Rows>) -> Result<()> {
                let mut tx = self.look().await?;
                let tip = tip_of(&sqlx::query(sql::HEAD).fetch_one(&mut *tx).await?)?;
                pass(&mut tx, sql::ACCOUNTS, BATCH, account_row, Rows::Accounts, &out).await?;
                pass(&mut tx, sql::SECRETS, BATCH, secret_row, Rows::Secrets, &out).await?;
                pass(&mut tx, sql::SESSIONS, BATCH, session_of, Rows::Sessions, &out).await?;
                pass(&mut tx, sql::ALL_CHANGES, BATCH, change_of, Rows::Changes, &out).await?;
                pass(&mut tx, sql::ALL_RECORDS, BATCH, record_row, Rows::Records, &out).await?;
                pass(&mut tx, sql::LINKS, BATCH, link_row, Rows::Links, &out).await?;
                pass(&mut tx, sql::ALL_SOURCES, BATCH, source_row, Rows::Sources, &out).await?;
                pass(&mut tx, sql::UNDOS, BATCH, undo_row, Rows::Undos, &out).await?;
                pass(&mut tx, sql::DATASETS, BATCH, dataset_of, Rows::Datasets, &out).await?;
                pass(&mut tx, sql::ALL_PARTS, PARTS, part_row, Rows::Parts, &out).await?;
                let _ = out.send(Rows::End(tip)).await;
                Ok(())
            }

            async fn take_over(&self, mut coming: mpsc::Receiver<Rows>) -> Result<()> {
                let mut tx = self.move_in().await?;
                let seq: i64 = sqlx::query_scalar(sql::TAKE_ORDER).fetch_one(&mut *tx).await?;
                let written = sqlx::query(sql::DATASETS).fetch_all(&mut *tx).await?;
                if seq > 0 || !written.is_empty() {
                    return Err(StoreError::NotEmpty(self.place.clone()));
                }
                let mut tx = $Tx { tx, tip: Tip::default(), here: None, _turn: None };
                while let Some(rows) = coming.recv().await {
                    if let Rows::End(tip) = rows {
                        sqlx::query(sql::MOVE_HEAD).bind(tip.seq as i64).execute(&mut *tx.tx).await?;
                        return Ok(tx.tx.commit().await?);
                    }
                    tx.take_rows(rows).await?;
                }
                Err(StoreError::Damaged("the rows ended before their end".to_owned()))
            }
        }

        /// Changes in order, bodies in today's shape.
        async fn found(connection: &mut $Connection, wanted: Which, limit: usize) -> Result<Vec<Change>> {
            let query = match wanted {
                Which::After(seq) => sqlx::query(sql::CHANGES_AFTER).bind(number(seq)),
                Which::OfRecord(id, after) => sqlx::query(sql::CHANGES_OF_RECORD).bind(id).bind(number(after)),
                Which::ById(id) => sqlx::query(sql::CHANGE_BY_ID).bind(id),
            };
            let rows = query.bind(limit as i64).fetch_all(connection).await?;
            rows.iter().map(|row| change_of(row).and_then(upgraded)).collect()
        }

        /// Hands out the rows of one statement in batches.
        async fn pass<T>(
            tx: &mut Transaction<'static, $Db>,
            statement: &'static str,
            most: usize,
            read: fn(&$Row) -> Result<T>,
            wrap: fn(Vec<T>) -> Rows,
            out: &mpsc::Sender<Rows>,
        ) -> Result<()> {
            let mut rows = sqlx::query(statement).fetch(&mut **tx);
            let mut batch = Vec::new();
            while let Some(row) = rows.try_next().await? {
                batch.push(read(&row)?);
                if batch.len() == most {
                    if out.send(wrap(std::mem::take(&mut batch))).await.is_err() {
                        return Ok(());
                    }
                }
            }
            if !batch.is_empty() {
                let _ = out.send(wrap(batch)).await;
            }
            Ok(())
        }
    };
}

pub(super) use store_on;
