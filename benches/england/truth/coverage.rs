//! Who can get there: every area against every service.

use super::wanted::Wanted;
use super::{Say, World, comes, leaves_open_where, metres};
use crate::lived::{Area, Service};

/// Sums over all areas.
#[derive(Debug, Default, PartialEq)]
pub struct Totals {
    /// Areas where somebody is surely reached.
    pub areas_covered: u64,
    /// People surely reached.
    pub covered: u64,
    /// People reached only by what may fit.
    pub unsure: u64,
}

/// One area.
#[derive(Debug, PartialEq)]
pub struct Reached {
    /// Somebody is surely reached.
    pub covered: bool,
    /// Metres to the nearest sure one, where nothing has to come.
    pub nearest_m: Option<f64>,
    people: u64,
    unsure: u64,
}

/// Degrees of latitude, and of longitude in the north, that are surely more than the reach.
fn window(within: f64) -> (f64, f64) {
    (within / 111_000.0 * 1.01, within / 60_000.0 * 1.01)
}

/// Who is taken: nobody, some of the three bands, everybody.
#[derive(Clone, Copy, Default)]
struct Taken {
    bands: [bool; 3],
    everybody: bool,
}

/// The bands of the areas.
const BANDS: [(u32, u32); 3] = [(0, 15), (16, 64), (65, 120)];

impl Taken {
    fn add(&mut self, ages: (Option<u32>, Option<u32>), with_ages: bool) {
        match bands(ages).filter(|_| with_ages) {
            Some(bands) => (0..3).for_each(|band| self.bands[band] |= bands[band]),
            None => self.everybody = true,
        }
    }

    fn people(&self, area: &Area, with_ages: bool) -> u64 {
        let by_age = (0..3).filter(|band| self.bands[*band] && with_ages).map(|band| u64::from(area.ages[band])).sum();
        if self.everybody { u64::from(area.plain.people) } else { by_age }
    }
}

/// The bands that together are these ages; none where everybody is taken, or no bands are just that.
fn bands(ages: (Option<u32>, Option<u32>)) -> Option<[bool; 3]> {
    if ages == (None, None) {
        return None;
    }
    let (min, max) = (ages.0.unwrap_or(0), ages.1.unwrap_or(u32::MAX));
    let touched = BANDS.map(|(from, to)| to >= min && from <= max);
    let first = (0..3).find(|band| touched[*band])?;
    let last = (0..3).rfind(|band| touched[*band])?;
    let ends = BANDS[last].1 == max || (BANDS[last].1 == 120 && max > 120);
    (BANDS[first].0 == min && ends).then_some(touched)
}

/// The services that may fit: those that people go to from south to north, and those that come as well.
pub struct Chosen<'a> {
    travelled_to: Vec<(&'a Service, Say)>,
    coming: Vec<(&'a Service, Say)>,
    with_ages: bool,
}

impl<'a> Chosen<'a> {
    /// Of these areas' ages, or without any.
    pub fn of(world: &'a World, wanted: &Wanted, with_ages: bool) -> Self {
        let said = world.services.iter().map(|service| (service, wanted.say(service, &world.times)));
        let (coming, mut travelled_to): (Vec<_>, Vec<_>) =
            said.filter(|(_, say)| *say != Say::No).partition(|(service, _)| comes(service));
        travelled_to.sort_by(|a, b| a.0.lat.total_cmp(&b.0.lat));
        Self { travelled_to, coming, with_ages }
    }

    /// All areas. What lies further off than a box round the area is not measured.
    pub fn totals(&self, areas: &[Area], within: f64) -> Totals {
        let mut totals = Totals::default();
        for area in areas {
            let (high, wide) = window(within);
            let near = |s: &Service| (s.lat - area.plain.lat).abs() <= high && (s.lon - area.plain.lon).abs() <= wide;
            let south = self.travelled_to.partition_point(|(s, _)| s.lat < area.plain.lat - high);
            let north = self.travelled_to.partition_point(|(s, _)| s.lat <= area.plain.lat + high);
            let reached = self.reach(area, within, &self.travelled_to[south..north], near);
            totals.areas_covered += u64::from(reached.covered);
            totals.covered += reached.people;
            totals.unsure += reached.unsure;
        }
        totals
    }

    /// One area, everything measured.
    pub fn area(&self, area: &Area, within: f64) -> Reached {
        self.reach(area, within, &self.travelled_to, |_| true)
    }

    fn reach(
        &self,
        area: &Area,
        within: f64,
        travelled_to: &[(&Service, Say)],
        measured: impl Fn(&Service) -> bool,
    ) -> Reached {
        let (mut sure, mut possible) = (Taken::default(), Taken::default());
        let (mut nearest, mut somebody_comes, mut somebody_near) = (f64::INFINITY, false, false);
        let at = (area.plain.lon, area.plain.lat);
        for (service, fits) in travelled_to.iter().chain(&self.coming) {
            let lives_there = lives_there(service, area);
            if lives_there == Say::No {
                continue;
            }
            let distance = if measured(service) { metres((service.lon, service.lat), at) } else { f64::INFINITY };
            let reached = distance <= within;
            let only_comes = comes(service) && !reached;
            let is_sure = fits.min(&lives_there) == &Say::Yes && !(only_comes && leaves_open_where(service));
            if is_sure {
                nearest = nearest.min(distance);
                somebody_near |= reached;
                somebody_comes |= only_comes;
            }
            if reached || only_comes {
                if is_sure { &mut sure } else { &mut possible }.add(service.ages, self.with_ages);
            }
        }
        let mut all = possible;
        all.everybody |= sure.everybody;
        (0..3).for_each(|band| all.bands[band] |= sure.bands[band]);
        let people = sure.people(area, self.with_ages);
        let unsure = all.people(area, self.with_ages) - people;
        let told = nearest.is_finite() && (somebody_near || !somebody_comes);
        let covered = sure.everybody || sure.bands.contains(&true);
        Reached { covered, nearest_m: told.then_some(nearest), people, unsure }
    }
}

/// Whether it is for people who live there.
fn lives_there(service: &Service, area: &Area) -> Say {
    match &service.service_area {
        _ if service.approximate => Say::Unknown,
        None => Say::Yes,
        Some(code) if code.starts_with('D') => Say::of(Some(*code == area.district)),
        Some(code) => Say::of(Some(*code == format!("X{:08}", area.plain.number))),
    }
}
