//! Which area is something in? One rule, wherever it is asked (CONTRACT §3, §4), and never a guess.
//!
//! An area lies in itself. Of another set it lies in what its parents or its columns name by code, and in nothing else
//! there; where they name nothing, in the outlines that hold its own point; where none does, it is not in an area
//! without an outline if the outline of another holds it; else nobody knows. Other records lie in the outlines that
//! hold their points; else where their postcodes say.

use rayon::prelude::*;
use serde_json::Value;

use super::ctl::{Ctl, Halt, LOOK};
use super::fit::Answer;
use crate::atlas::areas::AreaSet;
use crate::atlas::outlines::{AreaOutline, Side};
use crate::atlas::{Entry, View};
use crate::model::record::stored;
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
    outline: Option<AreaOutline>,
}

impl AskedArea {
    /// Reads an area; `None` when the record is not one.
    pub fn read(area: &Entry) -> Option<Self> {
        if area.kind != Kind::Area {
            return None;
        }
        let body = stored(&area.body);
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { id: Some(area.id), code: text("code"), set: text("area_set"), outline: AreaOutline::of(area) })
    }

    /// A district that is no record here.
    fn of_code(code: &str) -> Self {
        Self { id: None, code: code.to_owned(), set: String::new(), outline: None }
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
        let elsewhere = |code: &String| if self.is_another_district(code, view) { Answer::No } else { Answer::Unknown };
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

    /// Whether each area of a set lies in it.
    pub fn holds_rows(&self, name: &str, set: &AreaSet, view: &View, ctl: &Ctl) -> Result<Vec<Answer>, Halt> {
        let of_row = |row| ctl.tick(LOOK).map(|()| self.holds_row((name, set, row), view));
        (0..set.len()).into_par_iter().map(of_row).collect()
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
        match &self.outline {
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

    /// What district codes of the register tell where records tell nothing: a column that holds this one's, or another.
    fn by_register(&self, set: &AreaSet, row: usize, view: &View) -> Answer {
        let codes = set.groups.values().map(|column| &column[row]).chain([&set.codes[row]]);
        said(codes.map(|code| match code {
            code if self.id.is_none() && *code == self.code => Answer::Yes,
            code if self.is_another_district(code, view) => Answer::No,
            _ => Answer::Unknown,
        }))
    }

    /// Whether a code surely names another district than this one: both are the register's, they are not records here of
    /// different sets, perhaps of different years, and this one did not follow it.
    fn is_another_district(&self, code: &str, view: &View) -> bool {
        is_district(&self.code)
            && is_district(code)
            && code != self.code
            && (self.id.is_none() || view.by_code(Kind::Area, code).is_none())
            && !view.datasets().successors(code).contains(&self.code)
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

/// Rows of the areas of the set `of` that an area is known to lie in, in order of their codes; none when nobody knows.
pub fn known_in(area: (&str, &AreaSet, usize), of: &str, view: &View) -> Vec<usize> {
    if area.0 == of {
        return vec![area.2];
    }
    let named = named(area, of, view);
    if !named.is_empty() {
        return named;
    }
    let outlines = view.area_set(of).and_then(AreaSet::outlines);
    outlines.zip(area.1.points[area.2]).map_or(Vec::new(), |(outlines, point)| outlines.holding(point))
}

/// The areas a record names under a role, ready to be compared.
pub fn targets(entry: &Entry, role: &str, view: &View) -> Vec<AskedArea> {
    entry.linked(role).filter_map(|id| view.get(id)).filter_map(AskedArea::read).collect()
}

/// The area of an id, ready to be compared; none when the caller sees none.
pub fn area(id: Id, view: &View) -> Vec<AskedArea> {
    view.get(id).and_then(AskedArea::read).into_iter().collect()
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
    let known = |code: &String| view.by_code(Kind::Area, code).and_then(AskedArea::read);
    codes.iter().filter_map(|code| known(code).or_else(|| (!is_past(code)).then(|| AskedArea::of_code(code)))).collect()
}

/// Whether nobody can tell by where people live whether a service takes them: it takes those who are registered with
/// certain practices, or says where in words that nobody could read.
pub fn is_untold_where(entry: &Entry) -> bool {
    entry.facets.for_registered || entry.facets.where_unclear
}

/// Whether a code is one of a district of the United Kingdom (ONS: E06–E09, N09, S12, W06).
pub fn is_district(code: &str) -> bool {
    ["E06", "E07", "E08", "E09", "N09", "S12", "W06"].iter().any(|start| code.starts_with(start)) && code.len() == 9
}
