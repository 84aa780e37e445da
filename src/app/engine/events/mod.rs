//! What the public hears: after every publication, the difference between what it saw before and what it sees now.
//!
//! The difference is worked out once, apart from the write that caused it, and not at all while nobody listens. What
//! comes while one is being worked out waits as *one* span (the newest atlas and what was touched), so a burst of
//! writes costs one atlas and a list of ids, however long it is. Listeners share what was worked out; one that does not
//! keep up is let go and resumes from the log. Who listens may hear something twice, and never misses anything.

pub mod difference;

use difference::Touched;
pub use difference::{Event, Told};

use bytes::Bytes;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::broadcast;

use super::apart::blocking;
use crate::atlas::Atlas;
use crate::change::{Change, Seq};

/// Batches that wait for the slowest listener; who is further behind is let go.
const MOST_WAITING: usize = 32;
/// Of more touched records than this, no list is kept: they are told as `many`.
const MOST_TOUCHED: usize = 10_000;

/// Tells what happened to who listens.
pub struct Events {
    out: broadcast::Sender<Arc<Batch>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Option<Burst>,
    working: bool,
    /// How often everything began again; what was worked out before the last time is not told any more.
    beginnings: u64,
}

/// What came since the last time something was told.
struct Burst {
    now: Arc<Atlas>,
    touched: Touched,
    /// More was touched than is worth noting.
    too_much: bool,
}

/// What one span means for the public. Everybody who listens is handed the same one.
pub struct Batch {
    /// The number of the last change it takes in.
    pub to: Seq,
    /// What to tell.
    pub told: Told,
    text: OnceLock<Bytes>,
}

impl Batch {
    /// One that nobody has been handed yet.
    pub fn new(to: Seq, told: Told) -> Arc<Self> {
        Arc::new(Self { to, told, text: OnceLock::new() })
    }

    /// As it is sent: rendered for the first who asks, shared by all.
    pub fn text(&self, render: impl FnOnce(&Self) -> String) -> Bytes {
        self.text.get_or_init(|| render(self).into()).clone()
    }
}

impl Events {
    /// Nobody listens yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { out: broadcast::Sender::new(MOST_WAITING), state: Mutex::default() })
    }

    /// What is told from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Batch>> {
        self.out.subscribe()
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.out.receiver_count()
    }

    /// `after` has taken the place of `before`. Costs little here, and nothing while nobody listens.
    pub fn published(self: &Arc<Self>, before: &Arc<Atlas>, after: &Arc<Atlas>, changes: &[Change]) {
        if self.listeners() == 0 {
            return;
        }
        let Ok(mut state) = self.state.lock() else { return };
        let span =
            state.waiting.get_or_insert_with(|| Burst { now: after.clone(), touched: Touched::new(), too_much: false });
        span.now = after.clone();
        span.too_much |= span.touched.len() + changes.len() > MOST_TOUCHED;
        if !span.too_much {
            difference::note(&mut span.touched, before, after, changes);
        }
        if !std::mem::replace(&mut state.working, true) {
            tokio::spawn(self.clone().work());
        }
    }

    /// What was told so far is not true any more: everybody reads again.
    pub fn begin_again(&self, to: Seq) {
        let Ok(mut state) = self.state.lock() else { return };
        state.waiting = None;
        state.beginnings += 1;
        let _ = self.out.send(Batch::new(to, Told::Reset));
    }

    async fn work(self: Arc<Self>) {
        while let Some((span, beginnings)) = self.next_span() {
            let to = span.now.revision();
            let told = blocking(move || match span.too_much {
                false => difference::tell(&span.touched, &span.now),
                true => Told::Many,
            });
            // A difference that could not be worked out must not look as if there were none.
            let told = told.await.unwrap_or(Told::Reset);
            let Ok(state) = self.state.lock() else { return };
            if state.beginnings == beginnings {
                let _ = self.out.send(Batch::new(to, told));
            }
        }
    }

    fn next_span(&self) -> Option<(Burst, u64)> {
        let mut state = self.state.lock().ok()?;
        let span = state.waiting.take();
        state.working = span.is_some();
        Some((span?, state.beginnings))
    }
}
