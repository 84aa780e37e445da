//! Work that is done apart: off the threads that serve everybody, or so that a fault in it ends nothing else.

use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tokio::task::JoinError;

use crate::app::AppError;

/// Runs long work off the async threads.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let fault = |e: JoinError| if e.is_panic() { AppError::Fault } else { AppError::Ending };
    tokio::task::spawn_blocking(work).await.map_err(fault)
}

/// Does it so that a fault in it (a panic, which is in the log) ends nothing else.
pub async fn apart<T>(work: impl Future<Output = T>) -> Result<T, AppError> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| AppError::Fault)
}
