//! What both stores do with the same words of SQL, written once and compiled for each database.
//!
//! A macro rather than generics: sqlx asks for some twenty bounds to name "any database", on every function. What
//! differs stays with each store: how it connects (`reader`, `writer`), how an append and a lasting look begin
//! (`start`, `look`), how it hears of others (`wait_for_news`) and what else follows records (`follow_records`). The
//! words themselves are in `statements.rs`, how rows are read in `rows.rs`.

/// The rows of one statement that a bulk write puts in: at most so many values each (SQLite takes 32,766).
pub(super) const VALUES: usize = 32_000;

/// Rows that move together from one store to another; parts of datasets are a megabyte each.
pub(super) const BATCH: usize = 500;
/// Parts of datasets that move together.
pub(super) const PARTS: usize = 8;

macro_rules! store_on {
    (store: $Store:ident, append: $Tx:ident, database: $Db:ty, connection: $Connection:ty, row: $Row:ty) => {
        #[async_trait]
        impl Store for $Store {
            async fn begin(&self) -> Result<Box<dyn Tx>> {
                // Who waits for her turn here holds no connection while she waits.
                let turn = self.turn.clone().lock_owned().await;
                let mut tx = self.start().await?;
                let seq: i64 = sqlx::query_scalar(sql::TAKE_ORDER).fetch_one(&mut *tx).await?;
                let change = sqlx::query_scalar(sql::CHANGE_ID).bind(seq).fetch_optional(&mut *tx).await?;
                Ok(Box::new($Tx { tx, tip: Tip { seq: seq as Seq, change }, _turn: Some(turn) }))
            }

            async fn head(&self) -> Result<Tip> {
                tip_of(&sqlx::query(sql::HEAD).fetch_one(&mut *self.reader().await?).await?)
            }

            async fn news(&self, patience: Duration) {
                self.wait_for_news(patience).await;
            }

            async fn changes(&self, wanted: Wanted, limit: usize) -> Result<Vec<Change>> {
                found(&mut *self.reader().await?, wanted, limit).await
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

            async fn each_source_key(&self, list: &str, sink: &mut (dyn FnMut(String) + Send)) -> Result<()> {
                let mut connection = self.reader().await?;
                let mut rows = sqlx::query(sql::SOURCE_KEYS).bind(list).fetch(&mut *connection);
                while let Some(row) = rows.try_next().await? {
                    sink(row.try_get(0)?);
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
                put.execute(&mut *connection).await?;
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
                pass(&mut tx, sql::ALL_SOURCES, BATCH, source_of, Rows::Sources, &out).await?;
                pass(&mut tx, sql::DATASETS, BATCH, dataset_of, Rows::Datasets, &out).await?;
                pass(&mut tx, sql::ALL_PARTS, PARTS, part_row, Rows::Parts, &out).await?;
                let _ = out.send(Rows::End(tip)).await;
                Ok(())
            }

            async fn take_over(&self, mut coming: mpsc::Receiver<Rows>) -> Result<()> {
                let mut tx = self.start().await?;
                let seq: i64 = sqlx::query_scalar(sql::TAKE_ORDER).fetch_one(&mut *tx).await?;
                let written = sqlx::query(sql::DATASETS).fetch_all(&mut *tx).await?;
                if seq > 0 || !written.is_empty() {
                    return Err(StoreError::NotEmpty(self.place.clone()));
                }
                let mut tx = $Tx { tx, tip: Tip::default(), _turn: None };
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

        /// An append under way.
        pub struct $Tx {
            tx: Transaction<'static, $Db>,
            tip: Tip,
            /// Dropped after the transaction: the next append of this process may begin.
            _turn: Option<OwnedMutexGuard<()>>,
        }

        #[async_trait]
        impl Tx for $Tx {
            fn head(&self) -> Tip {
                self.tip
            }

            async fn changes(&mut self, wanted: Wanted, limit: usize) -> Result<Vec<Change>> {
                found(&mut self.tx, wanted, limit).await
            }

            async fn present(&mut self, ids: &[Id]) -> Result<Vec<Present>> {
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let rows = sqlx::query(sql::PRESENT).bind(id_list(ids)).fetch_all(&mut *self.tx).await?;
                let present = |row: &$Row| {
                    Ok(Present {
                        id: row.try_get(0)?,
                        kind: kind_of(row.try_get(1)?)?,
                        version: row.try_get::<i32, _>(2)? as u32,
                        body: row.try_get::<Option<String>, _>(3)?.as_deref().map(stored),
                    })
                };
                rows.iter().map(present).collect()
            }

            async fn by_code(&mut self, kind: Kind, codes: &[String]) -> Result<Vec<(String, Id)>> {
                if codes.is_empty() {
                    return Ok(Vec::new());
                }
                let query = sqlx::query(sql::BY_CODE).bind(text_list(codes)).bind(kind.name());
                let rows = query.fetch_all(&mut *self.tx).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
            }

            async fn links_to(&mut self, ids: &[Id]) -> Result<Vec<(Id, String, Id)>> {
                let rows = sqlx::query(sql::LINKS_TO).bind(id_list(ids)).fetch_all(&mut *self.tx).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
            }

            async fn sources(&mut self, list: &str, keys: &[String]) -> Result<Vec<SourceRow>> {
                let query = sqlx::query(sql::SOURCES).bind(text_list(keys)).bind(list);
                query.fetch_all(&mut *self.tx).await?.iter().map(source_of).collect()
            }

            async fn sources_of(&mut self, record: Id) -> Result<Vec<SourceRow>> {
                let query = sqlx::query(sql::SOURCES_OF).bind(record);
                query.fetch_all(&mut *self.tx).await?.iter().map(source_of).collect()
            }

            async fn append(&mut self, changes: &[Change]) -> Result<()> {
                let Some(last) = changes.last() else { return Ok(()) };
                sqlx::query(sql::MOVE_HEAD).bind(last.seq as i64).execute(&mut *self.tx).await?;
                self.put_changes(changes).await?;
                self.bring_records(changes).await?;
                self.tell_others(last.seq).await?;
                self.tip = Tip { seq: last.seq, change: Some(last.id) };
                Ok(())
            }

            async fn overwrite(&mut self, changes: &[Change]) -> Result<()> {
                for c in changes {
                    let query = sqlx::query(sql::OVERWRITE).bind(c.seq as i64).bind(c.schema as i32);
                    query.bind(c.before.as_deref()).bind(c.after.as_deref()).execute(&mut *self.tx).await?;
                }
                Ok(())
            }

            async fn put_sources(&mut self, rows: &[SourceRow]) -> Result<()> {
                for chunk in rows.chunks(VALUES / 5) {
                    let mut sql = QueryBuilder::<$Db>::new("insert into source (list, key, role, record, part) ");
                    sql.push_values(chunk, |mut row, s| {
                        row.push_bind(&s.list).push_bind(&s.key).push_bind(&s.role).push_bind(s.record);
                        row.push_bind(&s.part);
                    });
                    sql.push(
                        " on conflict (list, key, role) do update set record = excluded.record, part = excluded.part",
                    );
                    sql.build().persistent(false).execute(&mut *self.tx).await?;
                }
                Ok(())
            }

            async fn forget_parts(&mut self, records: &[Id]) -> Result<()> {
                sqlx::query(sql::FORGET_PARTS).bind(id_list(records)).execute(&mut *self.tx).await?;
                let erased = sqlx::query(sql::ERASED_PARTS).bind(id_list(records)).fetch_all(&mut *self.tx).await?;
                let mut rows = erased.iter().map(source_of).collect::<Result<Vec<SourceRow>>>()?;
                for row in &mut rows {
                    row.part = redact::only(&row.part).unwrap_or_else(|| "{}".to_owned());
                }
                self.put_sources(&rows).await
            }

            async fn put_dataset(&mut self, info: &DatasetInfo) -> Result<()> {
                // Only what is replaced goes: the parts of another import that is under way stay.
                let before: Option<Uuid> =
                    sqlx::query_scalar(sql::DATASET_VERSION).bind(&info.name).fetch_optional(&mut *self.tx).await?;
                let put = sqlx::query(sql::PUT_DATASET).bind(&info.name).bind(info.version).bind(info.rows as i64);
                put.bind(info.loaded_at.to_string()).execute(&mut *self.tx).await?;
                sqlx::query(sql::DROP_PARTS).bind(&info.name).bind(before).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn put_account(&mut self, account: &Account, at: Timestamp) -> Result<()> {
                let put = sqlx::query(sql::PUT_ACCOUNT).bind(account.id).bind(&account.name).bind(&account.role);
                put.bind(at.to_string()).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn drop_sessions(&mut self) -> Result<()> {
                sqlx::query(sql::DROP_SESSIONS).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn put_role(&mut self, account: Uuid, role: &str) -> Result<()> {
                sqlx::query(sql::PUT_ROLE).bind(account).bind(role).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn drop_secrets(&mut self, account: Uuid) -> Result<()> {
                sqlx::query(sql::DROP_SECRETS).bind(account).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn put_secret(
                &mut self,
                digest: &[u8],
                account: Uuid,
                purpose: Purpose,
                expires: Option<Timestamp>,
                at: Timestamp,
            ) -> Result<()> {
                let put = sqlx::query(sql::PUT_SECRET).bind(digest).bind(account).bind(purpose.as_str());
                put.bind(expires.map(|t| t.to_string())).bind(at.to_string()).execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn commit(self: Box<Self>) -> Result<()> {
                Ok(self.tx.commit().await?)
            }
        }

        impl $Tx {
            async fn put_changes(&mut self, changes: &[Change]) -> Result<()> {
                for chunk in changes.chunks(VALUES / 15) {
                    let mut sql = QueryBuilder::<$Db>::new(
                        "insert into change (seq, id, op, of, kind, record, version, schema, before, after, by, at,
                         why, exercise, batch) ",
                    );
                    sql.push_values(chunk, |mut row, c| {
                        row.push_bind(c.seq as i64)
                            .push_bind(c.id)
                            .push_bind(c.op.as_str())
                            .push_bind(c.of)
                            .push_bind(c.kind.map(Kind::name))
                            .push_bind(c.record)
                            .push_bind(c.version as i32)
                            .push_bind(c.schema as i32)
                            .push_bind(c.before.as_deref())
                            .push_bind(c.after.as_deref())
                            .push_bind(c.by)
                            .push_bind(c.at.to_string())
                            .push_bind(c.why.as_deref())
                            .push_bind(c.exercise)
                            .push_bind(c.batch);
                    });
                    sql.build().persistent(false).execute(&mut *self.tx).await?;
                }
                Ok(())
            }

            /// Records and links as the changes say; of several changes to one record the last counts.
            async fn bring_records(&mut self, changes: &[Change]) -> Result<()> {
                let mut last: HashMap<Id, &Change> = HashMap::new();
                for change in changes.iter().filter(|c| c.kind.is_some()) {
                    if let Some(id) = change.record {
                        last.insert(id, change);
                    }
                }
                let mut of_records: Vec<&Change> = last.into_values().collect();
                of_records.sort_unstable_by_key(|c| c.record);
                // Codes may change hands within one append: they are let go of before they are taken.
                let known: Vec<Id> =
                    of_records.iter().filter(|c| c.before.is_some()).filter_map(|c| c.record).collect();
                if !known.is_empty() {
                    sqlx::query(sql::FREE_CODES).bind(id_list(&known)).execute(&mut *self.tx).await?;
                }
                let mut links = Vec::new();
                let mut rows = Vec::with_capacity(of_records.len());
                for change in of_records {
                    let (Some(id), Some(kind)) = (change.record, change.kind) else { continue };
                    let body = change.after.as_deref().map(stored);
                    let code = body.as_ref().and_then(|b| code_of(kind, b));
                    for (role, target) in body.iter().flat_map(all_links) {
                        links.push(LinkRow { source: id, role, target });
                    }
                    rows.push(RecordRow { id, kind, version: change.version, code, body: change.after.clone() });
                }
                self.put_records(&rows).await?;
                if !known.is_empty() {
                    sqlx::query(sql::DROP_LINKS).bind(id_list(&known)).execute(&mut *self.tx).await?;
                }
                self.put_links(&links).await?;
                self.follow_records(&rows).await
            }

            async fn put_records(&mut self, rows: &[RecordRow]) -> Result<()> {
                for chunk in rows.chunks(VALUES / 5) {
                    let mut sql = QueryBuilder::<$Db>::new("insert into record (id, kind, version, code, body) ");
                    sql.push_values(chunk, |mut row, r| {
                        row.push_bind(r.id).push_bind(r.kind.name()).push_bind(r.version as i32);
                        row.push_bind(r.code.as_deref()).push_bind(r.body.as_deref());
                    });
                    sql.push(
                        " on conflict (id) do update set version = excluded.version, code = excluded.code,
                         body = excluded.body",
                    );
                    sql.build().persistent(false).execute(&mut *self.tx).await?;
                }
                Ok(())
            }

            async fn put_links(&mut self, links: &[LinkRow]) -> Result<()> {
                for chunk in links.chunks(VALUES / 3) {
                    let mut sql = QueryBuilder::<$Db>::new("insert into link (source, role, target) ");
                    sql.push_values(chunk, |mut row, l| {
                        row.push_bind(l.source).push_bind(&l.role).push_bind(l.target);
                    });
                    sql.build().persistent(false).execute(&mut *self.tx).await?;
                }
                Ok(())
            }

            /// Rows of another store, as they are.
            async fn take_rows(&mut self, rows: Rows) -> Result<()> {
                match rows {
                    Rows::Accounts(rows) => {
                        for a in rows {
                            let put = sqlx::query(sql::PUT_ACCOUNT).bind(a.id).bind(a.name).bind(a.role);
                            put.bind(a.created_at).execute(&mut *self.tx).await?;
                        }
                    }
                    Rows::Secrets(rows) => {
                        for s in rows {
                            let put = sqlx::query(sql::PUT_SECRET).bind(s.digest).bind(s.account).bind(s.purpose);
                            put.bind(s.expires_at).bind(s.created_at).execute(&mut *self.tx).await?;
                        }
                    }
                    Rows::Sessions(rows) => {
                        for s in rows {
                            let put = sqlx::query(sql::PUT_SESSION).bind(s.id).bind(s.data).bind(s.expires_at);
                            put.execute(&mut *self.tx).await?;
                        }
                    }
                    Rows::Changes(rows) => self.put_changes(&rows).await?,
                    Rows::Records(rows) => {
                        self.put_records(&rows).await?;
                        self.follow_records(&rows).await?;
                    }
                    Rows::Links(rows) => self.put_links(&rows).await?,
                    Rows::Sources(rows) => self.put_sources(&rows).await?,
                    Rows::Datasets(rows) => {
                        for info in &rows {
                            self.put_dataset(info).await?;
                        }
                    }
                    Rows::Parts(rows) => {
                        for p in rows {
                            let put = sqlx::query(sql::PUT_PART).bind(p.name).bind(p.version).bind(p.part as i32);
                            put.bind(p.bytes).execute(&mut *self.tx).await?;
                        }
                    }
                    Rows::End(_) => {}
                }
                Ok(())
            }
        }

        /// Changes in order, bodies in today's shape.
        async fn found(connection: &mut $Connection, wanted: Wanted, limit: usize) -> Result<Vec<Change>> {
            let query = match wanted {
                Wanted::After(seq) => sqlx::query(sql::CHANGES_AFTER).bind(seq as i64),
                Wanted::OfRecord(id) => sqlx::query(sql::CHANGES_OF_RECORD).bind(id),
                Wanted::OfBatch(id) => sqlx::query(sql::CHANGES_OF_BATCH).bind(id),
                Wanted::ById(id) => sqlx::query(sql::CHANGE_BY_ID).bind(id),
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
