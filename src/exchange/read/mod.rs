//! A file as rows: what its bytes say, and a reader for each form.

pub(super) mod bytes;
pub(super) mod csv;
pub(super) mod degrees;
pub(super) mod encoding;
mod filtered;
pub(super) mod geojson;
pub(super) mod outline;
pub(super) mod text;
