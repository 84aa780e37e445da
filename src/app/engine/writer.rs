//! The group commit: orders that arrive while one append is on its way to the disk go together in the next.

use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::apart::apart;
use super::feed::Feed;
use super::ledger::Ledger;
use super::pulse;
use crate::app::AppError;
use crate::change::Seq;
use crate::model::Id;
use crate::store::{Store, StoreError};

/// Orders that share one append; the others wait for the next.
const MOST_ORDERS: usize = 256;
/// How long a group may take; a store that hangs holds up nobody longer.
const GROUP_PATIENCE: Duration = Duration::from_secs(20);

/// Hands orders to the one task that writes them.
#[derive(Clone)]
pub struct Writer {
    orders: mpsc::Sender<Job>,
}

/// An order as the writer has it: it knows how to stage itself, as often as it is asked.
#[async_trait]
pub trait Stages: Send + Sync {
    /// Stages it on a ledger; on `Err` the ledger is to be taken back to where it was.
    async fn stage(&self, ledger: &mut Ledger, feed: &Feed) -> Result<Receipt, AppError>;
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the last change after it.
    pub revision: Seq,
    /// The batch it was written as.
    pub batch: Uuid,
    /// The record of each step, with its body (none when deleted), and whether the step made it.
    pub records: Vec<Written>,
}

/// The record of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: Id,
    /// Whether it is new.
    pub created: bool,
}

struct Job {
    order: Box<dyn Stages>,
    reply: oneshot::Sender<Result<Receipt, AppError>>,
}

impl Writer {
    /// Starts the task; it ends when the last writer is dropped, after what it has accepted.
    pub fn start(store: Arc<dyn Store>, feed: Arc<Feed>) -> Self {
        let (orders, mut waiting) = mpsc::channel::<Job>(1024);
        let pen = Pen { store, feed };
        tokio::spawn(async move {
            let mut jobs = Vec::new();
            while waiting.recv_many(&mut jobs, MOST_ORDERS).await > 0 {
                let split = |job: Job| (job.order, job.reply);
                let (orders, replies): (Vec<_>, Vec<_>) = jobs.drain(..).map(split).unzip();
                for (reply, answer) in replies.into_iter().zip(carry_out(&orders, &pen).await) {
                    let _ = reply.send(answer);
                }
            }
        });
        Self { orders }
    }

    /// Returns when the order is on the disk and readable.
    pub async fn write(&self, order: Box<dyn Stages>) -> Result<Receipt, AppError> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(Job { order, reply }).await.map_err(|_| AppError::Ending)?;
        answer.await.map_err(|_| AppError::Ending)?
    }

    /// Whether nobody writes any more.
    pub fn has_ended(&self) -> bool {
        self.orders.is_closed()
    }
}

/// What writes a group of orders.
#[async_trait]
trait Writes<O, A> {
    /// Answers each; notes when it begins to commit.
    async fn write(&self, orders: &[O], committing: &AtomicBool) -> Vec<Result<A, AppError>>;
}

/// The answers to a group. Where one order brings the writing of all down before anything is committed, each is tried
/// by itself: the others did nothing wrong.
async fn carry_out<O, A>(orders: &[O], pen: &impl Writes<O, A>) -> Vec<Result<A, AppError>> {
    let committing = AtomicBool::new(false);
    let fault = match in_time(pen.write(orders, &committing)).await {
        Ok(answers) => return answers,
        Err(fault) => fault,
    };
    if orders.len() == 1 || committing.load(Ordering::Relaxed) || !matches!(fault, AppError::Fault) {
        let said = |_| Err(if matches!(fault, AppError::Fault) { AppError::Fault } else { silent() });
        return orders.iter().map(said).collect();
    }
    let mut answers = Vec::with_capacity(orders.len());
    for order in orders {
        let alone = in_time(pen.write(std::slice::from_ref(order), &committing)).await;
        answers.extend(alone.unwrap_or_else(|fault| vec![Err(fault)]));
    }
    answers
}

async fn in_time<T>(writing: impl Future<Output = T>) -> Result<T, AppError> {
    tokio::time::timeout(GROUP_PATIENCE, apart(writing)).await.unwrap_or_else(|_| {
        tracing::error!("the store did not answer in time; nothing was acknowledged");
        Err(silent())
    })
}

fn silent() -> AppError {
    AppError::Unavailable("the store did not answer in time".to_owned())
}

struct Pen {
    store: Arc<dyn Store>,
    feed: Arc<Feed>,
}

#[async_trait]
impl Writes<Box<dyn Stages>, Receipt> for Pen {
    async fn write(&self, orders: &[Box<dyn Stages>], committing: &AtomicBool) -> Vec<Result<Receipt, AppError>> {
        let mut ledger = match Ledger::open(&*self.store).await {
            Ok(ledger) => ledger,
            Err(error) => return orders.iter().map(|_| Err(failed(&error))).collect(),
        };
        let mut answers = Vec::with_capacity(orders.len());
        for order in orders {
            let mark = ledger.mark();
            let staged = order.stage(&mut ledger, &self.feed).await;
            if staged.is_err() {
                ledger.back_to(&mark);
            }
            answers.push(staged);
        }
        committing.store(true, Ordering::Relaxed);
        match self.commit(ledger, answers.iter().filter(|a| a.is_ok()).count()).await.err() {
            Some(error) => {
                let instead = || AppError::Unavailable(error.to_string());
                answers.into_iter().map(|answer| answer.and_then(|_| Err(instead()))).collect()
            }
            None => answers,
        }
    }
}

impl Pen {
    async fn commit(&self, ledger: Ledger, orders: usize) -> Result<(), AppError> {
        let changes = ledger.commit().await.map_err(|error| failed(&error))?;
        pulse::grouped(orders);
        // Stored, but not readable yet: whoever sends the same again is told that it is there.
        self.feed.publish(changes).await.inspect_err(|error| {
            tracing::error!(%error, "committed changes could not be published; the log will be read again");
        })
    }
}

fn failed(error: &StoreError) -> AppError {
    tracing::error!(%error, "an append failed");
    AppError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders are numbers; 13 brings down whatever it is written with, 14 after the commit has begun.
    struct Numbers;

    #[async_trait]
    impl Writes<u8, u8> for Numbers {
        async fn write(&self, orders: &[u8], committing: &AtomicBool) -> Vec<Result<u8, AppError>> {
            assert!(!orders.contains(&13), "an order that nobody foresaw");
            committing.store(true, Ordering::Relaxed);
            assert!(!orders.contains(&14), "a fault while it is committed");
            orders.iter().map(|order| Ok(*order)).collect()
        }
    }

    async fn told(orders: &[u8]) -> Vec<Option<u8>> {
        carry_out(orders, &Numbers).await.into_iter().map(Result::ok).collect()
    }

    #[tokio::test]
    async fn an_order_that_brings_its_group_down_fails_alone() {
        assert_eq!(told(&[1, 2]).await, [Some(1), Some(2)]);
        assert_eq!(told(&[1, 13, 2]).await, [Some(1), None, Some(2)]);
        assert!(matches!(carry_out(&[13], &Numbers).await[0], Err(AppError::Fault)));
    }

    #[tokio::test]
    async fn what_may_be_stored_is_not_written_twice() {
        assert_eq!(told(&[1, 14, 2]).await, [None, None, None]);
    }

    #[tokio::test]
    async fn a_writer_without_its_task_has_ended() {
        let (orders, waiting) = mpsc::channel(1);
        let writer = Writer { orders };
        assert!(!writer.has_ended());
        drop(waiting);
        assert!(writer.has_ended());
    }
}
