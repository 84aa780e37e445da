//! Where questions are worked on: in the pool, in turns, and equal ones that are under way share one answer.

use axum::body::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::client::{Client, Whose};
use super::error::{Refusal, refused};
use crate::analysis::{Ctl, Halt, Unanswered};
use crate::app::{App, AppError, analyses_at_once};
use crate::model::Problem;
use crate::tiles::Layer;

/// How long one waits for its turn in the pool.
const TURN_PATIENCE: Duration = Duration::from_secs(10);

/// An answer, rendered.
#[derive(Clone)]
pub struct Rendered {
    /// Its media type.
    pub media: &'static str,
    /// What is sent.
    pub body: Bytes,
    /// The tag of what is tagged by what it says.
    pub tag: Option<String>,
}

impl Rendered {
    /// Of this media type.
    pub fn new(media: &'static str, body: impl Into<Bytes>) -> Self {
        Self { media, body: body.into(), tag: None }
    }
}

/// Why a question has no answer.
pub enum Ended {
    /// It is refused.
    Refused(Refusal),
    /// The work ended before: it is not as short as it had to be, or nobody waits for it any more.
    Halted,
    /// It is known to be long, and belongs in the pool.
    Long,
    /// It has to wait for what is worked out once for all: in the pool, and on nobody's account.
    Apart,
}

impl From<Unanswered> for Ended {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Problems(problems) => problems.into(),
            Unanswered::Halt(halt) => halt.into(),
        }
    }
}

impl From<Vec<Problem>> for Ended {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(Refusal::problems(problems))
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Halt> for Ended {
    fn from(_: Halt) -> Self {
        Self::Halted
    }
}

/// What work is told while it runs: whether anybody still waits for it, and whether it runs where it was asked or in the
/// pool.
pub struct Held<'a> {
    /// Holds the work.
    pub ctl: &'a Ctl,
    pub(super) in_pool: bool,
}

impl Held<'_> {
    /// From here on it is long: it goes on in the pool only.
    pub fn long(&self) -> Result<(), Ended> {
        if self.in_pool { Ok(()) } else { Err(Ended::Long) }
    }

    /// From here on it waits for what is worked out once for all: in the pool only, and it counts as no analysis.
    pub fn apart(&self) -> Result<(), Ended> {
        if self.in_pool { Ok(()) } else { Err(Ended::Apart) }
    }
}

/// What is done to answer a question; begun again where it turns out to be long.
pub type Task<T> = dyn Fn(Held<'_>) -> Result<T, Ended> + Send + Sync;

/// Where questions are asked.
#[derive(Default)]
pub struct Desk {
    pub(super) pool: Arc<Pool>,
    pub(super) answers: Arc<Flights<Rendered>>,
    /// Layers that tiles are drawn of.
    pub layers: Arc<Flights<Arc<Layer>>>,
    /// Boxes that maps open at.
    pub bounds: Arc<Flights<Option<[f64; 4]>>>,
}

/// Turns in the pool: one client has half of it at most, however much it asks, so that nobody waits behind all of that.
#[derive(Default)]
pub(super) struct Pool {
    turns: Mutex<HashMap<Whose, Weak<Semaphore>>>,
}

/// With more clients than this, those that have no turn are forgotten.
const MANY: usize = 1_000;

impl Pool {
    /// A turn of this client; none is needed by who is not held back.
    pub(super) async fn turn(&self, client: Client) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        let Some(whose) = client.0 else { return Ok(None) };
        let turns = self.of(whose);
        match tokio::time::timeout(TURN_PATIENCE, turns.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Some(turn)),
            _ => Err(refused("analyses", "Busy: your last questions are still being answered")),
        }
    }

    fn of(&self, whose: Whose) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() > MANY {
            turns.retain(|_, of| of.strong_count() > 0);
        }
        let known = turns.get(&whose).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let new = Arc::new(Semaphore::new(analyses_at_once().div_ceil(2)));
            turns.insert(whose, Arc::downgrade(&new));
            new
        })
    }
}

/// Answers that are being made: who asks the same waits for the same.
pub struct Flights<T> {
    under_way: Mutex<UnderWay<T>>,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self { under_way: Mutex::default() }
    }
}

/// By what they answer: who waits for each, and how it will be told.
type UnderWay<T> = HashMap<String, (Weak<Waiting>, Arrival<T>)>;

type Arrival<T> = watch::Receiver<Option<Result<T, Refusal>>>;

/// Held by all who wait for one answer; when the last one leaves, the work ends.
struct Waiting {
    ctl: Arc<Ctl>,
    gone: CancellationToken,
    /// Whose turn it takes.
    client: Client,
    /// It has that turn: from here on nothing but its length depends on who began it.
    has_turn: Arc<AtomicBool>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.ctl.stop();
        self.gone.cancel();
    }
}

/// One who waits.
pub(super) struct Flight<T> {
    waiting: Arc<Waiting>,
    arrival: Arrival<T>,
}

impl<T: Clone> Flight<T> {
    /// How much of the work is done, 0–1.
    pub(super) fn share(&self) -> f64 {
        self.waiting.ctl.share()
    }

    /// The answer, once it is there.
    pub(super) async fn arrived(&mut self) -> Result<T, Refusal> {
        match self.arrival.wait_for(Option::is_some).await {
            Ok(arrived) => arrived.clone().unwrap_or_else(|| Err(Refusal::fault())),
            // Whoever would have told is gone: only when the program ends.
            Err(_) => Err(AppError::Ending.into()),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Waits with whoever asks the same, or begins it. Nobody waits behind what somebody else asked before.
    pub(super) fn join(
        self: &Arc<Self>,
        key: String,
        app: &App,
        pool: &Arc<Pool>,
        client: Client,
        work: Arc<Task<T>>,
    ) -> Flight<T> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((waiting, arrival)) = under_way.get(&key)
            && let Some(waiting) = waiting.upgrade()
            && (waiting.client == client || waiting.has_turn.load(Ordering::Relaxed))
        {
            return Flight { waiting, arrival: arrival.clone() };
        }
        let (teller, arrival) = watch::channel(None);
        let (ctl, gone, has_turn) = (Arc::new(Ctl::free()), CancellationToken::new(), Arc::new(AtomicBool::new(false)));
        let waiting = Waiting { ctl: ctl.clone(), gone: gone.clone(), client, has_turn: has_turn.clone() };
        let waiting = Arc::new(waiting);
        under_way.insert(key.clone(), (Arc::downgrade(&waiting), arrival.clone()));
        let (flights, own) = (self.clone(), Arc::downgrade(&waiting));
        let (app, pool) = (app.clone(), pool.clone());
        let made = async move {
            let turn = pool.turn(client).await?;
            has_turn.store(true, Ordering::Relaxed);
            make(&app, turn, ctl, work).await
        };
        tokio::spawn(async move {
            let made = tokio::select! {
                biased;
                () = gone.cancelled() => None,
                made = made => Some(made),
            };
            flights.end(&key, &own);
            teller.send_replace(made);
        });
        Flight { waiting, arrival }
    }

    fn end(&self, key: &str, own: &Weak<Waiting>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have begun it anew after all had left.
        if under_way.get(key).is_some_and(|(waiting, _)| waiting.ptr_eq(own)) {
            under_way.remove(key);
        }
    }
}

/// Does the work in the pool. Turn and place go with it: they are free when it has ended, not when nobody waits.
async fn make<T: Send + 'static>(
    app: &App,
    turn: Option<OwnedSemaphorePermit>,
    ctl: Arc<Ctl>,
    work: Arc<Task<T>>,
) -> Result<T, Refusal> {
    let worked = app.analysis(move || {
        let _turn = turn;
        work(Held { ctl: &ctl, in_pool: true })
    });
    match worked.await? {
        Ok(made) => Ok(made),
        Err(Ended::Refused(refusal)) => Err(refusal),
        // Only when nobody waits any more: nobody hears it.
        Err(Ended::Halted | Ended::Long | Ended::Apart) => Err(Refusal::busy("Busy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use jiff::tz::TimeZone;
    use std::sync::atomic::AtomicUsize;

    struct Town {
        app: App,
        pool: Arc<Pool>,
        flights: Arc<Flights<u32>>,
        _folder: tempfile::TempDir,
    }

    impl Town {
        async fn open() -> Self {
            let folder = tempfile::TempDir::new().unwrap();
            let url = format!("sqlite:{}", folder.path().join("town.db").display());
            let app = App::open(&url, TimeZone::UTC).await.unwrap();
            Self { app, pool: Arc::default(), flights: Arc::default(), _folder: folder }
        }

        fn join(
            &self,
            key: &str,
            client: Client,
            work: impl Fn(Held<'_>) -> Result<u32, Ended> + Send + Sync + 'static,
        ) -> Flight<u32> {
            self.flights.join(key.to_owned(), &self.app, &self.pool, client, Arc::new(work))
        }
    }

    fn stranger() -> Client {
        Client(Some(Whose::Address([203, 0, 113, 7].into())))
    }

    fn pause() {
        std::thread::sleep(Duration::from_millis(1));
    }

    #[tokio::test]
    async fn equal_questions_under_way_share_one_answer() {
        let town = Town::open().await;
        let (begun, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let (begun, go) = (begun.clone(), go.clone());
            move |_: Held<'_>| {
                let number = begun.fetch_add(1, Ordering::SeqCst);
                while go.load(Ordering::SeqCst) == 0 {
                    pause();
                }
                Ok(number as u32)
            }
        };
        let mut all: Vec<Flight<u32>> = (0..5).map(|_| town.join("a", Client::HERE, work())).collect();
        all.push(town.join("b", Client::HERE, |_| Ok(7)));
        go.store(1, Ordering::SeqCst);
        let mut answers = Vec::new();
        for flight in &mut all {
            answers.push(flight.arrived().await.ok());
        }
        assert_eq!(answers, [Some(0), Some(0), Some(0), Some(0), Some(0), Some(7)]);
        drop(all);
        assert_eq!(town.join("a", Client::HERE, work()).arrived().await.ok(), Some(1), "what was answered is over");
        assert!(town.flights.under_way.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn work_ends_when_the_last_who_waits_for_it_leaves_and_its_place_is_free() {
        let town = Town::open().await;
        for client in [Client::HERE, stranger()] {
            let (begun, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let forever = || {
                let (begun, ended) = (begun.clone(), ended.clone());
                move |held: Held<'_>| -> Result<u32, Ended> {
                    begun.fetch_add(1, Ordering::SeqCst);
                    while held.ctl.tick(1).is_ok() {
                        pause();
                    }
                    ended.fetch_add(1, Ordering::SeqCst);
                    Err(Halt::Stopped.into())
                }
            };
            // More than there are places: some of them have not begun when they are left.
            let all: Vec<Flight<u32>> = (0..20).map(|i| town.join(&i.to_string(), client, forever())).collect();
            let second = town.join("0", client, forever());
            while begun.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            drop(all);
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(begun.load(Ordering::SeqCst), ended.load(Ordering::SeqCst) + 1, "one still waits");
            drop(second);
            assert_eq!(town.join("last", client, |_| Ok(7)).arrived().await.ok(), Some(7));
            assert_eq!(begun.load(Ordering::SeqCst), ended.load(Ordering::SeqCst));
        }
    }

    #[tokio::test]
    async fn nobody_waits_behind_what_somebody_else_asked_before() {
        let town = Town::open().await;
        let other = Client(Some(Whose::Address([203, 0, 113, 8].into())));
        // All turns of the stranger are taken: what it asks now waits for one.
        let turns = town.pool.of(Whose::Address([203, 0, 113, 7].into()));
        let taken = turns.acquire_many(analyses_at_once().div_ceil(2) as u32).await.unwrap();
        let mut waits = town.join("a", stranger(), |_| Ok(1));
        tokio::task::yield_now().await;
        assert_eq!(town.join("a", other, |_| Ok(2)).arrived().await.ok(), Some(2), "it has turns of its own");
        drop(taken);
        assert_eq!(waits.arrived().await.ok(), Some(1));
    }

    #[tokio::test]
    async fn a_fault_in_a_question_is_a_500_without_the_inside_and_the_next_one_is_answered() {
        let town = Town::open().await;
        let faulty = town.join("a", stranger(), |_| panic!("the inside")).arrived().await.unwrap_err();
        assert!(!faulty.document().to_string().contains("inside"));
        assert_eq!(faulty.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(town.join("a", stranger(), |_| Ok(7)).arrived().await.ok(), Some(7));
    }
}
