//! What is near (CONTRACT §1): sure by distance, what comes by name, possible by distance; and whom a service is for.

use serde_json::Value;

use super::{Plain, Say, fits, is_unclear, lies, links, metres, name, point, texts, word};
use crate::analysis::tests::ask::{AskedText, near_item, near_runs};
use crate::model::Point;

/// How far people are taken to go to what would come to them, too, where nobody says how far.
const TRAVELLED: f64 = 30_000.0;

/// The answer, as text.
pub fn answer(plain: &Plain<'_>, asked: &AskedText) -> String {
    let near = origin(plain, word(asked, "near").expect("where from"));
    let limit = word(asked, "limit").map_or(20, |limit| limit.parse().expect("a number"));
    let within = metres(asked);
    let (mut sure, mut comes, mut possible) = (Vec::new(), Vec::new(), Vec::new());
    for body in &plain.shown {
        let Some(mut open) = fits::fit(plain, body, asked) else { continue };
        let distance = plain.points(body).into_iter().map(|at| at.distance_m(near)).fold(f64::INFINITY, f64::min);
        let by = way(body).filter(|_| !has_a_place(body) || distance > within.unwrap_or(TRAVELLED));
        if by.is_none() && (distance.is_infinite() || within.is_some_and(|within| distance > within)) {
            continue;
        }
        // It comes to people's homes, and nobody said where.
        let unsaid = by == Some("at_home") && links(body, "service_area").next().is_none();
        match serves(plain, body, near) {
            Say::No => continue,
            Say::Yes if !unsaid => {}
            _ => open.push("service_area"),
        }
        let distance = if by.is_some() { f64::INFINITY } else { distance };
        let said = open.iter().map(|word| (*word).to_owned()).collect();
        let item = near_item(&name(body), Some(distance).filter(|d| d.is_finite()), by, said);
        let key = (distance, body["name"].to_string(), name(body));
        match (open.is_empty(), by) {
            (true, None) => sure.push((key, item)),
            (true, Some(_)) => comes.push((key, item)),
            _ => possible.push((key, item)),
        }
    }
    type Key = (f64, String, String);
    let by_distance = |a: &(Key, String), b: &(Key, String)| a.0.0.total_cmp(&b.0.0).then_with(|| a.0.2.cmp(&b.0.2));
    sure.sort_by(by_distance);
    possible.sort_by(by_distance);
    comes.sort_by_key(|((_, name, id), _)| (name.clone(), id.clone()));
    match word(asked, "match") {
        Some("sure") => possible.clear(),
        Some("possible") => [&mut sure, &mut comes].into_iter().for_each(Vec::clear),
        _ => {}
    }
    near_runs([sure, comes, possible].map(|run| run.into_iter().take(limit).map(|(_, item)| item).collect()))
}

fn origin(plain: &Plain<'_>, near: &str) -> Point {
    match near.split_once(',') {
        Some((lat, lon)) => Point { lat: lat.parse().expect("degrees"), lon: lon.parse().expect("degrees") },
        None => {
            point(&plain.shown.iter().find(|body| body["id"] == near).expect("a record")["point"]).expect("a point")
        }
    }
}

/// How it comes to people, if it does: at home, by telephone, online; or because they live in its area, when it says of
/// no place.
pub fn way(body: &Value) -> Option<&'static str> {
    if body["kind"] != "service" {
        return None;
    }
    let everywhere = links(body, "service_area").next().is_none();
    let order = if everywhere { ["telephone", "online", "at_home"] } else { ["at_home", "telephone", "online"] };
    let said = texts(&body["delivery"]);
    let nowhere_else = body["point"].is_null() && links(body, "places").next().is_none();
    let named = order.into_iter().find(|way| said.contains(way));
    named.or((nowhere_else && !everywhere).then_some("inside_service_area"))
}

/// Whether people can also go to it.
fn has_a_place(body: &Value) -> bool {
    let said = texts(&body["delivery"]);
    let comes = said.iter().any(|way| ["at_home", "telephone", "online"].contains(way));
    !comes || said.iter().any(|way| ["at_place", "outreach"].contains(way))
}

/// Whether it is for who lives at a point.
fn serves(plain: &Plain<'_>, body: &Value, near: Point) -> Say {
    let mut all = Vec::new();
    let areas: Vec<&Value> = links(body, "service_area").filter_map(|id| plain.get(id)).collect();
    if !areas.is_empty() {
        all.push(Say::any(areas.into_iter().map(|area| lies::point_in(plain, near, area))));
    }
    let districts = texts(&body["eligibility"]["districts"]);
    if !districts.is_empty() {
        all.push(Say::any(districts.into_iter().map(|code| {
            let known = plain.of_kind("area").find(|area| area["code"] == code);
            known.map_or(Say::Unknown, |area| lies::point_in(plain, near, area))
        })));
    }
    all.extend(is_untold(body).then_some(Say::Unknown));
    Say::every(all)
}

/// Whether whom it takes is not told by where they live, or was told in words nobody could read.
pub fn is_untold(body: &Value) -> bool {
    let unclear = ["service_area", "eligibility.districts", "eligibility.practices"];
    !texts(&body["eligibility"]["practices"]).is_empty() || unclear.iter().any(|path| is_unclear(body, path))
}
