//! What only PostgreSQL is asked.

use crate::store::statements::statements;

statements! {
    IS_STANDBY = "select pg_is_in_recovery()";
    WAKE = "select pg_notify('commonground', $1)";
    DROP_CELLS = "delete from cell where record = any($1)";
    PUT_CELLS = "insert into cell (record, lon, lat) select * from unnest($1::uuid[], $2::float8[], $3::float8[])
        on conflict (record) do update set lon = excluded.lon, lat = excluded.lat";
    CELLS_MISSING = "select r.kind, r.id, r.body from record r where r.body is not null and r.body like '%\"point\":{%'
        and not exists (select from cell c where c.record = r.id) and (r.body like '%\"precision\":\"approximate\"%'
        or exists (select from link l where l.source = r.id and l.role = any($1)))";
    LET_GO_IF_SILENT = "select set_config(name, '60s', false) from pg_settings
        where name in ('idle_session_timeout', 'idle_in_transaction_session_timeout', 'tcp_user_timeout')";
    HAS_POSTGIS = "select exists (select from pg_extension where extname = 'postgis')";
    VIEWS_MADE = "select obj_description(to_regnamespace('cg_public'), 'pg_namespace')";
}
