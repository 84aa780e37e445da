//! One row at a time: from cells to the records they describe, checked.

pub(super) mod checked;
mod draft;
pub(super) mod nested;
pub(super) mod parts;
pub(super) mod position;
mod values;
