//! Sessions of browsers, kept in the store.

use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use uuid::Uuid;

use crate::app::App;

/// The cookie that holds a session's id.
pub const COOKIE: &str = "cg_session";

/// The session's key for the account that is signed in.
pub const ACCOUNT: &str = "account";

/// Sessions, kept where everything else is. When one ends is decided there, not by the cookie.
#[derive(Clone)]
pub struct Sessions(pub Arc<App>);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let id = record.id.to_string();
        let kept = self.0.put_session(&id, data_of(record)?, account_of(record)).await;
        kept.map_err(|e| Error::Backend(e.to_string()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let kept = self.0.change_session(&record.id.to_string(), &data_of(record)?).await;
        kept.map_err(|e| Error::Backend(e.to_string()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = self.0.session(&id.to_string()).await.map_err(|e| Error::Backend(e.to_string()))?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let record = self.load(id).await?;
        let account = record.as_ref().and_then(account_of);
        self.0.drop_session(&id.to_string(), account).await.map_err(|e| Error::Backend(e.to_string()))
    }
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

fn account_of(record: &Record) -> Option<Uuid> {
    serde_json::from_value(record.data.get(ACCOUNT)?.clone()).ok()
}
