//! What needs other records to be told, asked of whatever finds one by its id.

use std::sync::Arc;

use super::entry::Entry;
use crate::model::{Id, Point};

/// Anything that finds a record by its id.
pub trait Lookup: Sync {
    /// The record of an id, where there is one.
    fn entry(&self, id: Id) -> Option<&Arc<Entry>>;
}

/// Where a record, as somebody is shown it, is: its own point, then those of the places it stands on.
pub fn points(lookup: &dyn Lookup, entry: &Entry) -> Vec<Point> {
    points_through(lookup, entry, |_| true)
}

/// The same, by those of the places only that count.
pub fn points_through(lookup: &dyn Lookup, entry: &Entry, counts: impl Fn(&Entry) -> bool) -> Vec<Point> {
    let mut points: Vec<Point> = entry.point.into_iter().collect();
    let givers = entry.position_givers().filter_map(|id| lookup.entry(id)).filter(|giver| counts(giver));
    // An area's point says where a gap is only when nothing else does.
    let givers = givers.filter(|giver| !giver.kind.spec().ground || entry.point.is_none());
    for point in givers.filter_map(|giver| giver.point) {
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}
