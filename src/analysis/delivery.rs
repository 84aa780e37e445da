//! How a service comes to people who do not travel.

use crate::atlas::facets::WordSet;
use crate::atlas::{Entry, REMOTE};
use crate::model::service::DELIVERY;

/// The way in which it comes to people: at home, by telephone, online, or because they live in its area; `None` when
/// they must travel.
pub fn remote_way(entry: &Entry) -> Option<&'static str> {
    if !entry.remote {
        return None;
    }
    let says = |way: &str| entry.facets.delivery.meets(WordSet::of(DELIVERY, [way]));
    let without_area = entry.linked("service_area").next().is_none();
    // With no area given, a telephone line reaches everyone but a visitor may not.
    let order = if without_area { ["telephone", "online", "at_home"] } else { REMOTE };
    let named = order.into_iter().find(|way| says(way));
    let nowhere_else = entry.point.is_none() && entry.linked("places").next().is_none();
    named.or((nowhere_else && !without_area).then_some("inside_service_area"))
}

/// Whether people can also go to it.
pub fn has_a_place(entry: &Entry) -> bool {
    let (ways, comes) = (entry.facets.delivery, WordSet::of(DELIVERY, REMOTE));
    !ways.meets(comes) || ways.meets(WordSet::of(DELIVERY, ["at_place", "outreach"]))
}
