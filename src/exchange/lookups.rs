//! What reading has to ask the instance: postcodes, since nothing here knows a database.

use crate::model::{Point, Postcode};

/// What reading a row has to ask the instance.
pub trait Lookups {
    /// Whether there is a postcode table at all.
    fn postcodes_loaded(&self) -> bool;

    /// Where a postcode is.
    fn postcode(&self, code: &Postcode) -> Whereabouts;
}

/// What the postcode table knows of a postcode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Whereabouts {
    /// Its middle.
    At(Point),
    /// It is in the table, without a position.
    Nowhere,
    /// It is not in the table.
    Unknown,
}
