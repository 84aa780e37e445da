//! The OpenAPI 3.1 description, made from the same tables that check bodies and words.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Ref, Schema, SchemaType, Type,
};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
    RefOr, Required, ResponseBuilder,
};

use super::answer;
use super::asker::NoWords;
use crate::model::record::fields_of;
use crate::model::shape::{Field, Shape};
use crate::model::{Code, Kind, Role};

/// GET /openapi.json
pub async fn show(_: NoWords, headers: HeaderMap) -> Response {
    static TEXT: LazyLock<(String, [u8; 32])> = LazyLock::new(|| {
        let text = serde_json::to_string(&describe()).expect("a description can be written");
        let digest = Sha256::digest(&text).into();
        (text, digest)
    });
    let (text, digest) = &*TEXT;
    answer::fixed(&headers, HeaderValue::from_static(answer::JSON), text.as_str(), digest)
}

/// The words by which assets are chosen, wherever they are.
pub const FILTER: [(&str, &str); 20] = [
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
    let near = || operation("Find", "What is near, in three runs", "FeatureCollection");
    paths = paths.path("/api/v1/nearby", both(asked(near(), &nearby).build(), worded(near(), &nearby).build()));
    let coverage = [&COVERAGE[..], &FILTER[..]].concat();
    let cover = || operation("Find", "Who can get there", "Coverage");
    paths = paths.path("/api/v1/coverage", both(asked(cover(), &coverage).build(), worded(cover(), &coverage).build()));
    for (path, summary, words) in [
        ("/api/v1/about", "What this instance is", &[][..]),
        ("/api/v1/area-sets", "Area sets with their indicators", &[]),
        (
            "/api/v1/gazetteer",
            "Towns by the beginning of their names",
            &[("q", "beginning of a name"), ("limit", "1–2000")],
        ),
        ("/api/v1/openapi.json", "This description", &[]),
    ] {
        paths =
            paths.path(path, PathItem::new(HttpMethod::Get, asked(operation("About", summary, "Any"), words).build()));
    }
    paths = paths.path("/api/v1/changes", PathItem::new(HttpMethod::Get, changes()));
    let evidence = signed(operation("Find", "Ask a gap's evidence again", "Any")).parameter(id_parameter()).build();
    paths = paths.path("/api/v1/gaps/{id}/evidence", PathItem::new(HttpMethod::Post, evidence));
    let import = asked(signed(operation("Lists", "Bring a list in; the file is the body", "Any")), &IMPORT)
        .request_body(Some(
            RequestBodyBuilder::new().content("application/octet-stream", ContentBuilder::new().build()).build(),
        ));
    paths = paths.path("/api/v1/imports", PathItem::new(HttpMethod::Post, import.build()));
    let undo = worded(
        signed(operation("Log", "Take back a change or a batch", "Any")),
        &[("change", "id of a change"), ("batch", "id of a batch")],
    );
    paths = paths.path("/api/v1/undo", PathItem::new(HttpMethod::Post, undo.build()));
    let publish = worded(
        signed(operation("Lists", "Show everybody a column that was kept for admins", "Any")),
        &[("list", "the list"), ("column", "its heading"), ("withdraw", "true: hide it again")],
    );
    paths = paths.path("/api/v1/publish", PathItem::new(HttpMethod::Post, publish.build()));
    let mut session = PathItem::new(HttpMethod::Get, operation("People", "Who is signed in", "Any").build());
    session.post = Some(
        worded(operation("People", "Sign in by a one-time link", "Any"), &[("link", "the secret of the link")]).build(),
    );
    session.delete = Some(operation("People", "Sign out", "Any").build());
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
    let mut set =
        PathItem::new(HttpMethod::Get, asked(op(format!("List {}", spec.plural), "Page"), &list_words).build());
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
    one.delete = Some(asked(signed(with_id("Remove", "Any")), &cascade).parameter(if_match()).build());
    let history = asked(
        with_id("What happened to", "Any"),
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
        .content(super::answer::JSON, ContentBuilder::new().schema(Some(reference("Any"))).build())
        .content(super::events::EVENTS, ContentBuilder::new().schema(Some(text())).build())
        .build();
    let last = ParameterBuilder::new()
        .name("Last-Event-ID")
        .parameter_in(ParameterIn::Header)
        .description(Some("the id of the last event heard; a stream goes on after it"))
        .schema(Some(text()))
        .build();
    let operation = operation("Log", "What happened, in order", "Any").response("200", answers).parameter(last);
    asked(operation, &words).build()
}

fn operation(tag: &str, summary: &str, answer: &str) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(reference(answer))).build();
    let media = if answer == "FeatureCollection" { super::answer::GEOJSON } else { super::answer::JSON };
    let good = ResponseBuilder::new().description("As asked").content(media, content).build();
    OperationBuilder::new().tag(tag).summary(Some(summary)).response("200", good).response("default", refusal())
}

fn created(operation: OperationBuilder, schema: &str) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(reference(schema))).build();
    operation.response("201", ResponseBuilder::new().description("Added").content(super::answer::JSON, content).build())
}

fn refusal() -> utoipa::openapi::Response {
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
    operation.request_body(Some(RequestBodyBuilder::new().content(super::answer::JSON, content).build()))
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
        components = components.schema(schema_name(*kind), record_of(*kind));
        components = components.schema(format!("{}Body", schema_name(*kind)), given_of(*kind));
    }
    components
        .schema("Any", Object::with_type(SchemaType::AnyValue))
        .schema("Problem", problem())
        .schema("Page", page())
        .schema("FeatureCollection", feature_collection())
        .schema("Coverage", coverage())
        .schema("Event", event())
        .build()
}

/// A record as answered.
fn record_of(kind: Kind) -> Schema {
    let mut object = ObjectBuilder::new()
        .description(Some(kind.spec().doc))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    for field in fields_of(kind) {
        object = object.property(field.name, nullable(&field));
    }
    let links = kind.spec().roles.iter().fold(ObjectBuilder::new(), |links, role| links.property(role.name, ids(role)));
    for (name, schema) in [
        ("id", text()),
        ("kind", words(&[kind.name()])),
        ("version", typed(Type::Integer)),
        ("owner", either_null(text())),
        (
            "links",
            Schema::Object(links.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false))).build()),
        ),
        ("sources", list(typed(Type::Object))),
        ("origins", typed(Type::Object)),
        ("created_at", text()),
        ("updated_at", text()),
        ("card", typed(Type::Object)),
    ] {
        object = object.property(name, schema);
    }
    for name in
        ["id", "kind", "version", "name", "visibility", "precision", "links", "sources", "created_at", "updated_at"]
    {
        object = object.required(name);
    }
    Schema::Object(object.build())
}

/// A record as sent.
fn given_of(kind: Kind) -> Schema {
    let mut object = ObjectBuilder::new();
    for field in fields_of(kind) {
        object = object.property(field.name, nullable(&field));
        if field.required {
            object = object.required(field.name);
        }
    }
    for role in kind.spec().roles {
        let one = text();
        object = object.property(role.name, if role.many { list(one) } else { one });
        if role.required {
            object = object.required(role.name);
        }
    }
    Schema::Object(object.property("id", text()).property("links", typed(Type::Object)).build())
}

fn nullable(field: &Field) -> Schema {
    either_null(shape(&field.shape))
}

fn shape(of: &Shape) -> Schema {
    match of {
        Shape::Word(allowed) => words(allowed),
        Shape::Flag => typed(Type::Boolean),
        Shape::Whole(..) => typed(Type::Integer),
        Shape::Number(..) => typed(Type::Number),
        Shape::List(inner) => list(shape(inner)),
        Shape::Group(fields) => {
            let object = fields.iter().fold(ObjectBuilder::new(), |object, field| {
                let object = object.property(field.name, shape(&field.shape));
                if field.required { object.required(field.name) } else { object }
            });
            Schema::Object(object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false))).build())
        }
        Shape::Point => {
            let object = ["lon", "lat"]
                .iter()
                .fold(ObjectBuilder::new(), |o, name| o.property(*name, typed(Type::Number)).required(*name));
            Schema::Object(object.build())
        }
        Shape::Schedule => Schema::OneOf(OneOfBuilder::new().item(text()).item(typed(Type::Object)).build()),
        Shape::Boundary | Shape::Numbers | Shape::Lines | Shape::Further | Shape::Object => typed(Type::Object),
        Shape::Line(_) | Shape::Code(_) | Shape::Prose(_) | Shape::Date | Shape::Moment | Shape::Postcode => text(),
        Shape::Hours | Shape::Url | Shape::Email | Shape::Phone => text(),
    }
}

fn problem() -> Schema {
    let one =
        ObjectBuilder::new().property("field", text()).property("code", words(Code::ALL)).property("message", text());
    let one = Schema::Object(one.required("field").required("code").required("message").build());
    let object = ObjectBuilder::new()
        .property("type", text())
        .property("title", text())
        .property("status", typed(Type::Integer))
        .property("detail", text())
        .property("problems", list(one))
        .property("instance", text())
        .property("present", typed(Type::Object));
    Schema::Object(object.required("title").required("status").required("problems").build())
}

fn page() -> Schema {
    let object = ObjectBuilder::new()
        .property("revision", typed(Type::Integer))
        .property("total", typed(Type::Integer))
        .property("items", list(typed(Type::Object)))
        .property("next", either_null(text()));
    Schema::Object(object.required("revision").required("total").required("next").build())
}

fn feature_collection() -> Schema {
    let object = ObjectBuilder::new()
        .property("type", words(&["FeatureCollection"]))
        .property("revision", typed(Type::Integer))
        .property("near", typed(Type::Object))
        .property("reach", either_null(typed(Type::Object)))
        .property("totals", typed(Type::Object))
        .property("features", list(typed(Type::Object)));
    Schema::Object(object.required("type").required("revision").required("features").build())
}

fn coverage() -> Schema {
    let sums = || {
        let names = [
            "areas",
            "areas_covered",
            "weight",
            "weight_covered",
            "share",
            "share_possible",
            "weight_unsure",
            "weight_from_outside",
            "areas_without_weight",
        ];
        let object =
            names.iter().fold(ObjectBuilder::new(), |o, name| o.property(*name, typed(Type::Number)).required(*name));
        Schema::Object(object.property("key", text()).build())
    };
    let object = ObjectBuilder::new()
        .property("revision", typed(Type::Integer))
        .property("view", text())
        .property("reach", typed(Type::Object))
        .property("areas", text())
        .property("weight", text())
        .property("total", sums())
        .property("groups", list(sums()))
        .property("ignored", list(text()))
        .property("per_area", list(typed(Type::Object)));
    let names = ["revision", "reach", "areas", "weight", "total", "groups", "ignored"];
    Schema::Object(names.iter().fold(object, |o, name| o.required(*name)).build())
}

fn event() -> Schema {
    let object = ObjectBuilder::new()
        .property("seq", typed(Type::Integer))
        .property("op", words(&["added", "changed", "gone"]))
        .property("kind", text())
        .property("id", text())
        .property("version", typed(Type::Integer))
        .property("points", list(shape(&Shape::Point)))
        .property("record", either_null(typed(Type::Object)));
    let names = ["seq", "op", "kind", "id", "version", "points", "record"];
    Schema::Object(names.iter().fold(object, |o, name| o.required(*name)).build())
}

fn ids(role: &Role) -> Schema {
    let mut list = ArrayBuilder::new().items(RefOr::T(text()));
    list = list.description(Some(role.doc));
    Schema::Array(list.build())
}

fn list(items: Schema) -> Schema {
    Schema::Array(ArrayBuilder::new().items(RefOr::T(items)).build())
}

fn text() -> Schema {
    typed(Type::String)
}

fn typed(of: Type) -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(SchemaType::Type(of)).build())
}

fn words(allowed: &[&str]) -> Schema {
    let values: Vec<Value> = allowed.iter().map(|word| json!(word)).collect();
    Schema::Object(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(values)).build())
}

fn either_null(schema: Schema) -> Schema {
    Schema::OneOf(OneOfBuilder::new().item(schema).item(typed(Type::Null)).build())
}

fn reference(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

fn body_of(kind: Kind) -> utoipa::openapi::request_body::RequestBody {
    let name = format!("{}Body", schema_name(kind));
    let content = ContentBuilder::new().schema(Some(reference(&name))).build();
    RequestBodyBuilder::new().content(super::answer::JSON, content).build()
}

fn schema_name(kind: Kind) -> String {
    let name = kind.name();
    name[..1].to_uppercase() + &name[1..]
}
