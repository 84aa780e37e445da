//! Accounts, the one-time admin link, bearer tokens and sessions.

use jiff::ToSpan;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use super::caller::{ADMIN, COMMAND_LINE};
use super::engine::ledger::Committed;
use super::{App, AppError, Caller};
use crate::auth::{Role, secret};
use crate::change::{Change, Op, SCHEMA};
use crate::clock;
use crate::store::{Account, Purpose, SessionRow, Store, StoreError, Tx};

/// How long an admin link works, hours.
pub const LINK_HOURS: i64 = 24;

/// Seconds after which a session that nobody used ends.
const SESSION: i64 = 12 * 3600;
/// A session that is used gets a later end, but no oftener than this, seconds.
const EXTENDED_EVERY: i64 = 3600;

/// Makes a link that signs in the admin once; its secret is shown now and never again.
pub async fn admin_link(store: &dyn Store) -> Result<String, AppError> {
    new_link(store.begin().await?).await
}

/// The same, and whoever is signed in by an earlier link is so no more.
pub async fn reset_admin(store: &dyn Store) -> Result<String, AppError> {
    let mut tx = store.begin().await?;
    tx.drop_secrets(ADMIN).await?;
    tx.drop_sessions(ADMIN).await?;
    new_link(tx).await
}

async fn new_link(mut tx: Box<dyn Tx>) -> Result<String, AppError> {
    let text = secret::text(clock::random());
    let expires = clock::now().checked_add(LINK_HOURS.hours()).unwrap_or(jiff::Timestamp::MAX);
    tx.put_secret(&secret::digest(&text), ADMIN, Purpose::Link, Some(expires), clock::now()).await?;
    access_changed(tx, ADMIN).await?;
    Ok(text)
}

/// Makes an account for a program and a bearer token for it; the token is shown now and never again.
pub async fn add_token(store: &dyn Store, role: Role, name: Option<&str>) -> Result<String, AppError> {
    let text = secret::text(clock::random());
    let id = clock::new_id();
    let account = Account {
        id,
        // By the id, not by the token: no part of a secret is told.
        name: name.map_or_else(|| format!("token {}", &id.simple().to_string()[24..]), str::to_owned),
        role: role.as_str().to_owned(),
    };
    let mut tx = store.begin().await?;
    tx.put_account(&account, clock::now()).await?;
    tx.put_secret(&secret::digest(&text), id, Purpose::Token, None, clock::now()).await?;
    access_changed(tx, id).await?;
    Ok(text)
}

/// The account that somebody names by its id or its name.
///
/// # Errors
/// When there is none of that name, or several.
pub async fn named(store: &dyn Store, text: &str) -> Result<Account, AppError> {
    let mut found = store.accounts().await?;
    found.retain(|a| a.name == text || a.id.to_string() == text);
    match (found.pop(), found.is_empty()) {
        (Some(account), true) => Ok(account),
        (None, _) => Err(AppError::File(format!("there is no account {text}; token list shows them"))),
        (Some(_), false) => Err(AppError::File(format!("several accounts are called {text}: name one by its id"))),
    }
}

/// Gives an account another role; every instance obeys within a second.
pub async fn set_role(store: &dyn Store, account: &Account, role: Role) -> Result<(), AppError> {
    change_access(store, account, role.as_str(), false).await
}

/// Takes an account's tokens, its sessions and its role away.
pub async fn revoke(store: &dyn Store, account: &Account) -> Result<(), AppError> {
    change_access(store, account, NO_ROLE, true).await
}

/// What an account is after its access was taken away: no role has this name.
const NO_ROLE: &str = "none";

async fn change_access(store: &dyn Store, account: &Account, role: &str, and_secrets: bool) -> Result<(), AppError> {
    if [ADMIN, COMMAND_LINE].contains(&account.id) {
        return Err(AppError::File(format!("the account {} always stays as it is", account.name)));
    }
    let mut tx = store.begin().await?;
    tx.put_role(account.id, role).await?;
    if and_secrets {
        tx.drop_secrets(account.id).await?;
        tx.drop_sessions(account.id).await?;
    }
    access_changed(tx, account.id).await?;
    Ok(())
}

/// Whether somebody holds an admin's keys: a token, or a session.
pub async fn has_admin(store: &dyn Store) -> Result<bool, AppError> {
    Ok(store.has_admin(clock::now().as_second()).await?)
}

impl App {
    /// A new admin link for the running program.
    pub async fn admin_link(&self) -> Result<String, AppError> {
        admin_link(&*self.store).await
    }

    /// The caller a bearer token stands for.
    pub async fn by_token(&self, token: &str) -> Result<Option<Caller>, AppError> {
        let digest = secret::digest(token);
        let look_up = async { Ok(self.store.account_by_token(&digest).await?.and_then(caller)) };
        self.feed.known.tokens.get(digest.clone(), look_up).await
    }

    /// The caller an account id stands for.
    pub async fn by_account(&self, id: Uuid) -> Result<Option<Caller>, AppError> {
        let look_up = async { Ok(self.store.account(id).await?.and_then(caller)) };
        self.feed.known.accounts.get(id, look_up).await
    }

    /// Uses up a one-time link.
    pub async fn use_link(&self, text: &str) -> Result<Option<Caller>, AppError> {
        let account = self.store.use_link(&secret::digest(text), clock::now()).await?;
        Ok(account.and_then(caller))
    }

    /// Keeps a new session of a browser (JSON).
    pub async fn put_session(&self, id: &str, data: String, account: Option<Uuid>) -> Result<(), AppError> {
        let now = clock::now().as_second();
        let row = SessionRow { id: kept_as(id), data, expires_at: now + SESSION, account };
        Ok(self.store.put_session(&row, now).await?)
    }

    /// Keeps other data of a session, if it was not ended meanwhile.
    pub async fn change_session(&self, id: &str, data: &str) -> Result<(), AppError> {
        let id = kept_as(id);
        self.store.extend_session(&id, Some(data), clock::now().as_second() + SESSION).await?;
        self.feed.known.sessions.forget(&id);
        Ok(())
    }

    /// Data and end of a session that has not expired. Its end is fixed and stands in the store; whoever uses it moves
    /// it away, once an hour at most.
    pub async fn session(&self, id: &str) -> Result<Option<(String, i64)>, AppError> {
        let (id, now) = (kept_as(id), clock::now().as_second());
        let look_up = async {
            let Some(row) = self.store.session(&id, now).await? else { return Ok::<_, StoreError>(None) };
            let later = now + SESSION;
            if later - row.expires_at < EXTENDED_EVERY {
                return Ok(Some((row.data, row.expires_at)));
            }
            // Who reads does not wait for a write. Where it fails, the next look-up tries again.
            let (store, id) = (self.store.clone(), id.clone());
            tokio::spawn(async move { store.extend_session(&id, None, later).await });
            Ok(Some((row.data, later)))
        };
        let session = self.feed.known.sessions.get(id.clone(), look_up).await?;
        Ok(session.filter(|(_, expires_at)| *expires_at > now))
    }

    /// Ends a session, on every instance.
    pub async fn drop_session(&self, id: &str, account: Option<Uuid>) -> Result<(), AppError> {
        let id = kept_as(id);
        self.store.drop_session(&id).await?;
        self.feed.known.sessions.forget(&id);
        let Some(account) = account else { return Ok(()) };
        self.feed.publish(access_changed(self.store.begin().await?, account).await?).await
    }
}

/// Cookies are secrets too: a copy of the data opens nobody's session.
fn kept_as(cookie: &str) -> String {
    format!("{:x}", Sha256::digest(cookie.as_bytes()))
}

fn caller(account: Account) -> Option<Caller> {
    let role = Role::by_name(&account.role)?;
    Some(Caller { account: account.id, name: account.name, role, organisation: None })
}

/// Ends an append with the change that tells every instance to drop what it knows of an account.
async fn access_changed(mut tx: Box<dyn Tx>, account: Uuid) -> Result<Committed, AppError> {
    let after = tx.head();
    let change = Change {
        seq: after.seq + 1,
        id: clock::new_id(),
        op: Op::Access,
        of: None,
        kind: None,
        record: Some(account),
        version: 0,
        schema: SCHEMA,
        before: None,
        after: None,
        by: account,
        at: clock::now(),
        why: None,
        exercise: None,
        batch: clock::new_id(),
    };
    let changes = vec![change];
    tx.append(&changes).await?;
    tx.commit().await?;
    Ok(Committed { after, changes })
}
