//! Names of towns and villages with their points, how codes of areas changed over the years, and the terms of schools.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

use super::postcodes::Postcodes;
use super::words;
use crate::model::Point;
use crate::model::hours::Terms;

/// A town or village.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Town {
    /// Its name.
    pub name: String,
    /// The county, to tell namesakes apart.
    #[serde(default)]
    pub county: String,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// 1 city, 2 large town, 3 town, 4 village.
    pub size: u8,
}

/// All reference data in memory; swapped as a whole, each part kept until it is itself replaced.
#[derive(Debug, Default, Clone)]
pub struct Datasets {
    /// The postcode table, when one is loaded.
    pub postcodes: Option<Arc<Postcodes>>,
    /// Old code → the codes that followed it.
    pub area_codes: Arc<HashMap<String, Vec<String>>>,
    /// Towns, biggest first.
    pub towns: Arc<Vec<Town>>,
    /// When schools have term, when somebody told.
    pub terms: Option<Arc<Terms>>,
}

impl Datasets {
    /// A code with all that followed it.
    pub fn successors(&self, code: &str) -> Vec<String> {
        let mut all = vec![code.to_owned()];
        let mut next = 0;
        while let Some(code) = all.get(next).cloned() {
            next += 1;
            for after in self.area_codes.get(&code).into_iter().flatten() {
                if !all.contains(after) {
                    all.push(after.clone());
                }
            }
        }
        all
    }

    /// Towns whose name begins with the text, biggest first; the biggest of all for an empty text.
    pub fn towns_like(&self, text: &str, limit: usize) -> Vec<&Town> {
        let query = words::of(text);
        let fits = |town: &&Town| {
            let name = words::of(&town.name);
            name.len() >= query.len() && words::all_begin(&query, &name)
        };
        self.towns.iter().filter(fits).take(limit).collect()
    }

    /// The town of exactly this name (`Cockermouth`, or `Newport, Shropshire`); the biggest of namesakes.
    pub fn town(&self, text: &str) -> Option<&Town> {
        let (name, county) = text.split_once(',').unwrap_or((text, ""));
        let (name, county) = (words::of(name), words::of(county));
        self.towns.iter().find(|t| words::of(&t.name) == name && (county.is_empty() || words::of(&t.county) == county))
    }
}

impl Town {
    /// Where.
    pub fn point(&self) -> Point {
        Point { lon: self.lon, lat: self.lat }
    }
}
