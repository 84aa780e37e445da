//! GET /metrics: the program's numbers in Prometheus' text format, for who runs it. Labels are route templates,
//! methods and statuses; never anything that a caller wrote.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

use super::asker::Asker;
use super::error::Refusal;
use super::protocol::bearer;
use super::served::Served;
use crate::app::AppError;
use crate::auth::{Role, secret};

/// The format, and its version.
pub const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Upper bounds of a duration's buckets, seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Upper bounds of the buckets of how many orders share an append.
const ORDERS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0];
/// How often single measurements are taken into their buckets, whether or not anybody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// GET /metrics: with the token of the settings, or as admin.
pub async fn show(State(served): State<Served>, mut parts: Parts) -> Result<Response, Refusal> {
    if !has_token(&parts.headers, served.setup.metrics_token.as_deref()) {
        let asker = Asker::from_request_parts(&mut parts, &served).await?;
        if asker.signed_in()?.role != Role::Admin {
            return Err(AppError::Forbidden.into());
        }
    }
    let figures = served.app.figures();
    gauge!("commonground_revision").set(figures.revision as f64);
    gauge!("commonground_records").set(figures.records as f64);
    let newer = figures.segments.split_last().map_or(&[][..], |(_, newer)| newer);
    gauge!("commonground_segments").set(figures.segments.len() as f64);
    gauge!("commonground_newer_records").set(newer.iter().sum::<usize>() as f64);
    gauge!("commonground_follower_behind_changes").set(figures.behind as f64);
    gauge!("commonground_follower_last_look_seconds").set(figures.since_look.as_secs_f64());
    gauge!("commonground_store_up").set(f64::from(u8::from(figures.store_answers)));
    gauge!("commonground_event_listeners").set(figures.listeners as f64);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, recorder().render()).into_response())
}

/// Compared by digest, so that the time it takes tells nothing of the token.
fn has_token(headers: &HeaderMap, token: Option<&str>) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(bearer);
    match (given, token) {
        (Some(given), Some(token)) => secret::digest(given) == secret::digest(token),
        _ => false,
    }
}

/// Keeps what is measured from piling up while nobody asks for it, until the program ends.
pub async fn keep_up() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        recorder().run_upkeep();
    }
}

/// The one recorder of this process; made when first needed.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let orders = Matcher::Full("commonground_commit_orders".to_owned());
        let builder = builder.set_buckets(&SECONDS).and_then(|b| b.set_buckets_for_metric(orders, &ORDERS));
        let recorder = builder.expect("there are buckets").build_recorder();
        let handle = recorder.handle();
        // Another recorder would mean another program around this one, which then has the numbers.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

fn describe() {
    describe_counter!("commonground_requests_total", "Requests answered, by method, route and status");
    describe_histogram!("commonground_request_seconds", "Time until an answer began");
    describe_gauge!("commonground_requests_under_way", "Requests not yet answered");
    describe_counter!("commonground_refused_total", "Requests refused because too much was asked, by what ran out");
    describe_counter!("commonground_commits_total", "Transactions that appended changes of records");
    describe_counter!("commonground_changes_total", "Changes appended");
    describe_histogram!("commonground_commit_seconds", "Time a commit took");
    describe_histogram!("commonground_commit_orders", "Orders that shared one commit");
    describe_gauge!("commonground_revision", "Number of the last change that is readable here");
    describe_gauge!("commonground_records", "Records in memory");
    describe_gauge!("commonground_segments", "Segments that the records in memory lie in");
    describe_gauge!("commonground_newer_records", "Records in all segments but the largest");
    describe_gauge!("commonground_follower_behind_changes", "Changes of the log that are not readable here yet");
    describe_gauge!("commonground_follower_last_look_seconds", "Seconds since the store last told where the log is");
    describe_gauge!("commonground_store_up", "1 when the store answered the last time it was asked");
    describe_gauge!("commonground_event_listeners", "Listeners to the event stream");
    describe_gauge!("commonground_imports_running", "Imports over HTTP that are running");
    describe_gauge!("commonground_import_rows_left", "Rows that running imports have before them");
    describe_counter!("commonground_import_rows_total", "Rows that imports are done with");
}
