//! Who can get there: sums, groups and areas, as JSON, CSV or GeoJSON; and a gap's evidence asked again.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::ask::{Ask, Asking, Held, Rendered, Task};
use super::asker::{NoWords, Words};
use super::error::Refusal;
use crate::analysis::coverage::{self, Answered, AreaAnswer, Question, Sums};
use crate::analysis::ctl::OPEN;
use crate::analysis::evidence;
use crate::analysis::reach::shown_m;
use crate::analysis::{Asked, Ctl, Halt};
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::exchange::marks::neutral;
use crate::model::record::stored;
use crate::model::{Id, Point, Problems};

/// GET /coverage
pub async fn get(asking: Asking, Words(asked): Words) -> Result<Response, Refusal> {
    let (ask, work) = question(&asking, asked)?;
    Ok(as_a_file(ask.set(work).await?))
}

/// POST /coverage: the same words in a body.
pub async fn post(asking: Asking, _: NoWords, body: Bytes) -> Result<Response, Refusal> {
    let (ask, work) = question(&asking, asking.words(body).await?)?;
    Ok(as_a_file(ask.once(work).await?))
}

/// POST /gaps/{id}/evidence
pub async fn evidence(asking: Asking, Path(id): Path<String>, _: NoWords) -> Result<Response, Refusal> {
    let id: Id = id.parse().map_err(|_| Refusal::not_found())?;
    let (view, local) = (asking.asker.view.clone(), asking.asker.local.clone());
    // What it asks may be of this minute.
    let made_of = format!("evidence {id} {}", local.timestamp().as_second() / 60);
    let ask = asking.question(made_of, answer::JSON).counted();
    ask.once(move |held| {
        held.long()?;
        let again = evidence::run(id, &view, &local, held.ctl)?.ok_or_else(Refusal::not_found)?;
        let now = sums(&again.now);
        let changed = !same(&again.then, &now);
        let body = json!({"then": again.then, "now": now, "changed": changed});
        Ok(Rendered::new(answer::JSON, body.to_string()))
    })
    .await
}

/// Whether nothing that was kept is otherwise now. Sums that a later version of the program added were not kept.
fn same(then: &Value, now: &Value) -> bool {
    match then {
        Value::Object(kept) => !kept.is_empty() && kept.iter().all(|(name, value)| now.get(name) == Some(value)),
        other => other == now,
    }
}

/// The question, and the work of answering it in the form that is asked for.
fn question(asking: &Asking, mut asked: Asked) -> Result<(Ask<'_>, Box<Task<Rendered>>), Refusal> {
    let made_of = format!("coverage{asked:?}");
    let mut problems = Problems::new();
    let format = asked.word("format", &["json", "csv", "geojson"], &mut problems).unwrap_or_default();
    problems.or(()).map_err(Refusal::problems)?;
    let (view, local) = (asking.asker.view.clone(), asking.asker.local.clone());
    let media = match format.as_str() {
        "csv" => answer::CSV,
        "geojson" => answer::GEOJSON,
        _ => answer::JSON,
    };
    let work = move |held: Held<'_>| {
        held.long()?;
        let mut question = coverage::read(asked.clone(), &view, &local)?;
        question.per_area |= media != answer::JSON;
        let answered = coverage::answer(&question, &view, held.ctl)?;
        let body = match media {
            answer::CSV => csv(&question, &answered, &view),
            answer::GEOJSON => geojson(&question, &answered, &view, held.ctl)?,
            _ => full(&question, &answered, &view).to_string(),
        };
        Ok(Rendered::new(media, body))
    };
    Ok((asking.question(made_of, media).counted(), Box::new(work)))
}

/// A table is a file to be kept.
fn as_a_file(mut response: Response) -> Response {
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media == answer::CSV) {
        let name = HeaderValue::from_static("attachment; filename=\"who-can-get-there.csv\"");
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

fn full(question: &Question, answered: &Answered, view: &View) -> Value {
    let groups: Vec<Value> = answered
        .groups
        .iter()
        .map(|(key, group)| {
            let mut group = sums(group);
            group["key"] = json!(key);
            group
        })
        .collect();
    let mut body = json!({
        "revision": view.revision(),
        "view": view.viewer().level.view(),
        "reach": {"within_m": number(question.within.metres), "rule": question.within.rule},
        "areas": question.areas,
        "weight": question.weight,
        "total": sums(&answered.total),
        "groups": groups,
        "ignored": answered.ignored,
    });
    if let Some(set) = view.area_set(&question.areas).filter(|_| question.per_area) {
        body["per_area"] = answered.per_area.iter().map(|area| properties(area, set)).collect();
    }
    body
}

/// Sums as they stand in answers and in evidence.
pub fn sums(sums: &Sums) -> Value {
    json!({
        "areas": sums.areas,
        "areas_covered": sums.areas_covered,
        "weight": number(sums.weight),
        "weight_covered": number(sums.covered),
        "share": sums.share(),
        "share_possible": sums.share_possible(),
        "weight_unsure": number(sums.unsure),
        "weight_from_outside": number(sums.from_outside),
        "areas_without_weight": sums.without_weight,
    })
}

fn properties(area: &AreaAnswer, set: &AreaSet) -> Value {
    json!({
        "id": set.ids[area.row],
        "code": set.codes[area.row],
        "name": set.names[area.row],
        "weight": number(area.weight),
        "nearest_m": area.nearest_m.map(shown_m),
        "covered": area.covered,
        "possible": area.possible,
        "by": area.by,
    })
}

fn csv(question: &Question, answered: &Answered, view: &View) -> String {
    let mut out = String::from("code,name,weight,nearest_m,covered,possible,by\r\n");
    let Some(set) = view.area_set(&question.areas) else { return out };
    for area in &answered.per_area {
        let cells = [
            cell(&set.codes[area.row]),
            cell(&set.names[area.row]),
            number(area.weight).to_string(),
            area.nearest_m.map(|d| shown_m(d).to_string()).unwrap_or_default(),
            area.covered.to_string(),
            area.possible.to_string(),
            area.by.unwrap_or_default().to_owned(),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn geojson(question: &Question, answered: &Answered, view: &View, ctl: &Ctl) -> Result<String, Halt> {
    let Some(set) = view.area_set(&question.areas) else { return Ok("null".to_owned()) };
    let features: Vec<Value> = answered
        .per_area
        .iter()
        .map(|area| {
            ctl.tick(OPEN)?;
            let boundary = view.get(set.ids[area.row]).filter(|_| set.has_boundary[area.row]);
            let boundary = boundary.and_then(|entry| stored(&entry.body).remove("boundary"));
            let geometry = boundary.unwrap_or_else(|| set.points[area.row].map_or(Value::Null, point));
            Ok(json!({"type": "Feature", "geometry": geometry, "properties": properties(area, set)}))
        })
        .collect::<Result<_, Halt>>()?;
    let mut body = full(question, answered, view);
    if let Value::Object(body) = &mut body {
        body.remove("per_area");
    }
    body["type"] = json!("FeatureCollection");
    body["features"] = json!(features);
    Ok(body.to_string())
}

fn point(at: Point) -> Value {
    json!({"type": "Point", "coordinates": [at.lon, at.lat]})
}

/// Whole numbers are written as such.
pub fn number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { json!(n as i64) } else { json!(n) }
}

fn cell(text: &str) -> String {
    let text = neutral(text);
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
