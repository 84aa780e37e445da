//! What this instance is and what it knows beside records: area sets, towns, datasets.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::answer;
use super::ask::{Asking, Held, Rendered};
use super::asker::{NoWords, Words};
use super::coverage::number;
use super::error::Refusal;
use super::served::Served;
use crate::atlas::{Among, View};
use crate::model::{Kind, Point, Problems};

/// Sources whose licences ask to be named wherever their data is shown.
const ATTRIBUTION: [&str; 1] = ["Contains public sector information licensed under the Open Government Licence v3.0."];

/// GET /about
pub async fn about(asking: Asking, _: NoWords) -> Result<Response, Refusal> {
    let Asking { served, asker, .. } = &asking;
    let datasets = served.app.datasets();
    let items: Vec<Value> = datasets
        .iter()
        .map(|d| json!({"name": d.name, "rows": d.rows, "loaded_at": d.loaded_at.to_string()}))
        .collect();
    let body = json!({
        "name": served.setup.name,
        "version": env!("CARGO_PKG_VERSION"),
        "revision": asker.view.revision(),
        "licence": served.setup.licence,
        "attribution": attribution(served),
        "bounds": bounds(&asking).await?,
        "datasets": items,
        "basemap": served.setup.basemap.about(),
        "demo": served.app.is_demo(),
    });
    Ok(answer::json(asker, StatusCode::OK, &body))
}

/// Whose data is shown, in the words their licences ask for.
pub fn attribution(served: &Served) -> Vec<String> {
    let mut attribution: Vec<String> = ATTRIBUTION.map(str::to_owned).to_vec();
    if served.app.datasets().iter().any(|d| d.name == "postcodes") {
        attribution.push(
            "Contains OS data © Crown copyright and database right 2025, Royal Mail data © Royal Mail copyright and \
             database right 2025. Source: Office for National Statistics."
                .to_owned(),
        );
    }
    attribution.extend(served.setup.basemap.attribution());
    attribution
}

/// GET /area-sets
pub async fn area_sets(asking: Asking, _: NoWords) -> Result<Response, Refusal> {
    let view = asking.asker.view.clone();
    let work = move |held: Held<'_>| {
        held.long()?;
        Ok(Rendered::new(answer::JSON, json!({"items": sets(&view)}).to_string()))
    };
    asking.question("area-sets", answer::JSON).set(work).await
}

/// What there is to know of every area set.
fn sets(view: &View) -> Vec<Value> {
    view.area_tables()
        .iter()
        .map(|(name, set)| {
            let people = set.indicator("population").map(|(_, v)| v.iter().filter(|n| !n.is_nan()).sum::<f64>());
            let indicators = set.indicators.iter().map(|(n, (kind, _))| json!({"name": n, "type": kind.as_str()}));
            let groups = set.groups.iter().map(|(n, column)| {
                let values: BTreeSet<&String> = column.iter().filter(|v| !v.is_empty()).collect();
                json!({"name": n, "values": values.len()})
            });
            json!({
                "name": name,
                "areas": set.len(),
                "population": people.map(number),
                "indicators": indicators.collect::<Vec<_>>(),
                "groups": groups.collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// GET /gazetteer
pub async fn gazetteer(asking: Asking, Words(mut asked): Words) -> Result<Response, Refusal> {
    let ask = asking.question(format!("gazetteer{asked:?}"), answer::JSON);
    let mut problems = Problems::new();
    let q = asked.one("q", &mut problems).unwrap_or_default();
    let limit = asked.whole("limit", 1, 2000, &mut problems).unwrap_or(20) as usize;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let view = asking.asker.view.clone();
    ask.set(move |held| {
        held.ctl.tick(view.datasets().towns.len() / 4 + limit)?;
        let towns = view.datasets().towns_like(&q, limit);
        Ok(Rendered::new(answer::JSON, json!({"items": towns}).to_string()))
    })
    .await
}

/// GET /openapi.json
pub async fn description(State(served): State<Served>, _: NoWords, headers: HeaderMap) -> Response {
    let (text, digest) = served.description;
    answer::fixed(&headers, HeaderValue::from_static(answer::JSON), text, digest)
}

/// GET /healthz: the process answers.
pub async fn healthz() -> &'static str {
    "ok"
}

/// GET /readyz: all records are in memory. The store is not asked: while it is away reads go on, and an instance that
/// can answer them stays with its balancer. Whether the store answers, `/metrics` tells. An instance that will never
/// take a write again is of no use to anybody.
pub async fn readyz(State(served): State<Served>) -> Result<&'static str, Refusal> {
    let ended = || Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "No writes are taken any more: start it again");
    if served.app.takes_writes() { Ok("ready") } else { Err(ended()) }
}

/// The box around all areas with people, else around all places: where a map opens.
async fn bounds(asking: &Asking) -> Result<Option<[f64; 4]>, Refusal> {
    let view = asking.asker.view.clone();
    let work = move |held: Held<'_>| {
        if !view.has_area_tables() {
            held.apart()?;
        }
        if let Some((_, set)) = view.area_tables().usual() {
            return Ok(set.bounds);
        }
        held.ctl.tick(view.at_most(&Among::Kind(Kind::Place)))?;
        let points = view.of_kind(Kind::Place).flat_map(|e| view.points(e));
        Ok(Point::bounds(points))
    };
    let key = || answer::set_key(&asking.asker, "bounds");
    asking.question("bounds", answer::JSON).run(&asking.served.desk.bounds, key, work).await
}
