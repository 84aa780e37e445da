//! What a plan is made of: the steps that say of each value where it comes from and what it is for.

use csv::StringRecord;

use crate::exchange::cells::{Habits, counting};
use crate::exchange::marks::restored;
use crate::model::area::IndicatorType;
use crate::model::record::fields_of;
use crate::model::shape::{Shape, shown};
use crate::model::{Code, Kind, Problem};

/// The record of a row that a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Own,
    Place,
    Provider,
}

impl Of {
    pub(crate) fn kind(self, own: Kind) -> Kind {
        [own, Kind::Place, Kind::Organisation][self as usize]
    }
}

/// Columns that together say where a row is.
const COORDINATES: &[&str] = &["lon", "lat", "easting", "northing", "x", "y", "grid_ref", "lat_lon", "wkt", "postcode"];

/// What a value of a row is for.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Field {
        of: Of,
        path: String,
        shape: Shape,
    },
    /// Read together with its fellows, not by itself.
    Position,
    Address,
    Identifier {
        of: Of,
        scheme: String,
    },
    OrgId(Of),
    /// Yes or no, or in words: whether it is closed for good.
    Closed,
    /// Yes or no: whether it is there.
    Active,
    /// When it is open on one day of the week, from Monday (0); joined to the field's opening hours.
    Weekday(&'static str, usize),
    Reference(&'static str),
    Indicator(String),
    Group(String),
    /// No field of ours: kept as it is, under its heading.
    Further(String),
}

impl Target {
    /// Whether its value is a number that names or reaches something, so that half of it is worth nothing.
    pub(crate) fn names_something(&self) -> bool {
        matches!(self, Target::Identifier { .. } | Target::OrgId(_) | Target::Field { shape: Shape::Phone, .. })
            || matches!(self, Target::Field { path, .. } if path == "code")
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueFrom {
    Column(usize),
    Fixed(String),
}

/// One value that is read from every row.
#[derive(Debug, Clone)]
pub(crate) struct PlanStep {
    pub(crate) path: String,
    pub(crate) target: Target,
    pub(crate) source: ValueFrom,
}

/// How the rows of a file are read.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) headings: Vec<String>,
    pub(crate) steps: Vec<PlanStep>,
    pub(crate) key: Option<usize>,
    /// Whether the geometry of GeoJSON gives positions.
    pub(crate) geometry: bool,
    /// What `--set-indicator` says.
    pub(crate) indicator_types: Vec<(String, IndicatorType)>,
    /// How each column writes its numbers and dates.
    pub(crate) habits: Vec<Habits>,
}

impl Plan {
    /// The steps of a path, `--set` first.
    pub(crate) fn sources(&self, path: &str) -> impl Iterator<Item = &ValueFrom> {
        self.steps.iter().filter(move |s| s.path == path).map(|s| &s.source)
    }

    /// The first value of a path in a row, without blanks around it.
    pub(crate) fn value<'a>(&'a self, path: &str, row: &'a StringRecord) -> &'a str {
        let steps = self.steps.iter().filter(|s| s.path == path);
        steps.map(|s| cell(&s.source, row)).find(|c| !c.is_empty()).unwrap_or("")
    }

    /// The first value of a path that a row itself holds: what `--set` says is the same for all of them.
    pub(crate) fn column_value<'a>(&self, path: &str, row: &'a StringRecord) -> &'a str {
        let columns = self.sources(path).filter_map(|s| match s {
            ValueFrom::Column(i) => Some(restored(counting(row.get(*i).unwrap_or("")))),
            ValueFrom::Fixed(_) => None,
        });
        columns.into_iter().find(|c| !c.is_empty()).unwrap_or("")
    }

    /// The heading a path is read from, or the path itself.
    pub(crate) fn heading(&self, path: &str) -> String {
        let column = self.steps.iter().find_map(|s| match s.source {
            ValueFrom::Column(i) if s.path == path => Some(i),
            _ => None,
        });
        column.and_then(|i| self.headings.get(i)).filter(|h| !h.is_empty()).map_or(path, String::as_str).to_owned()
    }

    /// The heading of a column; of what `--set` says, nothing.
    pub(crate) fn heading_of(&self, source: &ValueFrom) -> String {
        match source {
            ValueFrom::Column(i) => self.headings.get(*i).cloned().unwrap_or_default(),
            ValueFrom::Fixed(_) => String::new(),
        }
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.steps.iter().any(|s| s.path == path)
    }

    /// What an indicator is, as far as its name and `--set-indicator` say.
    pub(crate) fn indicator_type(&self, name: &str, all_within_0_1: bool) -> IndicatorType {
        let set = self.indicator_types.iter().find(|(n, _)| n == name).map(|(_, t)| *t);
        set.unwrap_or_else(|| IndicatorType::guess(name, all_within_0_1))
    }

    pub(crate) fn uses(&self, column: usize) -> bool {
        self.steps.iter().any(|s| s.source == ValueFrom::Column(column))
    }

    /// Whether a column fills a field of ours, rather than being kept as it is.
    pub(crate) fn fills_a_field(&self, column: usize) -> bool {
        self.steps.iter().any(|s| s.source == ValueFrom::Column(column) && !matches!(s.target, Target::Further(_)))
    }

    /// What a row holds in columns that are no field, in words: `Day: Thursday`.
    pub(crate) fn kept_of(&self, row: &StringRecord) -> Vec<String> {
        let kept = self.steps.iter().filter_map(|step| match &step.target {
            Target::Further(heading) => Some((heading, cell(&step.source, row))),
            _ => None,
        });
        kept.filter(|(_, cell)| !cell.is_empty()).map(|(heading, cell)| format!("{heading}: {}", shown(cell))).collect()
    }

    /// Whether a column holds numbers or dates, which every column writes in its own way.
    pub(crate) fn reads_numbers(&self, column: usize) -> bool {
        self.steps.iter().filter(|s| s.source == ValueFrom::Column(column)).any(|s| match &s.target {
            Target::Field { shape, .. } => matches!(shape, Shape::Date | Shape::Whole(..) | Shape::Number(..)),
            Target::Indicator(_) | Target::Closed => true,
            _ => false,
        })
    }

    /// How the column of a value is written.
    pub(crate) fn habits(&self, source: &ValueFrom) -> Habits {
        match source {
            ValueFrom::Column(i) => self.habits.get(*i).copied().unwrap_or_default(),
            ValueFrom::Fixed(_) => Habits::default(),
        }
    }

    /// Whether rows say where they are at all.
    pub(crate) fn is_placed(&self) -> bool {
        let pair = |a: &str, b: &str| self.has(a) && self.has(b);
        self.geometry
            || pair("lon", "lat")
            || pair("easting", "northing")
            || pair("x", "y")
            || ["grid_ref", "lat_lon", "wkt", "postcode", "point"].iter().any(|path| self.has(path))
    }
}

/// A cell, or what `--set` says in its place.
pub(crate) fn cell<'a>(source: &'a ValueFrom, row: &'a StringRecord) -> &'a str {
    match source {
        ValueFrom::Column(i) => restored(counting(row.get(*i).unwrap_or(""))),
        ValueFrom::Fixed(text) => counting(text),
    }
}

/// The step of a path, from where its value comes.
pub(crate) fn step(kind: Kind, path: &str, source: ValueFrom) -> Result<PlanStep, Problem> {
    // An area's numbers have whatever name they are given.
    let indicator = || (kind == Kind::Area).then(|| (path.to_owned(), Target::Indicator(path.to_owned())));
    let (path, target) = target(kind, path).or_else(indicator).ok_or_else(|| {
        let fields: Vec<&str> = fields_of(kind).iter().map(|f| f.name).collect();
        let message = format!("a {} has no field {path}; there are {}", kind.name(), fields.join(", "));
        Problem::new(path, Code::UnknownField, message)
    })?;
    Ok(PlanStep { path, target, source })
}

/// What a path means for a kind, with the path as everything else will call it.
pub(crate) fn target(kind: Kind, path: &str) -> Option<(String, Target)> {
    let path = path.trim();
    let (of, rest) = match path.split_once('.') {
        Some(("place", rest)) if places_role(kind).is_some() => (Of::Place, rest),
        Some(("provider", rest)) if kind.link("provider").is_some() => (Of::Provider, rest),
        _ => (Of::Own, path),
    };
    if of == Of::Place && (rest == "address" || COORDINATES.contains(&rest)) {
        return target(kind, rest);
    }
    if of == Of::Own {
        if COORDINATES.contains(&path) {
            return Some((path.to_owned(), Target::Position));
        }
        let special = match path {
            "place" | "places" if places_role(kind).is_some() => return target(kind, "place.name"),
            "provider" | "organisation" if kind.link("provider").is_some() => return target(kind, "provider.name"),
            "address" if places_role(kind).is_some() || shape_at(kind, "address").is_some() => Some(Target::Address),
            "closed" if shape_at(kind, "status").is_some() => Some(Target::Closed),
            "closed_year" if shape_at(kind, "until").is_some() => return target(kind, "until"),
            "active" if shape_at(kind, "status").is_some() => Some(Target::Active),
            _ => special_path(kind, path),
        };
        if let Some(target) = special {
            return Some((path.to_owned(), target));
        }
    }
    if let Some(scheme) = rest.strip_prefix("identifiers.").or(schemes(rest)) {
        let of = if of == Of::Own { identified(kind)? } else { of };
        let scheme = scheme.to_owned();
        return Some((format!("{}identifiers.{scheme}", prefix(of)), Target::Identifier { of, scheme }));
    }
    let shape = shape_at(of.kind(kind), rest)?;
    Some((format!("{}{rest}", prefix(of)), Target::Field { of, path: rest.to_owned(), shape }))
}

fn special_path(kind: Kind, path: &str) -> Option<Target> {
    if path == "org_id" {
        return Some(Target::OrgId(identified(kind)?));
    }
    if kind == Kind::Area {
        if path == "population" {
            return Some(Target::Indicator("population".to_owned()));
        }
        if let Some(name) = path.strip_prefix("indicators.") {
            return Some(Target::Indicator(name.to_owned()));
        }
        if let Some(name) = path.strip_prefix("groups.") {
            return Some(Target::Group(name.to_owned()));
        }
    }
    kind.link(path.strip_prefix("links.").unwrap_or(path)).map(|link| Target::Reference(link.name))
}

/// What stands before the paths of a record that a row names beside its own.
pub(crate) fn prefix(of: Of) -> &'static str {
    ["", "place.", "provider."][of as usize]
}

fn schemes(path: &str) -> Option<&str> {
    ["ODS", "GB-CHC", "GB-COH", "GB-SC", "GB-NIC", "CQC", "UPRN"].into_iter().find(|s| s.eq_ignore_ascii_case(path))
}

/// Whose identifiers a file of a kind holds: a service has none, so they are its provider's.
fn identified(kind: Kind) -> Option<Of> {
    if shape_at(kind, "identifiers").is_some() { Some(Of::Own) } else { kind.link("provider").map(|_| Of::Provider) }
}

/// The role by which a kind says where it is held.
pub(crate) fn places_role(kind: Kind) -> Option<&'static str> {
    kind.spec().links.iter().find(|r| r.target == Kind::Place).map(|r| r.name)
}

/// The shape of a dotted path.
pub(crate) fn shape_at(kind: Kind, path: &str) -> Option<Shape> {
    let mut steps = path.split('.');
    let first = steps.next()?;
    let mut shape = fields_of(kind).into_iter().find(|f| f.name == first)?.shape;
    for step in steps {
        let Shape::Group(fields) = shape else { return None };
        shape = fields.iter().find(|f| f.name == step)?.shape;
    }
    Some(shape)
}
