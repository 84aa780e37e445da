//! In and out: lists that others keep, read as the records they describe.
//!
//! A list is read twice. [`survey`] reads it whole for its form, its columns and equal keys, so that a file that is cut
//! off, or is nothing of the sort, is refused before anything is written. [`read`] then hands over row by row what the
//! rows say, checked, never holding more than one: good rows as [`Part`]s, bad ones with every problem they have.
//!
//! Nothing here knows a database, a clock or the network: postcodes are asked for by [`Lookups`], references stay the
//! words of the list, and who may do what is decided elsewhere.
//!
//! ```
//! use std::ops::ControlFlow;
//! use commonground::exchange::{Lookups, Wanted, Whereabouts, read, survey};
//! use commonground::model::{Kind, Postcode};
//!
//! struct None_;
//! impl Lookups for None_ {
//!     fn postcodes_loaded(&self) -> bool { false }
//!     fn postcode(&self, _: &Postcode) -> Whereabouts { Whereabouts::Unknown }
//! }
//!
//! let path = std::env::temp_dir().join("commonground-doc-halls.csv");
//! std::fs::write(&path, "Venue name;Lat;Long\nChrist Church Rooms;54.661;-3.366\n").unwrap();
//! let wanted = Wanted::of(Kind::Place);
//! let found = survey(&path, "halls_2026.csv", &wanted).unwrap();
//! assert_eq!((found.list.as_str(), found.rows), ("halls", 1));
//! read(&path, &found, &wanted, &None_, &mut |row| {
//!     assert_eq!(row.parts.unwrap()[0].body["name"], "Christ Church Rooms");
//!     ControlFlow::Continue(())
//! }).unwrap();
//! # std::fs::remove_file(path).unwrap();
//! ```

mod cells;
pub mod datasets;
pub mod explain;
pub mod grid;
mod lookups;
pub mod marks;
mod plan;
mod read;
mod reading;
pub mod refused;
mod rows;
mod survey;
#[cfg(test)]
mod tests;
mod wanted;

pub use explain::{Explained, explain};
pub use lookups::{Lookups, Whereabouts};
pub use reading::{Row, read};
pub use refused::Refused;
pub use rows::parts::Part;
pub use survey::{Column, Survey, survey};
pub use wanted::Wanted;

/// A file of the data that tests share; `None` where there is none and nobody promised any.
#[cfg(test)]
pub(crate) fn shared(path: &str) -> Option<std::path::PathBuf> {
    let promised = std::env::var_os("COMMONGROUND_SHARED");
    let default = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").into_os_string();
    let file = std::path::PathBuf::from(promised.clone().unwrap_or_else(default)).join(path);
    assert!(file.exists() || promised.is_none(), "{} is missing", file.display());
    file.exists().then_some(file)
}
