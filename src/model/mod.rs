//! What exists: the kinds of records, their fields and rules, and the small values they are made of.
//!
//! Nothing here reads a clock, a file or a database; everything is checked on construction, and a check answers
//! with all problems, not the first.

pub mod area;
#[cfg(test)]
pub mod beacon;
mod body;
pub mod category;
pub mod cell;
pub mod common;
pub mod gap;
pub mod hours;
pub mod kind;
pub mod organisation;
pub mod personal;
pub mod place;
mod point;
pub mod polygon;
pub mod postcode;
mod problem;
pub mod record;
mod registry;
pub mod resource;
pub mod service;
pub mod shape;
pub mod spec;
pub mod text;
pub mod withheld;

pub use body::{Body, Id};
pub use kind::Kind;
pub use point::{Point, geodesic_at_most};
pub use postcode::Postcode;
pub use problem::{Code, Problem, Problems, cut};
pub use record::Origin;
pub use spec::{Life, Link, Owner, Position, Spec};
