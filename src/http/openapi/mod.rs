//! The OpenAPI 3.1 description, made from the table of routes and the tables that check words and bodies.

mod answers;
mod records;
mod schema;

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
    RefOr, Required, Response, ResponseBuilder,
};

use super::answer::JSON;
use super::events::EVENTS;
use super::rights::Who;
use super::routes::{self, Heeded, Route, Sent};
use super::sessions::COOKIE;
use super::words::{Takes, Word};
use crate::model::Kind;
use schema::{Form, between, flag, formed, list, listed, patterned, reference, text, words};

/// The description as it is served, and its digest.
pub fn served() -> (&'static str, &'static [u8]) {
    static TEXT: LazyLock<(String, [u8; 32])> = LazyLock::new(|| {
        let text = serde_json::to_string(&describe()).expect("a description can be written");
        let digest = Sha256::digest(&text).into();
        (text, digest)
    });
    (&TEXT.0, &TEXT.1)
}

/// The whole description.
pub fn describe() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in routes::all() {
        if route.path.contains("{plural}") {
            for kind in Kind::ALL {
                paths = add(paths, &route, Some(*kind));
            }
        } else {
            paths = add(paths, &route, None);
        }
    }
    let about = "Local partnership asset mapping: what a place has, who it reaches, what is missing.";
    let info = InfoBuilder::new().title("Common Ground").version(env!("CARGO_PKG_VERSION")).description(Some(about));
    let info = info.license(Some(LicenseBuilder::new().name("Apache-2.0").build()));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components())).build()
}

fn add(paths: PathsBuilder, route: &Route, kind: Option<Kind>) -> PathsBuilder {
    let method = match route.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    };
    paths.path(of_kind(route.path, kind), PathItem::new(method, operation(route, kind)))
}

/// Whether what it answers is of a revision: it is said, and may be waited for.
fn of_a_revision(route: &Route) -> bool {
    (route.path.starts_with("/api/") && route.path != "/api/v1/openapi.json")
        || route.path.starts_with("/tiles/{layer}")
}

/// A text of the table with the kind's names in it.
fn of_kind(text: &str, kind: Option<Kind>) -> String {
    match kind {
        None => text.to_owned(),
        Some(kind) => {
            let spec = kind.spec();
            let names = [("{plural}", spec.plural), ("{name}", spec.name), ("{Kind}", &records::name_of(kind))];
            names.iter().fold(text.to_owned(), |text, (slot, name)| text.replace(slot, name))
        }
    }
}

fn operation(route: &Route, kind: Option<Kind>) -> Operation {
    let mut operation =
        OperationBuilder::new().tag(of_kind(route.group, kind)).summary(Some(of_kind(route.summary, kind)));
    for slot in route.path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')) {
        if slot != "plural" {
            operation = operation.parameter(in_path(slot, route));
        }
    }
    for word in &route.words {
        operation = operation.parameter(in_query(word));
    }
    for heeded in &route.headers {
        operation = header_of(*heeded).into_iter().fold(operation, OperationBuilder::parameter);
    }
    if of_a_revision(route) {
        let doc =
            "not answered before this revision: what a write answered as Cg-Revision is seen by who sends it here";
        operation = operation.parameter(heading("At-Least", doc, between(0, i64::MAX)));
    }
    if route.who != Who::Anybody {
        operation = operation.security(SecurityRequirement::new("token", Vec::<String>::new()));
        operation = operation.security(SecurityRequirement::new("session", Vec::<String>::new()));
    }
    operation = operation.request_body(body(route, kind));
    for (status, response) in responses(route, kind) {
        operation = operation.response(status.to_string(), response);
    }
    operation.response("default", refusal()).build()
}

fn in_path(slot: &str, route: &Route) -> ParameterBuilder {
    let form = match slot {
        "id" => formed("uuid"),
        "z" => between(0, 22),
        "x" => between(0, i64::from(u32::MAX)),
        "y" if route.path.contains("{layer}") => patterned(r"^[0-9]+\.mvt$"),
        "y" => between(0, i64::from(u32::MAX)),
        _ => {
            let ending = if route.path.ends_with("{layer}") { ".json" } else { "" };
            let layers = std::iter::once("assets").chain(Kind::ALL.iter().map(|kind| kind.spec().plural));
            let layers: Vec<String> = layers.map(|layer| format!("{layer}{ending}")).collect();
            words(&layers.iter().map(String::as_str).collect::<Vec<_>>())
        }
    };
    ParameterBuilder::new().name(slot).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(form))
}

fn in_query(word: &Word) -> ParameterBuilder {
    let required = if word.required { Required::True } else { Required::False };
    let parameter =
        ParameterBuilder::new().name(word.name).parameter_in(ParameterIn::Query).description(Some(word.doc));
    let parameter = match word.takes {
        Takes::SomeOf(_) => parameter.style(Some(ParameterStyle::Form)).explode(Some(false)),
        _ => parameter,
    };
    parameter.required(required).schema(Some(taken(word.takes)))
}

/// What a word takes.
fn taken(takes: Takes) -> Form {
    match takes {
        Takes::Text | Takes::Texts => text(),
        Takes::Id => formed("uuid"),
        Takes::Day => formed("date"),
        Takes::Flag => flag(),
        Takes::Whole(low, high) => between(low, high),
        Takes::OneOf(all) => words(&all()),
        Takes::SomeOf(all) => listed(words(&all()), 1),
        Takes::Each => list(text()),
    }
}

fn heading(name: &str, doc: &str, form: Form) -> ParameterBuilder {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(doc));
    parameter.required(Required::False).schema(Some(form))
}

fn header_of(heeded: Heeded) -> Vec<ParameterBuilder> {
    match heeded {
        Heeded::Known => {
            vec![heading("If-None-Match", "tags that are known: 304 where one is the present one", text())]
        }
        Heeded::Version => vec![heading("If-Match", "the ETag as read", text()).required(Required::True)],
        Heeded::VersionOrNew => vec![
            heading("If-Match", "the ETag as read; needed unless the record is new", text()),
            heading("If-None-Match", "*: the record is new, under this id", words(&["*"])),
        ],
        Heeded::LastEvent => {
            vec![heading("Last-Event-ID", "the id of the last event heard; a stream goes on after it", text())]
        }
    }
}

fn body(route: &Route, kind: Option<Kind>) -> Option<RequestBody> {
    let (media, form) = match route.sent {
        Sent::Nothing => return None,
        Sent::File => ("application/octet-stream", None),
        Sent::Record => (JSON, Some(reference(&of_kind("{Kind}Body", kind)))),
        Sent::Words(words) => (JSON, Some(worded(&words.concat()))),
    };
    let content = ContentBuilder::new().schema(form).build();
    Some(RequestBodyBuilder::new().content(media, content).required(Some(Required::True)).build())
}

/// Words as an object; a list may be given as text with commas, too, as in an address.
fn worded(words: &[Word]) -> Form {
    let object = schema::fields(ObjectBuilder::new(), &[], &[]);
    let object = words.iter().fold(object, |object, word| object.property(word.name, taken(word.takes)));
    let needed = words.iter().filter(|word| word.required);
    RefOr::T(Schema::Object(needed.fold(object, |object, word| object.required(word.name)).build()))
}

/// What is answered when all is well, by status.
fn responses(route: &Route, kind: Option<Kind>) -> BTreeMap<u16, Response> {
    let mut by_status: BTreeMap<u16, ResponseBuilder> = BTreeMap::new();
    let kept = route.headers.contains(&Heeded::Known);
    for answer in &route.answers {
        let begun = by_status.remove(&answer.status);
        let mut response = begun.unwrap_or_else(|| headed(said(route), route));
        if !answer.media.is_empty() {
            let form = answer.schema.map_or_else(text, |schema| reference(&of_kind(schema, kind)));
            response = response.content(answer.media, ContentBuilder::new().schema(Some(form)).build());
        }
        by_status.insert(answer.status, response);
    }
    if kept {
        by_status.insert(304, headed("As you know it", route));
    }
    by_status.into_iter().map(|(status, response)| (status, response.build())).collect()
}

/// An answer with the headers that come with it.
fn headed(description: &str, route: &Route) -> ResponseBuilder {
    let header = |doc: &str, form: Form| Header::builder().schema(Some(form)).description(Some(doc)).build();
    let mut response = ResponseBuilder::new().description(description);
    if route.headers.contains(&Heeded::Known) || matches!(route.sent, Sent::Record) {
        let doc = "tells this answer from others, for If-None-Match and If-Match";
        response = response.header("ETag", header(doc, text()));
    }
    if of_a_revision(route) {
        let doc = "the number of the last change that this answer knows; sent as At-Least, no older answer comes";
        response = response.header("Cg-Revision", header(doc, between(0, i64::MAX)));
    }
    response
}

fn said(route: &Route) -> &'static str {
    match route.path {
        "/api/v1/changes" => {
            "As asked: a page of what the caller may see; or, with Accept: text/event-stream, what the public sees \
             change, as it changes. Events are named change (data: Event), many (read again: more than 1,000 records \
             at once) and reset (read again: what happened since Last-Event-ID can't be told)"
        }
        _ if route.answers.iter().any(|answer| answer.media == EVENTS) => {
            "As asked; with Accept: text/event-stream, progress (data: done, 0–1, and best) and then answer (data: the \
             answer) or problem (data: Problem) on this connection; closing it ends the work"
        }
        _ => "As asked",
    }
}

fn refusal() -> Response {
    let content = ContentBuilder::new().schema(Some(reference("Problem"))).build();
    ResponseBuilder::new()
        .description("Refused: which field, a stable code, what to do")
        .content("application/problem+json", content)
        .build()
}

fn components() -> utoipa::openapi::Components {
    let mut components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))));
    for kind in Kind::ALL {
        let name = records::name_of(*kind);
        components = components
            .schema(format!("{name}Page"), answers::page(&name))
            .schema(format!("Found{name}"), records::answered(*kind, &answers::found()))
            .schema(format!("{name}Body"), records::sent(*kind))
            .schema(name, records::answered(*kind, &[]));
    }
    answers::add(components).build()
}
