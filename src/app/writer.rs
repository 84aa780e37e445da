//! The group commit: orders that arrive while one append is on its way to the disk go together in the next.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

use super::commit::{self, Order, Receipt};
use super::feed::Feed;
use super::ledger::Ledger;
use super::{AppError, Caller, pulse};
use crate::store::{Store, StoreError};

/// The most orders that share one append.
const MOST: usize = 256;
/// How long a group may take; a store that hangs holds up nobody longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands orders to the one task that writes them.
#[derive(Clone)]
pub struct Writer {
    orders: mpsc::Sender<Job>,
}

struct Job {
    order: Order,
    caller: Caller,
    reply: oneshot::Sender<Result<Receipt, AppError>>,
}

impl Writer {
    /// Starts the task; it ends when the last writer is dropped, after what it has accepted.
    pub fn start(store: Arc<dyn Store>, feed: Arc<Feed>) -> Self {
        let (orders, mut waiting) = mpsc::channel::<Job>(1024);
        tokio::spawn(async move {
            let mut jobs = Vec::new();
            while waiting.recv_many(&mut jobs, MOST).await > 0 {
                let writing = write(&*store, &feed, std::mem::take(&mut jobs));
                if tokio::time::timeout(PATIENCE, writing).await.is_err() {
                    tracing::error!("the store did not answer in time; nothing was acknowledged");
                }
            }
        });
        Self { orders }
    }

    /// Returns when the order is on the disk and readable.
    pub async fn write(&self, order: Order, caller: &Caller) -> Result<Receipt, AppError> {
        let (reply, answer) = oneshot::channel();
        let job = Job { order, caller: caller.clone(), reply };
        self.orders.send(job).await.map_err(|_| AppError::Ending)?;
        answer.await.map_err(|_| AppError::Unavailable("the store did not answer in time".to_owned()))?
    }
}

async fn write(store: &dyn Store, feed: &Arc<Feed>, jobs: Vec<Job>) {
    let mut ledger = match Ledger::open(store).await {
        Ok(ledger) => ledger,
        Err(error) => return fail_all(jobs.into_iter().map(|j| j.reply), &error),
    };
    let mut done = Vec::new();
    for job in jobs {
        let mark = ledger.mark();
        match commit::stage(&mut ledger, job.order, &job.caller, feed).await {
            Ok(receipt) => done.push((job.reply, receipt)),
            Err(error) => {
                ledger.back_to(&mark);
                let _ = job.reply.send(Err(error));
            }
        }
    }
    match ledger.commit().await {
        Ok(changes) => {
            pulse::grouped(done.len());
            let readable = feed.publish(changes).await;
            if let Err(error) = &readable {
                tracing::error!(%error, "committed changes could not be published; the log will be read again");
            }
            for (reply, receipt) in done {
                // Stored, but not readable yet: whoever sends the same again is told that it is there.
                let answer = match &readable {
                    Ok(()) => Ok(receipt),
                    Err(error) => Err(AppError::Unavailable(error.to_string())),
                };
                let _ = reply.send(answer);
            }
        }
        Err(error) => fail_all(done.into_iter().map(|(reply, _)| reply), &error),
    }
}

fn fail_all(replies: impl Iterator<Item = oneshot::Sender<Result<Receipt, AppError>>>, error: &StoreError) {
    tracing::error!(%error, "an append failed");
    for reply in replies {
        let _ = reply.send(Err(AppError::Unavailable(error.to_string())));
    }
}
