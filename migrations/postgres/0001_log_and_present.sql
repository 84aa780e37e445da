-- Twin of migrations/sqlite/0001: the same tables in PostgreSQL's words. Bodies are canonical JSON as text, so that
-- they are the same bytes on both stores; texts that order or compare do so by bytes (collate "C").

-- One row: the number of the last change. Every append updates it first; that row's lock is the order.
create table head (
    one integer primary key check (one = 1),
    seq bigint  not null
);
insert into head (one, seq) values (1, 0);

create table change (
    seq      bigint  primary key,
    id       uuid    not null,
    op       text    not null,
    of       uuid,
    kind     text,
    record   uuid,
    version  integer not null,
    schema   integer not null,
    before   text,
    after    text,
    by       uuid    not null,
    at       text    not null,
    why      text,
    exercise uuid,
    batch    uuid    not null
);
create index change_of_record on change (record, seq);
create index change_of_batch on change (batch, seq);
create unique index change_by_id on change (id);

-- The present state; body is null once the record is deleted (its number of version lives on).
create table record (
    id      uuid    primary key,
    kind    text    not null,
    version integer not null,
    code    text    collate "C",
    body    text
);
create unique index record_by_code on record (kind, code) where code is not null;
-- The views of schema cg_public and cg_full ask by kind.
create index record_of_kind on record (kind) where body is not null;

create table link (
    source uuid not null references record (id),
    role   text collate "C" not null,
    target uuid not null references record (id),
    primary key (source, role, target)
);
create index link_to on link (target);

-- What lists brought: the record that a row's part became, and the part as it came last.
create table source (
    list   text collate "C" not null,
    key    text collate "C" not null,
    role   text collate "C" not null,
    record uuid not null references record (id),
    part   text not null,
    primary key (list, key, role)
);
create index source_of_record on source (record);

-- Reference data, loaded whole. Parts of a version are written first, then the row here changes over.
create table dataset (
    name      text   collate "C" primary key,
    version   uuid   not null,
    rows      bigint not null,
    loaded_at text   not null
);
create table dataset_part (
    name    text    collate "C" not null,
    version uuid    not null,
    part    integer not null,
    bytes   bytea   not null,
    primary key (name, version, part)
);

create table account (
    id         uuid primary key,
    name       text not null,
    role       text not null,
    created_at text not null
);
insert into account (id, name, role, created_at) values
    ('00000000-0000-7000-8000-000000000001', 'admin', 'admin', '2026-01-01T00:00:00Z'),
    ('00000000-0000-7000-8000-000000000002', 'command-line', 'admin', '2026-01-01T00:00:00Z');

-- Only digests of secrets are kept. A link works once; a token until it is withdrawn.
create table secret (
    digest     bytea primary key,
    account    uuid not null references account (id),
    purpose    text not null check (purpose in ('link', 'token')),
    expires_at text collate "C",
    created_at text not null
);

create table session (
    id         text   collate "C" primary key,
    data       text   not null,
    expires_at bigint not null
);

-- Of records that are shown approximately: the centre of their grid cell, for the views (SQLite has none).
create table cell (
    record uuid primary key references record (id),
    lon    double precision not null,
    lat    double precision not null
);
