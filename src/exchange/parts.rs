//! From a row to records: the row's own, and for a service the place it is held at and who provides it. Values pass
//! the same checks as a form's; a value that does not fit costs the row only where the record makes no sense without
//! it, else the field is left out and a warning says so.

use csv::StringRecord;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cells::{plain_text, put};
use super::checked::checked;
use super::header::{Of, Plan, Source, Target, cell, places_role, shape_at};
use super::outline::Outline;
use super::position::{self, Found};
use super::{Lookups, key, words};
use crate::model::area::{IndicatorType, is_percent};
use crate::model::shape::{Shape, shown};
use crate::model::{Body, Code, Kind, Problem};

/// One record that a row describes.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// `self`, `place` or `provider`: with list and key, what the record is found again by.
    pub role: &'static str,
    /// Its key in the list.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// Checked fields; `links` may hold `@place` and `@provider` for the row's own parts, and categories as the list
    /// words them.
    pub body: Body,
}

/// Reads one row; what is wrong is all told at once.
pub(super) fn parts(
    plan: &Plan,
    row: &StringRecord,
    outline: Option<&Outline>,
    types: &[(String, String)],
    lookups: &dyn Lookups,
    warnings: &mut Vec<Problem>,
) -> Result<Vec<Part>, Vec<Problem>> {
    let mut draft = Draft::new(plan, row);
    draft.fill();
    draft.link_known();
    draft.types(types);
    draft.locate(outline, lookups, warnings);
    draft.link_up();
    let mut out = Vec::with_capacity(3);
    let own_key = key::of(plan, row, outline).unwrap_or_default();
    if own_key.is_empty() {
        let column = plan.key.and_then(|k| plan.headings.get(k)).cloned().unwrap_or_default();
        draft.problems.push(Problem::new(column, Code::Required, "this row has nothing in its key column"));
    }
    let Draft { own, place, provider, mut problems, lost, .. } = draft;
    for (role, of, body) in [("self", Of::Own, own), ("place", Of::Place, place), ("provider", Of::Provider, provider)]
    {
        if of != Of::Own && !body.contains_key("name") {
            continue;
        }
        match checked(plan, row, of, body, warnings) {
            Ok(body) => {
                let key = match of {
                    Of::Own => own_key.clone(),
                    Of::Place => key::named(text(&body, "name"), text(&body, "postcode"), body.get("point")),
                    Of::Provider => key::of_organisation(&body),
                };
                out.push(Part { role, key, kind: of.kind(plan.kind), body });
            }
            // What the search for a position said is not said again.
            Err(found) => {
                let known = |p: &Problem| lost && p.code == Code::Required && matches!(&*p.field, "point" | "places");
                problems.extend(found.into_iter().filter(|p| !known(p)));
            }
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}

fn text<'a>(body: &'a Body, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or("")
}

struct Draft<'a> {
    plan: &'a Plan,
    row: &'a StringRecord,
    own: Body,
    place: Body,
    provider: Body,
    problems: Vec<Problem>,
    /// That the position was already found wanting.
    lost: bool,
}

impl<'a> Draft<'a> {
    fn new(plan: &'a Plan, row: &'a StringRecord) -> Self {
        Self { plan, row, own: Map::new(), place: Map::new(), provider: Map::new(), problems: Vec::new(), lost: false }
    }

    fn body(&mut self, of: Of) -> &mut Body {
        match of {
            Of::Own => &mut self.own,
            Of::Place => &mut self.place,
            Of::Provider => &mut self.provider,
        }
    }

    /// Every value but the position.
    fn fill(&mut self) {
        let (plan, row) = (self.plan, self.row);
        let mut address: Vec<String> = Vec::new();
        for step in &plan.steps {
            let given = cell(&step.source, row);
            if given.is_empty() {
                continue;
            }
            let given = plain_text(given);
            let given = given.trim();
            match &step.target {
                Target::Field { of, path, shape } => self.field(*of, path, *shape, given),
                Target::Position => {}
                Target::Address => {
                    for part in given.split('\n').map(|p| p.trim().trim_matches(',').trim()).filter(|p| !p.is_empty()) {
                        if !address.iter().any(|a| a.to_lowercase().contains(&part.to_lowercase())) {
                            address.push(part.to_owned());
                        }
                    }
                }
                Target::Identifier { of, scheme } => identify(self.body(*of), scheme, given),
                Target::OrgId(of) => {
                    let parts: Vec<&str> = given.splitn(3, '-').collect();
                    match parts[..] {
                        [country @ "GB", register, id] => {
                            identify(self.body(*of), &format!("{country}-{register}"), id)
                        }
                        _ => identify(self.body(*of), "org-id", given),
                    }
                }
                Target::Closed => {
                    let shut = !["f", "false", "n", "no", "0", "open"].iter().any(|w| given.eq_ignore_ascii_case(w));
                    if shut {
                        self.own.entry("status").or_insert_with(|| json!("closed"));
                    }
                }
                Target::ClosedYear => {
                    if let Some(year) = given.parse::<u16>().ok().filter(|y| (1900..=2100).contains(y)) {
                        self.own.entry("until").or_insert_with(|| json!(format!("{year}-12-31")));
                    }
                }
                Target::Reference(role) => reference(&mut self.own, role, given),
                Target::Indicator(name) => self.indicator(name, given, &step.source),
                Target::Group(name) => {
                    let group: String = given.chars().take(200).collect();
                    put(&mut self.own, &format!("groups\u{0}{name}"), json!(group));
                }
            }
        }
        if !address.is_empty() {
            let line: String = address.join(", ").chars().take(300).collect();
            self.own.insert("address".to_owned(), json!(line));
        }
    }

    fn field(&mut self, of: Of, path: &str, shape: Shape, given: &str) {
        // `--set` comes first and stays; so does the better of two columns.
        if super::cells::get(self.body(of), path).is_some() {
            return;
        }
        let value = value_of(path, shape, given);
        put(self.body(of), &path.replace('.', "\u{0}"), value);
        if path == "cost.text" && given.eq_ignore_ascii_case("free") {
            put(self.body(of), "cost\u{0}free", json!(true));
        }
    }

    fn indicator(&mut self, name: &str, given: &str, source: &Source) {
        let Some(number) = given.replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite()) else {
            let column = match source {
                Source::Column(i) => self.plan.headings.get(*i).cloned().unwrap_or_default(),
                Source::Fixed(_) => name.to_owned(),
            };
            self.problems.push(Problem::new(column, Code::WrongType, format!("\"{}\" is not a number", shown(given))));
            return;
        };
        let number = if is_percent(name) && self.plan.indicator_type(name, false) == IndicatorType::Rate {
            number / 100.0
        } else {
            number
        };
        let value = if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) };
        put(&mut self.own, &format!("indicators\u{0}{name}"), value);
    }

    fn types(&mut self, types: &[(String, String)]) {
        for (name, kind) in types {
            if self.own.get("indicators").is_none_or(|i| i.get(name).is_none()) {
                continue;
            }
            put(&mut self.own, &format!("indicator_types\u{0}{name}"), json!(kind));
        }
    }

    /// Position, postcode and address go to the place if the row names one, else to the row's own record.
    fn locate(&mut self, outline: Option<&Outline>, lookups: &dyn Lookups, warnings: &mut Vec<Problem>) {
        let kind = self.plan.kind;
        if let Some(problem) = outline.and_then(|o| o.problem.clone()) {
            self.problems.push(problem);
            self.lost = true;
            return;
        }
        let at_place = self.place.contains_key("name");
        let whose = if at_place { Kind::Place } else { kind };
        let postcode = self.plan.value("postcode", self.row).to_owned();
        warnings.extend(outline.and_then(|o| o.warning.clone()));
        let found = position::find(self.plan, self.row, outline, lookups, warnings);
        let needed = matches!(whose, Kind::Place | Kind::Area) || (whose == Kind::Service && !self.served());
        let mut keep_postcode = !postcode.is_empty() && shape_at(whose, "postcode").is_some();
        let target = if at_place { &mut self.place } else { &mut self.own };
        match found {
            Ok(Found::At(point)) => {
                target.insert("point".to_owned(), json!({"lon": point.lon, "lat": point.lat}));
            }
            Ok(Found::Nothing) if needed => {
                let message = "this row has no position: give lat and lon, easting and northing, or a postcode";
                self.problems.push(Problem::new("point", Code::Required, message));
                self.lost = true;
            }
            Ok(Found::Nothing) => {}
            Err(problem) if needed || problem.code == Code::OutsideCountry || problem.code == Code::WrongType => {
                self.problems.push(problem);
                self.lost = true;
                keep_postcode = false;
            }
            Err(problem) => warnings.push(problem),
        }
        if keep_postcode {
            match crate::model::Postcode::parse(&postcode) {
                Some(code) => {
                    target.insert("postcode".to_owned(), json!(code.as_str()));
                }
                None if target.contains_key("point") => warnings.push(Problem::new(
                    self.plan.heading("postcode"),
                    Code::PostcodeMalformed,
                    format!("left out, since \"{}\" is not a UK postcode; the coordinates were used", shown(&postcode)),
                )),
                // The search for a position has already said so.
                None => {}
            }
        }
        if at_place && let Some(address) = self.own.remove("address") {
            self.place.entry("address").or_insert(address);
        }
        if kind == Kind::Area
            && !self.lost
            && let Some(boundary) = outline.and_then(|o| o.boundary.clone())
        {
            self.own.insert("boundary".to_owned(), boundary);
        }
    }

    /// Whether the row names the area it serves, so that it needs no point.
    fn served(&self) -> bool {
        self.own.get("links").is_some_and(|l| l.get("service_area").is_some() || l.get("places").is_some())
    }

    /// A place or provider that is given by its id is no new record.
    fn link_known(&mut self) {
        for of in [Of::Place, Of::Provider] {
            let known = text(self.body(of), "name").to_owned();
            if let (Ok(_), Some(role)) = (Uuid::parse_str(&known), self.role_to(of)) {
                self.body(of).clear();
                reference(&mut self.own, role, &known);
            }
        }
    }

    fn role_to(&self, of: Of) -> Option<&'static str> {
        match of {
            Of::Place => places_role(self.plan.kind),
            _ => self.plan.kind.role("provider").map(|r| r.name),
        }
    }

    /// Links the parts of the row.
    fn link_up(&mut self) {
        for (of, mark) in [(Of::Place, "@place"), (Of::Provider, "@provider")] {
            if let (true, Some(role)) = (self.body(of).contains_key("name"), self.role_to(of)) {
                reference(&mut self.own, role, mark);
            }
        }
        if self.provider.contains_key("name") && !self.provider.contains_key("type") {
            let charity = self.provider.get("identifiers").is_some_and(|i| i.to_string().contains("GB-CHC"));
            self.provider.insert("type".to_owned(), json!(if charity { "voluntary" } else { "other" }));
        }
    }
}

/// The value of a cell, with people's own words for ours.
fn value_of(path: &str, shape: Shape, given: &str) -> Value {
    let root = path.split('.').next().unwrap_or(path);
    match shape {
        Shape::Word(known) => {
            let ours = words::our_word(root, given).filter(|w| known.contains(w));
            ours.map_or_else(|| shape.value_of_cell(given), |w| json!(w))
        }
        Shape::List(inner @ Shape::Word(_)) => {
            let parts = given.split([';', '|', ',']).map(str::trim).filter(|p| !p.is_empty());
            Value::Array(parts.map(|p| value_of(root, *inner, p)).collect())
        }
        _ => shape.value_of_cell(given),
    }
}

fn identify(body: &mut Body, scheme: &str, id: &str) {
    let id = id.strip_suffix(".0").unwrap_or(id);
    // Lists of the United Kingdom write three registers of charities into one column.
    let scheme = match scheme {
        "GB-CHC" if id.starts_with("SC") => "GB-SC",
        "GB-CHC" if id.starts_with("NIC") => "GB-NIC",
        other => other,
    };
    let entry = json!({"scheme": scheme, "id": id});
    let list = body.entry("identifiers").or_insert_with(|| json!([]));
    if let Value::Array(list) = list
        && !list.contains(&entry)
    {
        list.push(entry);
    }
}

fn reference(body: &mut Body, role: &str, given: &str) {
    let links = body.entry("links").or_insert_with(|| json!({}));
    let Value::Object(links) = links else { return };
    let list = links.entry(role).or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        list.extend(given.split([';', '|', '\n']).map(str::trim).filter(|p| !p.is_empty()).map(|p| json!(p)));
    }
}
