//! What is near, as a FeatureCollection of three runs.

use axum::body::Bytes;
use axum::response::Response;
use serde_json::json;
use std::fmt::Write;

use super::answer;
use super::ask::{Ask, Asking, Held, Rendered, Task};
use super::asker::{NoWords, Words};
use super::error::Refusal;
use crate::analysis::ctl::{OPEN, opening};
use crate::analysis::nearby::{self, Answered, Found, Question, Totals};
use crate::analysis::reach::shown_m;
use crate::analysis::{Asked, Ctl, Halt, card};
use crate::atlas::View;
use crate::model::Point;

/// GET /nearby
pub async fn get(asking: Asking, Words(asked): Words) -> Result<Response, Refusal> {
    let (ask, work) = question(&asking, asked);
    ask.set(work).await
}

/// POST /nearby: the same words in a body, so that a postcode typed for a person stands in no address and no log.
pub async fn post(asking: Asking, _: NoWords, body: Bytes) -> Result<Response, Refusal> {
    let (ask, work) = question(&asking, asking.words(body).await?);
    ask.once(work).await
}

/// The question, and the work of answering it.
fn question(asking: &Asking, asked: Asked) -> (Ask<'_>, Box<Task<Rendered>>) {
    let ask = asking.question(format!("nearby{asked:?}"), answer::GEOJSON).counted();
    let (view, local) = (asking.asker.view.clone(), asking.asker.local.clone());
    let work = move |held: Held<'_>| {
        // A town is looked for among all towns.
        held.ctl.tick(nearby::cost_of_reading(&asked, &view))?;
        let question = nearby::read(asked.clone(), &view, &local)?;
        // Whom a service is for stands in the areas' tables.
        if !view.has_area_tables() {
            held.apart()?;
        }
        let answered = nearby::answer(&question, &view, held.ctl)?;
        Ok(Rendered::new(answer::GEOJSON, render(&question, &answered, &view, held.ctl)?))
    };
    (ask, Box::new(work))
}

/// The answer as GeoJSON. Bodies are spliced in as they are stored; nothing is parsed for a plain record.
///
/// # Errors
/// When the work is stopped, or has no budget for so much.
pub fn render(question: &Question, answered: &Answered<'_>, view: &View, ctl: &Ctl) -> Result<String, Halt> {
    let near = &question.near;
    let mut head = json!({
        "type": "FeatureCollection",
        "revision": view.revision(),
        "near": {"label": near.label, "lon": near.point.lon, "lat": near.point.lat},
        "reach": question.within.map(|w| json!({"within_m": w.metres, "rule": w.rule})),
    });
    if let Some(totals) = answered.totals {
        let Totals { sure, without_travel, possible, beyond } = totals;
        head["totals"] =
            json!({"sure": sure, "without_travel": without_travel, "possible": possible, "beyond": beyond});
    }
    let head = head.to_string();
    let mut body = String::with_capacity(1024 + 900 * answered.sure.len());
    body.push_str(&head[..head.len() - 1]);
    body.push_str(",\"features\":[");
    let runs =
        [("sure", &answered.sure), ("without_travel", &answered.without_travel), ("possible", &answered.possible)];
    let mut first = true;
    for (run, found) in runs.iter().flat_map(|(run, found)| found.iter().map(move |f| (*run, f))) {
        if !std::mem::take(&mut first) {
            body.push(',');
        }
        // Its body, and its place's for the card.
        ctl.tick(opening(found.entry) + OPEN)?;
        feature(&mut body, run, found, question, view);
    }
    body.push_str("]}");
    Ok(body)
}

fn feature(out: &mut String, run: &str, found: &Found<'_>, question: &Question, view: &View) {
    let entry = found.entry;
    let nearest = |points: Vec<Point>| {
        let from = question.near.point;
        points.into_iter().min_by(|a, b| a.distance_m(from).total_cmp(&b.distance_m(from)))
    };
    let at = match view.points(entry) {
        _ if found.distance_m.is_none() => None,
        points if points.len() > 1 => nearest(points),
        points => points.into_iter().next(),
    };
    let written = write!(
        out,
        "{{\"type\":\"Feature\",\"id\":\"{}\",\"geometry\":{},\"properties\":{{\"by\":",
        entry.id,
        point(at)
    );
    // Words and numbers of our own need no escaping.
    let written = written.and_then(|()| match found.by {
        Some(by) => write!(out, "\"{by}\",\"card\":"),
        None => write!(out, "null,\"card\":"),
    });
    card::write(out, entry, view);
    let fits = if found.unknown.is_empty() { "sure" } else { "possible" };
    let unknown: Vec<String> = found.unknown.iter().map(|word| format!("\"{word}\"")).collect();
    let distance = found.distance_m.map_or("null".to_owned(), |d| json!(shown_m(d)).to_string());
    written
        .and_then(|()| {
            write!(
                out,
                ",\"distance_m\":{distance},\"match\":\"{fits}\",\"run\":\"{run}\",\"unknown\":[{}],",
                unknown.join(",")
            )
        })
        .expect("writing to a String cannot fail");
    out.push_str(&view.body(entry)[1..]);
    out.push('}');
}

/// A GeoJSON Point, or null.
pub fn point(at: Option<Point>) -> String {
    at.map_or_else(|| "null".to_owned(), |p| format!("{{\"type\":\"Point\",\"coordinates\":[{},{}]}}", p.lon, p.lat))
}
