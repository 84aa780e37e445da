//! What it means: answers worked out from a [`crate::atlas::View`]. Pure: the local time is passed in.

pub mod asked;
pub mod card;
mod chosen;
pub mod coverage;
pub mod ctl;
mod days_off;
mod delivery;
pub mod evidence;
pub mod filter;
mod filter_word;
mod fit;
mod groups;
pub mod lists;
pub mod membership;
pub mod nearby;
pub mod reach;
mod read_box;
pub mod register;
pub mod standing;
mod status;
#[cfg(test)]
mod tests;
mod when;
pub mod word;
pub mod words;

pub use asked::Asked;
pub use ctl::{Ctl, Halt, Unanswered};
pub use filter::Filter;
pub use fit::{Answer, Fit};
