//! Hearing what the public sees change: from now on, or, for who was away, from where they left off.

use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

use super::engine::apart::blocking;
use super::engine::events::difference;
pub use super::engine::events::{Batch, Event, Told};
use super::{App, AppError};
use crate::atlas::Atlas;
use crate::change::Seq;
use crate::store::Which;

/// Changes that are read again for who comes back; who missed more reads everything again.
const LONGEST_ABSENCE: usize = 1_000;

/// Somebody who hears what the public sees change.
pub struct Listener {
    /// The number of the last change that this listener knows of.
    pub known: Seq,
    missed: Option<Arc<Batch>>,
    coming: broadcast::Receiver<Arc<Batch>>,
}

impl Listener {
    /// Whether something of a time of absence is still to be told.
    pub fn is_behind(&self) -> bool {
        self.missed.is_some()
    }

    /// What happened next; none when this listener was too slow to be told everything.
    pub async fn next(&mut self) -> Option<Arc<Batch>> {
        if let Some(missed) = self.missed.take() {
            return Some(missed);
        }
        loop {
            match self.coming.recv().await {
                // What was published before the listener came is in what it knows.
                Ok(batch) if batch.to <= self.known && !matches!(batch.told, Told::Reset) => {}
                Ok(batch) => {
                    self.known = batch.to;
                    return Some(batch);
                }
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            }
        }
    }
}

impl App {
    /// Listens to what the public sees change: from now on, or, for who was away, from after change `since`.
    ///
    /// # Errors
    /// When the log of the time since can't be read.
    pub async fn listen(&self, since: Option<Seq>) -> Result<Listener, AppError> {
        // Listening first, looking second: what comes between the two is heard twice rather than not at all.
        let coming = self.feed.events().subscribe();
        if let Some(since) = since {
            // Another instance may have told more than is readable here yet.
            self.feed.at_least(since).await;
        }
        let atlas = self.feed.atlas();
        let known = atlas.revision();
        let told = match since {
            Some(since) if since > known => Some(Told::Reset),
            Some(since) if since < known => Some(self.told_since(since, atlas).await?),
            _ => None,
        };
        Ok(Listener { known, missed: told.map(|told| Batch::new(known, told)), coming })
    }

    async fn told_since(&self, since: Seq, atlas: Arc<Atlas>) -> Result<Told, AppError> {
        let mut changes = self.store.changes(Which::After(since), LONGEST_ABSENCE + 1).await?;
        changes.retain(|c| c.seq <= atlas.revision());
        if changes.len() > LONGEST_ABSENCE {
            return Ok(Told::Reset);
        }
        blocking(move || difference::tell(&difference::noted(&changes, &atlas), &atlas)).await
    }
}
