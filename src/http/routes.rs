//! Every address: what it is for, what it takes and answers, and who may. Router, description and the test of rights
//! come from this table.

use axum::Router;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::timeout::TimeoutLayer;

use super::answer::{CSV, GEOJSON, JSON, MVT};
use super::entrance::{self, Work};
use super::events::EVENTS;
use super::rights::{self, Who};
use super::served::Served;
use super::words::{self, Word};
use super::{about, base_tiles, changes, coverage, imports, intake, metrics, nearby, records, session, tiles};
use crate::auth::Action;

/// An address with its method.
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Where; `{plural}` stands for each kind of record.
    pub path: &'static str,
    /// What the description groups it under.
    pub group: &'static str,
    /// What it is for; `{plural}` and `{name}` are the kind's.
    pub summary: &'static str,
    /// Who may.
    pub who: Who,
    /// Words of its address.
    pub words: Vec<Word>,
    /// Its body.
    pub sent: Sent,
    /// What it answers when all is well; `{Kind}` is the kind's schema.
    pub answers: Vec<AnswerForm>,
    /// Headers that it heeds beside those of every address.
    pub headers: Vec<Heeded>,
    work: Work,
    served_by: MethodRouter<Served>,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub enum Sent {
    /// None.
    Nothing,
    /// Words, as JSON.
    Words(&'static [&'static [Word]]),
    /// A record of the address's kind.
    Record,
    /// A file, as it is.
    File,
}

/// One form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerForm {
    /// Its status.
    pub status: u16,
    /// Its media type.
    pub media: &'static str,
    /// The schema of a JSON document; none for text and bytes.
    pub schema: Option<&'static str>,
}

/// Headers of a request that change what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heeded {
    /// `If-None-Match`: the answer may be that nothing changed.
    Known,
    /// `If-Match`: which version is meant, needed.
    Version,
    /// `If-Match`, or `If-None-Match: *` for a new one.
    VersionOrNew,
    /// `Last-Event-ID`: where a stream goes on.
    LastEvent,
}

/// The table.
pub fn all() -> Vec<Route> {
    const CHANGE: Who = Who::May(&[Action::Change]);
    const ADD: Who = Who::May(&[Action::Create]);
    const ADD_OR_CHANGE: Who = Who::May(&[Action::Create, Action::Change]);
    const IMPORT: Who = Who::May(&[Action::Import]);
    const NEARBY: &[&[Word]] = &[words::NEARBY, words::FILTER];
    const COVERAGE: &[&[Word]] = &[words::COVERAGE, words::FILTER];
    vec![
        get("/api/v1/nearby", nearby::get)
            .named("Find", "What is near, in three runs")
            .words(NEARBY)
            .gives(GEOJSON, "Nearby")
            .kept()
            .may_take_long(),
        post("/api/v1/nearby", nearby::post)
            .named("Find", "What is near, asked in a body: searches for a person leave no trace in addresses")
            .asks(NEARBY)
            .gives(GEOJSON, "Nearby")
            .may_take_long(),
        get("/api/v1/coverage", coverage::get)
            .named("Find", "Who can get there")
            .words(COVERAGE)
            .gives(JSON, "Coverage")
            .gives(GEOJSON, "CoverageShapes")
            .gives_plain(CSV)
            .kept()
            .may_take_long(),
        post("/api/v1/coverage", coverage::post)
            .named("Find", "Who can get there, asked in a body")
            .asks(COVERAGE)
            .gives(JSON, "Coverage")
            .gives(GEOJSON, "CoverageShapes")
            .gives_plain(CSV)
            .may_take_long(),
        post("/api/v1/gaps/{id}/evidence", coverage::evidence)
            .named("Find", "Ask a gap's evidence again")
            .reads()
            .gives(JSON, "EvidenceAgain")
            .may_take_long(),
        get("/api/v1/about", about::about).named("About", "What this instance is").gives(JSON, "About"),
        get("/api/v1/area-sets", about::area_sets)
            .named("About", "Area sets with their indicators")
            .gives(JSON, "AreaSets")
            .kept()
            .may_take_long(),
        get("/api/v1/gazetteer", about::gazetteer)
            .named("About", "Towns by the beginning of their names")
            .words(&[words::TOWNS])
            .gives(JSON, "Towns")
            .kept()
            .may_take_long(),
        get("/api/v1/openapi.json", about::description)
            .named("About", "This description")
            .gives(JSON, "Description")
            .kept(),
        get("/api/v1/changes", changes::list)
            .named("Log", "What happened, in order; as a stream, what the public sees change, as it changes")
            .words(&[words::PAST])
            .gives(JSON, "Changes")
            .gives_plain(EVENTS)
            .heeds(Heeded::LastEvent),
        post("/api/v1/undo", changes::undo)
            .named("Log", "Take back a change or a batch")
            .only(IMPORT)
            .takes(&[words::UNDO])
            .gives(JSON, "Undone")
            .takes_its_time(),
        post("/api/v1/imports", imports::import)
            .named("Lists", "Bring a list in; the file is the body")
            .only(IMPORT)
            .words(&[words::IMPORT])
            .takes_a_file()
            .gives(JSON, "Import"),
        post("/api/v1/publish", imports::publish)
            .named("Lists", "Show everybody a column that was kept for admins")
            .only(IMPORT)
            .takes(&[words::PUBLISH])
            .gives(JSON, "Published")
            .takes_its_time(),
        get("/api/v1/session", session::show).named("People", "Who is signed in").gives(JSON, "Session"),
        post("/api/v1/session", session::sign_in)
            .named("People", "Sign in by a one-time link")
            .takes(&[words::SIGN_IN])
            .gives(JSON, "Session"),
        delete("/api/v1/session", session::sign_out).named("People", "Sign out").gives(JSON, "Session"),
        get("/api/v1/{plural}", records::list)
            .named("{plural}", "List {plural}")
            .words(&[words::LIST, words::FILTER])
            .gives(JSON, "{Kind}Page")
            .gives(GEOJSON, "Features")
            .kept()
            .may_take_long(),
        post("/api/v1/{plural}", records::create)
            .named("{plural}", "Add a {name}")
            .only(ADD)
            .takes_a_record()
            .gives(JSON, "{Kind}")
            .gives_new("{Kind}"),
        get("/api/v1/{plural}/{id}", records::show)
            .named("{plural}", "Read a {name}")
            .words(&[words::SHOW])
            .gives(JSON, "{Kind}")
            .kept(),
        put("/api/v1/{plural}/{id}", records::put)
            .named("{plural}", "Replace a {name}, or add it under an id of your own")
            .only(ADD_OR_CHANGE)
            .takes_a_record()
            .gives(JSON, "{Kind}")
            .gives_new("{Kind}")
            .heeds(Heeded::VersionOrNew),
        delete("/api/v1/{plural}/{id}", records::delete)
            .named("{plural}", "Remove a {name}")
            .only(CHANGE)
            .words(&[words::REMOVE])
            .gives(JSON, "Removed")
            .heeds(Heeded::Version),
        get("/api/v1/{plural}/{id}/history", changes::history)
            .named("{plural}", "What happened to a {name}")
            .words(&[words::PAST])
            .gives(JSON, "History"),
        get("/tiles/base/{z}/{x}/{y}", base_tiles::tile)
            .named("Map", "A tile of the map behind everything, where this instance has one of its own")
            .gives_plain(MVT)
            .answers(204, "", None)
            .kept(),
        get("/tiles/{layer}", tiles::describe)
            .named("Map", "TileJSON of a layer, its file: assets.json, or a kind's, such as places.json")
            .words(&[words::FILTER])
            .gives(JSON, "TileJson")
            .kept(),
        get("/tiles/{layer}/{z}/{x}/{y}", tiles::tile)
            .named("Map", "A vector tile of a layer; the row ends in .mvt")
            .words(&[words::FILTER])
            .gives_plain(MVT)
            .kept(),
        get("/healthz", about::healthz).named("Running", "The process answers").always().gives_plain(TEXT),
        get("/readyz", about::readyz).named("Running", "Store and follower answer").always().gives_plain(TEXT),
        get("/metrics", metrics::show)
            .named("Running", "The program's numbers, for Prometheus")
            .only(Who::Operator)
            .always()
            .gives_plain(metrics::MEDIA),
    ]
}

const TEXT: &str = "text/plain; charset=utf-8";

/// The router of the whole table.
pub fn router(served: &Served) -> Router<Served> {
    all().into_iter().fold(Router::new(), |router, route| router.route(route.path, route.guarded(served)))
}

fn get<H: Handler<T, Served>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route::new(Method::GET, MethodFilter::GET, path, handler)
}

fn post<H: Handler<T, Served>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route::new(Method::POST, MethodFilter::POST, path, handler)
}

fn put<H: Handler<T, Served>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route::new(Method::PUT, MethodFilter::PUT, path, handler)
}

fn delete<H: Handler<T, Served>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route::new(Method::DELETE, MethodFilter::DELETE, path, handler)
}

impl Route {
    fn new<H: Handler<T, Served>, T: 'static>(
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        let work = if method == Method::GET { Work::Reads } else { Work::Writes };
        Self {
            method,
            path,
            group: "",
            summary: "",
            who: Who::Anybody,
            words: Vec::new(),
            sent: Sent::Nothing,
            answers: Vec::new(),
            headers: Vec::new(),
            work,
            served_by: on(filter, handler),
        }
    }

    fn named(self, group: &'static str, summary: &'static str) -> Self {
        Self { group, summary, ..self }
    }

    fn only(self, who: Who) -> Self {
        Self { who, ..self }
    }

    fn words(self, words: &[&[Word]]) -> Self {
        Self { words: words.concat(), ..self }
    }

    fn takes(self, words: &'static [&'static [Word]]) -> Self {
        Self { sent: Sent::Words(words), ..self }
    }

    fn asks(self, words: &'static [&'static [Word]]) -> Self {
        self.takes(words).reads()
    }

    fn takes_a_record(self) -> Self {
        Self { sent: Sent::Record, ..self }
    }

    fn takes_a_file(self) -> Self {
        Self { sent: Sent::File, work: Work::TakesFile, ..self }
    }

    fn reads(self) -> Self {
        Self { work: Work::Reads, ..self }
    }

    fn takes_its_time(self) -> Self {
        Self { work: Work::WritesLong, ..self }
    }

    fn always(self) -> Self {
        Self { work: Work::Always, ..self }
    }

    fn gives(self, media: &'static str, schema: &'static str) -> Self {
        self.answers(200, media, Some(schema))
    }

    fn gives_new(self, schema: &'static str) -> Self {
        self.answers(201, JSON, Some(schema))
    }

    /// Text or bytes, which have no schema.
    fn gives_plain(self, media: &'static str) -> Self {
        self.answers(200, media, None)
    }

    /// Asked with `Accept: text/event-stream`, it tells how far it is, and then the answer.
    fn may_take_long(self) -> Self {
        self.answers(200, EVENTS, None)
    }

    fn answers(mut self, status: u16, media: &'static str, schema: Option<&'static str>) -> Self {
        self.answers.push(AnswerForm { status, media, schema });
        self
    }

    /// Its answer has a tag.
    fn kept(self) -> Self {
        self.heeds(Heeded::Known)
    }

    fn heeds(mut self, header: Heeded) -> Self {
        self.headers.push(header);
        self
    }

    /// Time, place and size of its kind of work; and before anything is taken in, whether the caller may.
    fn guarded(self, served: &Served) -> MethodRouter<Served> {
        let within = served.setup.limits.request;
        let timed = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, within);
        let placed = from_fn_with_state((served.clone(), self.work), entrance::place);
        let most = if self.who == Who::Anybody { intake::QUESTION } else { intake::RECORD };
        let sized = from_fn_with_state((served.clone(), most), intake::whole);
        let routed = match self.work {
            Work::Reads | Work::Writes => self.served_by.route_layer(timed).route_layer(placed).route_layer(sized),
            Work::WritesLong => self.served_by.route_layer(placed).route_layer(sized),
            Work::TakesFile | Work::Always => self.served_by,
        };
        match self.who {
            Who::May(actions) => routed.route_layer(from_fn_with_state((served.clone(), actions), rights::ask)),
            Who::Anybody | Who::Operator => routed,
        }
    }
}
