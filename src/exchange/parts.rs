//! From a row to records: the row's own, and for a service the place it is held at and who provides it. Values pass
//! the same checks as a form's; a value that does not fit costs the row only where the record makes no sense without
//! it, else the field is left out and a warning says so.

use csv::StringRecord;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cells::html::plain_text;
use super::cells::number::{self, is_shortened};
use super::cells::{self, Habits, contact, holds_more, is_partly_taken, is_spreadsheet_error, times};
use super::checked::{append_description, checked, mark_unclear};
use super::header::{Of, Plan, Source, Target, cell, places_role, shape_at};
use super::nested::{get, put};
use super::outline::Outline;
use super::position::{self, Found};
use super::{Lookups, key, words};
use crate::model::area::{IndicatorType, is_percent};
use crate::model::common::{MOST_HEADING, MOST_TEXT};
use crate::model::shape::{Shape, shown};
use crate::model::{Body, Code, Kind, Problem, Problems, personal};

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
    /// Fields that only fill a void: a point inside an outline where nobody said where the people live, a code for want
    /// of a name.
    pub weak: Vec<&'static str>,
    /// It says nothing of where it is, so it can only join a record that is there.
    pub joins: bool,
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
    draft.fill(warnings);
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
    let weak = draft.weak();
    let Draft { own, place, provider, mut problems, lost, joins, .. } = draft;
    for (role, of, body) in [("self", Of::Own, own), ("place", Of::Place, place), ("provider", Of::Provider, provider)]
    {
        if of != Of::Own && !body.contains_key("name") {
            continue;
        }
        let is_own = of == Of::Own;
        match checked(plan, row, of, body, is_own && joins, warnings) {
            Ok(body) => {
                let key = match of {
                    Of::Own => own_key.clone(),
                    Of::Place => key::named(text(&body, "name"), text(&body, "postcode"), body.get("point")),
                    Of::Provider => key::of_organisation(&body),
                };
                let weak = if is_own { weak.clone() } else { Vec::new() };
                out.push(Part { role, key, kind: of.kind(plan.kind), body, weak, joins: is_own && joins });
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
    /// That it says nothing of where it is, and need not.
    joins: bool,
    /// That its point is one inside its outline.
    inside: bool,
}

impl<'a> Draft<'a> {
    fn new(plan: &'a Plan, row: &'a StringRecord) -> Self {
        let [own, place, provider] = [Map::new(), Map::new(), Map::new()];
        Self { plan, row, own, place, provider, problems: Vec::new(), lost: false, joins: false, inside: false }
    }

    fn body(&mut self, of: Of) -> &mut Body {
        match of {
            Of::Own => &mut self.own,
            Of::Place => &mut self.place,
            Of::Provider => &mut self.provider,
        }
    }

    /// Every value but the position.
    fn fill(&mut self, warnings: &mut Vec<Problem>) {
        let (plan, row) = (self.plan, self.row);
        let mut address: Vec<String> = Vec::new();
        let mut week: Vec<(usize, &str)> = Vec::new();
        for step in &plan.steps {
            let given = cell(&step.source, row);
            if let (true, Source::Column(i)) = (given.is_empty(), &step.source) {
                let raw = row.get(*i).unwrap_or("").trim();
                if is_spreadsheet_error(raw) && !raw.eq_ignore_ascii_case("#n/a") {
                    let say =
                        format!("counts as nothing, since \"{}\" is what a spreadsheet shows for a fault", shown(raw));
                    warnings.push(Problem::new(plan.heading_of(&step.source), Code::WrongType, say));
                }
            }
            if let Target::Weekday(_, day) = step.target {
                week.push((day, given));
            }
            if given.is_empty() {
                continue;
            }
            let given = plain_text(given);
            let given = given.trim();
            if is_shortened(given) && step.target.names_something() {
                let say = format!(
                    "left out, since a spreadsheet has cut off the last digits of \"{given}\": format the column as text \
                     and fill it again"
                );
                warnings.push(Problem::new(plan.heading_of(&step.source), Code::WrongType, say));
                continue;
            }
            match &step.target {
                Target::Field { of, path, shape } => self.field(*of, path, *shape, given, &step.source, warnings),
                Target::Position | Target::Weekday(..) => {}
                Target::Address => add_lines(&mut address, given),
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
                Target::Closed => self.closed(given, &step.source, warnings),
                Target::Active => match words::yes_or_no(given) {
                    Some(true) => self.status("open"),
                    Some(false) => self.status("closed"),
                    None => self.unclear("status", given, &step.source, warnings),
                },
                Target::Reference(role) => reference(&mut self.own, role, given),
                Target::Indicator(name) => self.indicator(name, given, &step.source),
                Target::Group(name) => {
                    let group: String = given.chars().take(200).collect();
                    put(&mut self.own, &format!("groups\u{0}{name}"), json!(group));
                }
                Target::Further(heading) => further(&mut self.own, heading, given, warnings),
            }
        }
        if !address.is_empty() {
            let line: String = joined(&address).chars().take(300).collect();
            self.own.insert("address".to_owned(), json!(line));
        }
        self.week(&week);
    }

    fn field(&mut self, of: Of, path: &str, shape: Shape, given: &str, source: &Source, warnings: &mut Vec<Problem>) {
        // `--set` comes first and stays; so does the better of two columns.
        if get(self.body(of), path).is_some() {
            return;
        }
        let value = value_of(path, shape, given, self.plan.habits(source));
        if path == "name" && words::is_placeholder_name(given) {
            let say =
                format!("is called \"{given}\": people will not know what it is; give its name where it is known");
            warnings.push(Problem::new(self.plan.heading_of(source), Code::Required, say));
        }
        let taken = value.as_str().unwrap_or("");
        if is_partly_taken(&shape, given) && taken != given {
            let heading = self.plan.heading_of(source);
            let say = format!("taken as \"{}\", of \"{}\"", shown(taken), shown(given));
            warnings.push(Problem::new(heading.clone(), Code::WrongType, say));
            if holds_more(&shape, given) {
                further(&mut self.own, &heading, given, &mut Vec::new());
            }
        }
        if matches!(shape, Shape::Url)
            && contact::url(given).value.is_none()
            && self.mailed(of, given, source, warnings)
        {
            return;
        }
        put(self.body(of), &path.replace('.', "\u{0}"), value);
        if path == "cost.text" && given.eq_ignore_ascii_case("free") {
            put(self.body(of), "cost\u{0}free", json!(true));
        }
    }

    /// An e-mail address that stands where a web page should.
    fn mailed(&mut self, of: Of, given: &str, source: &Source, warnings: &mut Vec<Problem>) -> bool {
        let Some(address) = contact::email(given).value else { return false };
        let say = format!("\"{}\" is an e-mail address, no web page; taken as that", shown(given));
        warnings.push(Problem::new(self.plan.heading_of(source), Code::WrongType, say));
        self.body(of).entry("email").or_insert(json!(address));
        true
    }

    fn status(&mut self, word: &str) {
        self.own.entry("status").or_insert_with(|| json!(word));
    }

    /// A column that says whether it is closed for good, or when, or only on which days.
    fn closed(&mut self, given: &str, source: &Source, warnings: &mut Vec<Problem>) {
        let closed_word = |w: &str| words::our_word("status", w) == Some("closed") || w.eq_ignore_ascii_case("closed");
        match words::yes_or_no(given) {
            Some(true) => return self.status("closed"),
            Some(false) => return,
            None if closed_word(given) => return self.status("closed"),
            None if given.eq_ignore_ascii_case("open") || words::our_word("status", given) == Some("open") => return,
            None => {}
        }
        let until = value_of("until", Shape::Date, given, self.plan.habits(source));
        if Shape::Date.check(&until, &mut Problems::new()).is_some() {
            self.own.entry("until").or_insert(until);
        } else if words::names_days(given) {
            // Shut on some days is not shut for good.
            append_description(&mut self.own, &format!("Closed: {given}"));
        } else {
            self.unclear("status", given, source, warnings);
        }
    }

    /// Something was said of a field, and nobody can read it.
    fn unclear(&mut self, field: &str, given: &str, source: &Source, warnings: &mut Vec<Problem>) {
        let heading = self.plan.heading_of(source);
        let say = format!("\"{}\" is neither yes nor no: taken as unknown", shown(given));
        warnings.push(Problem::new(heading.clone(), Code::WrongType, say));
        mark_unclear(&mut self.own, field);
        further(&mut self.own, &heading, given, &mut Vec::new());
    }

    fn indicator(&mut self, name: &str, given: &str, source: &Source) {
        let Some(number) = number::of(given, self.plan.habits(source).decimal_comma) else {
            let column = match source {
                Source::Column(_) => self.plan.heading_of(source),
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
            let field = if self.plan.has("wkt") { self.plan.heading("wkt") } else { problem.field };
            self.problems.push(Problem { field, ..problem });
            self.lost = true;
            return;
        }
        let at_place = self.place.contains_key("name");
        let whose = if at_place { Kind::Place } else { kind };
        let postcode = self.plan.value("postcode", self.row).to_owned();
        warnings.extend(outline.and_then(|o| o.warning.clone()));
        let found = position::find(self.plan, self.row, outline, lookups, warnings);
        let needed = whose == Kind::Place || (whose == Kind::Service && !self.served());
        let mut keep_postcode = !postcode.is_empty() && shape_at(whose, "postcode").is_some();
        let target = if at_place { &mut self.place } else { &mut self.own };
        match found {
            Ok(found @ (Found::At(point) | Found::Inside(point))) => {
                target.insert("point".to_owned(), json!({"lon": point.lon, "lat": point.lat}));
                self.inside = matches!(found, Found::Inside(_));
            }
            // The code says which area it is, if it is there.
            Ok(Found::Nothing) if kind == Kind::Area => self.joins = true,
            Ok(Found::Nothing) if needed => {
                let message = "this row has no position: give lat and lon, easting and northing, or a postcode";
                self.problems.push(Problem::new("point", Code::Required, message));
                self.lost = true;
            }
            Ok(Found::Nothing) => {}
            Err(problem)
                if needed
                    || kind == Kind::Area
                    || problem.code == Code::OutsideCountry
                    || problem.code == Code::WrongType =>
            {
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
        if kind != Kind::Area || self.lost {
            return;
        }
        match outline.and_then(Outline::sound) {
            Some(Ok(sound)) => {
                warnings.extend(sound.warning.clone());
                self.own.insert("boundary".to_owned(), sound.boundary.clone());
            }
            Some(Err(problem)) => {
                self.problems.push(problem.clone());
                self.lost = true;
            }
            None => {}
        }
    }

    /// Fields that only fill a void.
    fn weak(&self) -> Vec<&'static str> {
        let mut weak = Vec::new();
        if self.inside {
            weak.push("point");
        }
        let source = |path: &str| self.plan.sources(path).next();
        if self.plan.kind == Kind::Area && source("name").is_some() && source("name") == source("code") {
            weak.push("name");
        }
        weak
    }

    /// Opening hours that stand in one column for each day.
    fn week(&mut self, week: &[(usize, &str)]) {
        let Some(field) = self.plan.steps.iter().find_map(|s| match s.target {
            Target::Weekday(field, _) => Some(field),
            _ => None,
        }) else {
            return;
        };
        if week.iter().all(|(_, cell)| cell.is_empty()) || self.own.contains_key(field) {
            return;
        }
        match times::of_week(week) {
            Ok(text) => {
                self.own.insert(field.to_owned(), json!(text));
            }
            Err(words) => append_description(&mut self.own, &format!("Opening times: {words}")),
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
fn value_of(path: &str, shape: Shape, given: &str, habits: Habits) -> Value {
    let root = path.split('.').next().unwrap_or(path);
    match shape {
        Shape::Word(known) => {
            let ours = |text: &str| words::our_word(root, text).filter(|w| known.contains(w)).map(|w| json!(w));
            let one = |text: &str| ours(text).unwrap_or_else(|| cells::value_of(&shape, path, text, habits));
            let fits = |value: &Value| value.as_str().is_some_and(|w| known.contains(&w));
            // Of several words the first that is known counts.
            let parts = || given.split([';', '|', '/', ',']).map(|part| one(part.trim())).find(fits);
            Some(one(given)).filter(fits).or_else(parts).unwrap_or_else(|| json!(given))
        }
        Shape::List(inner @ Shape::Word(_)) => {
            let parts = given.split([';', '|', ',']).map(str::trim).filter(|p| !p.is_empty());
            Value::Array(parts.map(|p| value_of(root, *inner, p, habits)).collect())
        }
        Shape::Hours | Shape::Schedule => json!(times::read(given).unwrap_or_else(|| given.to_owned())),
        _ => cells::value_of(&shape, path, given, habits),
    }
}

/// The lines of an address that are not there yet.
fn add_lines(address: &mut Vec<String>, given: &str) {
    for part in given.split('\n').map(|p| p.trim().trim_matches(',').trim()).filter(|p| !p.is_empty()) {
        let lower = part.to_lowercase();
        let there = |a: &String| a.to_lowercase() == lower || (part.len() > 3 && a.to_lowercase().contains(&lower));
        if !address.iter().any(there) {
            address.push(part.to_owned());
        }
    }
}

/// Lines of an address in one; a number of a house belongs to its street.
fn joined(lines: &[String]) -> String {
    let mut out = String::new();
    for line in lines {
        let after_number = out.rsplit(", ").next().is_some_and(is_house_number);
        if !out.is_empty() {
            out.push_str(if after_number { " " } else { ", " });
        }
        out.push_str(line);
    }
    out
}

fn is_house_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.len() <= 7
        && text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '–' || c == '/' || c.is_ascii_alphabetic())
        && text.chars().filter(char::is_ascii_alphabetic).count() <= 1
}

/// Keeps a cell that is no field of ours; what may be a person's is not kept.
pub(super) fn further(body: &mut Body, heading: &str, given: &str, warnings: &mut Vec<Problem>) {
    let heading: String = heading.chars().take(MOST_HEADING).collect();
    let mut warn = |code, say: String| warnings.push(Problem::new(heading.clone(), code, say));
    if words::is_of_persons(&heading) || given.contains('@') && contact::email(given).value.is_some() {
        return warn(Code::PersonalData, "not kept, since it may name or reach a person".to_owned());
    }
    if let Some(finding) = personal::finding(given) {
        return warn(Code::PersonalData, format!("not kept: {finding}"));
    }
    let mut text: String = given.to_owned();
    if given.chars().count() > MOST_TEXT {
        text = given.chars().take(MOST_TEXT - 1).chain(['…']).collect();
        warn(Code::OutOfRange, format!("kept are the first {} characters", MOST_TEXT - 1));
    }
    if !heading.is_empty() {
        put(body, &format!("further\u{0}{heading}"), json!(text));
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
