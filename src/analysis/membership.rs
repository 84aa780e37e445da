//! Which area is something in? One rule, wherever it is asked (CONTRACT §3, §4), and never a guess.
//!
//! An area lies in itself. Of another set it lies in what its parents or its columns name by code, and in nothing else
//! there; where they name nothing, in the outlines that hold its own point; where none does, it is not in an area
//! without an outline if the outline of another holds it; else nobody knows. Other records lie in the outlines that
//! hold their points; else where their postcodes say.

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::ctl::{Ctl, Halt, LOOK};
use super::fit::Answer;
use super::register::{District, Register, RowsIn};
use crate::atlas::areas::AreaSet;
use crate::atlas::nesting::{Lies, Nesting};
use crate::atlas::outlines::{AreaOutline, Side};
use crate::atlas::{Entry, View};
use crate::model::{Id, Kind, Point, Postcode};

/// Where something is, as far as that tells its areas.
#[derive(Debug, Clone, Copy)]
pub struct AreaClues<'a> {
    /// The point.
    pub point: Option<Point>,
    /// Codes of areas that its postcode is in.
    pub codes: &'a [String],
}

/// An area, ready to be compared with many positions and areas.
pub struct AskedArea {
    /// None for a district of which the code alone is known.
    id: Option<Id>,
    code: String,
    set: String,
    /// Its outline, where the tables do not hold it: not everybody sees the area.
    apart: OnceLock<Option<AreaOutline>>,
}

impl AskedArea {
    /// Reads an area; `None` when the record is not one.
    pub fn read(area: &Entry) -> Option<Self> {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            area_set: Option<Cow<'a, str>>,
            #[serde(borrow)]
            code: Option<Cow<'a, str>>,
        }
        if area.kind != Kind::Area {
            return None;
        }
        let named = serde_json::from_str::<Named<'_>>(&area.body);
        let (set, code) = named.map_or((None, None), |named| (named.area_set, named.code));
        Some(Self::of(Some(area.id), &code.unwrap_or_default(), &set.unwrap_or_default()))
    }

    /// The same from the tables, where they hold it: no body is opened.
    pub fn find(area: &Entry, view: &View) -> Option<Self> {
        match view.area_tables().find(area.id) {
            Some((set, of, row)) => Some(Self::of(Some(area.id), &of.codes[row], set)),
            None => Self::read(area),
        }
    }

    /// A district that is no record here.
    fn of_code(code: &str) -> Self {
        Self::of(None, code, "")
    }

    fn of(id: Option<Id>, code: &str, set: &str) -> Self {
        Self { id, code: code.to_owned(), set: set.to_owned(), apart: OnceLock::new() }
    }

    /// What tells it from every other: its id, else its code.
    pub fn key(&self) -> (Option<Id>, &str) {
        (self.id, &self.code)
    }

    /// Whether a position lies in it: by the boundary that covers the point, else by what its postcode says.
    pub fn holds(&self, position: AreaClues<'_>, view: &View) -> Answer {
        let drawn = position.point.map_or(Answer::Unknown, |point| self.by_point(point, view));
        if drawn != Answer::Unknown {
            return drawn;
        }
        if position.codes.contains(&self.code) {
            return Answer::Yes;
        }
        let elsewhere = |code: &String| if self.district().is_not(code, view) { Answer::No } else { Answer::Unknown };
        let by_code = position.codes.iter().map(|code| match view.by_code(Kind::Area, code) {
            Some(area) => self.holds_area(area, view),
            None => elsewhere(code),
        });
        said(by_code)
    }

    /// Whether an area lies in it.
    pub fn holds_area(&self, area: &Entry, view: &View) -> Answer {
        match view.area_tables().find(area.id) {
            Some((name, set, row)) => self.holds_row((name, set, row), view),
            None => Answer::Unknown,
        }
    }

    /// Which rows of a set lie in it. Equal to asking [`AskedArea::holds_area`] of each; where the tables hold it, what
    /// was worked out once for the two sets is read.
    pub fn rows(&self, name: &str, register: &Register<'_>, view: &View, ctl: &Ctl) -> Result<RowsIn, Halt> {
        ctl.tick(LOOK)?;
        let set = register.set;
        let Some(id) = self.id else { return register.rows(self.district(), register.all(), view, ctl) };
        match view.area_tables().find(id) {
            Some((of, _, row)) if of == name => Ok(RowsIn { yes: vec![row as u32], unknown: Arc::default() }),
            Some((of, there, row)) => {
                let nesting = nesting((name, set), (of, there), view, ctl)?;
                let open = if there.outline(row).is_some() { nesting.nowhere() } else { nesting.open() };
                let told = register.rows(self.district(), open, view, ctl)?;
                Ok(RowsIn { yes: nesting.held(row).to_vec(), unknown: told.unknown })
            }
            None => {
                let of_row = |row| ctl.tick(LOOK).map(|()| self.holds_row((name, set, row as usize), view));
                let each: Vec<Answer> =
                    (0..set.len() as u32).into_par_iter().map(of_row).collect::<Result<_, Halt>>()?;
                let those = |answer| (0..).zip(&each).filter(move |(_, of)| **of == answer).map(|(row, _)| row);
                Ok(RowsIn { yes: those(Answer::Yes).collect(), unknown: those(Answer::Unknown).collect() })
            }
        }
    }

    fn holds_row(&self, area: (&str, &AreaSet, usize), view: &View) -> Answer {
        let (name, set, row) = area;
        if name == self.set {
            return Answer::from(Some(Some(set.ids[row]) == self.id));
        }
        let named = named(area, &self.set, view);
        if !named.is_empty() {
            let mine = view.area_set(&self.set).and_then(|of| of.row_of(&self.code));
            return Answer::from(Some(mine.is_some_and(|mine| named.contains(&mine))));
        }
        match set.points[row].map_or(Answer::Unknown, |point| self.by_point(point, view)) {
            Answer::Unknown => self.by_register(set, row, view),
            drawn => drawn,
        }
    }

    /// What outlines tell of a point: its own, or one of another area of its set.
    fn by_point(&self, point: Point, view: &View) -> Answer {
        let holding = || view.area_set(&self.set).and_then(AreaSet::outlines).map(|of| of.holding(point));
        let mine = || view.area_set(&self.set).and_then(|of| of.row_of(&self.code));
        match self.outline(view) {
            _ if !point.lon.is_finite() => Answer::Unknown,
            Some(outline) => match outline.side(point) {
                Side::Inside => Answer::Yes,
                Side::Outside => Answer::No,
                // The neighbour may have the same line.
                Side::Edge => Answer::from(Some(holding().zip(mine()).is_none_or(|(rows, mine)| rows.contains(&mine)))),
            },
            None if holding().is_some_and(|rows| !rows.is_empty()) => Answer::No,
            None => Answer::Unknown,
        }
    }

    fn outline<'a>(&'a self, view: &'a View) -> Option<&'a AreaOutline> {
        let id = self.id?;
        match view.area_tables().find(id) {
            Some((_, set, row)) => set.outline(row).map(Arc::as_ref),
            None => self.apart.get_or_init(|| AreaOutline::of(view.get(id)?)).as_ref(),
        }
    }

    /// What district codes of the register tell where records tell nothing: a column that holds this one's, or another.
    fn by_register(&self, set: &AreaSet, row: usize, view: &View) -> Answer {
        let codes = set.groups.values().map(|column| &column[row]).chain([&set.codes[row]]);
        said(codes.map(|code| match code {
            code if self.id.is_none() && *code == self.code => Answer::Yes,
            code if self.district().is_not(code, view) => Answer::No,
            _ => Answer::Unknown,
        }))
    }

    fn district(&self) -> District<'_> {
        District { code: &self.code, is_record: self.id.is_some() }
    }
}

/// One yes settles it, else one no: that others do not know takes nothing away.
fn said(answers: impl Iterator<Item = Answer>) -> Answer {
    answers.fold(Answer::Unknown, |so_far, answer| match (so_far, answer) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::No, _) | (_, Answer::No) => Answer::No,
        _ => Answer::Unknown,
    })
}

/// Rows of the areas of the set `of` that an area's parents or columns name, each once, in order. A column's value
/// counts only where it is the code of an area of that set, or of one that an area of it alone followed.
fn named((_, set, row): (&str, &AreaSet, usize), of: &str, view: &View) -> Vec<usize> {
    let mut rows: Vec<usize> = Vec::new();
    let Some(there) = view.area_set(of) else { return rows };
    let mut above = set.parents[row];
    // More steps than any hierarchy has: a circle ends there.
    for _ in 0..16 {
        let Some((name, set, row)) = above.and_then(|id| view.area_tables().find(id)) else { break };
        if name == of {
            rows.push(row);
        }
        above = set.parents[row];
    }
    for code in set.groups.values().map(|column| &column[row]).filter(|code| !code.is_empty()) {
        rows.extend(there.row_of(code).or_else(|| followed_by(code, there, view)));
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The one area of a set that followed a code of earlier years; several are none, since nobody knows which.
fn followed_by(code: &str, set: &AreaSet, view: &View) -> Option<usize> {
    view.datasets().area_codes.get(code)?;
    let mut rows = view.datasets().successors(code).into_iter().filter_map(|code| set.row_of(&code));
    rows.next().filter(|_| rows.next().is_none())
}

/// Where the areas of one set lie in another set: worked out by the first who asks, and kept with the tables.
pub fn nesting(
    (name, set): (&str, &AreaSet),
    (into, there): (&str, &AreaSet),
    view: &View,
    ctl: &Ctl,
) -> Result<Arc<Nesting>, Halt> {
    let (tables, codes) = (view.area_tables(), &view.datasets().area_codes);
    if let Some(known) = tables.nesting(name, into, codes) {
        return Ok(known);
    }
    let outlines = there.outlines();
    let lies = |row: usize| {
        ctl.tick(LOOK)?;
        let named = named((name, set, row), into, view);
        Ok(match set.points[row].filter(|point| point.lon.is_finite()) {
            _ if !named.is_empty() => Lies::In(named),
            Some(point) => Lies::In(outlines.map_or(Vec::new(), |outlines| outlines.holding(point))),
            None => Lies::Nowhere,
        })
    };
    let each: Vec<Lies> = (0..set.len()).into_par_iter().map(lies).collect::<Result<_, Halt>>()?;
    let nesting = Arc::new(Nesting::of(&each, there.len()));
    tables.keep(name, into, codes, &nesting);
    Ok(nesting)
}

/// The areas a record names under a role, ready to be compared.
pub fn targets(entry: &Entry, role: &str, view: &View) -> Vec<AskedArea> {
    entry.linked(role).filter_map(|id| view.get(id)).filter_map(|area| AskedArea::find(area, view)).collect()
}

/// Whether a position lies in any of the areas.
pub fn in_any(targets: &[AskedArea], position: AreaClues<'_>, view: &View) -> Answer {
    Answer::best(targets.iter().map(|t| t.holds(position, view))).unwrap_or(Answer::Unknown)
}

/// Codes of areas that a postcode lies in, old codes followed to today's.
pub fn codes_of_postcode(postcode: &str, view: &View) -> Vec<String> {
    let table = view.datasets().postcodes.as_ref();
    let facts = Postcode::parse(postcode).and_then(|code| table?.get(&code));
    let codes = facts.into_iter().flat_map(|f| f.small_area.into_iter().chain(f.district));
    codes.flat_map(|code| view.datasets().successors(code)).collect()
}

/// Whether a record lies in an area, by where the caller sees it.
pub fn record_in(entry: &Entry, target: &AskedArea, view: &View) -> Answer {
    if entry.kind == Kind::Area {
        return target.holds_area(entry, view);
    }
    // The middle of a cell may lie in another area than the record does.
    if entry.withheld {
        return Answer::Unknown;
    }
    let points = view.points(entry);
    let drawn = Answer::best(points.iter().map(|p| target.by_point(*p, view))).unwrap_or(Answer::Unknown);
    if drawn != Answer::Unknown {
        return drawn;
    }
    let body: Value = serde_json::from_str(&view.body(entry)).unwrap_or_default();
    let codes = match body.get("postcode").and_then(Value::as_str) {
        Some(postcode) => codes_of_postcode(postcode, view),
        None => Vec::new(),
    };
    let holds = |point| target.holds(AreaClues { point, codes: &codes }, view);
    Answer::best(points.iter().map(|p| holds(Some(*p)))).unwrap_or_else(|| holds(None))
}

/// Codes of the districts that people must live in to be taken, as a service says them; `None` when it names none.
pub fn districts_said(entry: &Entry) -> Option<&[String]> {
    let lists = entry.facets.lists.as_ref()?;
    (!lists.districts.is_empty()).then_some(&lists.districts)
}

/// The districts of these codes, by the codes that are theirs today.
pub fn districts(said: &[String], view: &View) -> Vec<AskedArea> {
    let mut codes: Vec<String> = said.iter().flat_map(|code| view.datasets().successors(code)).collect();
    codes.sort_unstable();
    codes.dedup();
    let is_past = |code: &String| view.datasets().area_codes.contains_key(code);
    let known = |code: &String| view.by_code(Kind::Area, code).and_then(|area| AskedArea::find(area, view));
    codes.iter().filter_map(|code| known(code).or_else(|| (!is_past(code)).then(|| AskedArea::of_code(code)))).collect()
}

/// Whether nobody can tell by where people live whether a service takes them: it takes those who are registered with
/// certain practices, or says where in words that nobody could read.
pub fn is_untold_where(entry: &Entry) -> bool {
    entry.facets.for_registered || entry.facets.where_unclear
}
