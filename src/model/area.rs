//! Area: a small area or district of a named set, with how many people live there and what is known of them.

use super::kind::Kind;
use super::problem::{Code, Problems};
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};
use serde_json::{Map, Value};

pub(super) const SPEC: Spec = Spec {
    name: "area",
    plural: "areas",
    doc: "A neighbourhood or district with a population-weighted point and indicators.",
    fields: &[
        Field::new("area_set", Shape::Code(40), "the set it belongs to: lsoa21, district24").required(),
        Field::new("code", Shape::Code(40), "its code in the set").required(),
        Field::new("indicators", Shape::Numbers, "numbers about its people; population counts them"),
        Field::new(
            "indicator_types",
            Shape::Lines,
            "count, rate or score, where an indicator is not what its name and values say",
        ),
        Field::new("groups", Shape::Lines, "words it is grouped by: district, rural or urban"),
        Field::new("boundary", Shape::Boundary, "its outline (GeoJSON Polygon or MultiPolygon)"),
    ],
    links: &[Link::one("parent", Kind::Area, "the area it lies in")],
    check,
    code: Some(("area_set", "code")),
    has_type: false,
    owner: Owner::Nobody,
    givers: &[],
    position: Position::Needed {
        or: &[],
        problem: ("point", "an area needs a point: where its people live on average"),
    },
    life: Life::Always,
    times: None,
    ground: true,
    sought: false,
    partners_when: &[],
};

/// What a number about an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndicatorType {
    /// A number of people or households: adds up.
    Count,
    /// A share from 0 to 1 of the population.
    Rate,
    /// A rank, decile or index: groups, never weighs.
    Score,
}

impl IndicatorType {
    /// `count`, `rate` or `score`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Rate => "rate",
            Self::Score => "score",
        }
    }

    /// The type of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Count, Self::Rate, Self::Score].into_iter().find(|t| t.as_str() == name)
    }

    /// What a column is when nobody said: by its name, else by whether all its values lie in 0–1.
    pub fn guess(name: &str, all_within_0_1: bool) -> Self {
        let lower = name.to_lowercase();
        if ["rank", "decile", "quintile", "score", "index"].iter().any(|w| lower.contains(w)) {
            Self::Score
        } else if all_within_0_1 || is_percent(name) {
            Self::Rate
        } else {
            Self::Count
        }
    }
}

/// Whether the name says percent: such values are stored divided by 100.
pub fn is_percent(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.contains("pct") || lower.contains("percent") || lower.contains('%')
}

fn check(body: &Map<String, Value>, problems: &mut Problems) {
    if let Some(population) = body.get("indicators").and_then(|i| i.get("population")).and_then(Value::as_f64)
        && population < 0.0
    {
        problems.add("indicators.population", Code::OutOfRange, "cannot be below 0");
    }
    for (name, kind) in body.get("indicator_types").and_then(Value::as_object).into_iter().flatten() {
        if kind.as_str().and_then(IndicatorType::by_name).is_none() {
            let field = format!("indicator_types.{name}");
            problems.add(&field, Code::NotAllowed, "is not one of count, rate, score");
        }
    }
}
