-- Undos of batches that are under way, or were cut off: whoever asks again goes on as the same batch. Gone once done.
create table undo (
    batch uuid primary key,
    undo  uuid not null,
    stop  boolean not null
);
