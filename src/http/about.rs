//! What this instance is and what it knows beside records: area sets, towns, datasets.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::Served;
use super::answer;
use super::asker::{Asker, NoWords, Words};
use super::coverage::number;
use super::error::Refusal;
use crate::model::Problems;

/// Sources whose licences ask to be named wherever their data is shown.
const ATTRIBUTION: [&str; 1] = ["Contains public sector information licensed under the Open Government Licence v3.0."];

/// GET /about
pub async fn about(State(served): State<Served>, asker: Asker, _: NoWords) -> Response {
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
        "attribution": attribution(&served),
        "bounds": bounds(&asker),
        "datasets": items,
        "basemap": served.setup.basemap.about(),
        "demo": served.app.is_demo(),
    });
    answer::json(&asker, StatusCode::OK, &body)
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
pub async fn area_sets(asker: Asker, _: NoWords, headers: HeaderMap) -> Response {
    let items: Vec<Value> = asker
        .view
        .area_tables()
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
        .collect();
    answer::set(&asker, &headers, "area-sets", answer::JSON, json!({"items": items}).to_string())
}

/// GET /gazetteer
pub async fn gazetteer(asker: Asker, Words(mut asked): Words, headers: HeaderMap) -> Result<Response, Refusal> {
    let made_of = format!("gazetteer{asked:?}");
    let mut problems = Problems::new();
    let q = asked.one("q", &mut problems).unwrap_or_default();
    let limit = asked.whole("limit", 1, 2000, &mut problems).unwrap_or(20) as usize;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let towns = asker.view.datasets().towns_like(&q, limit);
    let body = json!({"items": towns}).to_string();
    Ok(answer::set(&asker, &headers, &made_of, answer::JSON, body))
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
fn bounds(asker: &Asker) -> Option<[f64; 4]> {
    let usual = asker.view.area_tables().usual();
    let points: Vec<_> = match usual {
        Some((_, set)) => set.points.iter().flatten().copied().collect(),
        None => asker.view.of_kind(crate::model::Kind::Place).flat_map(|e| asker.view.points(e)).collect(),
    };
    points.into_iter().fold(None, |seen, p| {
        let [west, south, east, north] = seen.unwrap_or([p.lon, p.lat, p.lon, p.lat]);
        Some([west.min(p.lon), south.min(p.lat), east.max(p.lon), north.max(p.lat)])
    })
}
