//! What the answers must be, by a plain and slow reading of the rows as the generator draws them: every service is looked
//! at, every distance is a geodesic. Nothing of the program is used, so that it can't agree with itself.

pub mod coverage;
pub mod lists;
pub mod nearest;
pub mod wanted;

use geo::{Distance, Geodesic};
use lonlat_bng::{convert_osgb36, convert_osgb36_to_ll};

use crate::data::Which;
use crate::england;
use crate::lived::{self, Area, Service};
use crate::times::{self, Times};

/// All rows of one England, as the public is shown them.
pub struct World {
    /// Without those that are for partners only.
    pub services: Vec<Service>,
    /// The texts that services name.
    pub times: Vec<Times>,
    /// In the order of the file.
    pub areas: Vec<Area>,
}

/// Yes, no, or that nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    /// It does not fit.
    No,
    /// Nobody says.
    Unknown,
    /// It fits.
    Yes,
}

impl Say {
    /// As it is said; nothing said is unknown.
    pub fn of(said: Option<bool>) -> Self {
        match said {
            Some(true) => Say::Yes,
            Some(false) => Say::No,
            None => Say::Unknown,
        }
    }
}

impl World {
    /// Draws it.
    pub fn of(which: Which) -> Self {
        let services: Vec<Service> = match which {
            Which::Plain => england::each_asset().map(plain).collect(),
            Which::Lived => lived::each_service().filter(|s| !s.partners_only).map(as_shown).collect(),
        };
        let times = if which == Which::Plain { Vec::new() } else { times::all() };
        Self { services, times, areas: lived::each_area().collect() }
    }
}

/// A service that says nothing but where it is.
fn plain(asset: england::Asset) -> Service {
    Service {
        number: asset.number,
        category: asset.category,
        capacity: asset.capacity,
        lon: asset.lon,
        lat: asset.lat,
        ages: (None, None),
        delivery: &[],
        service_area: None,
        approximate: false,
        partners_only: false,
        times: None,
        referral: &[],
        accepting: None,
        free: None,
        languages: &[],
    }
}

/// An approximate one stands in the middle of its cell of five kilometres, and whether it has a service area is not told.
fn as_shown(service: Service) -> Service {
    if !service.approximate {
        return service;
    }
    let middle = |x: f64| (x / 5_000.0).floor() * 5_000.0 + 2_500.0;
    let (east, north) = convert_osgb36(service.lon, service.lat).expect("England lies on the grid");
    let (lon, lat) = convert_osgb36_to_ll(middle(east), middle(north)).expect("so does a cell of it");
    let five = |degrees: f64| (degrees * 1e5).round() / 1e5;
    Service { lon: five(lon), lat: five(lat), service_area: None, ..service }
}

/// Geodesic metres.
pub fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    Geodesic.distance(geo::Point::from(a), geo::Point::from(b))
}

/// Ways for which nobody travels.
pub fn comes(service: &Service) -> bool {
    service.delivery.iter().any(|way| ["at_home", "telephone", "online"].contains(way))
}

/// Whether people can go to it.
pub fn has_a_place(service: &Service) -> bool {
    !comes(service) || service.delivery.contains(&"at_place")
}

/// Whether it comes to homes and to nobody in another way, and does not say where.
pub fn leaves_open_where(service: &Service) -> bool {
    let otherwise = service.delivery.iter().any(|way| ["telephone", "online"].contains(way));
    service.delivery.contains(&"at_home") && !otherwise && service.service_area.is_none()
}

/// Says that answers were as they must be.
pub fn agreed(what: &str, compared: usize, of: usize) {
    let bounded = if compared < of { " (as many as were answered in time)" } else { "" };
    eprintln!("  {what}: {compared} of {of} answers compared, all right{bounded}");
}
