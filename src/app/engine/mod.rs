//! What keeps the instance going: one store, the present in memory, one writer, and what is told of both. It carries out
//! what it is handed and knows no use case.

pub mod apart;
mod app;
pub mod events;
pub mod feed;
pub mod kept;
mod known;
pub mod ledger;
pub mod pace;
pub mod pulse;
pub mod writer;

pub use app::{App, analyses_at_once, connect, on_app, on_store};
