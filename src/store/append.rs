//! One append, the same on both databases: what is read through it, and how changes, records and links are written
//! together. A macro for the reason that `shared.rs` gives.

/// Values of one statement that a bulk write puts in, at most (SQLite takes 32,766).
pub(super) const VALUES: usize = 32_000;

macro_rules! append_on {
    (append: $Tx:ident, database: $Db:ty, row: $Row:ty) => {
        /// An append under way.
        pub struct $Tx {
            tx: Transaction<'static, $Db>,
            tip: Tip,
            /// The file it is written to, where there is one.
            here: Option<Arc<Here>>,
            /// Dropped after the transaction: the next append of this process may begin.
            _turn: Option<OwnedMutexGuard<()>>,
        }

        #[async_trait]
        impl Tx for $Tx {
            fn head(&self) -> Tip {
                self.tip
            }

            async fn changes(&mut self, wanted: Which, limit: usize) -> Result<Vec<Change>> {
                found(&mut self.tx, wanted, limit).await
            }

            async fn histories(&mut self, ids: &[Id]) -> Result<Vec<Change>> {
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let rows = sqlx::query(sql::HISTORIES).bind(id_list(ids)).fetch_all(&mut *self.tx).await?;
                rows.iter().map(|row| change_of(row).and_then(upgraded)).collect()
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
                        body: row.try_get::<Option<&str>, _>(3)?.map(body_of).transpose()?,
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

            async fn sources_of(&mut self, records: &[Id]) -> Result<Vec<SourceRow>> {
                if records.is_empty() {
                    return Ok(Vec::new());
                }
                let query = sqlx::query(sql::SOURCES_OF).bind(id_list(records));
                query.fetch_all(&mut *self.tx).await?.iter().map(source_of).collect()
            }

            async fn lists_with(&mut self, list: &str, keys: &[String]) -> Result<Vec<(String, u64)>> {
                let query = sqlx::query(sql::LISTS_WITH).bind(text_list(keys)).bind(list);
                let rows = query.fetch_all(&mut *self.tx).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64))).collect()
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

            async fn undo_of(&mut self, batch: Uuid) -> Result<Option<UndoRow>> {
                let row = sqlx::query(sql::UNDO_OF).bind(batch).fetch_optional(&mut *self.tx).await?;
                row.as_ref().map(undo_row).transpose()
            }

            async fn put_undo(&mut self, row: &UndoRow) -> Result<()> {
                let put = sqlx::query(sql::PUT_UNDO).bind(row.batch).bind(row.undo).bind(row.stop);
                put.execute(&mut *self.tx).await?;
                Ok(())
            }

            async fn drop_undo(&mut self, batch: Uuid) -> Result<()> {
                sqlx::query(sql::DROP_UNDO).bind(batch).execute(&mut *self.tx).await?;
                Ok(())
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

            async fn drop_sessions(&mut self, account: Uuid) -> Result<()> {
                sqlx::query(sql::DROP_SESSIONS).bind(account).execute(&mut *self.tx).await?;
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
                self.here.as_ref().map_or(Ok(()), |here| here.takes_commits())?;
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
                            put.bind(s.account).execute(&mut *self.tx).await?;
                        }
                    }
                    Rows::Changes(rows) => self.put_changes(&rows).await?,
                    Rows::Records(rows) => {
                        self.put_records(&rows).await?;
                        self.follow_records(&rows).await?;
                    }
                    Rows::Links(rows) => self.put_links(&rows).await?,
                    Rows::Sources(rows) => self.put_sources(&rows).await?,
                    Rows::Undos(rows) => {
                        for row in &rows {
                            self.put_undo(row).await?;
                        }
                    }
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
    };
}

pub(super) use append_on;
