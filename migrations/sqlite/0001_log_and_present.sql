-- The log is the truth; record, link and source are what it says now. Ids are 16 bytes, times RFC 3339 text.

-- One row: the number of the last change. Every append updates it first, which makes it the order.
create table head (
    one integer primary key check (one = 1),
    seq integer not null
);
insert into head (one, seq) values (1, 0);

create table change (
    seq      integer primary key,
    id       blob    not null,
    op       text    not null,
    of       blob,
    kind     text,
    record   blob,
    version  integer not null,
    schema   integer not null,
    before   text,
    after    text,
    by       blob    not null,
    at       text    not null,
    why      text,
    exercise blob,
    batch    blob    not null
);
create index change_of_record on change (record, seq);
create index change_of_batch on change (batch, seq);
create unique index change_by_id on change (id);

-- The present state; body is null once the record is deleted (its number of version lives on).
create table record (
    id      blob    primary key,
    kind    text    not null,
    version integer not null,
    code    text,
    body    text
) without rowid;
create unique index record_by_code on record (kind, code) where code is not null;

create table link (
    source blob not null references record (id),
    role   text not null,
    target blob not null references record (id),
    primary key (source, role, target)
) without rowid;
create index link_to on link (target);

-- What lists brought: the record that a row's part became, and the part as it came last.
create table source (
    list   text not null,
    key    text not null,
    role   text not null,
    record blob not null references record (id),
    part   text not null,
    primary key (list, key, role)
) without rowid;
create index source_of_record on source (record);

-- Reference data, loaded whole. Parts of a version are written first, then the row here changes over.
create table dataset (
    name      text    primary key,
    version   blob    not null,
    rows      integer not null,
    loaded_at text    not null
) without rowid;
create table dataset_part (
    name    text    not null,
    version blob    not null,
    part    integer not null,
    bytes   blob    not null,
    primary key (name, version, part)
);

create table account (
    id         blob primary key,
    name       text not null,
    role       text not null,
    created_at text not null
) without rowid;
insert into account (id, name, role, created_at) values
    (x'00000000000070008000000000000001', 'admin', 'admin', '2026-01-01T00:00:00Z'),
    (x'00000000000070008000000000000002', 'command-line', 'admin', '2026-01-01T00:00:00Z');

-- Only digests of secrets are kept. A link works once; a token until it is withdrawn.
create table secret (
    digest     blob primary key,
    account    blob not null references account (id),
    purpose    text not null check (purpose in ('link', 'token')),
    expires_at text,
    created_at text not null
) without rowid;

create table session (
    id         text primary key,
    data       text not null,
    expires_at integer not null
) without rowid;
