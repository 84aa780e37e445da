//! The words that both databases are asked with. What differs is how a list that is bound as JSON text becomes rows:
//! `ids` (32 hexadecimal digits each) and `texts`.

/// Named statements, and the list of all of them that a test prepares.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub const $name: &str = $sql;)*
        /// Every statement, by name.
        pub const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

macro_rules! statements_on {
    (ids: $ids:literal, texts: $texts:literal) => {
        mod sql {
            use crate::store::statements::statements;
            statements! {
                HEAD = "select h.seq, c.id from head h left join change c on c.seq = h.seq";
                TAKE_ORDER = "update head set seq = seq returning seq";
                MOVE_HEAD = "update head set seq = $1";
                CHANGE_ID = "select id from change where seq = $1";
                CHANGES_AFTER = "select * from change where seq > $1 order by seq limit $2";
                CHANGES_OF_RECORD = "select * from change where record = $1 and seq > $2 order by seq limit $3";
                TOUCHED = "select record, max(case when op = 'redact' then 0 else seq end) from change
    where batch = $1 and kind is not null group by record
    order by max(case when before is null then 1 else 0 end), 2 desc, 1";
                HISTORIES = concat!("select * from change where record in (", $ids, ") order by record, seq");
                CHANGE_BY_ID = "select * from change where id = $1 limit $2";
                ALL_CHANGES = "select * from change order by seq";
                OVERWRITE = "update change set schema = $2, before = $3, after = $4 where seq = $1";
                BODIES = "with page as materialized
                    (select id, body from record where body is not null and id > $1 order by id limit 2000)
                    select (select id from page order by id desc limit 1), string_agg(body, '\n') from page";
                ALL_RECORDS = "select id, kind, version, code, body from record order by id";
                PRESENT = concat!("select id, kind, version, body from record where id in (", $ids, ")");
                BY_CODE = concat!("select code, id from record where kind = $2 and code in (", $texts, ")");
                FREE_CODES = concat!("update record set code = null where code is not null and id in (", $ids, ")");
                LINKS = "select source, role, target from link order by source, role, target";
                LINKS_TO = concat!("select source, role, target from link where target in (", $ids, ")");
                DROP_LINKS = concat!("delete from link where source in (", $ids, ")");
                ALL_SOURCES = "select list, key, role, record, part from source order by list, key, role";
                OWN_SOURCES = "select s.list, s.key, s.role, s.record, s.part from source s join record r on r.id = s.record
    where s.list = $1 and s.role = 'self' and r.body is not null order by s.key";
                SOURCES = concat!(
                    "select list, key, role, record, part from source where list = $2 and key in (", $texts, ")"
                );
                SOURCES_OF = concat!("select list, key, role, record, part from source where record in (", $ids, ")");
                LISTS_WITH = concat!(
                    "select s.list, count(*) from source s join record r on r.id = s.record
    where s.list <> $2 and s.role = 'self' and r.body is not null and s.key in (", $texts, ") group by s.list"
                );
                FORGET_PARTS = concat!(
                    "update source set part = '{}' where part not like '%\"redacted\":true%' and record in (", $ids, ")"
                );
                ERASED_PARTS = concat!(
                    "select list, key, role, record, part from source
    where part like '%\"redacted\":true%' and record in (", $ids, ")"
                );
                UNDOS = "select batch, undo, stop from undo order by batch";
                UNDO_OF = "select batch, undo, stop from undo where batch = $1";
                PUT_UNDO = "insert into undo (batch, undo, stop) values ($1, $2, $3)
                    on conflict (batch) do update set undo = excluded.undo, stop = excluded.stop";
                DROP_UNDO = "delete from undo where batch = $1 or undo = $1";
                DATASETS = "select name, version, rows, loaded_at from dataset order by name";
                DATASET_VERSION = "select version from dataset where name = $1";
                PUT_DATASET = "insert into dataset (name, version, rows, loaded_at) values ($1, $2, $3, $4)
                    on conflict (name) do update
                    set version = excluded.version, rows = excluded.rows, loaded_at = excluded.loaded_at";
                PARTS = "select bytes from dataset_part where name = $1 and version = $2 order by part";
                ALL_PARTS = "select p.name, p.version, p.part, p.bytes from dataset_part p
    join dataset d on d.name = p.name and d.version = p.version order by p.name, p.part";
                PUT_PART = "insert into dataset_part (name, version, part, bytes) values ($1, $2, $3, $4)";
                DROP_PARTS = "delete from dataset_part where name = $1 and version = $2";
                ACCOUNTS = "select id, name, role, created_at from account order by id";
                ACCOUNT = "select id, name, role, created_at from account where id = $1";
                ACCOUNT_BY_TOKEN = "select a.id, a.name, a.role from secret s join account a on a.id = s.account
    where s.digest = $1 and s.purpose = 'token'";
                PUT_ACCOUNT = "insert into account (id, name, role, created_at) values ($1, $2, $3, $4)
                    on conflict (id) do update set name = excluded.name, role = excluded.role,
                    created_at = excluded.created_at";
                PUT_ROLE = "update account set role = $2 where id = $1";
                HAS_ADMIN = "select exists (select 1 from session s join account a on a.id = s.account
                        where s.expires_at > $1 and a.role = 'admin')
                    or exists (select 1 from secret s join account a on a.id = s.account
                        where s.purpose = 'token' and a.role = 'admin')";
                SECRETS = "select digest, account, purpose, expires_at, created_at from secret order by digest";
                PUT_SECRET = "insert into secret (digest, account, purpose, expires_at, created_at)
    values ($1, $2, $3, $4, $5)";
                DROP_SESSIONS = "delete from session where account = $1";
                DROP_SECRETS = "delete from secret where account = $1";
                USE_LINK = "delete from secret where digest = $1 and purpose = 'link' and expires_at > $2
    returning account";
                SESSIONS = "select id, data, expires_at, account from session order by id";
                SESSION = "select id, data, expires_at, account from session where id = $1 and expires_at > $2";
                PUT_SESSION = "insert into session (id, data, expires_at, account) values ($1, $2, $3, $4)";
                EXTEND_SESSION = "update session set data = coalesce($2, data), expires_at = $3 where id = $1";
                DROP_SESSION = "delete from session where id = $1";
                DROP_OLD_SESSIONS = "delete from session where expires_at <= $1";
            }
        }
    };
}

pub(super) use {statements, statements_on};
