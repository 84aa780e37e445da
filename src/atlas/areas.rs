//! Areas as columns: for each set the codes, points and numbers of its areas, ready for sums over thousands of them.

use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use super::nesting::Nesting;
use super::outlines::{AreaOutline, Outlines};
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
    /// Which areas of one set lie in which of another, as far as somebody asked; kept by the names of the two.
    nestings: Mutex<HashMap<(String, String), NestingBy>>,
}

/// A nesting, and the changes of codes by which it was worked out.
type NestingBy = (AreaCodes, Arc<Nesting>);

/// How codes of areas changed over the years, which decides where an area lies, too.
pub type AreaCodes = Arc<HashMap<String, Vec<String>>>;

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
    /// How many areas have people.
    pub populated: usize,
    /// The areas themselves, for what is read seldom.
    entries: Vec<Arc<Entry>>,
    /// The outline of each, read when somebody first asks by it.
    drawn: Vec<OnceLock<Option<Arc<AreaOutline>>>>,
    /// All outlines, read when somebody first asks which of them hold a point; none when no area has one.
    outlines: OnceLock<Option<Outlines>>,
    /// Rows by what their codes and columns say, made when somebody first asks.
    said: OnceLock<HashMap<String, Vec<u32>>>,
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
        let areas: Vec<&Arc<Entry>> =
            entries.into_iter().filter(|e| e.kind == Kind::Area && e.audience == Audience::Public).collect();
        let read = |entry: &&Arc<Entry>| serde_json::from_str::<AreaBody>(&entry.body).ok();
        let bodies = on_all_cores(&areas, read);
        let mut rows: Vec<(AreaBody, &Arc<Entry>)> =
            bodies.into_iter().zip(areas).filter_map(|(body, entry)| Some((body?, entry))).collect();
        rows.sort_by(|a, b| (&a.0.area_set, &a.0.code).cmp(&(&b.0.area_set, &b.0.code)));
        let of_a_set: Vec<&[(AreaBody, &Arc<Entry>)]> = rows.chunk_by(|a, b| a.0.area_set == b.0.area_set).collect();
        let named = |chunk: &&[(AreaBody, &Arc<Entry>)]| (chunk[0].0.area_set.clone(), AreaSet::build(chunk));
        let sets: Vec<(String, AreaSet)> = of_a_set.iter().map(named).collect();
        let mut stands = HashMap::with_capacity(rows.len());
        for (number, (_, set)) in sets.iter().enumerate() {
            stands.extend(set.ids.iter().enumerate().map(|(row, id)| (*id, (number, row))));
        }
        Self { sets, stands, nestings: Mutex::default() }
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

    /// How many areas there are in all sets.
    pub fn len(&self) -> usize {
        self.stands.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stands.is_empty()
    }

    /// All sets with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AreaSet)> {
        self.sets.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// The set with most populated areas: what a question is about when it names none.
    pub fn usual(&self) -> Option<(&str, &AreaSet)> {
        self.iter().max_by_key(|(name, set)| (set.populated, std::cmp::Reverse(*name)))
    }

    /// Which areas of one set lie in which of another, if that was worked out before, with these codes.
    pub fn nesting(&self, of: &str, into: &str, codes: &AreaCodes) -> Option<Arc<Nesting>> {
        let nestings = self.nestings.lock().unwrap_or_else(PoisonError::into_inner);
        let (by, nesting) = nestings.get(&(of.to_owned(), into.to_owned()))?;
        Arc::ptr_eq(by, codes).then(|| nesting.clone())
    }

    /// Keeps it for others who ask.
    pub fn keep(&self, of: &str, into: &str, codes: &AreaCodes, nesting: &Arc<Nesting>) {
        let mut nestings = self.nestings.lock().unwrap_or_else(PoisonError::into_inner);
        nestings.insert((of.to_owned(), into.to_owned()), (codes.clone(), nesting.clone()));
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
            set.drawn.push(OnceLock::new());
            for (name, value) in &body.indicators {
                if !set.indicators.contains_key(name) {
                    set.indicators.insert(name.clone(), (IndicatorType::Count, vec![f64::NAN; rows.len()]));
                }
                set.indicators.get_mut(name).into_iter().for_each(|(_, column)| column[i] = *value);
            }
            for (name, value) in &body.groups {
                if !set.groups.contains_key(name) {
                    set.groups.insert(name.clone(), vec![String::new(); rows.len()]);
                }
                set.groups.get_mut(name).into_iter().for_each(|column| column[i].clone_from(value));
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
        let people = set.indicator("population").map_or(&[][..], |(_, values)| values);
        set.populated = people.iter().filter(|n| **n > 0.0).count();
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

    /// The outline of an area, where it has one.
    pub fn outline(&self, row: usize) -> Option<&Arc<AreaOutline>> {
        let read = || AreaOutline::of(&self.entries[row]).map(Arc::new);
        self.has_boundary[row].then(|| self.drawn[row].get_or_init(read).as_ref())?
    }

    /// The outlines of its areas; `None` when none has one.
    pub fn outlines(&self) -> Option<&Outlines> {
        let read = || {
            let rows: Vec<usize> = (0..self.len()).filter(|row| self.has_boundary[*row]).collect();
            let drawn = on_all_cores(&rows, |row| Some((*row, self.outline(*row)?.clone())));
            (!rows.is_empty()).then(|| Outlines::of(drawn.into_iter().flatten().collect()))
        };
        self.outlines.get_or_init(read).as_ref()
    }

    /// Rows whose code or one of whose columns says this, in order.
    pub fn saying(&self, text: &str) -> &[u32] {
        self.said().get(text).map_or(&[], Vec::as_slice)
    }

    /// Everything that codes and columns say, with the rows that say it.
    pub fn said(&self) -> &HashMap<String, Vec<u32>> {
        let read = || {
            let mut said: HashMap<String, Vec<u32>> = HashMap::new();
            for (row, text) in self.groups.values().chain([&self.codes]).flat_map(|column| (0..).zip(column)) {
                match said.get_mut(text) {
                    Some(rows) => rows.push(row),
                    None => drop(said.insert(text.clone(), vec![row])),
                }
            }
            for rows in said.values_mut() {
                rows.sort_unstable();
                rows.dedup();
            }
            said
        };
        self.said.get_or_init(read)
    }

    /// An indicator by its name.
    pub fn indicator(&self, name: &str) -> Option<&(IndicatorType, Vec<f64>)> {
        self.indicators.get(name)
    }
}

/// What is made of each item, on as many threads as there are cores. On threads of its own: one of a pool, while it waits
/// for its share, may be given work that waits for the very thing that is being made.
fn on_all_cores<T: Sync, R: Send>(items: &[T], made: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(threads).max(LEAST_SHARE);
    if share >= items.len() {
        return items.iter().map(made).collect();
    }
    let made = &made;
    thread::scope(|scope| {
        let shares: Vec<_> =
            items.chunks(share).map(|items| scope.spawn(move || items.iter().map(made).collect::<Vec<R>>())).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_else(|why| std::panic::resume_unwind(why))).collect()
    })
}

/// Items that are not worth a thread.
const LEAST_SHARE: usize = 64;
