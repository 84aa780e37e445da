//! Accounts, the one-time admin link, bearer tokens and sessions.

use jiff::ToSpan;
use uuid::Uuid;

use super::{App, AppError, Caller};
use crate::auth::{Role, secret};
use crate::change::{Change, Op, SCHEMA};
use crate::clock;
use crate::store::{Account, Purpose, SessionRow, Store};

/// The account that the admin link signs in.
pub const ADMIN: Uuid = Uuid::from_u128(0x00000000_0000_7000_8000_000000000001);
/// The account that commands write as.
pub const COMMAND_LINE: Uuid = Uuid::from_u128(0x00000000_0000_7000_8000_000000000002);

/// How long an admin link works, hours.
pub const LINK_HOURS: i64 = 24;

/// Makes a link that signs in the admin once; its secret is shown now and never again.
pub async fn admin_link(store: &dyn Store) -> Result<String, AppError> {
    let text = secret::text(clock::random());
    let expires = clock::now().checked_add(LINK_HOURS.hours()).unwrap_or(jiff::Timestamp::MAX);
    let mut tx = store.begin().await?;
    tx.put_secret(&secret::digest(&text), ADMIN, Purpose::Link, Some(expires), clock::now()).await?;
    let change = access_change(tx.head() + 1, ADMIN);
    tx.append(&[change]).await?;
    tx.commit().await?;
    Ok(text)
}

/// Makes an account for a program and a bearer token for it; the token is shown now and never again.
pub async fn add_token(store: &dyn Store, role: Role, name: Option<&str>) -> Result<String, AppError> {
    let text = secret::text(clock::random());
    let id = clock::new_id();
    let account = Account {
        id,
        name: name.map_or_else(|| format!("token {}", &text[..6]), str::to_owned),
        role: role.as_str().to_owned(),
    };
    let mut tx = store.begin().await?;
    tx.put_account(&account, clock::now()).await?;
    tx.put_secret(&secret::digest(&text), id, Purpose::Token, None, clock::now()).await?;
    let change = access_change(tx.head() + 1, id);
    tx.append(&[change]).await?;
    tx.commit().await?;
    Ok(text)
}

/// Whether somebody holds the admin's keys: a token, or a session begun by the link.
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
        let account = self.store.account_by_token(&secret::digest(token)).await?;
        Ok(account.and_then(caller))
    }

    /// The caller an account id stands for.
    pub async fn by_account(&self, id: Uuid) -> Result<Option<Caller>, AppError> {
        Ok(self.store.accounts().await?.into_iter().find(|a| a.id == id).and_then(caller))
    }

    /// Uses up a one-time link.
    pub async fn use_link(&self, text: &str) -> Result<Option<Caller>, AppError> {
        let account = self.store.use_link(&secret::digest(text), clock::now()).await?;
        Ok(account.and_then(caller))
    }

    /// Keeps a browser's session (JSON) until a moment, in seconds since 1970.
    pub async fn put_session(&self, id: String, data: String, expires_at: i64) -> Result<(), AppError> {
        Ok(self.store.put_session(&SessionRow { id, data, expires_at }, clock::now().as_second()).await?)
    }

    /// Data and end of a session that has not expired.
    pub async fn session(&self, id: &str) -> Result<Option<(String, i64)>, AppError> {
        let row = self.store.session(id, clock::now().as_second()).await?;
        Ok(row.map(|row| (row.data, row.expires_at)))
    }

    /// Ends a session.
    pub async fn drop_session(&self, id: &str) -> Result<(), AppError> {
        Ok(self.store.drop_session(id).await?)
    }
}

fn caller(account: Account) -> Option<Caller> {
    let role = Role::by_name(&account.role)?;
    Some(Caller { account: account.id, name: account.name, role, organisation: None })
}

/// Tells every instance to drop what it cached of an account.
fn access_change(seq: u64, account: Uuid) -> Change {
    Change {
        seq,
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
    }
}
