//! One way to ask: words → key → 304, before anything is made → short ones at once, within a budget → long ones in the
//! pool, where equal questions that are under way share one answer → the answer, or its progress and then the answer.
//!
//! # Design
//!
//! A running computation can't be moved to another thread. So a question begins where it was asked, with a budget of
//! work ([`crate::analysis::Ctl`]); when that is spent it is given up, and begun again in the pool. What is known to be
//! long goes there at once. Who waits holds the work: when nobody does any more, it ends at its next tick.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures::Stream;
use serde_json::json;
use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Served;
use super::answer;
use super::asker::Asker;
use super::client::{Client, Whose};
use super::error::Refusal;
use super::events;
use super::limits::refused;
use super::places::Place;
use crate::analysis::{Asked, Ctl, Halt, Unanswered};
use crate::app::{App, AppError, analyses_at_once};
use crate::model::Problem;
use crate::tiles::Layer;

/// So much work is done where a question is asked, about two milliseconds; with more it goes to the pool.
const BUDGET: u64 = 2_000;
/// How long one waits for its turn in the pool.
const PATIENCE: Duration = Duration::from_secs(10);
/// So often progress is told.
const EVERY: Duration = Duration::from_millis(250);

/// An answer, rendered.
#[derive(Clone)]
pub struct Answer {
    /// Its media type.
    pub media: &'static str,
    /// What is sent.
    pub body: Bytes,
    /// The tag of what is tagged by what it says.
    pub tag: Option<String>,
}

impl Answer {
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

/// How work is held: by whom it is waited for, and at once or in the pool.
pub struct Held<'a> {
    /// Holds the work.
    pub ctl: &'a Ctl,
    in_pool: bool,
}

impl Held<'_> {
    /// From here on it is long: it goes on in the pool only.
    pub fn long(&self) -> Result<(), Ended> {
        if self.in_pool { Ok(()) } else { Err(Ended::Long) }
    }
}

/// What is done to answer a question; begun again where it turns out to be long.
pub type Work<T> = dyn Fn(Held<'_>) -> Result<T, Ended> + Send + Sync;

/// A question as it came.
pub struct Ask<'a> {
    /// What is asked of.
    pub served: &'a Served,
    /// Who asks.
    pub asker: &'a Asker,
    /// Whose share it is taken from.
    pub client: Client,
    /// How the answer is wanted, and what of it is known.
    pub headers: &'a HeaderMap,
    /// The words.
    pub made_of: String,
    /// What the answer will be.
    pub media: &'static str,
    /// Whether it counts as an analysis where it is long.
    pub counted: bool,
}

impl Ask<'_> {
    /// The answer to a set, or that it is unchanged; as a stream where that is wanted.
    pub async fn set(
        self,
        work: impl Fn(Held<'_>) -> Result<Answer, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if events::wanted(self.headers) {
            return self.stream(work);
        }
        if let Some(unchanged) = answer::unchanged_set(self.asker, self.headers, &self.made_of, self.media) {
            return Ok(unchanged);
        }
        let answer = self.answer(work).await?;
        Ok(answer::set(self.asker, self.headers, &self.made_of, answer.media, answer.body))
    }

    /// The answer to what nobody keeps; as a stream where that is wanted.
    pub async fn once(
        self,
        work: impl Fn(Held<'_>) -> Result<Answer, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if events::wanted(self.headers) {
            return self.stream(work);
        }
        let answer = self.answer(work).await?;
        Ok(answer::uncached(self.asker, StatusCode::OK, answer.media, answer.body))
    }

    /// The answer.
    pub async fn answer(
        &self,
        work: impl Fn(Held<'_>) -> Result<Answer, Ended> + Send + Sync + 'static,
    ) -> Result<Answer, Refusal> {
        self.run(&self.served.desk.answers, || self.key(), work).await
    }

    fn key(&self) -> String {
        format!("{}|{}", answer::set_key(self.asker, &self.made_of), self.media)
    }

    /// Whatever the work makes, under a key of its own.
    pub async fn run<T: Clone + Send + Sync + 'static>(
        &self,
        flights: &Arc<Flights<T>>,
        key: impl FnOnce() -> String,
        work: impl Fn(Held<'_>) -> Result<T, Ended> + Send + Sync + 'static,
    ) -> Result<T, Refusal> {
        let short = Ctl::within(BUDGET);
        match catch_unwind(AssertUnwindSafe(|| work(Held { ctl: &short, in_pool: false }))) {
            Ok(Ok(made)) => return Ok(made),
            Ok(Err(Ended::Refused(refusal))) => return Err(refusal),
            Ok(Err(Ended::Long)) if self.counted => self.served.gate.analysis(self.client)?,
            Ok(Err(Ended::Long | Ended::Halted)) => {}
            Err(_) => return Err(Refusal::fault()),
        }
        let pool = &self.served.desk.pool;
        let mut flight = flights.join(key(), &self.served.app, pool, self.client, Arc::new(work));
        flight.arrived().await
    }

    /// Progress, then the answer, on this connection; closing it ends the work.
    fn stream(
        self,
        work: impl Fn(Held<'_>) -> Result<Answer, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if self.counted {
            self.served.gate.analysis(self.client)?;
        }
        let place = self.served.gate.listener(self.client)?;
        let desk = &self.served.desk;
        let flight = desk.answers.join(self.key(), &self.served.app, &desk.pool, self.client, Arc::new(work));
        let until = Instant::now() + self.served.setup.limits.request;
        let ending = self.served.setup.ending.clone();
        let told = Told { flight, until, ending, furthest: 0.0, begun: false, _place: place };
        Ok(events::response(told.events()))
    }
}

/// An answer that is told as events.
struct Told {
    flight: Flight<Answer>,
    until: Instant,
    ending: CancellationToken,
    furthest: f64,
    begun: bool,
    _place: Place,
}

impl Told {
    fn events(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        futures::stream::unfold(Some(self), |told| async {
            let mut told = told?;
            match told.next().await {
                Ok(progress) => Some((Ok(Bytes::from(progress)), Some(told))),
                Err(last) => Some((Ok(Bytes::from(last)), None)),
            }
        })
    }

    /// The next event; the last one as an error.
    async fn next(&mut self) -> Result<String, String> {
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(self.progress());
        }
        let refusal = tokio::select! {
            arrived = self.flight.arrived() => match arrived {
                Ok(answer) => return Err(event("answer", &String::from_utf8_lossy(&answer.body))),
                Err(refusal) => refusal,
            },
            () = self.ending.cancelled() => AppError::Ending.into(),
            () = tokio::time::sleep_until(self.until) => Refusal::busy("This took too long"),
            () = tokio::time::sleep(EVERY) => return Ok(self.progress()),
        };
        Err(event("problem", &refusal.document().to_string()))
    }

    fn progress(&mut self) -> String {
        self.furthest = self.furthest.max((self.flight.waiting.ctl.share() * 1e3).round() / 1e3);
        event("progress", &json!({"done": self.furthest, "best": null}).to_string())
    }
}

/// One event (WHATWG HTML §9.2); what has several lines comes as several.
fn event(name: &str, data: &str) -> String {
    let lines: Vec<String> = data.lines().map(|line| format!("data: {line}\n")).collect();
    format!("event: {name}\n{}\n", lines.concat())
}

/// Large bodies are read in the pool, too.
const LARGE: usize = 16 << 10;

/// Reads what somebody sent: at once where it is small, else in the pool.
pub async fn read<T: Send + 'static>(
    served: &Served,
    client: Client,
    size: usize,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    if size <= LARGE {
        return work();
    }
    let turn = served.desk.pool.turn(client).await?;
    let worked = served.app.analysis(move || {
        let _turn = turn;
        work()
    });
    worked.await?
}

/// The words of a question in a body.
pub async fn words(served: &Served, client: Client, headers: &HeaderMap, body: Bytes) -> Result<Asked, Refusal> {
    let (headers, size) = (headers.clone(), body.len());
    let words = move || Asked::from_json(&answer::read_json(&headers, &body)?).map_err(Refusal::problems);
    read(served, client, size, words).await
}

/// Where questions are asked.
#[derive(Default)]
pub struct Desk {
    pool: Arc<Pool>,
    answers: Arc<Flights<Answer>>,
    /// Layers that tiles are drawn of.
    pub layers: Arc<Flights<Arc<Layer>>>,
    /// Boxes that maps open at.
    pub bounds: Arc<Flights<Option<[f64; 4]>>>,
}

/// Turns in the pool: one client has half of it at most, however much it asks, so that nobody waits behind all of that.
#[derive(Default)]
struct Pool {
    turns: Mutex<HashMap<Whose, Weak<Semaphore>>>,
}

/// With more clients than this, those that have no turn are forgotten.
const MANY: usize = 1_000;

impl Pool {
    async fn turn(&self, client: Client) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        let Some(whose) = client.0 else { return Ok(None) };
        let turns = self.of(whose);
        match tokio::time::timeout(PATIENCE, turns.acquire_owned()).await {
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
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.ctl.stop();
        self.gone.cancel();
    }
}

/// One who waits.
struct Flight<T> {
    waiting: Arc<Waiting>,
    arrival: Arrival<T>,
}

impl<T: Clone> Flight<T> {
    async fn arrived(&mut self) -> Result<T, Refusal> {
        match self.arrival.wait_for(Option::is_some).await {
            Ok(arrived) => arrived.clone().unwrap_or_else(|| Err(Refusal::fault())),
            // Whoever would have told is gone: only when the program ends.
            Err(_) => Err(AppError::Ending.into()),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Waits with whoever asks the same, or begins it.
    fn join(
        self: &Arc<Self>,
        key: String,
        app: &App,
        pool: &Arc<Pool>,
        client: Client,
        work: Arc<Work<T>>,
    ) -> Flight<T> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((waiting, arrival)) = under_way.get(&key)
            && let Some(waiting) = waiting.upgrade()
        {
            return Flight { waiting, arrival: arrival.clone() };
        }
        let (teller, arrival) = watch::channel(None);
        let (ctl, gone) = (Arc::new(Ctl::free()), CancellationToken::new());
        let waiting = Arc::new(Waiting { ctl: ctl.clone(), gone: gone.clone() });
        under_way.insert(key.clone(), (Arc::downgrade(&waiting), arrival.clone()));
        let (flights, own) = (self.clone(), Arc::downgrade(&waiting));
        let made = make(app.clone(), pool.clone(), client, ctl, work);
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
    app: App,
    pool: Arc<Pool>,
    client: Client,
    ctl: Arc<Ctl>,
    work: Arc<Work<T>>,
) -> Result<T, Refusal> {
    let turn = pool.turn(client).await?;
    let worked = app.analysis(move || {
        let _turn = turn;
        work(Held { ctl: &ctl, in_pool: true })
    });
    match worked.await? {
        Ok(made) => Ok(made),
        Err(Ended::Refused(refusal)) => Err(refusal),
        // Only when nobody waits any more: nobody hears it.
        Err(Ended::Halted | Ended::Long) => Err(Refusal::busy("Busy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use jiff::tz::TimeZone;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
    async fn a_fault_in_a_question_is_a_500_without_the_inside_and_the_next_one_is_answered() {
        let town = Town::open().await;
        let faulty = town.join("a", stranger(), |_| panic!("the inside")).arrived().await.unwrap_err();
        assert!(!faulty.document().to_string().contains("inside"));
        assert_eq!(faulty.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(town.join("a", stranger(), |_| Ok(7)).arrived().await.ok(), Some(7));
    }

    #[test]
    fn an_event_is_a_name_and_lines() {
        assert_eq!(event("answer", "{}"), "event: answer\ndata: {}\n\n");
        assert_eq!(event("answer", "a,b\r\n1,2\r\n"), "event: answer\ndata: a,b\ndata: 1,2\n\n");
    }
}
