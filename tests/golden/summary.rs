//! An answer in a few words: enough to see what changed when it does.

use crate::support::answers::{Answer, Question};
use serde_json::Value;
use std::collections::BTreeMap;

/// So many names of a list are told.
const NAMES: usize = 5;

pub fn of(question: &Question, answer: &Answer, normal: &Value) -> String {
    let body = &normal["body"];
    let path = question.path.split('?').next().unwrap_or_default();
    match (answer.status, path) {
        (400.., _) => problems(body),
        _ if answer.media.contains("vector-tile") => tile(body),
        _ if answer.media.contains("csv") => format!("{} lines, {}", list(body).len(), short(&body[1])),
        (_, "/nearby") => nearby(body),
        (_, "/coverage") => coverage(body),
        (_, path) if path.ends_with("/history") || path == "/changes" => happened(body),
        (_, "/area-sets") => names(list(&body["items"]), "name"),
        (_, "/gazetteer") => names(list(&body["items"]), "name"),
        _ if body["total"].is_u64() => page(question, body),
        _ if body["kind"].is_string() => record(body),
        _ => keys(body),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(60).collect()
}

fn names(items: &[Value], field: &str) -> String {
    let told: Vec<String> = items.iter().take(NAMES).map(|item| short(&item[field])).collect();
    let more = if items.len() > NAMES { ", …" } else { "" };
    format!("{}{more} ({})", told.join(", "), items.len())
}

fn keys(body: &Value) -> String {
    let keys = body.as_object().into_iter().flatten();
    keys.filter(|(_, v)| !v.is_null()).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
}

fn problems(body: &Value) -> String {
    let one = |p: &Value| format!("({} {})", short(&p["field"]), short(&p["code"]));
    let all = list(&body["problems"]);
    let more = if all.len() > NAMES { format!(" of {}", all.len()) } else { String::new() };
    all.iter().take(NAMES).map(one).collect::<Vec<_>>().join(" ") + &more
}

fn page(question: &Question, body: &Value) -> String {
    let items = if body["features"].is_array() { list(&body["features"]) } else { list(&body["items"]) };
    let shown = items.iter().map(|item| if item["properties"].is_object() { &item["properties"] } else { item });
    let shown: Vec<Value> = shown.cloned().collect();
    let next = if body["next"].is_null() { "" } else { " and more" };
    // Of a whole list: how many say what, so that a field which comes or goes is seen.
    let said = if question.path.ends_with("limit=1000") { format!(" | {}", fields(&shown)) } else { String::new() };
    format!("{} of {}{next}{said}", names(&shown, "name"), body["total"])
}

/// How many records say something under each name, a reference under its role.
fn fields(records: &[Value]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in records {
        let own = record.as_object().into_iter().flatten().filter(|(name, v)| !v.is_null() && *name != "links");
        let roles = record["links"].as_object().into_iter().flatten();
        for name in own.map(|(name, _)| name.clone()).chain(roles.map(|(role, _)| format!("links.{role}"))) {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ")
}

fn record(body: &Value) -> String {
    let roles: Vec<String> = body["links"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(role, ids)| format!("{role} {}", list(ids).len()))
        .collect();
    format!("{}: {} | links {}", short(&body["name"]), keys(body), roles.join(", "))
}

fn nearby(body: &Value) -> String {
    let run = |name: &str| {
        let found = list(&body["features"]).iter().map(|f| &f["properties"]).filter(|p| p["run"] == name);
        let found: Vec<&Value> = found.collect();
        let one = |p: &&Value| {
            let unknown: Vec<String> = list(&p["unknown"]).iter().map(short).collect();
            let how = if p["distance_m"].is_null() {
                short(&p["by"])
            } else {
                format!("{:.0}m", p["distance_m"].as_f64().unwrap_or_default())
            };
            let open = if unknown.is_empty() { String::new() } else { format!(" ?{}", unknown.join("+")) };
            format!("{} {how}{open}", short(&p["name"]))
        };
        let told: Vec<String> = found.iter().take(3).map(one).collect();
        format!("{name} {}: {}", found.len(), told.join(", "))
    };
    format!("{}; {}; {}", run("sure"), run("without_travel"), run("possible"))
}

fn coverage(body: &Value) -> String {
    let sums = |s: &Value| {
        format!(
            "areas {}/{} weight {}/{} unsure {} outside {}",
            s["areas_covered"],
            s["areas"],
            s["weight_covered"],
            s["weight"],
            s["weight_unsure"],
            s["weight_from_outside"]
        )
    };
    let groups: Vec<String> = list(&body["groups"])
        .iter()
        .take(NAMES)
        .map(|g| format!("{}={}/{}", short(&g["key"]), g["weight_covered"], g["weight"]))
        .collect();
    let rows = list(&body["per_area"]).len().max(list(&body["features"]).len());
    format!(
        "{}; {} groups {}; {rows} rows; ignored {}",
        sums(&body["total"]),
        list(&body["groups"]).len(),
        groups.join(" "),
        body["ignored"]
    )
}

fn happened(body: &Value) -> String {
    let items = list(&body["items"]);
    let told: Vec<String> =
        items.iter().take(12).map(|c| format!("{} {}", short(&c["op"]), short(&c["kind"]))).collect();
    format!("{}: {}", items.len(), told.join(", "))
}

fn tile(body: &Value) -> String {
    let features = list(body);
    let count: u64 = features.iter().map(|f| f["says"]["count"].as_u64().unwrap_or(1)).sum();
    let mut said: Vec<String> = features.iter().map(|f| short(&f["says"]["name"])).filter(|n| n != "null").collect();
    said.truncate(NAMES);
    format!("{} features of {count}: {}", features.len(), said.join(", "))
}
