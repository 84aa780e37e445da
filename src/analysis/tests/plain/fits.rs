//! Whether a record fits the filter words (CONTRACT §1): it does, it does not, or it does not say.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::{Plain, Say, corners, in_box, is_unclear, lies, links, list, texts, word};
use crate::analysis::tests::ask::AskedText;

/// The words that a record leaves open; none when it does not fit.
pub fn fit(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> Option<Vec<&'static str>> {
    let chosen = is_of_kind(body, asked)
        && is_in_category(plain, body, asked)
        && is_of_organisation(body, asked)
        && is_in_box(plain, body, asked)
        && is_meant(plain, body, asked)
        && is_for(body, asked);
    if !chosen {
        return None;
    }
    let says = [
        ("status", status(body, asked)),
        ("type", r#type(body, asked)),
        ("area", area(plain, body, asked)),
        ("referral", referral(body, asked)),
        ("delivery", listed(&body["delivery"], &list(asked, "delivery"))),
        ("open_at", open_at(body, asked)),
        ("age", age(body, asked)),
        ("language", language(body, asked)),
        ("accessible", accessible(plain, body, asked)),
        ("free", flag(asked, "free", body["cost"]["free"].as_bool())),
        ("free_capacity", flag(asked, "free_capacity", body["capacity"]["free"].as_f64().map(|n| n > 0.0))),
        ("accepting", accepting(body, asked)),
        ("assured_since", assured_since(body, asked)),
        ("checked", checked(body, asked)),
    ];
    match Say::every(says.iter().map(|(_, say)| *say)) {
        Say::No => None,
        _ => Some(says.iter().filter(|(_, say)| *say == Say::Unknown).map(|(word, _)| *word).collect()),
    }
}

/// Whether `match` keeps it.
pub fn is_wanted(fit: &Option<Vec<&'static str>>, asked: &AskedText) -> bool {
    let Some(open) = fit else { return false };
    match list(asked, "match").as_slice() {
        ["sure"] => open.is_empty(),
        ["possible"] => !open.is_empty(),
        _ => true,
    }
}

fn is_of_kind(body: &Value, asked: &AskedText) -> bool {
    let kinds = list(asked, "kind");
    match asked.kind {
        Some(kind) => body["kind"] == kind.name(),
        None if kinds.is_empty() => body["kind"] == "service" || body["kind"] == "place",
        None => kinds.iter().any(|kind| body["kind"] == *kind),
    }
}

/// A term with all its narrower ones, and those that an everyday word means.
fn narrower<'a>(plain: &'a Plain<'_>, term: &'a Value) -> Vec<&'a Value> {
    let mut all = vec![&term["id"]];
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        next += 1;
        let below = plain.of_kind("category").filter(|other| links(other, "parent").any(|parent| parent == id));
        let below = below.map(|other| &other["id"]);
        let meant = plain.get(id).into_iter().flat_map(|of| links(of, "means"));
        let more: Vec<&Value> = below.chain(meant).filter(|id| !all.contains(id)).collect();
        all.extend(more);
    }
    all
}

fn is_in_category(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> bool {
    let named = list(asked, "category");
    let terms = plain.of_kind("category").filter(|term| named.iter().any(|code| term["code"] == *code));
    let wanted: Vec<&Value> = terms.flat_map(|term| narrower(plain, term)).collect();
    let mut of = links(body, "categories").chain(links(body, "category"));
    named.is_empty() || of.any(|id| wanted.contains(&id))
}

fn is_of_organisation(body: &Value, asked: &AskedText) -> bool {
    word(asked, "organisation").is_none_or(|id| {
        let linked = ["provider", "parent", "lead"].iter().any(|role| links(body, role).any(|other| other == id));
        linked || body["owner"] == id || body["id"] == id
    })
}

fn is_in_box(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> bool {
    let edges = word(asked, "bbox").and_then(corners);
    edges.is_none_or(|edges| plain.points(body).into_iter().any(|at| in_box(edges, at)))
}

/// Whether free text means it, by its own words or by a term it is under.
fn is_meant(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> bool {
    let Some(query) = word(asked, "q") else { return true };
    let holds = |body: &Value| {
        let texts = [&body["name"], &body["description"], &body["address"]].into_iter().filter_map(Value::as_str);
        let text = texts.chain(self::texts(&body["words"])).collect::<Vec<_>>().join(" ").to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        query.split(' ').all(|begins| words.iter().any(|word| word.starts_with(begins)))
    };
    let terms = plain.of_kind("category").filter(|term| holds(term));
    let named: Vec<&Value> = terms.flat_map(|term| narrower(plain, term)).collect();
    holds(body) || links(body, "categories").chain(links(body, "category")).any(|id| named.contains(&id))
}

/// People's unless it is said; a list is of what is for anybody.
fn is_for(body: &Value, asked: &AskedText) -> bool {
    let wanted = match list(asked, "for") {
        none if none.is_empty() && asked.kind.is_some() => return true,
        none if none.is_empty() => vec!["people"],
        wanted => wanted,
    };
    body["kind"] != "service" || wanted.contains(&body["for"].as_str().unwrap_or("people"))
}

fn day(asked: &AskedText) -> &str {
    word(asked, "as_at").unwrap_or("2026-06-01")
}

/// A list is of what is there, planned and closed too, unless a day or a status is asked for.
fn status(body: &Value, asked: &AskedText) -> Say {
    let said = ["status", "as_at"].iter().any(|name| word(asked, name).is_some());
    let lives = ["place", "service"].iter().any(|kind| body["kind"] == *kind);
    if asked.kind.is_some() && (!said || !lives) || !lives && body["kind"] != "resource" {
        return Say::Yes;
    }
    let wanted = match list(asked, "status") {
        none if none.is_empty() => vec!["pilot", "open", "closing"],
        wanted => wanted,
    };
    let may_be = statuses(body, day(asked));
    match may_be.iter().filter(|status| wanted.contains(status)).count() {
        0 => Say::No,
        n if n == may_be.len() => Say::Yes,
        _ => Say::Unknown,
    }
}

/// The statuses it may have on a day.
fn statuses<'a>(body: &'a Value, day: &str) -> Vec<&'a str> {
    let all = vec!["planned", "pilot", "open", "paused", "closing", "closed"];
    let stated = if is_unclear(body, "status") { all } else { vec![body["status"].as_str().unwrap_or("open")] };
    let either = |name: &str, known: &dyn Fn(&str) -> bool| match is_unclear(body, name) {
        true => vec![true, false],
        false => vec![body[name].as_str().is_some_and(known)],
    };
    let (over, to_come) = (either("until", &|until| until < day), either("from", &|from| from > day));
    let begins = is_unclear(body, "from") || !body["from"].is_null();
    let mut found = Vec::new();
    for status in stated {
        for over in &over {
            for to_come in &to_come {
                found.push(match (status, over, to_come) {
                    ("closed", ..) | (_, true, _) => "closed",
                    (_, _, true) => "planned",
                    ("planned", ..) if begins => "open",
                    (status, ..) => status,
                });
            }
        }
    }
    found
}

fn r#type(body: &Value, asked: &AskedText) -> Say {
    let wanted = list(asked, "type");
    match (wanted.is_empty(), body["type"].as_str()) {
        (true, _) => Say::Yes,
        (_, Some(said)) => Say::from(wanted.contains(&said)),
        _ if ["place", "organisation", "resource"].iter().any(|kind| body["kind"] == *kind) => Say::Unknown,
        _ => Say::No,
    }
}

fn area(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> Say {
    let Some(code) = word(asked, "area") else { return Say::Yes };
    let target = plain.of_kind("area").find(|area| area["code"] == code).expect("an area of the town");
    lies::record_in(plain, body, target)
}

fn listed(said: &Value, wanted: &[&str]) -> Say {
    let said = texts(said);
    match (wanted.is_empty(), said.is_empty()) {
        (true, _) => Say::Yes,
        (_, true) => Say::Unknown,
        _ => Say::from(wanted.iter().any(|word| said.contains(word))),
    }
}

/// Who takes any professional's takes each professional's.
fn referral(body: &Value, asked: &AskedText) -> Say {
    let mut wanted = list(asked, "referral");
    if wanted.iter().any(|route| !["self", "other"].contains(route)) {
        wanted.push("any_professional");
    }
    listed(&body["referral"], &wanted)
}

/// When what the towns of chance say is open, by eye: everything is asked on Monday 1 June 2026 at noon.
fn open_at(body: &Value, asked: &AskedText) -> Say {
    let Some(at) = word(asked, "open_at") else { return Say::Yes };
    let field = match body["kind"].as_str() {
        Some("place") => "hours",
        Some("service") => "schedule",
        _ => "slots",
    };
    Say::from(match (body[field].as_str(), at) {
        (None, _) => return Say::Unknown,
        (Some("24/7"), _) => true,
        (Some("Mo 10:00-14:00"), "now" | "mon" | "2026-06-08T10:30") => true,
        (Some("Tu-We 09:00-10:00"), "tue" | "tue 09:30") => true,
        (Some("Mo 10:00-14:00" | "Tu-We 09:00-10:00"), _) => false,
        (Some(other), _) => panic!("nobody looked when `{other}` is"),
    })
}

fn age(body: &Value, asked: &AskedText) -> Say {
    let Some(age) = word(asked, "age").map(|age| age.parse::<i64>().expect("an age")) else { return Say::Yes };
    let bound = |name: &str| body["eligibility"][name].as_i64();
    let (min, max) = (bound("min_age"), bound("max_age"));
    let unclear = ["eligibility.min_age", "eligibility.max_age"].iter().any(|path| is_unclear(body, path));
    match (min.is_some_and(|min| age < min) || max.is_some_and(|max| age > max), min.or(max)) {
        (true, _) => Say::No,
        (false, Some(_)) if !unclear => Say::Yes,
        _ => Say::Unknown,
    }
}

fn language(body: &Value, asked: &AskedText) -> Say {
    let Some(wanted) = word(asked, "language") else { return Say::Yes };
    let said = texts(&body["languages"]);
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    if said.is_empty() { Say::Unknown } else { Say::from(said.iter().any(|tag| base(tag) == base(wanted))) }
}

/// A place by its own word; a service by the places it is held at, or because it comes to people.
fn accessible(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> Say {
    let wanted = list(asked, "accessible");
    if wanted.is_empty() {
        return Say::Yes;
    }
    let of = |body: &Value| {
        Say::every(wanted.iter().map(|what| {
            let what = if *what == "true" { "step_free" } else { what };
            body["accessible"][what].as_bool().map_or(Say::Unknown, Say::from)
        }))
    };
    if body["kind"] == "place" {
        return of(body);
    }
    let stands_on = ["places", "place", "area"].iter().flat_map(|role| links(body, role));
    let mut all: Vec<Say> = stands_on.filter_map(|id| plain.get(id)).map(of).collect();
    if texts(&body["delivery"]).iter().any(|way| ["at_home", "telephone", "online"].contains(way)) {
        all.push(Say::Yes);
    }
    Say::any(all)
}

fn flag(asked: &AskedText, name: &str, said: Option<bool>) -> Say {
    match word(asked, name) {
        None => Say::Yes,
        Some(wanted) => said.map_or(Say::Unknown, |said| Say::from(said == (wanted == "true"))),
    }
}

fn accepting(body: &Value, asked: &AskedText) -> Say {
    let wanted = list(asked, "accepting");
    match body["accepting"]["value"].as_str() {
        _ if wanted.is_empty() => Say::Yes,
        None => Say::Unknown,
        Some("unknown") if !wanted.contains(&"unknown") => Say::Unknown,
        Some(said) => Say::from(wanted.contains(&said)),
    }
}

/// The local day it was checked on, which the towns of chance write first.
fn checked_on(body: &Value) -> Option<&str> {
    body["assured"]["at"].as_str().and_then(|at| at.get(..10))
}

fn assured_since(body: &Value, asked: &AskedText) -> Say {
    let Some(since) = word(asked, "assured_since") else { return Say::Yes };
    checked_on(body).map_or(Say::Unknown, |on| Say::from(on >= since))
}

/// What was checked before may still be so.
fn checked(body: &Value, asked: &AskedText) -> Say {
    let Some(months) = word(asked, "checked_within").and_then(|text| text.trim_end_matches("mo").parse::<i64>().ok())
    else {
        return Say::Yes;
    };
    let since = day(asked).parse::<Date>().expect("a day").saturating_sub(months.months()).to_string();
    if checked_on(body).is_some_and(|on| on >= since.as_str()) { Say::Yes } else { Say::Unknown }
}
