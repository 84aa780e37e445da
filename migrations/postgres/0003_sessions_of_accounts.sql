-- Whose a session is: it ends with its account, and only an admin's shows that somebody is in charge.
alter table session add column account uuid references account (id);
update session set account = a.id from account a where a.id::text = data::jsonb ->> 'account';
create index session_of_account on session (account);
