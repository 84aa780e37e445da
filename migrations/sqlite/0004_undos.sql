-- Undos of batches that are under way, or were cut off: whoever asks again goes on as the same batch. Gone once done.
create table undo (
    batch blob primary key,
    undo  blob not null,
    stop  boolean not null
) without rowid;
