//! What you can do: one file a use case. The only layer that writes, and the only one that knows store and atlas.
//! What they all stand on is the `engine`; it imports none of them.

pub mod accounts;
mod caller;
pub mod check;
pub mod datasets;
pub mod demo;
mod engine;
mod error;
mod explain;
pub mod history;
pub mod imports;
pub mod listening;
pub mod orders;
pub mod publish;
pub mod redact;
pub mod transfer;
pub mod undo;

pub use crate::auth::Role;
pub use crate::clock::new_id;
pub use caller::Caller;
pub use engine::{App, analyses_at_once, connect, on_app, on_store};
pub use error::AppError;
