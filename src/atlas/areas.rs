//! Areas as columns: for each set the codes, points and numbers of its areas, ready for sums over thousands of them.

use rayon::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::outlines::Outlines;
use super::{Audience, Entry};
use crate::model::area::IndicatorType;
use crate::model::{Id, Kind, Point};

/// All sets by name.
#[derive(Debug, Default)]
pub struct AreaTables {
    /// In order of their names.
    sets: Vec<(String, AreaSet)>,
    /// Where each area stands: number of its set, row.
    stands: HashMap<Id, (usize, usize)>,
}

/// One set; row i of every column is the same area. Rows stand in order of code.
#[derive(Debug, Default)]
pub struct AreaSet {
    /// Ids.
    pub ids: Vec<Id>,
    /// Codes.
    pub codes: Vec<String>,
    /// Names.
    pub names: Vec<String>,
    /// Where the people live, on average; older releases took areas that do not say.
    pub points: Vec<Option<Point>>,
    /// The box around these points; none where no area says.
    pub bounds: Option<[f64; 4]>,
    /// The area each lies in, where it says.
    pub parents: Vec<Option<Id>>,
    /// Whether an outline is known.
    pub has_boundary: Vec<bool>,
    /// Numbers by name; not a number where an area does not say.
    pub indicators: BTreeMap<String, (IndicatorType, Vec<f64>)>,
    /// Words by name; empty where an area does not say.
    pub groups: BTreeMap<String, Vec<String>>,
    /// The areas themselves, for what is read seldom.
    entries: Vec<Arc<Entry>>,
    /// Outlines, read when somebody first asks by them; none when no area has one.
    outlines: OnceLock<Option<Outlines>>,
}

#[derive(Deserialize)]
struct AreaBody {
    area_set: String,
    code: String,
    #[serde(default)]
    indicators: BTreeMap<String, f64>,
    #[serde(default)]
    indicator_types: BTreeMap<String, String>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
    boundary: Option<serde::de::IgnoredAny>,
}

impl AreaTables {
    /// Reads the areas among `entries`.
    pub fn build(entries: Vec<&Arc<Entry>>) -> Self {
        let mut rows: Vec<(AreaBody, &Arc<Entry>)> = Vec::with_capacity(entries.len());
        for entry in entries.into_iter().filter(|e| e.kind == Kind::Area && e.audience == Audience::Public) {
            if let Ok(body) = serde_json::from_str::<AreaBody>(&entry.body) {
                rows.push((body, entry));
            }
        }
        rows.sort_by(|a, b| (&a.0.area_set, &a.0.code).cmp(&(&b.0.area_set, &b.0.code)));
        let of_a_set = rows.chunk_by(|a, b| a.0.area_set == b.0.area_set);
        let sets: Vec<(String, AreaSet)> =
            of_a_set.map(|chunk| (chunk[0].0.area_set.clone(), AreaSet::build(chunk))).collect();
        let mut stands = HashMap::with_capacity(rows.len());
        for (number, (_, set)) in sets.iter().enumerate() {
            stands.extend(set.ids.iter().enumerate().map(|(row, id)| (*id, (number, row))));
        }
        Self { sets, stands }
    }

    /// A set by its name.
    pub fn get(&self, name: &str) -> Option<&AreaSet> {
        let at = self.sets.binary_search_by(|(of, _)| of.as_str().cmp(name)).ok()?;
        Some(&self.sets[at].1)
    }

    /// The set an area belongs to, with its name, and the area's row in it.
    pub fn find(&self, id: Id) -> Option<(&str, &AreaSet, usize)> {
        let (number, row) = self.stands.get(&id)?;
        let (name, set) = &self.sets[*number];
        Some((name, set, *row))
    }

    /// All sets with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AreaSet)> {
        self.sets.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// The set with most populated areas: what a question is about when it names none.
    pub fn usual(&self) -> Option<(&str, &AreaSet)> {
        self.iter().max_by_key(|(name, set)| (set.populated(), std::cmp::Reverse(*name)))
    }
}

impl AreaSet {
    fn build(rows: &[(AreaBody, &Arc<Entry>)]) -> Self {
        let mut set = AreaSet::default();
        let mut types: HashMap<String, IndicatorType> = HashMap::new();
        for (i, (body, entry)) in rows.iter().enumerate() {
            set.ids.push(entry.id);
            set.codes.push(body.code.clone());
            set.names.push(entry.name().to_owned());
            set.points.push(entry.point);
            set.parents.push(entry.linked("parent").next());
            set.has_boundary.push(body.boundary.is_some());
            set.entries.push((*entry).clone());
            for (name, value) in &body.indicators {
                let column = set.indicators.entry(name.clone());
                column.or_insert_with(|| (IndicatorType::Count, vec![f64::NAN; rows.len()])).1[i] = *value;
            }
            for (name, value) in &body.groups {
                set.groups.entry(name.clone()).or_insert_with(|| vec![String::new(); rows.len()])[i] = value.clone();
            }
            for (name, text) in &body.indicator_types {
                types.extend(IndicatorType::by_name(text).map(|t| (name.clone(), t)));
            }
        }
        for (name, (kind, values)) in &mut set.indicators {
            let small = values.iter().filter(|v| !v.is_nan()).all(|v| (0.0..=1.0).contains(v));
            *kind = types.get(name).copied().unwrap_or_else(|| IndicatorType::guess(name, small));
        }
        if let Some((kind, _)) = set.indicators.get_mut("population") {
            *kind = IndicatorType::Count;
        }
        set.bounds = Point::bounds(set.points.iter().flatten().copied());
        set
    }

    /// How many areas.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The row of the area with this code.
    pub fn row_of(&self, code: &str) -> Option<usize> {
        self.codes.binary_search_by(|of| of.as_str().cmp(code)).ok()
    }

    /// The outlines of its areas; `None` when none has one.
    pub fn outlines(&self) -> Option<&Outlines> {
        let read = || {
            let drawn = self.entries.par_iter().enumerate().filter(|(row, _)| self.has_boundary[*row]);
            self.has_boundary.contains(&true).then(|| Outlines::of(drawn.map(|(row, entry)| (row, entry.as_ref()))))
        };
        self.outlines.get_or_init(read).as_ref()
    }

    /// An indicator by its name.
    pub fn indicator(&self, name: &str) -> Option<&(IndicatorType, Vec<f64>)> {
        self.indicators.get(name)
    }

    /// How many areas have people.
    pub fn populated(&self) -> usize {
        self.indicator("population").map_or(0, |(_, values)| values.iter().filter(|v| **v > 0.0).count())
    }
}
