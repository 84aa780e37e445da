//! A row on its way to records: every value where it belongs, the position where it is looked for, the parts linked.

use csv::StringRecord;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::checked::{append_description, mark_unclear};
use super::nested::{get, put};
use super::position::{self, Placed};
use super::values::{add_lines, further, identify, joined, reference, value_of};
use crate::exchange::cells::html::plain_text;
use crate::exchange::cells::number::{self, is_shortened};
use crate::exchange::cells::{contact, date, holds_more, is_partly_taken, is_spreadsheet_error, times, words};
use crate::exchange::lookups::Lookups;
use crate::exchange::plan::{Of, Plan, Target, ValueFrom, cell, places_role, shape_at};
use crate::exchange::read::outline::Outline;
use crate::model::area::{IndicatorType, is_percent};
use crate::model::shape::{Shape, shown};
use crate::model::{Body, Code, Kind, Problem, Problems};

pub(super) fn text<'a>(body: &'a Body, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or("")
}

/// What a column about closing says.
enum Shut {
    /// With the status that this is.
    ForGood(&'static str),
    /// Only on some days.
    OnDays,
    No,
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
        let mut closed_days: Vec<String> = Vec::new();
        let mut says: Vec<(&str, &str, &ValueFrom)> = Vec::new();
        for step in &plan.steps {
            let given = cell(&step.source, row);
            if let (true, ValueFrom::Column(i)) = (given.is_empty(), &step.source) {
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
                Target::Closed => match self.closed(given, &step.source, warnings) {
                    Shut::ForGood(word) => says.push((word, cell(&step.source, row), &step.source)),
                    Shut::OnDays => closed_days.push(given.to_owned()),
                    Shut::No => {}
                },
                Target::Active => match words::yes_or_no(given) {
                    Some(there) => {
                        says.push((if there { "open" } else { "closed" }, cell(&step.source, row), &step.source))
                    }
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
        for (word, given, source) in says {
            self.status(word, given, source, warnings);
        }
        self.week(&week);
        self.without_days(&closed_days);
    }

    fn field(
        &mut self,
        of: Of,
        path: &str,
        shape: Shape,
        given: &str,
        source: &ValueFrom,
        warnings: &mut Vec<Problem>,
    ) {
        // `--set` comes first and stays; so does the better of two columns.
        if get(self.body(of), path).is_some() {
            if of == Of::Own && path == "until" && matches!(source, ValueFrom::Column(_)) {
                let until = value_of(path, shape, given, self.plan.habits(source));
                if shape.check(&until, &mut Problems::new()).is_some() {
                    self.until(until, source, warnings);
                }
            }
            return;
        }
        if of == Of::Own && matches!(shape, Shape::Hours | Shape::Schedule) && self.shut(given, source, warnings) {
            return;
        }
        if matches!(shape, Shape::Date) && date::is_placeholder(given) {
            let say = format!("counts as nothing, since \"{}\" stands where no date is known", shown(given));
            return warnings.push(Problem::new(self.plan.heading_of(source), Code::WrongType, say));
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
    fn mailed(&mut self, of: Of, given: &str, source: &ValueFrom, warnings: &mut Vec<Problem>) -> bool {
        let Some(address) = contact::email(given).value else { return false };
        let say = format!("\"{}\" is an e-mail address, no web page; taken as that", shown(given));
        warnings.push(Problem::new(self.plan.heading_of(source), Code::WrongType, say));
        self.body(of).entry("email").or_insert(json!(address));
        true
    }

    /// What a column of yes and no says of its status. Two columns that contradict each other leave it unknown.
    fn status(&mut self, word: &str, given: &str, source: &ValueFrom, warnings: &mut Vec<Problem>) {
        let before = self.own.get("status").and_then(Value::as_str).map(str::to_owned);
        let there = |w: &str| !["closed", "paused"].contains(&w);
        match before {
            Some(before) if there(&before) != there(word) => {
                self.own.remove("status");
                self.unclear("status", given, source, warnings);
            }
            Some(_) => {}
            None => {
                self.own.insert("status".to_owned(), json!(word));
            }
        }
    }

    /// A column that says whether it is closed for good, or when, or only on which days.
    fn closed(&mut self, given: &str, source: &ValueFrom, warnings: &mut Vec<Problem>) -> Shut {
        let known = words::our_word("status", given);
        let heading = self.plan.heading_of(source).to_lowercase();
        match words::yes_or_no(given) {
            Some(true) => return Shut::ForGood(if heading.contains("temporar") { "paused" } else { "closed" }),
            None if known == Some("closed") || given.eq_ignore_ascii_case("closed") => return Shut::ForGood("closed"),
            None if known == Some("paused") => return Shut::ForGood("paused"),
            Some(false) => return Shut::No,
            None if known == Some("open") || given.eq_ignore_ascii_case("open") => return Shut::No,
            None => {}
        }
        let until = value_of("until", Shape::Date, given, self.plan.habits(source));
        if Shape::Date.check(&until, &mut Problems::new()).is_some() {
            self.until(until, source, warnings);
        } else if words::names_days(given) {
            return Shut::OnDays;
        } else {
            self.unclear("status", given, source, warnings);
        }
        Shut::No
    }

    /// An end that may be said twice: the earlier one counts, and that is said.
    fn until(&mut self, until: Value, source: &ValueFrom, warnings: &mut Vec<Problem>) {
        let (Some(new), before) = (until.as_str(), self.own.get("until").and_then(Value::as_str)) else { return };
        if let Some(before) = before.filter(|before| *before != new) {
            let say = format!("two ends are given, {before} and {new}: the earlier one counts");
            warnings.push(Problem::new(self.plan.heading_of(source), Code::WrongType, say));
            if before < new {
                return;
            }
        }
        self.own.insert("until".to_owned(), until);
    }

    /// Days that another column calls closed go from the opening hours; where that is not certain, nothing is.
    fn without_days(&mut self, closed: &[String]) {
        for days in closed {
            append_description(&mut self.own, &format!("Closed: {days}"));
            let Some(field) = ["hours", "schedule"].into_iter().find(|f| self.own.contains_key(*f)) else { continue };
            let usual = self.own.remove(field).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
            match times::closed_on(&usual, days) {
                Some(hours) => {
                    self.own.insert(field.to_owned(), json!(hours));
                }
                None => append_description(&mut self.own, &format!("Opening times: {usual}")),
            }
        }
    }

    /// What stands where opening times should may be that it is shut for good, or for now.
    fn shut(&mut self, given: &str, source: &ValueFrom, warnings: &mut Vec<Problem>) -> bool {
        let plain: String = given.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
        let starts = |words: &[&str]| words.iter().any(|w| plain.starts_with(w));
        let word = match words::our_word("status", given) {
            Some(word @ ("closed" | "paused")) => word,
            _ if starts(&["permanentlyclosed", "closedpermanently", "nowclosed", "closeddown"]) => "closed",
            _ if starts(&["temporarilyclosed", "closedtemporarily", "closeduntil", "closedfor", "currentlyclosed"]) => {
                "paused"
            }
            _ if plain == "closed" => {
                self.unclear("status", given, source, warnings);
                return true;
            }
            _ => return false,
        };
        append_description(&mut self.own, &format!("Opening times: {given}"));
        self.status(word, given, source, warnings);
        true
    }

    /// Something was said of a field, and nobody can read it.
    fn unclear(&mut self, field: &str, given: &str, source: &ValueFrom, warnings: &mut Vec<Problem>) {
        let heading = self.plan.heading_of(source);
        let say = format!("\"{}\" is neither yes nor no: taken as unknown", shown(given));
        warnings.push(Problem::new(heading.clone(), Code::WrongType, say));
        mark_unclear(&mut self.own, field);
        further(&mut self.own, &heading, given, &mut Vec::new());
    }

    fn indicator(&mut self, name: &str, given: &str, source: &ValueFrom) {
        let Some(number) = number::of(given, self.plan.habits(source).decimal_comma) else {
            let column = match source {
                ValueFrom::Column(_) => self.plan.heading_of(source),
                ValueFrom::Fixed(_) => name.to_owned(),
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
            Ok(found @ (Placed::At(point) | Placed::Inside(point))) => {
                target.insert("point".to_owned(), json!({"lon": point.lon, "lat": point.lat}));
                self.inside = matches!(found, Placed::Inside(_));
            }
            // The code says which area it is, if it is there.
            Ok(Placed::Nothing) if kind == Kind::Area => self.joins = true,
            Ok(Placed::Nothing) if needed => {
                let message = "this row has no position: give lat and lon, easting and northing, or a postcode";
                self.problems.push(Problem::new("point", Code::Required, message));
                self.lost = true;
            }
            Ok(Placed::Nothing) => {}
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

    /// Opening hours that stand in columns of their own for each day, or differ there from the usual ones.
    fn week(&mut self, week: &[(usize, &str)]) {
        let field = self.plan.steps.iter().find_map(|s| match s.target {
            Target::Weekday(field, _) => Some(field),
            _ => None,
        });
        let Some(field) = field.filter(|_| week.iter().any(|(_, cell)| !cell.is_empty())) else { return };
        let said = self.own.get(field).and_then(Value::as_str).map(str::to_owned);
        // Usual hours that nobody can read are not read with their exceptions either.
        let usual = said.as_deref().map(times::read);
        let hours = match &usual {
            Some(None) => None,
            Some(Some(usual)) => times::of_week(Some(usual), week),
            None => times::of_week(None, week),
        };
        match hours {
            Some(hours) => {
                self.own.insert(field.to_owned(), json!(hours));
            }
            None => {
                self.own.remove(field);
                let columns = self.plan.steps.iter().filter(|s| matches!(s.target, Target::Weekday(..)));
                let mut cells: Vec<String> = said.into_iter().collect();
                for step in columns {
                    let told = format!("{} {}", self.plan.heading_of(&step.source), cell(&step.source, self.row));
                    if !cell(&step.source, self.row).is_empty() && !cells.contains(&told) {
                        cells.push(told);
                    }
                }
                append_description(&mut self.own, &format!("Opening times: {}", cells.join("; ")));
            }
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
            _ => self.plan.kind.link("provider").map(|r| r.name),
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
