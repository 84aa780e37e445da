-- A list that is here under another name is found by the keys of its rows.
create index source_by_key on source (key);
