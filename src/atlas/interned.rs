//! Things that many records have alike, kept once for as long as one of them has it.

use hashbrown::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// One thing for each text that it is made from.
pub struct Interned<T> {
    /// By the text's hash, so that threads that read records at the same time seldom wait for each other.
    shards: LazyLock<(RandomState, [Shard<T>; SHARDS])>,
}

type Shard<T> = Mutex<HashMap<Box<str>, Weak<T>>>;

const SHARDS: usize = 16;
/// With more of them than this, a shard is rid of what nobody has any more before it grows.
const MANY: usize = 1_024;

impl<T> Interned<T> {
    /// None yet.
    pub const fn new() -> Self {
        Self { shards: LazyLock::new(|| (RandomState::new(), std::array::from_fn(|_| Mutex::default()))) }
    }

    /// The thing of this text; made where nobody has it.
    pub fn of(&self, text: &str, make: impl FnOnce() -> T) -> Arc<T> {
        let (state, shards) = &*self.shards;
        let shard = &shards[state.hash_one(text) as usize % SHARDS];
        let mut known = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = known.get(text).and_then(Weak::upgrade) {
            return there;
        }
        if known.len() >= MANY && known.len() == known.capacity() {
            known.retain(|_, of| of.strong_count() > 0);
        }
        let made = Arc::new(make());
        known.insert(text.into(), Arc::downgrade(&made));
        made
    }

    /// All that somebody has.
    pub fn all(&self) -> Vec<Arc<T>> {
        let (_, shards) = &*self.shards;
        let of = |shard: &Shard<T>| {
            let known = shard.lock().unwrap_or_else(PoisonError::into_inner);
            known.values().filter_map(Weak::upgrade).collect::<Vec<_>>()
        };
        shards.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_is_one_and_what_nobody_has_is_forgotten() {
        let known: Interned<String> = Interned::new();
        let of = |text: &str| known.of(text, || text.to_uppercase());
        let (a, b) = (of("a"), of("b"));
        assert!(Arc::ptr_eq(&a, &of("a")) && !Arc::ptr_eq(&a, &b));
        assert_eq!((a.as_str(), known.all().len()), ("A", 2));
        drop(a);
        assert_eq!(known.all().len(), 1);
        for n in 0..100 * MANY {
            of(&n.to_string());
        }
        let held: usize = known.shards.1.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * 4 * MANY, "{held} are remembered");
        assert!(Arc::ptr_eq(&b, &of("b")));
    }
}
