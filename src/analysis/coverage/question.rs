//! What is asked, read from its words.

use jiff::Zoned;

use crate::analysis::asked::Asked;
use crate::analysis::filter::Filter;
use crate::analysis::groups::{self, By};
use crate::analysis::membership::AskedArea;
use crate::analysis::reach::{self, Within};
use crate::analysis::read_box::read_box;
use crate::analysis::words;
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::area::IndicatorType;
use crate::model::{Code, Id, Kind, Problem, Problems};

/// What is asked.
pub struct Question {
    pub(super) filter: Filter,
    /// How far.
    pub within: Within,
    /// Name of the area set.
    pub areas: String,
    /// What is counted.
    pub weight: String,
    pub(super) by: Option<By>,
    pub(super) people_in: Option<PeopleIn>,
    /// Whether every area is wanted, too.
    pub per_area: bool,
}

/// Whose people are counted.
pub(super) enum PeopleIn {
    Box([f64; 4]),
    Area(AskedArea),
}

/// Reads the words of the question.
pub fn read(mut asked: Asked, view: &View, now: &Zoned) -> Result<Question, Vec<Problem>> {
    let mut problems = Problems::new();
    let filter = words::read(&mut asked, view, now, &Kind::sought(), &mut problems);
    let within = asked.one("within", &mut problems);
    let areas = asked.one("areas", &mut problems);
    let weight = asked.one("weight", &mut problems).unwrap_or_else(|| "population".to_owned());
    let by = asked.one("by", &mut problems);
    let people_in = asked.one("people_in", &mut problems);
    let per_area = asked.words("include", &["per_area"], &mut problems).len() == 1;
    asked.finish(&mut problems);
    let mut note = |p: Problem| problems.add(&p.field, p.code, p.message);
    let within = match within {
        Some(text) => reach::within(&text).map_err(&mut note).ok(),
        None => {
            note(Problem::new("within", Code::Required, "within is needed: how far counts as there, such as 1600m"));
            None
        }
    };
    let people_in = people_in.and_then(|text| read_people_in(&text, view).map_err(&mut note).ok());
    let set = area_set(areas.as_deref(), view).map_err(&mut note).ok();
    let mut read_by = None;
    if let Some((_, set)) = set {
        check_weight(&weight, set).map_err(&mut note).ok();
        read_by = by.and_then(|by| groups::read(&by, set).map_err(&mut note).ok());
    }
    let found = problems.into_vec();
    match (within, set) {
        (Some(within), Some((name, _))) if found.is_empty() => {
            Ok(Question { filter, within, areas: name.to_owned(), weight, by: read_by, people_in, per_area })
        }
        _ => Err(found),
    }
}

fn read_people_in(text: &str, view: &View) -> Result<PeopleIn, Problem> {
    if text.contains(',') {
        return read_box("people_in", text).map(PeopleIn::Box);
    }
    let by_id = text.parse().ok().and_then(|id: Id| view.get(id));
    if by_id.is_some_and(|e| e.kind != Kind::Area) {
        return Err(Problem::new("people_in", Code::NotAllowed, "must be an area or a box; other shapes come later"));
    }
    let area = by_id.or_else(|| view.by_code(Kind::Area, text)).and_then(AskedArea::read);
    let missing =
        || Problem::new("people_in", Code::NotFound, "no area has this id or code; a box is west,south,east,north");
    area.map(PeopleIn::Area).ok_or_else(missing)
}

fn area_set<'a>(name: Option<&str>, view: &'a View) -> Result<(&'a str, &'a AreaSet), Problem> {
    let tables = view.area_tables();
    match name {
        None => tables.usual().ok_or_else(|| {
            Problem::new(
                "areas",
                Code::NotFound,
                "there are no areas yet: commonground import FILE --kind area --area-set NAME",
            )
        }),
        Some(name) => tables.iter().find(|(n, _)| *n == name).ok_or_else(|| {
            let names: Vec<&str> = tables.iter().map(|(n, _)| n).collect();
            Problem::new("areas", Code::NotFound, format!("there is no such area set; there are {}", names.join(", ")))
        }),
    }
}

fn check_weight(name: &str, set: &AreaSet) -> Result<(), Problem> {
    if name.parse::<Id>().is_ok() {
        return Err(Problem::new("weight", Code::NotAllowed, "needs and villages can't be used yet"));
    }
    match set.indicator(name) {
        Some((IndicatorType::Score, _)) => {
            Err(Problem::new("weight", Code::NotAllowed, format!("{name} is a score: it ranks, it can't be added up")))
        }
        Some(_) => Ok(()),
        None if name == "population" => Ok(()),
        None => {
            let names: Vec<&str> = set.indicators.keys().map(String::as_str).collect();
            Err(Problem::new("weight", Code::NotFound, format!("these areas have {}", names.join(", "))))
        }
    }
}
