//! What is near: sure by distance, what nobody travels to by name, what may fit by distance.

use super::wanted::Wanted;
use super::{Say, World, comes, has_a_place, leaves_open_where, metres};

/// How far people are taken to go to what comes to them as well.
const TRAVELLED: f64 = 30_000.0;

/// The three runs, by number; with metres where there are any.
#[derive(Debug, Default, PartialEq)]
pub struct Runs {
    /// Surely fits, nearest first.
    pub sure: Vec<(u64, f64)>,
    /// Surely fits, and comes; by name.
    pub without_travel: Vec<u64>,
    /// May fit, nearest first, then what comes.
    pub possible: Vec<(u64, f64)>,
}

/// The nearest `limit` of each run.
///
/// Where no area has an outline, nobody knows whether a point lies in a service area; nor is anything told of the service
/// areas of what is shown approximately.
pub fn answer(world: &World, wanted: &Wanted, near: (f64, f64), limit: usize) -> Runs {
    let (mut sure, mut possible, mut without_travel) = (Vec::new(), Vec::new(), Vec::new());
    for service in &world.services {
        let fits = wanted.say(service, &world.times);
        if fits == Say::No {
            continue;
        }
        let open = service.service_area.is_some() || service.approximate;
        let distance = metres((service.lon, service.lat), near);
        let travels = !comes(service) || (has_a_place(service) && distance <= TRAVELLED);
        let is_sure = fits == Say::Yes && !open && (travels || !leaves_open_where(service));
        match (travels, is_sure) {
            (true, true) => sure.push((service.number, distance)),
            (true, false) => possible.push((service.number, distance)),
            (false, true) => without_travel.push(service.number),
            (false, false) => possible.push((service.number, f64::INFINITY)),
        }
    }
    for run in [&mut sure, &mut possible] {
        run.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        run.truncate(limit);
    }
    without_travel.sort_by_key(|number| format!("Asset {number}"));
    without_travel.truncate(limit);
    Runs { sure, without_travel, possible }
}
