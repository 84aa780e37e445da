//! What was looked up of accounts, tokens and sessions a moment ago: asked for with every request, changed rarely.
//! An access change in the log, whichever instance made it, makes every instance forget all of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

use crate::app::Caller;

/// For how long what is known is taken for true, without asking the store again.
const FRESH_FOR: Duration = Duration::from_secs(30);
/// For how long what is known still serves when the store can't be asked.
const USABLE_FOR: Duration = Duration::from_secs(60);
/// Entries of one sort that are remembered; when there would be more, all of the sort are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// All of it.
#[derive(Default)]
pub struct Known {
    /// Callers by the digest of their token.
    pub tokens: Remembered<Vec<u8>, Caller>,
    /// Callers by account.
    pub accounts: Remembered<Uuid, Caller>,
    /// Data and end of sessions.
    pub sessions: Remembered<String, (String, i64)>,
}

impl Known {
    /// Somebody's access changed.
    pub fn forget_all(&self) {
        self.tokens.clear();
        self.accounts.clear();
        self.sessions.clear();
    }
}

/// One sort.
pub struct Remembered<K, V> {
    entries: Mutex<HashMap<K, (Instant, V)>>,
    /// Counts how often all was forgotten: what was looked up before is not put in after.
    forgotten: AtomicU64,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self { entries: Mutex::default(), forgotten: AtomicU64::new(0) }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Remembered<K, V> {
    /// What is known of `key`, else what `look_up` finds. That there is nothing is not remembered.
    pub async fn get<E>(&self, key: K, look_up: impl Future<Output = Result<Option<V>, E>>) -> Result<Option<V>, E> {
        let known = self.with(|entries| entries.get(&key).cloned());
        if let Some((at, value)) = &known
            && at.elapsed() < FRESH_FOR
        {
            return Ok(Some(value.clone()));
        }
        let forgotten = self.forgotten.load(Ordering::Acquire);
        match look_up.await {
            Ok(Some(value)) => {
                self.with(|entries| {
                    if entries.len() >= MOST_REMEMBERED {
                        entries.clear();
                    }
                    if self.forgotten.load(Ordering::Acquire) == forgotten {
                        entries.insert(key, (Instant::now(), value.clone()));
                    }
                });
                Ok(Some(value))
            }
            Ok(None) => {
                self.forget(&key);
                Ok(None)
            }
            Err(error) => match known.filter(|(at, _)| at.elapsed() < USABLE_FOR) {
                Some((_, value)) => Ok(Some(value)),
                None => Err(error),
            },
        }
    }

    /// One entry is not true any more.
    pub fn forget(&self, key: &K) {
        self.with(|entries| entries.remove(key));
    }

    fn clear(&self) {
        self.with(|entries| {
            self.forgotten.fetch_add(1, Ordering::AcqRel);
            entries.clear();
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<K, (Instant, V)>) -> T) -> T {
        work(&mut self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_known_serves_while_the_store_is_away_and_not_after_it_was_forgotten() {
        let sessions: Remembered<u8, &str> = Remembered::default();
        assert_eq!(sessions.get(1, async { Ok::<_, ()>(Some("a")) }).await, Ok(Some("a")));
        assert_eq!(sessions.get(1, async { Err(()) }).await, Ok(Some("a")));
        sessions.clear();
        assert_eq!(sessions.get(1, async { Err(()) }).await, Err(()));
    }

    #[tokio::test]
    async fn what_was_looked_up_before_all_was_forgotten_is_not_kept() {
        let sessions: Remembered<u8, &str> = Remembered::default();
        let look_up = async {
            sessions.clear();
            Ok::<_, ()>(Some("old"))
        };
        assert_eq!(sessions.get(1, look_up).await, Ok(Some("old")));
        assert_eq!(sessions.get(1, async { Ok::<_, ()>(None) }).await, Ok(None));
    }
}
