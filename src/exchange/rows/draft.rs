//! A row on its way to records: every value where it belongs, the position where it is looked for, the parts linked.

use csv::StringRecord;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::checked::{append_description, mark_unclear};
use super::nested::{get, put};
use super::position::{self, Found};
use super::values::{add_lines, further, identify, joined, reference, value_of};
use crate::exchange::Lookups;
use crate::exchange::cells::html::plain_text;
use crate::exchange::cells::number::{self, is_shortened};
use crate::exchange::cells::{contact, holds_more, is_partly_taken, is_spreadsheet_error, times, words};
use crate::exchange::plan::{Of, Plan, Source, Target, cell, places_role, shape_at};
use crate::exchange::read::outline::Outline;
use crate::model::area::{IndicatorType, is_percent};
use crate::model::shape::{Shape, shown};
use crate::model::{Body, Code, Kind, Problem, Problems};

pub(super) fn text<'a>(body: &'a Body, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or("")
}

/// The parts of a row in the making.
pub(super) struct Draft<'a> {
    plan: &'a Plan,
    row: &'a StringRecord,
    pub(super) own: Body,
    pub(super) place: Body,
    pub(super) provider: Body,
    pub(super) problems: Vec<Problem>,
    /// That the position was already found wanting.
    pub(super) lost: bool,
    /// That it says nothing of where it is, and need not.
    pub(super) joins: bool,
    /// That its point is one inside its outline.
    inside: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(plan: &'a Plan, row: &'a StringRecord) -> Self {
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
    pub(super) fn fill(&mut self, warnings: &mut Vec<Problem>) {
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

    pub(super) fn types(&mut self, types: &[(String, String)]) {
        for (name, kind) in types {
            if self.own.get("indicators").is_none_or(|i| i.get(name).is_none()) {
                continue;
            }
            put(&mut self.own, &format!("indicator_types\u{0}{name}"), json!(kind));
        }
    }

    /// Position, postcode and address go to the place if the row names one, else to the row's own record.
    pub(super) fn locate(&mut self, outline: Option<&Outline>, lookups: &dyn Lookups, warnings: &mut Vec<Problem>) {
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
    pub(super) fn weak(&self) -> Vec<&'static str> {
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
    pub(super) fn link_known(&mut self) {
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
    pub(super) fn link_up(&mut self) {
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
