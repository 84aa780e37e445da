//! What headings say by themselves, and where they say little, what stands under them.

use csv::StringRecord;
use std::collections::BTreeSet;

use super::headings::{self, is_row_number, plain};
use super::persons;
use super::steps::{Plan, PlanStep, Target, ValueFrom, shape_at, step, target};
use crate::exchange::cells::{contact, counting, times, words};
use crate::exchange::marks::TOLD;
use crate::exchange::read::degrees;
use crate::model::Kind;
use crate::model::shape::{MOST_FURTHER, MOST_HEADING};

/// Finds what headings say by themselves, and where they say little, what stands under them.
pub(super) fn recognise(plan: &mut Plan, sample: &[StringRecord]) {
    let kind = plan.kind;
    let plains: Vec<String> = plan.headings.iter().map(|h| plain(without_wrapping(h))).collect();
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
    for line in headings::TABLE {
        let known = target(kind, line.path).map(|(path, _)| path);
        let Some(path) = known.filter(|path| !plan.has(path)) else { continue };
        for word in line.headings() {
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
        let counts = |i: &usize| headings::is_population(&plan.headings[*i]) && !plan.uses(*i);
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
        if let Some(ValueFrom::Column(i)) = who {
            take(plan, "name", i);
        }
    }
}

/// A property without the object that some programs wrap all of them in.
fn without_wrapping(heading: &str) -> &str {
    ["tags.", "properties.", "attributes.", "fields."].iter().find_map(|w| heading.strip_prefix(w)).unwrap_or(heading)
}

/// Columns that say whether it is there: any word for open or closed under a heading of a state, a tag of what it was.
fn states(plan: &mut Plan, plains: &[String], sample: &[StringRecord]) {
    if shape_at(plan.kind, "status").is_none() {
        return;
    }
    let known = |cell: &str| {
        words::our_word("status", cell).is_some() || ["open", "closed"].iter().any(|w| cell.eq_ignore_ascii_case(w))
    };
    let any = |i: usize| sample.iter().any(|row| known(counting(row.get(i).unwrap_or(""))));
    for (i, heading) in plains.iter().enumerate() {
        let of_state = heading.contains("status")
            || ["state", "lifecycle", "openclosed", "openorclosed", "closedopen"].contains(&heading.as_str());
        if of_state && !plan.uses(i) && !plan.has("status") && any(i) {
            take(plan, "status", i);
        }
        let lower = plan.headings[i].to_lowercase();
        let was = ["disused:", "abandoned:", "demolished:", "was:", "razed:", "removed:", "destroyed:"];
        if was.iter().any(|w| without_wrapping(&lower).starts_with(w)) && !plan.uses(i) {
            take(plan, "closed", i);
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
    states(plan, plains, sample);
    let there: &[&str] = &[
        "open",
        "isopen",
        "currentlyopen",
        "nowopen",
        "stillopen",
        "operational",
        "trading",
        "running",
        "live",
        "islive",
        "enabled",
        "current",
        "iscurrent",
    ];
    for (i, _) in plains.iter().enumerate().filter(|(_, h)| there.contains(&h.as_str())) {
        if shape_at(plan.kind, "status").is_some() && mostly(i, &|cell| words::yes_or_no(cell).is_some()) {
            take(plan, "active", i);
        }
    }
    let field = ["hours", "schedule"].into_iter().find(|f| shape_at(plan.kind, f).is_some());
    let times_of: &[&str] =
        &["open", "opens", "isopen", "days", "day", "daysandhours", "session", "timetable", "whenopen"];
    for (i, _) in plains.iter().enumerate().filter(|(_, h)| times_of.contains(&h.as_str())) {
        if let Some(field) =
            field.filter(|f| !plan.has(f) && !plan.uses(i) && mostly(i, &|cell| times::read(cell).is_some()))
        {
            take(plan, field, i);
        }
    }
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

/// Columns for days of the week: one for each where nothing else tells the opening hours, or what differs from them.
fn weekdays(plan: &mut Plan, plains: &[String]) {
    let Some(field) = ["hours", "schedule", "slots"].into_iter().find(|f| shape_at(plan.kind, f).is_some()) else {
        return;
    };
    let free = |i: &usize| !plan.uses(*i);
    let columns: Vec<(usize, Vec<usize>)> = (0..plains.len())
        .filter(free)
        .map(|i| (i, headings::days(&plains[i])))
        .filter(|(_, days)| !days.is_empty())
        .collect();
    let several = columns.iter().flat_map(|(_, days)| days).collect::<BTreeSet<_>>().len() > 1;
    if !plan.has(field) && !several {
        return;
    }
    for (column, days) in columns {
        for day in days {
            let target = Target::Weekday(field, day);
            plan.steps.push(PlanStep {
                path: format!("{field} of the week"),
                target,
                source: ValueFrom::Column(column),
            });
        }
    }
}

fn take(plan: &mut Plan, path: &str, column: usize) {
    if let Ok(step) = step(plan.kind, path, ValueFrom::Column(column)) {
        plan.steps.push(step);
    }
}

fn name_column(kind: Kind, plains: &[String], plan: &Plan) -> Option<usize> {
    let free = |i: &usize| !plan.uses(*i);
    let exact = headings::names(kind).find_map(|word| (0..plains.len()).find(|i| plains[*i] == word && free(i)));
    let other = |p: &str| headings::OTHER_NAMES.iter().any(|o| p.starts_with(o));
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
    let Some(ValueFrom::Column(code)) = plan.sources("code").next().cloned() else { return };
    if plan.has("name") {
        return;
    }
    let stem = stems[code].unwrap_or("");
    let of_stem = plains.iter().position(|p| *p == format!("{stem}name") || *p == format!("{stem}nm"));
    let any = || plains.iter().position(|p| p == "name" || p.ends_with("name") || p.ends_with("nm"));
    // A table without names still has codes: the code is then the name too.
    take(plan, "name", of_stem.or_else(any).unwrap_or(code));
}

/// Columns that are no field are kept as they are, but for those that number rows or are likely to name persons.
pub(crate) fn keep_further(plan: &mut Plan) {
    let mut kept: Vec<String> = Vec::new();
    for (i, heading) in plan.headings.clone().into_iter().enumerate() {
        let heading: String = heading.trim().chars().take(MOST_HEADING).collect();
        let fits = is_leftover(plan, i) && !heading.is_empty() && !persons::is_of_persons(&heading);
        if fits && !kept.contains(&heading) && kept.len() < MOST_FURTHER {
            let target = Target::Further(heading.clone());
            plan.steps.push(PlanStep { path: format!("further.{heading}"), target, source: ValueFrom::Column(i) });
            kept.push(heading);
        }
    }
}

/// How many of the cells of a row are headings that are known, and whether one of them can name a record.
pub(crate) fn known_headings(kind: Kind, row: &StringRecord) -> (usize, bool) {
    let plains: Vec<String> = row.iter().map(plain).collect();
    let words =
        || headings::TABLE.iter().filter(|line| target(kind, line.path).is_some()).flat_map(|line| line.headings());
    let names = headings::names(kind);
    let is_name =
        |p: &String| names.clone().any(|n| n == p) || p.ends_with("name") || (kind == Kind::Area && is_code(p));
    let known = |p: &&String| is_name(p) || words().any(|w| w == p.as_str());
    (plains.iter().filter(known).count(), plains.iter().any(is_name))
}

fn is_code(plain: &str) -> bool {
    plain.ends_with("code") || plain.ends_with("cd")
}

/// Whether a column left over by the plan holds anything worth keeping.
pub(crate) fn is_leftover(plan: &Plan, column: usize) -> bool {
    let came_back = plan.headings.len() >= TOLD.len() && plan.headings.ends_with(&TOLD.map(str::to_owned));
    let told = came_back && column >= plan.headings.len() - TOLD.len();
    !plan.uses(column) && !told && !is_row_number(&plan.headings[column])
}
