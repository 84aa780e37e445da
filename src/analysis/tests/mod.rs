//! What questions mean, tried on towns of a few lines: a town is written as text, and so is what is answered about it.
//!
//! [`check::check`] takes both in one text. The words of the language are those of [`town`]; what is asked and how an
//! answer reads is told by [`ask`], the only file here that knows the shapes of the program.

mod ask;
mod check;
mod plain;
mod random;
mod town;

mod coverage;
mod filter;
mod lists;
mod membership;
mod nearby;
mod properties;
mod views;
