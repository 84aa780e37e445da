//! The OpenAPI 3.1 description, made from the same tables that check bodies and words.

mod answers;
mod schema;

use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
    RefOr, Required, Response, ResponseBuilder,
};

use super::answer::{self, CSV, GEOJSON, JSON};
use super::asker::NoWords;
use schema::{Form, anything, either, flag, list, named, nullable, number, object, reference, text, whole, words};

use crate::model::record::fields_of;
use crate::model::shape::{Field, Shape};
use crate::model::{Kind, Origin, Role};

/// GET /openapi.json
pub async fn show(_: NoWords, headers: HeaderMap) -> axum::response::Response {
    static TEXT: LazyLock<(String, [u8; 32])> = LazyLock::new(|| {
        let text = serde_json::to_string(&describe()).expect("a description can be written");
        let digest = Sha256::digest(&text).into();
        (text, digest)
    });
    let (text, digest) = &*TEXT;
    answer::fixed(&headers, HeaderValue::from_static(JSON), text.as_str(), digest)
}

/// The words by which assets are chosen, wherever they are.
pub const FILTER: [(&str, &str); 22] = [
    ("kind", "kinds of record: service, place …; service and place unless said"),
    ("type", "the record's type, such as library"),
    ("category", "id or code of a category; narrower terms are in"),
    ("organisation", "id of the organisation that provides or owns it"),
    ("referral", "a way in: self, gp …"),
    ("delivery", "at_place, outreach, at_home, telephone, online"),
    ("open_at", "now, thu, thu 14:00, thu 2pm, a date, or a date-time: local, or with an offset (its + as %2B)"),
    ("age", "age of the person, years"),
    ("language", "a language, BCP 47"),
    ("accessible", "step_free, toilet, parking"),
    ("free", "true: costs nothing"),
    ("free_capacity", "true: has free places"),
    ("accepting", "yes, waiting_list, no"),
    ("assured_since", "checked on or after this date"),
    ("checked_within", "checked within this time: 90d, 6w, 12mo, 2y; what was not may fit"),
    ("for", "people, professionals, organisations: whose service it is; people unless said, in lists anybody"),
    ("status", "planned, pilot, open, paused, closing, closed"),
    ("as_at", "judged on this day"),
    ("q", "free text; everyday words of need are understood"),
    ("bbox", "west,south,east,north, degrees"),
    ("area", "id or code of an area"),
    ("match", "sure or possible only"),
];

/// Words of `/nearby` beside the filter.
pub const NEARBY: [(&str, &str); 3] = [
    (
        "near",
        "lat,lon (or a blank between them), a postcode, a postcode sector or outward code, a town, or the id of a record",
    ),
    ("within", "1600m, 5km, 1mi, 20min walk; longer words will do: 500 metres, 20 minutes walk"),
    ("limit", "most records of each run, 1–200"),
];

/// Words of `/coverage` beside the filter.
pub const COVERAGE: [(&str, &str); 7] = [
    ("within", "how far counts as there: 1600m, 5km, 1mi, 20min walk"),
    ("areas", "area set; the one with most populated areas unless said"),
    ("weight", "population, or an indicator that counts or is a rate"),
    ("by", "a group column, an indicator with few whole values, quintile:<indicator>, decile:<indicator>, district"),
    ("people_in", "id or code of an area, or west,south,east,north"),
    ("include", "per_area: every area, too"),
    ("format", "json, csv or geojson"),
];

/// Words of a list beside the filter.
pub const LIST: [(&str, &str); 3] =
    [("limit", "records of a page, 1–1000"), ("after", "the id that `next` gave"), ("format", "json or geojson")];

const IMPORT: [(&str, &str); 16] = [
    ("kind", "the kind of the rows' own records"),
    ("list", "what the list is called"),
    ("file", "the file's name, which names the list when list is not said"),
    ("key", "the column by which rows are found again"),
    ("map", "field=column pairs with commas between"),
    ("set", "field=value for every row; may come again"),
    ("set_indicator", "name=count, rate or score; may come again"),
    ("area_set", "the set that areas belong to"),
    ("no_header", "true: the first row is data"),
    ("header_line", "the line that holds the headings, where they are not found"),
    ("delimiter", "comma, semicolon, tab, pipe or a character"),
    ("origin", "whose word it is: owner, visited, partner, open_data"),
    ("complete", "true: the list holds everything there is"),
    ("replace", "true: this list's word counts where another list said otherwise"),
    ("dry_run", "true: only say what would happen"),
    ("explain", "true: only say what each column is taken for, with examples"),
];

/// The whole description.
pub fn describe() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for kind in Kind::ALL {
        paths = records(paths, *kind);
    }
    let both = |get: Operation, post: Operation| {
        let mut item = PathItem::new(HttpMethod::Get, get);
        item.post = Some(post);
        item
    };
    let nearby = [&NEARBY[..], &FILTER[..]].concat();
    let near = || {
        let told = long(&[(GEOJSON, "Nearby")], &[]);
        operation("Find", "What is near, in three runs", "Nearby").response("200", told)
    };
    paths = paths.path("/api/v1/nearby", both(asked(near(), &nearby).build(), worded(near(), &nearby).build()));
    let coverage = [&COVERAGE[..], &FILTER[..]].concat();
    let cover = || {
        let forms = [(JSON, "Coverage"), (GEOJSON, "CoverageShapes")];
        operation("Find", "Who can get there", "Coverage").response("200", long(&forms, &[CSV]))
    };
    paths = paths.path("/api/v1/coverage", both(asked(cover(), &coverage).build(), worded(cover(), &coverage).build()));
    for (path, summary, answer, words) in [
        ("/api/v1/about", "What this instance is", "About", &[][..]),
        ("/api/v1/area-sets", "Area sets with their indicators", "AreaSets", &[]),
        (
            "/api/v1/gazetteer",
            "Towns by the beginning of their names",
            "Towns",
            &[("q", "beginning of a name"), ("limit", "1–2000")],
        ),
        ("/api/v1/openapi.json", "This description", "Description", &[]),
    ] {
        paths =
            paths.path(path, PathItem::new(HttpMethod::Get, asked(operation("About", summary, answer), words).build()));
    }
    paths = paths.path("/api/v1/changes", PathItem::new(HttpMethod::Get, changes()));
    let evidence = signed(operation("Find", "Ask a gap's evidence again", "EvidenceAgain"))
        .response("200", long(&[(JSON, "EvidenceAgain")], &[]))
        .parameter(id_parameter())
        .build();
    paths = paths.path("/api/v1/gaps/{id}/evidence", PathItem::new(HttpMethod::Post, evidence));
    let import = asked(signed(operation("Lists", "Bring a list in; the file is the body", "Import")), &IMPORT)
        .request_body(Some(
            RequestBodyBuilder::new().content("application/octet-stream", ContentBuilder::new().build()).build(),
        ));
    paths = paths.path("/api/v1/imports", PathItem::new(HttpMethod::Post, import.build()));
    let undo = worded(
        signed(operation("Log", "Take back a change or a batch", "Undone")),
        &[("change", "id of a change"), ("batch", "id of a batch")],
    );
    paths = paths.path("/api/v1/undo", PathItem::new(HttpMethod::Post, undo.build()));
    let publish = worded(
        signed(operation("Lists", "Show everybody a column that was kept for admins", "Published")),
        &[("list", "the list"), ("column", "its heading"), ("withdraw", "true: hide it again")],
    );
    paths = paths.path("/api/v1/publish", PathItem::new(HttpMethod::Post, publish.build()));
    let mut session = PathItem::new(HttpMethod::Get, operation("People", "Who is signed in", "Session").build());
    session.post = Some(
        worded(operation("People", "Sign in by a one-time link", "Session"), &[("link", "the secret of the link")])
            .build(),
    );
    session.delete = Some(operation("People", "Sign out", "Session").build());
    paths = paths.path("/api/v1/session", session);
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Common Ground")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Local partnership asset mapping: what a place has, who it reaches, what is missing.",
                ))
                .license(Some(LicenseBuilder::new().name("Apache-2.0").build()))
                .build(),
        )
        .paths(paths.build())
        .components(Some(components()))
        .build()
}

fn records(paths: PathsBuilder, kind: Kind) -> PathsBuilder {
    let spec = kind.spec();
    let schema = schema_name(kind);
    let list_words = [&LIST[..], &FILTER[..]].concat();
    let op = |summary: String, answer: &str| operation(spec.plural, &summary, answer);
    let page = format!("{schema}Page");
    let listed = op(format!("List {}", spec.plural), &page);
    let listed = listed.response("200", long(&[(JSON, page.as_str()), (GEOJSON, "Features")], &[]));
    let mut set = PathItem::new(HttpMethod::Get, asked(listed, &list_words).build());
    let create = signed(op(format!("Add a {}", spec.name), &schema));
    let create = created(create.request_body(Some(body_of(kind))), &schema);
    set.post = Some(create.build());
    let with_id =
        |summary: &str, answer: &str| op(format!("{summary} a {}", spec.name), answer).parameter(id_parameter());
    let show = asked(with_id("Read", &schema), &[("include", "card: names of what it is linked to")]);
    let mut one = PathItem::new(HttpMethod::Get, show.build());
    let put = signed(with_id("Replace", &schema)).request_body(Some(body_of(kind)));
    one.put = Some(created(put, &schema).parameter(if_match()).build());
    let cascade = [("cascade", "links: take references to it out of other records")];
    one.delete = Some(asked(signed(with_id("Remove", "Removed")), &cascade).parameter(if_match()).build());
    let history = asked(
        with_id("What happened to", "History"),
        &[("after", "number of the last change known"), ("limit", "1–1000; next tells where the rest begins")],
    );
    let history = PathItem::new(HttpMethod::Get, history.build());
    paths
        .path(format!("/api/v1/{}", spec.plural), set)
        .path(format!("/api/v1/{}/{{id}}", spec.plural), one)
        .path(format!("/api/v1/{}/{{id}}/history", spec.plural), history)
}

/// The log as a page, or as a stream that goes on.
fn changes() -> Operation {
    let words = [("after", "number of the last change known"), ("limit", "1–1000; a page's, not a stream's")];
    let answers = ResponseBuilder::new()
        .description(
            "As asked: a page of what the caller may see; or, with Accept: text/event-stream, what the public sees \
             change, as it changes. Events are named change (data: Event), many (read again: more than 1,000 records \
             at once) and reset (read again: what happened since Last-Event-ID can't be told)",
        )
        .content(JSON, ContentBuilder::new().schema(Some(reference("Changes"))).build())
        .content(super::events::EVENTS, ContentBuilder::new().schema(Some(text())).build())
        .build();
    let last = ParameterBuilder::new()
        .name("Last-Event-ID")
        .parameter_in(ParameterIn::Header)
        .description(Some("the id of the last event heard; a stream goes on after it"))
        .schema(Some(text()))
        .build();
    let operation = operation("Log", "What happened, in order", "Changes").response("200", answers).parameter(last);
    asked(operation, &words).build()
}

fn operation(tag: &str, summary: &str, answer: &str) -> OperationBuilder {
    let media = if answer == "Nearby" { GEOJSON } else { JSON };
    let good = good(&[(media, answer)], &[]);
    OperationBuilder::new().tag(tag).summary(Some(summary)).response("200", good).response("default", refusal())
}

/// The answer that was asked for, in one of its forms; some are plain text.
fn good(forms: &[(&str, &str)], texts: &[&str]) -> Response {
    answered("As asked", forms, texts)
}

/// The same of what may take long: it can be told how far it is.
fn long(forms: &[(&str, &str)], texts: &[&str]) -> Response {
    let how = "As asked; with Accept: text/event-stream, progress (data: done, 0–1, and best) and then answer (data: the \
               answer) or problem (data: Problem) on this connection; closing it ends the work";
    answered(how, forms, &[texts, &[super::events::EVENTS]].concat())
}

fn answered(how: &str, forms: &[(&str, &str)], texts: &[&str]) -> Response {
    let forms = forms.iter().map(|(media, name)| (*media, reference(name)));
    let all = forms.chain(texts.iter().map(|media| (*media, text())));
    let response = ResponseBuilder::new().description(how);
    all.fold(response, |r, (media, form)| r.content(media, ContentBuilder::new().schema(Some(form)).build())).build()
}

fn created(operation: OperationBuilder, schema: &str) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(reference(schema))).build();
    operation.response("201", ResponseBuilder::new().description("Added").content(JSON, content).build())
}

fn refusal() -> Response {
    let content = ContentBuilder::new().schema(Some(reference("Problem"))).build();
    ResponseBuilder::new()
        .description("Refused: which field, a stable code, what to do")
        .content("application/problem+json", content)
        .build()
}

fn signed(operation: OperationBuilder) -> OperationBuilder {
    operation
        .security(SecurityRequirement::new("token", Vec::<String>::new()))
        .security(SecurityRequirement::new("session", Vec::<String>::new()))
}

fn asked(operation: OperationBuilder, words: &[(&str, &str)]) -> OperationBuilder {
    words.iter().fold(operation, |operation, (name, doc)| {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
        let parameter = ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query).description(Some(*doc));
        operation.parameter(parameter.required(Required::False).schema(Some(text)).build())
    })
}

fn worded(operation: OperationBuilder, words: &[(&str, &str)]) -> OperationBuilder {
    let object = words.iter().fold(ObjectBuilder::new(), |object, (name, doc)| {
        object.property(*name, ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(*doc)))
    });
    let content = ContentBuilder::new().schema(Some(RefOr::T(Schema::Object(object.build())))).build();
    operation.request_body(Some(RequestBodyBuilder::new().content(JSON, content).build()))
}

fn id_parameter() -> Parameter {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
    ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(text))
        .build()
}

fn if_match() -> Parameter {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
    let doc = "the ETag as read; PUT of a new record: If-None-Match: * instead";
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some(doc))
        .schema(Some(text))
        .build()
}

fn components() -> utoipa::openapi::Components {
    let mut components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("cg_session"))));
    for kind in Kind::ALL {
        let name = schema_name(*kind);
        components = components
            .schema(format!("{name}Page"), answers::page(&name))
            .schema(format!("Found{name}"), record_of(*kind, &answers::found()))
            .schema(format!("{name}Body"), given_of(*kind))
            .schema(name, record_of(*kind, &[]));
    }
    answers::add(components).build()
}

/// A record as answered, with what stands `beside` its own fields.
fn record_of(kind: Kind, beside: &[(&str, Form)]) -> Form {
    let about = ObjectBuilder::new().description(Some(kind.spec().doc));
    let links: Vec<(&str, Form)> = kind.spec().roles.iter().map(|role| (role.name, ids(role))).collect();
    let source = object(&[("list", text())], &[("key", text())]);
    let always = [
        ("id", text()),
        ("kind", words(&[kind.name()])),
        ("version", whole()),
        ("links", object(&[], &links)),
        ("sources", list(source)),
        ("created_at", text()),
        ("updated_at", text()),
    ];
    let origins: Vec<&str> = Origin::ALL.iter().map(|origin| origin.as_str()).collect();
    let at_times = [("owner", nullable(text())), ("origins", named(words(&origins))), ("card", reference("Card"))];
    let own = fields_of(kind).iter().fold(about, |object, field| object.property(field.name, held(field)));
    let own = ["name", "visibility", "precision"].iter().fold(own, |object, name| object.required(*name));
    RefOr::T(Schema::Object(schema::fields(schema::fields(own, &always, &at_times), beside, &[]).build()))
}

/// A record as sent.
fn given_of(kind: Kind) -> Form {
    let mut object = ObjectBuilder::new();
    for field in fields_of(kind) {
        object = object.property(field.name, held(&field));
        if field.required {
            object = object.required(field.name);
        }
    }
    for role in kind.spec().roles {
        object = object.property(role.name, if role.many { list(text()) } else { text() });
        if role.required {
            object = object.required(role.name);
        }
    }
    RefOr::T(Schema::Object(object.property("id", text()).property("links", anything()).build()))
}

fn held(field: &Field) -> Form {
    nullable(shape(&field.shape))
}

fn shape(of: &Shape) -> Form {
    match of {
        Shape::Word(allowed) => words(allowed),
        Shape::Flag => flag(),
        Shape::Whole(..) => whole(),
        Shape::Number(..) => number(),
        Shape::List(inner) => list(shape(inner)),
        Shape::Group(fields) => {
            let form = |field: &Field| (field.name, if field.required { shape(&field.shape) } else { held(field) });
            let (always, at_times): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.required);
            let forms = |fields: Vec<&Field>| fields.into_iter().map(form).collect::<Vec<_>>();
            object(&forms(always), &forms(at_times))
        }
        Shape::Point => reference("Point"),
        Shape::Schedule => either([text(), object(&[("rrule", text()), ("start", text()), ("minutes", whole())], &[])]),
        Shape::Boundary => reference("Geometry"),
        Shape::Numbers => named(number()),
        Shape::Lines | Shape::Further => named(text()),
        Shape::Object => anything(),
        Shape::Line(_) | Shape::Code(_) | Shape::Prose(_) | Shape::Date | Shape::Moment | Shape::Postcode => text(),
        Shape::Hours | Shape::Url | Shape::Email | Shape::Phone | Shape::Linked(_) => text(),
    }
}

fn ids(role: &Role) -> Form {
    let list = ArrayBuilder::new().items(text()).description(Some(role.doc));
    RefOr::T(Schema::Array(list.build()))
}

fn body_of(kind: Kind) -> utoipa::openapi::request_body::RequestBody {
    let name = format!("{}Body", schema_name(kind));
    let content = ContentBuilder::new().schema(Some(reference(&name))).build();
    RequestBodyBuilder::new().content(JSON, content).build()
}

fn schema_name(kind: Kind) -> String {
    let name = kind.name();
    name[..1].to_uppercase() + &name[1..]
}
