//! Which column means what. A plan is made once for a file, from its headings, `--map` and `--set`, and every row is
//! then read by it; what it left unused is shown, never a reason to fail.

use csv::StringRecord;

use super::Wanted;
use super::cells::{Habits, contact, counting, value_of};
use super::degrees;
use super::refused::{TOLD, restored};
use super::words::{self, is_row_number, plain};
use crate::model::area::IndicatorType;
use crate::model::common::{MOST_FURTHER, MOST_HEADING};
use crate::model::record::fields_of;
use crate::model::shape::Shape;
use crate::model::{Code, Kind, Postcode, Problem, Problems};

/// The record of a row that a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Own,
    Place,
    Provider,
}

impl Of {
    pub(super) fn kind(self, own: Kind) -> Kind {
        [own, Kind::Place, Kind::Organisation][self as usize]
    }
}

/// Columns that together say where a row is.
const COORDINATES: &[&str] = &["lon", "lat", "easting", "northing", "x", "y", "grid_ref", "lat_lon", "wkt", "postcode"];

/// What a value of a row is for.
#[derive(Debug, Clone)]
pub(super) enum Target {
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
    pub(super) fn names_something(&self) -> bool {
        matches!(self, Target::Identifier { .. } | Target::OrgId(_) | Target::Field { shape: Shape::Phone, .. })
            || matches!(self, Target::Field { path, .. } if path == "code")
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Column(usize),
    Fixed(String),
}

/// One value that is read from every row.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) path: String,
    pub(super) target: Target,
    pub(super) source: Source,
}

/// How the rows of a file are read.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) headings: Vec<String>,
    pub(super) steps: Vec<Step>,
    pub(super) key: Option<usize>,
    /// Whether the geometry of GeoJSON gives positions.
    pub(super) geometry: bool,
    /// What `--set-indicator` says.
    pub(super) indicator_types: Vec<(String, IndicatorType)>,
    /// How each column writes its numbers and dates.
    pub(super) habits: Vec<Habits>,
}

impl Plan {
    /// The steps of a path, `--set` first.
    pub(super) fn sources(&self, path: &str) -> impl Iterator<Item = &Source> {
        self.steps.iter().filter(move |s| s.path == path).map(|s| &s.source)
    }

    /// The first value of a path in a row, without blanks around it.
    pub(super) fn value<'a>(&'a self, path: &str, row: &'a StringRecord) -> &'a str {
        let steps = self.steps.iter().filter(|s| s.path == path);
        steps.map(|s| cell(&s.source, row)).find(|c| !c.is_empty()).unwrap_or("")
    }

    /// The first value of a path that a row itself holds: what `--set` says is the same for all of them.
    pub(super) fn column_value<'a>(&self, path: &str, row: &'a StringRecord) -> &'a str {
        let columns = self.sources(path).filter_map(|s| match s {
            Source::Column(i) => Some(restored(counting(row.get(*i).unwrap_or("")))),
            Source::Fixed(_) => None,
        });
        columns.into_iter().find(|c| !c.is_empty()).unwrap_or("")
    }

    /// The heading a path is read from, or the path itself.
    pub(super) fn heading(&self, path: &str) -> String {
        let column = self.steps.iter().find_map(|s| match s.source {
            Source::Column(i) if s.path == path => Some(i),
            _ => None,
        });
        column.and_then(|i| self.headings.get(i)).filter(|h| !h.is_empty()).map_or(path, String::as_str).to_owned()
    }

    /// The heading of a column; of what `--set` says, nothing.
    pub(super) fn heading_of(&self, source: &Source) -> String {
        match source {
            Source::Column(i) => self.headings.get(*i).cloned().unwrap_or_default(),
            Source::Fixed(_) => String::new(),
        }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.steps.iter().any(|s| s.path == path)
    }

    /// What an indicator is, as far as its name and `--set-indicator` say.
    pub(super) fn indicator_type(&self, name: &str, all_within_0_1: bool) -> IndicatorType {
        let set = self.indicator_types.iter().find(|(n, _)| n == name).map(|(_, t)| *t);
        set.unwrap_or_else(|| IndicatorType::guess(name, all_within_0_1))
    }

    pub(super) fn uses(&self, column: usize) -> bool {
        self.steps.iter().any(|s| s.source == Source::Column(column))
    }

    /// Whether a column fills a field of ours, rather than being kept as it is.
    pub(super) fn fills_a_field(&self, column: usize) -> bool {
        self.steps.iter().any(|s| s.source == Source::Column(column) && !matches!(s.target, Target::Further(_)))
    }

    /// How the column of a value is written.
    pub(super) fn habits(&self, source: &Source) -> Habits {
        match source {
            Source::Column(i) => self.habits.get(*i).copied().unwrap_or_default(),
            Source::Fixed(_) => Habits::default(),
        }
    }

    /// Whether rows say where they are at all.
    pub(super) fn is_placed(&self) -> bool {
        let pair = |a: &str, b: &str| self.has(a) && self.has(b);
        self.geometry
            || pair("lon", "lat")
            || pair("easting", "northing")
            || pair("x", "y")
            || ["grid_ref", "lat_lon", "wkt", "postcode", "point"].iter().any(|path| self.has(path))
    }
}

/// A cell, or what `--set` says in its place.
pub(super) fn cell<'a>(source: &'a Source, row: &'a StringRecord) -> &'a str {
    match source {
        Source::Column(i) => restored(counting(row.get(*i).unwrap_or(""))),
        Source::Fixed(text) => counting(text),
    }
}

/// Makes the plan for a file, or the one problem that tells what to add to the command.
pub(super) fn plan(
    headings: Vec<String>,
    wanted: &Wanted,
    geometry: bool,
    sample: &[StringRecord],
) -> Result<Plan, Problem> {
    let indicator_types = wanted.set_indicator.clone();
    let habits = vec![Habits::default(); headings.len()];
    let mut plan =
        Plan { kind: wanted.kind, headings, steps: Vec::new(), key: None, geometry, indicator_types, habits };
    for (path, text) in &wanted.set {
        let step = step(wanted.kind, path, Source::Fixed(text.clone()))?;
        fixed_value_fits(&step, text)?;
        plan.steps.push(step);
    }
    if let Some(set) = &wanted.area_set {
        plan.steps.insert(0, step(wanted.kind, "area_set", Source::Fixed(set.clone()))?);
    }
    for (path, column) in &wanted.map {
        let column = find_column(&plan.headings, column, "map")?;
        plan.steps.push(step(wanted.kind, path, Source::Column(column))?);
    }
    if let Some(key) = &wanted.key {
        plan.key = Some(find_column(&plan.headings, key, "key")?);
    }
    if !wanted.no_header {
        recognise(&mut plan, sample);
    }
    complete(&plan, wanted)?;
    Ok(plan)
}

fn step(kind: Kind, path: &str, source: Source) -> Result<Step, Problem> {
    // An area's numbers have whatever name they are given.
    let indicator = || (kind == Kind::Area).then(|| (path.to_owned(), Target::Indicator(path.to_owned())));
    let (path, target) = target(kind, path).or_else(indicator).ok_or_else(|| {
        let fields: Vec<&str> = fields_of(kind).iter().map(|f| f.name).collect();
        let message = format!("a {} has no field {path}; there are {}", kind.name(), fields.join(", "));
        Problem::new(path, Code::UnknownField, message)
    })?;
    Ok(Step { path, target, source })
}

fn fixed_value_fits(step: &Step, text: &str) -> Result<(), Problem> {
    let Target::Field { shape, .. } = &step.target else { return Ok(()) };
    let mut problems = Problems::new();
    let value = value_of(shape, &step.path, text, Habits::default());
    problems.at(&step.path, |p| shape.check(&value, p));
    match problems.into_vec().into_iter().next() {
        Some(problem) => {
            Err(Problem::new(problem.field, problem.code, format!("--set {}: {}", step.path, problem.message)))
        }
        None => Ok(()),
    }
}

/// The column of a name or number, from 0.
fn find_column(headings: &[String], wanted: &str, option: &str) -> Result<usize, Problem> {
    let same = |h: &&String| h.trim() == wanted.trim();
    let named = headings.iter().position(|h| same(&h)).or_else(|| {
        let wanted = plain(wanted);
        (!wanted.is_empty() && wanted.parse::<usize>().is_err())
            .then(|| headings.iter().position(|h| plain(h) == wanted))?
    });
    let numbered = || wanted.trim().parse::<usize>().ok().filter(|n| (1..=headings.len()).contains(n)).map(|n| n - 1);
    named.or_else(numbered).ok_or_else(|| {
        let message = format!("there is no column {wanted}; the columns are {}", listed(headings));
        Problem::new(option, Code::NotFound, message)
    })
}

/// The headings with their numbers, for a message.
pub(super) fn listed(headings: &[String]) -> String {
    let shown: Vec<String> = headings.iter().take(40).enumerate().map(|(i, h)| format!("{} {h}", i + 1)).collect();
    let more = if headings.len() > 40 { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// What a path means for a kind, with the path as everything else will call it.
pub(super) fn target(kind: Kind, path: &str) -> Option<(String, Target)> {
    let path = path.trim();
    let (of, rest) = match path.split_once('.') {
        Some(("place", rest)) if places_role(kind).is_some() => (Of::Place, rest),
        Some(("provider", rest)) if kind.role("provider").is_some() => (Of::Provider, rest),
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
            "provider" | "organisation" if kind.role("provider").is_some() => return target(kind, "provider.name"),
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
    kind.role(path.strip_prefix("links.").unwrap_or(path)).map(|role| Target::Reference(role.name))
}

/// What stands before the paths of a record that a row names beside its own.
pub(super) fn prefix(of: Of) -> &'static str {
    ["", "place.", "provider."][of as usize]
}

fn schemes(path: &str) -> Option<&str> {
    ["ODS", "GB-CHC", "GB-COH", "GB-SC", "GB-NIC", "CQC", "UPRN"].into_iter().find(|s| s.eq_ignore_ascii_case(path))
}

/// Whose identifiers a file of a kind holds: a service has none, so they are its provider's.
fn identified(kind: Kind) -> Option<Of> {
    if shape_at(kind, "identifiers").is_some() { Some(Of::Own) } else { kind.role("provider").map(|_| Of::Provider) }
}

/// The role by which a kind says where it is held.
pub(super) fn places_role(kind: Kind) -> Option<&'static str> {
    kind.spec().roles.iter().find(|r| r.target == Kind::Place).map(|r| r.name)
}

/// The shape of a dotted path.
pub(super) fn shape_at(kind: Kind, path: &str) -> Option<Shape> {
    let mut steps = path.split('.');
    let first = steps.next()?;
    let mut shape = fields_of(kind).into_iter().find(|f| f.name == first)?.shape;
    for step in steps {
        let Shape::Group(fields) = shape else { return None };
        shape = fields.iter().find(|f| f.name == step)?.shape;
    }
    Some(shape)
}

/// Finds what headings say by themselves, and where they say little, what stands under them.
fn recognise(plan: &mut Plan, sample: &[StringRecord]) {
    let kind = plan.kind;
    let plains: Vec<String> = plan.headings.iter().map(|h| plain(h)).collect();
    by_content(plan, &plains, sample);
    // Our own names first: dotted ones cannot be mistaken for anything else.
    for i in 0..plan.headings.len() {
        let heading = plan.headings[i].trim().to_owned();
        if heading.contains('.')
            && let Some((path, _)) = target(kind, &heading)
        {
            take(plan, &path, i);
        }
    }
    if kind == Kind::Area {
        code_and_name(plan, &plains);
    } else if !plan.has("name")
        && let Some(i) = name_column(kind, &plains, plan)
    {
        take(plan, "name", i);
    }
    for line in words::TABLE {
        let known = target(kind, line.path).map(|(path, _)| path);
        let Some(path) = known.filter(|path| !plan.has(path)) else { continue };
        for word in line.words {
            let free = |i: &usize| plains[*i] == *word && !plan.uses(*i);
            if let Some(i) = (0..plains.len()).find(free) {
                take(plan, &path, i);
                if !line.many {
                    break;
                }
            }
        }
    }
    weekdays(plan, &plains);
    if kind == Kind::Area && !plan.has("population") {
        let counts = |i: &usize| words::is_population(&plan.headings[*i]) && !plan.uses(*i);
        if let Some(i) = (0..plains.len()).find(counts) {
            take(plan, "population", i);
        }
    }
    if kind == Kind::Organisation && !plan.has("identifiers.ODS") {
        let code = |p: &String| p.starts_with("nhstrust") && (p.ends_with("code") || p.ends_with("cd"));
        if let Some(i) = plains.iter().position(code).filter(|i| !plan.uses(*i)) {
            take(plan, "identifiers.ODS", i);
        }
    }
    // A list of services that names only who: the name serves for both.
    if kind == Kind::Service && !plan.has("name") {
        let who = plan.sources("provider.name").next().cloned();
        if let Some(Source::Column(i)) = who {
            take(plan, "name", i);
        }
    }
}

/// Headings that say little: a "location" may be two numbers, a "contact" a telephone.
fn by_content(plan: &mut Plan, plains: &[String], sample: &[StringRecord]) {
    let mostly = |i: usize, fits: &dyn Fn(&str) -> bool| {
        let cells: Vec<&str> =
            sample.iter().map(|r| counting(r.get(i).unwrap_or(""))).filter(|c| !c.is_empty()).collect();
        let fitting = cells.iter().filter(|c| fits(c)).count();
        fitting > 0 && fitting * 2 > cells.len()
    };
    let spots: &[&str] = &["location", "locations", "position", "latlon", "coordinates", "geolocation", "point"];
    for (i, heading) in plains.iter().enumerate().filter(|(_, h)| spots.contains(&h.as_str())) {
        if !plan.is_placed() && mostly(i, &|cell| degrees::pair(cell).is_some()) {
            take(plan, "lat_lon", i);
        } else if heading != "location" && !plan.has("wkt") && mostly(i, &degrees::is_wkt) {
            take(plan, "wkt", i);
        }
    }
    let has_phone = plains.iter().any(|p| ["phone", "tel", "telephone", "telephonenumber"].contains(&p.as_str()));
    let contacts: &[&str] = &["contact", "contacts", "contactdetails", "contactinfo", "contactinformation"];
    for (i, _) in plains.iter().enumerate().filter(|(_, h)| contacts.contains(&h.as_str())) {
        if !plan.uses(i) && !has_phone && !plan.has("phone") && mostly(i, &|cell| contact::phone(cell).value.is_some())
        {
            take(plan, "phone", i);
        } else if !plan.uses(i) && !plan.has("email") && mostly(i, &|cell| contact::email(cell).value.is_some()) {
            take(plan, "email", i);
        }
    }
}

/// One column for each day of the week, where nothing else tells the opening hours.
fn weekdays(plan: &mut Plan, plains: &[String]) {
    let Some(field) = ["hours", "schedule", "slots"].into_iter().find(|f| shape_at(plan.kind, f).is_some()) else {
        return;
    };
    let days: Vec<(usize, usize)> = plains
        .iter()
        .enumerate()
        .filter(|(i, _)| !plan.uses(*i))
        .filter_map(|(i, p)| Some((i, words::weekday(p)?)))
        .collect();
    let several = days.iter().any(|(_, day)| *day != days[0].1);
    if plan.has(field) || !several {
        return;
    }
    for (column, day) in days {
        let target = Target::Weekday(field, day);
        plan.steps.push(Step { path: field.to_owned(), target, source: Source::Column(column) });
    }
}

fn take(plan: &mut Plan, path: &str, column: usize) {
    if let Ok(step) = step(plan.kind, path, Source::Column(column)) {
        plan.steps.push(step);
    }
}

fn name_column(kind: Kind, plains: &[String], plan: &Plan) -> Option<usize> {
    let free = |i: &usize| !plan.uses(*i);
    let exact = words::names(kind).iter().find_map(|word| (0..plains.len()).find(|i| plains[*i] == *word && free(i)));
    let other = |p: &str| words::OTHER_NAMES.iter().any(|o| p.starts_with(o));
    let named = |p: &str| p.ends_with("name") || p.ends_with("nm");
    let like = |i: &usize| named(&plains[*i]) && !other(&plains[*i]) && free(i);
    let charity = |i: &usize| plains[*i].starts_with("charityname") && free(i);
    exact.or_else(|| (0..plains.len()).find(like)).or_else(|| (0..plains.len()).find(charity))
}

/// `LSOA21CD` with `LSOA21NM`, `ltla24_code` with `ltla24_name`: the pair of the wanted set, else the first.
fn code_and_name(plan: &mut Plan, plains: &[String]) {
    let stems: Vec<Option<&str>> = plains
        .iter()
        .map(|p| p.strip_suffix("code").or_else(|| p.strip_suffix("cd")).filter(|s| *s != "post"))
        .collect();
    if !plan.has("code") {
        let set = plain(plan.value("area_set", &StringRecord::new()));
        let of_set = stems.iter().position(|s| s.is_some_and(|s| !s.is_empty() && s == set));
        let exact = plains.iter().position(|p| p == "code" || p == "areacode");
        if let Some(i) = of_set.or(exact).or_else(|| stems.iter().position(Option::is_some)) {
            take(plan, "code", i);
        }
    }
    let Some(Source::Column(code)) = plan.sources("code").next().cloned() else { return };
    if plan.has("name") {
        return;
    }
    let stem = stems[code].unwrap_or("");
    let of_stem = plains.iter().position(|p| *p == format!("{stem}name") || *p == format!("{stem}nm"));
    let any = || plains.iter().position(|p| p == "name" || p.ends_with("name") || p.ends_with("nm"));
    // A table without names still has codes: the code is then the name too.
    take(plan, "name", of_stem.or_else(any).unwrap_or(code));
}

/// Says what is missing, and what to type, when rows could not become records at all.
fn complete(plan: &Plan, wanted: &Wanted) -> Result<(), Problem> {
    let kind = plan.kind;
    let decimals = plan.headings.iter().filter(|h| h.contains('.') && h.parse::<f64>().is_ok()).count();
    if !wanted.no_header && (decimals > 1 || plan.headings.iter().any(|h| Postcode::parse(h).is_some())) {
        return Err(Problem::new(
            "",
            Code::NotThisFormat,
            format!(
                "the first row looks like data, not headings: add --no-header and say what the columns are, as in \
                 --map name=2,postcode=10; the first row is {}",
                listed(&plan.headings)
            ),
        ));
    }
    let columns = listed(&plan.headings);
    let missing = |what: &str, hint: &str| {
        Err(Problem::new(
            what.split(' ').next().unwrap_or(""),
            Code::Required,
            format!("no column for the {what} was recognised; add {hint}. The columns are {columns}"),
        ))
    };
    if !plan.has("name") {
        return missing("name", "--map name=COLUMN (a number from 1, or a heading)");
    }
    // Numbers about areas that are there already need no position: their codes say which they are.
    let needs = match kind {
        Kind::Area => !plan.has("code"),
        Kind::Place => true,
        Kind::Service => {
            !plan.has("service_area") && !plan.sources("place.name").any(|s| matches!(s, Source::Fixed(_)))
        }
        _ => false,
    };
    if needs && !plan.is_placed() {
        let hint =
            "--map lat=COLUMN,lon=COLUMN or easting=COLUMN,northing=COLUMN or grid_ref=COLUMN or postcode=COLUMN";
        let served = if kind == Kind::Service { ", or --set service_area=CODE" } else { "" };
        return missing("position", &format!("{hint}{served}"));
    }
    if let Some(field) = kind.spec().fields.iter().find(|f| f.required && !plan.has(f.name)) {
        let hint = match field.name {
            "area_set" => "--area-set NAME, such as --area-set lsoa21".to_owned(),
            "type" if kind == Kind::Organisation => "--set type=WORD, such as --set type=voluntary".to_owned(),
            name => format!("--set {name}=VALUE or --map {name}=COLUMN"),
        };
        return missing(field.name, &hint);
    }
    Ok(())
}

/// Columns that are no field are kept as they are, but for those that number rows or are likely to name persons.
pub(super) fn keep_further(plan: &mut Plan) {
    let mut kept: Vec<String> = Vec::new();
    for (i, heading) in plan.headings.clone().into_iter().enumerate() {
        let heading: String = heading.trim().chars().take(MOST_HEADING).collect();
        let fits = is_leftover(plan, i) && !heading.is_empty() && !words::is_of_persons(&heading);
        if fits && !kept.contains(&heading) && kept.len() < MOST_FURTHER {
            let target = Target::Further(heading.clone());
            plan.steps.push(Step { path: format!("further.{heading}"), target, source: Source::Column(i) });
            kept.push(heading);
        }
    }
}

/// How many of the cells of a row are headings that are known, and whether one of them can name a record.
pub(super) fn known_headings(kind: Kind, row: &StringRecord) -> (usize, bool) {
    let plains: Vec<String> = row.iter().map(plain).collect();
    let words = || words::TABLE.iter().filter(|line| target(kind, line.path).is_some()).flat_map(|line| line.words);
    let names = words::names(kind);
    let is_name = |p: &String| names.contains(&p.as_str()) || p.ends_with("name") || (kind == Kind::Area && is_code(p));
    let known = |p: &&String| is_name(p) || words().any(|w| w == p);
    (plains.iter().filter(known).count(), plains.iter().any(is_name))
}

fn is_code(plain: &str) -> bool {
    plain.ends_with("code") || plain.ends_with("cd")
}

/// Whether a column left over by the plan holds anything worth keeping.
pub(super) fn is_leftover(plan: &Plan, column: usize) -> bool {
    let came_back = plan.headings.len() >= TOLD.len() && plan.headings.ends_with(&TOLD.map(str::to_owned));
    let told = came_back && column >= plan.headings.len() - TOLD.len();
    !plan.uses(column) && !told && !is_row_number(&plan.headings[column])
}
