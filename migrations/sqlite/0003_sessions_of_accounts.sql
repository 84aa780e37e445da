-- Whose a session is: it ends with its account, and only an admin's shows that somebody is in charge.
alter table session add column account blob references account (id);
update session set account = unhex(replace(json_extract(data, '$.account'), '-', ''))
    where exists (select 1 from account a where a.id = unhex(replace(json_extract(data, '$.account'), '-', '')));
create index session_of_account on session (account);
