//! A record's body: read from what a client or a list gives, checked whole, kept as canonical JSON.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::body::{Body, Id};
use super::common;
use super::kind::Kind;
use super::problem::{Code, Problem, Problems};
use super::shape::{self, Field, Shape};
use super::spec::Position;

/// Who is writing the body: a form must name what an import may leave unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Open data about others.
    OpenData,
    /// A partner's own list, about others too.
    Partner,
    /// Somebody who visited or rang.
    Visited,
    /// The owner's own word.
    Owner,
}

impl Origin {
    /// Lowest first: a lower one never overwrites a higher one's field.
    pub const ALL: [Origin; 4] = [Self::OpenData, Self::Partner, Self::Visited, Self::Owner];

    /// `open_data`, `partner`, `visited`, `owner`.
    pub fn as_str(self) -> &'static str {
        ["open_data", "partner", "visited", "owner"][self as usize]
    }

    /// The origin of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == name)
    }
}

/// What a client or a list gave, checked: field values as they will be stored, links still as given
/// (`links.<role>` holds ids or codes, to be resolved where records are known).
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The id the client made, if it did.
    pub id: Option<Id>,
    /// The fields, with `links` as texts.
    pub body: Body,
}

/// Reads a body for a form or an API call: required roles must be there.
pub fn read(kind: Kind, value: &Value) -> Result<Given, Vec<Problem>> {
    read_with(kind, value, true)
}

/// Reads a row of a list: a list may leave a service's provider unknown.
pub fn read_row(kind: Kind, value: &Value) -> Result<Given, Vec<Problem>> {
    read_with(kind, value, false)
}

fn read_with(kind: Kind, value: &Value, roles_needed: bool) -> Result<Given, Vec<Problem>> {
    let mut problems = Problems::new();
    let Value::Object(given) = value else {
        problems.add("", Code::WrongType, "the body must be a JSON object");
        return Err(problems.into_vec());
    };
    let mut fields = given.clone();
    let id = take_id(&mut fields, kind, &mut problems);
    let links = take_links(&mut fields, kind, roles_needed, &mut problems);
    let body = shape::group(&Value::Object(fields), &fields_of(kind), &mut problems);
    let mut body = body.unwrap_or_default();
    if !links.is_empty() {
        body.insert("links".to_owned(), Value::Object(links));
    }
    if body.get("home_address") == Some(&Value::Bool(true)) {
        body.insert("precision".to_owned(), Value::from("approximate"));
    }
    clear_up(&mut body);
    let seen = with_faulty(&body, given, kind);
    position(kind, &seen, &mut problems);
    linked_inside(kind, &body, &mut problems);
    (kind.spec().check)(&seen, &mut problems);
    problems.or(Given { id, body })
}

/// Where it is must be told, where its kind needs that.
fn position(kind: Kind, body: &Body, problems: &mut Problems) {
    let Position::Needed { or, problem: (field, message) } = kind.spec().position else { return };
    let linked = |role: &str| body.get("links").and_then(|links| links.get(role)).is_some();
    let told = ["point", "postcode"].iter().any(|field| body.contains_key(*field)) || or.iter().any(|r| linked(r));
    if !told {
        problems.add(field, Code::Required, message);
    }
}

/// Lists of a kind that hold something about each of its links, with the role and the name of the part that says which.
fn about_links(kind: Kind) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let fields = kind.spec().fields.iter();
    fields.filter_map(|field| {
        let Shape::List(Shape::Group(parts)) = field.shape else { return None };
        parts.iter().find_map(|part| match part.shape {
            Shape::Linked(role) => Some((field.name, role, part.name)),
            _ => None,
        })
    })
}

/// What is said about a link is said about one that is there.
fn linked_inside(kind: Kind, body: &Body, problems: &mut Problems) {
    for (field, role, part) in about_links(kind) {
        let linked: Vec<&Value> =
            body.get("links").and_then(|l| l.get(role)?.as_array()).into_iter().flatten().collect();
        for (i, item) in body.get(field).and_then(Value::as_array).into_iter().flatten().enumerate() {
            if item.get(part).is_some_and(|id| !linked.contains(&id)) {
                let path = format!("{field}.{i}.{part}");
                problems.add(&path, Code::NotFound, format!("is not named under {role}: name it there, too"));
            }
        }
    }
}

/// Takes out what is said about links that are gone.
pub fn drop_unlinked(kind: Kind, body: &mut Body) {
    for (field, role, part) in about_links(kind) {
        let linked: Vec<Id> = links_of(body, role).collect();
        let Some(Value::Array(items)) = body.get_mut(field) else { continue };
        let there = |item: &Value| {
            item.get(part).and_then(|id| id.as_str()?.parse().ok()).is_some_and(|id| linked.contains(&id))
        };
        items.retain(there);
        if items.is_empty() {
            body.remove(field);
        }
    }
}

/// Who may see a record of which that is not said.
pub fn usual_visibility(kind: Kind, body: &Body) -> &'static str {
    let names_one = |role: &str| body.get("links").and_then(|links| links.get(role)).is_some();
    if kind.spec().partners_when.iter().any(|role| names_one(role)) { "partners" } else { "public" }
}

/// The body as rules between fields see it: what was given but is faulty has its own problem, and counts as there
/// (as null). What was given as null was not given.
fn with_faulty(body: &Body, given: &Body, kind: Kind) -> Body {
    let mut seen = body.clone();
    for (name, value) in given.iter().filter(|(name, value)| is_given(value) && *name != "links") {
        if kind.link(name).is_some() {
            note_link(&mut seen, name, value);
        } else {
            seen.entry(name.clone()).or_insert(Value::Null);
        }
    }
    for (name, value) in given.get("links").and_then(Value::as_object).into_iter().flatten() {
        note_link(&mut seen, name, value);
    }
    seen
}

fn note_link(seen: &mut Body, role: &str, value: &Value) {
    let links = seen.entry("links").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(links) = links
        && is_given(value)
    {
        links.entry(role).or_insert(Value::Null);
    }
}

/// Whether a value says something; an empty list of references does not.
fn is_given(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
}

/// A field that has a value is not unclear, whatever was said of it before.
fn clear_up(body: &mut Body) {
    let Some(Value::Array(mut names)) = body.remove("unclear") else { return };
    names.retain(|name| name.as_str().is_some_and(|path| at(body, path).is_none()));
    if !names.is_empty() {
        body.insert("unclear".to_owned(), Value::Array(names));
    }
}

/// The value at a dotted path; null is none.
pub fn at<'a>(body: &'a Body, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let first = body.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step)).filter(|v| !v.is_null())
}

/// Whether a record says in words that nobody could read what stands at a path: it is unknown, not unsaid.
pub fn is_unclear(body: &Body, path: &str) -> bool {
    body.get("unclear").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == path))
}

/// The fields a client may set on a kind: those every record has, then its own.
pub fn fields_of(kind: Kind) -> Vec<Field> {
    common::EVERY.iter().chain(kind.spec().fields).copied().collect()
}

fn take_id(fields: &mut Body, kind: Kind, problems: &mut Problems) -> Option<Id> {
    let id = fields.remove("id").filter(|v| !v.is_null());
    if fields.remove("kind").is_some_and(|k| !k.is_null() && k != kind.name()) {
        problems.add("kind", Code::NotAllowed, format!("this address is for kind {}", kind.name()));
    }
    for own in common::SERVERS_OWN {
        fields.remove(*own);
    }
    match id?.as_str().and_then(|text| Uuid::parse_str(text).ok()) {
        Some(id) if id.get_version_num() == 7 => Some(id),
        _ => {
            problems.add("id", Code::WrongType, "must be a UUID of version 7; leave it out and one is made");
            None
        }
    }
}

/// Gathers `links.<role>` and the short form `<role>` into one object of lists of texts.
fn take_links(fields: &mut Body, kind: Kind, needed: bool, problems: &mut Problems) -> Body {
    let mut given = match fields.remove("links") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(links)) => links,
        Some(_) => {
            problems.add("links", Code::WrongType, "must be an object of role: [id]");
            Map::new()
        }
    };
    for link in kind.spec().links {
        if let Some(short) = fields.remove(link.name) {
            given.insert(link.name.to_owned(), short);
        }
    }
    let mut links = Map::new();
    let said: Vec<String> = given.iter().filter(|(_, value)| is_given(value)).map(|(name, _)| name.clone()).collect();
    for (name, value) in given {
        let Some(link) = kind.link(&name) else {
            problems.add(
                &format!("links.{name}"),
                Code::UnknownField,
                format!("a {} has no role {}", kind.name(), shape::shown(&name)),
            );
            continue;
        };
        if let Some(refs) = problems.at(&name, |p| references(&value, link.many, p))
            && !refs.is_empty()
        {
            links.insert(name, Value::Array(refs));
        }
    }
    for link in kind.spec().links.iter().filter(|r| needed && r.required && !said.iter().any(|s| s == r.name)) {
        problems.add(link.name, Code::Required, format!("{} is needed: {}", link.name, link.doc));
    }
    links
}

fn references(value: &Value, many: bool, problems: &mut Problems) -> Option<Vec<Value>> {
    let items = match value {
        Value::Null => return None,
        Value::Array(items) => items.clone(),
        other => vec![other.clone()],
    };
    if items.iter().any(|item| !item.is_string()) {
        problems.add("", Code::WrongType, "must hold ids or codes as text");
        return None;
    }
    if items.len() > 1000 {
        problems.add("", Code::OutOfRange, "holds more than 1000 references");
        return None;
    }
    if !many && items.len() > 1 {
        problems.add("", Code::OutOfRange, "holds one reference at most");
        return None;
    }
    let mut refs: Vec<Value> = Vec::new();
    for item in items {
        if !refs.contains(&item) {
            refs.push(item);
        }
    }
    Some(refs)
}

/// The ids under `links.<role>` of a stored body.
pub fn links_of<'a>(body: &'a Body, role: &str) -> impl Iterator<Item = Id> + 'a {
    let list = body.get("links").and_then(|l| l.get(role)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|v| Uuid::parse_str(v.as_str()?).ok())
}

/// Every reference of a stored body, as (role, id).
pub fn all_links(body: &Body) -> Vec<(String, Id)> {
    let links = body.get("links").and_then(Value::as_object);
    links.into_iter().flatten().flat_map(|(role, _)| links_of(body, role).map(move |id| (role.clone(), id))).collect()
}

/// The text by which a record is named among its kind (`lsoa21/E01019078`), if the kind has one and it is set.
pub fn code_of(kind: Kind, body: &Body) -> Option<String> {
    let (set, code) = kind.spec().code?;
    let part = |name: &str| body.get(name).and_then(Value::as_str);
    Some(format!("{}/{}", part(set)?, part(code)?))
}

/// Text of a body with its keys sorted: what is stored, compared and digested.
///
/// `serde_json` sorts keys as long as nobody switches its `preserve_order` feature on; a test says so.
pub fn canonical(body: &Body) -> String {
    serde_json::to_string(body).expect("a map with text keys can always be written")
}

/// Reads a stored body.
///
/// # Panics
/// When the text is not a JSON object: stored bodies always are.
pub fn stored(text: &str) -> Body {
    serde_json::from_str(text).expect("stored bodies are JSON objects")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(kind: Kind, body: Value) -> Vec<(String, Code)> {
        read(kind, &body).unwrap_err().into_iter().map(|p| (p.field, p.code)).collect()
    }

    #[test]
    fn minimal_bodies_of_the_contract_are_enough() {
        let point = json!({"lon": -3.36, "lat": 54.66});
        for (kind, body) in [
            (Kind::Place, json!({"name": "Hall", "point": point})),
            (Kind::Place, json!({"name": "Hall", "postcode": "ca139lu"})),
            (Kind::Organisation, json!({"name": "Trust", "type": "nhs_trust"})),
            (Kind::Service, json!({"name": "Lunch", "provider": "x", "categories": ["y"], "places": ["z"]})),
            (
                Kind::Area,
                json!({"name": "A", "area_set": "s", "code": "1", "point": point, "indicators": {"population": 5}}),
            ),
            (Kind::Category, json!({"name": "Food", "taxonomy": "services"})),
            (Kind::Resource, json!({"name": "Room", "type": "room", "side": "offered", "provider": "x"})),
            (Kind::Gap, json!({"name": "G", "what": "Befriending", "reason": "none_here", "point": point})),
        ] {
            read(kind, &body).unwrap_or_else(|p| panic!("{}: {p:?}", kind.name()));
        }
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_path() {
        let body = json!({"nmae": "x", "type": "palace", "accessible": {"step_free": "yes"}, "postcode": "CA13"});
        let mut found = codes(Kind::Place, body);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            found,
            [
                ("accessible.step_free".to_owned(), Code::WrongType),
                ("name".to_owned(), Code::Required),
                ("nmae".to_owned(), Code::UnknownField),
                ("postcode".to_owned(), Code::PostcodeMalformed),
                ("type".to_owned(), Code::NotAllowed),
            ]
        );
    }

    #[test]
    fn null_is_no_value_for_the_rules_between_fields() {
        let required = |field: &str| vec![(field.to_owned(), Code::Required)];
        let service = json!({"name": "S", "provider": "x", "categories": ["y"]});
        let with = |base: &Value, more: Value| {
            let mut body = base.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let place = json!({"name": "Hall"});
        for more in [json!({"point": null}), json!({"postcode": null}), json!({"point": null, "postcode": null})] {
            assert_eq!(codes(Kind::Place, with(&place, more.clone())), required("point"), "{more}");
            assert_eq!(codes(Kind::Service, with(&service, more.clone())), required("places"), "{more}");
        }
        for more in [json!({"places": null}), json!({"places": []}), json!({"links": {"service_area": null}})] {
            assert_eq!(codes(Kind::Service, with(&service, more.clone())), required("places"), "{more}");
        }
        let gap = json!({"name": "G", "what": "x", "reason": "none_here"});
        for more in [json!({"point": null}), json!({"area": null}), json!({"links": {"area": []}})] {
            assert_eq!(codes(Kind::Gap, with(&gap, more.clone())), required("area"), "{more}");
        }
        let area = json!({"name": "A", "area_set": "s", "code": "1", "point": null});
        assert_eq!(codes(Kind::Area, area), required("point"));
        assert_eq!(codes(Kind::Service, with(&service, json!({"point": null, "provider": null}))).len(), 2);
    }

    #[test]
    fn a_faulty_value_has_its_own_problem_and_counts_as_given() {
        let service = json!({"name": "S", "provider": 7, "categories": ["y"], "places": [8]});
        let wrong = |field: &str| (field.to_owned(), Code::WrongType);
        assert_eq!(codes(Kind::Service, service), [wrong("places"), wrong("provider")]);
        let gap = json!({"name": "G", "what": "x", "reason": "none_here", "links": {"area": 7}});
        assert_eq!(codes(Kind::Gap, gap), [wrong("area")]);
    }

    #[test]
    fn nothing_that_somebody_words_may_hold_an_nhs_number_and_codes_may() {
        let at = |path: &str, value: Value| path.rsplit('.').fold(value, |inner, step| json!({step: inner}));
        let base = |kind: Kind| match kind {
            Kind::Place => json!({"name": "Hall", "postcode": "CA13 9LU"}),
            Kind::Organisation => json!({"name": "Trust", "type": "voluntary"}),
            Kind::Service => json!({"name": "S", "provider": "x", "categories": ["y"], "postcode": "CA13 9LU"}),
            Kind::Resource => json!({"name": "R", "type": "room", "side": "offered", "provider": "x"}),
            Kind::Gap => json!({"name": "G", "what": "x", "reason": "none_here", "area": "a"}),
            Kind::Category => json!({"name": "C", "taxonomy": "services"}),
            Kind::Area => json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.0, "lat": 54.0}}),
            Kind::Beacon => json!({"name": "B", "type": "lamp", "postcode": "CA13 9LU"}),
        };
        let read_with = |kind: Kind, path: &str, value: Value| {
            let mut body = base(kind);
            body.as_object_mut().unwrap().extend(at(path, value).as_object().unwrap().clone());
            read(kind, &body)
        };
        let number = "943.476.5919";
        for (kind, path, value) in [
            (Kind::Place, "name", json!(number)),
            (Kind::Place, "description", json!(number)),
            (Kind::Place, "address", json!(number)),
            (Kind::Place, "contact_role", json!(number)),
            (Kind::Place, "hours", json!(format!("Mo 09:00-10:00 \"{number}\""))),
            (Kind::Place, "assured", json!({"by": number, "at": "2026-04-01"})),
            (Kind::Place, "illustrative", json!([number])),
            (Kind::Place, "published", json!([number])),
            (Kind::Place, "further", json!({"note": number})),
            (Kind::Place, "further", json!({number: "note"})),
            (Kind::Place, "identifiers", json!([{"scheme": "GB-CHC", "id": number}])),
            (Kind::Place, "identifiers", json!([{"scheme": number, "id": "1"}])),
            (Kind::Organisation, "identifiers", json!([{"scheme": "patient", "id": "9434765919"}])),
            (Kind::Service, "cost", json!({"text": number})),
            (Kind::Service, "eligibility", json!({"group": number})),
            (Kind::Service, "checks", json!([{"what": "dbs", "by": number}])),
            (Kind::Service, "funding", json!([{"source": number}])),
            (Kind::Service, "schedule", json!(format!("Mo 09:00-10:00 \"{number}\""))),
            (Kind::Resource, "use", json!(number)),
            (Kind::Gap, "what", json!(number)),
            (Kind::Gap, "evidence", json!({"query": "near=943%20476%205919"})),
            (Kind::Gap, "evidence", json!({"result": {"of": ["DOB 3/4/1950"]}})),
            (Kind::Gap, "evidence", json!({"result": {number: 1}})),
            (Kind::Category, "words", json!([number])),
            (Kind::Area, "groups", json!({"district": number})),
            (Kind::Area, "groups", json!({number: "x"})),
            (Kind::Area, "indicators", json!({number: 1})),
        ] {
            let found = read_with(kind, path, value.clone()).unwrap_err();
            assert!(found.iter().all(|p| p.code == Code::PersonalData), "{path} {value}: {found:?}");
            assert!(found.iter().all(|p| !p.field.contains(number)), "{found:?}");
        }
        let id = "01a204c4-2d86-7071-ace9-949434765919";
        for (kind, path, value) in [
            (
                Kind::Place,
                "identifiers",
                json!([{"scheme": "UPRN", "id": "9434765919"}, {"scheme": "GB-CHC", "id": "1126980"}]),
            ),
            (Kind::Place, "phone", json!("943 476 5919")),
            (Kind::Area, "code", json!("9434765919")),
            (Kind::Area, "indicators", json!({"population": 9_434_765_919_i64})),
            (Kind::Service, "eligibility", json!({"practices": ["9434765919"]})),
            (
                Kind::Gap,
                "evidence",
                json!({"query": format!("areas=s&people_in={id}"), "result": {"area": {"id": id}, "n": 9_434_765_919_i64, id: 1}}),
            ),
            (Kind::Gap, "evidence", json!({"result": {"area": {"id": id, "name": "typed \\u0041 as such"}}})),
        ] {
            let read = read_with(kind, path, value.clone());
            assert!(read.is_ok(), "{path} {value}: {read:?}");
        }
    }

    #[test]
    fn a_form_must_name_the_provider_but_a_list_need_not() {
        let body = json!({"name": "Lunch", "categories": ["y"], "postcode": "CA13 9LU"});
        assert_eq!(codes(Kind::Service, body.clone()), [("provider".to_owned(), Code::Required)]);
        assert!(read_row(Kind::Service, &body).is_ok());
    }

    #[test]
    fn a_home_is_always_shown_approximately() {
        let body = json!({"name": "Flat", "postcode": "CA13 9LU", "home_address": true, "precision": "exact"});
        assert_eq!(read(Kind::Place, &body).unwrap().body["precision"], "approximate");
    }

    #[test]
    fn canonical_text_has_sorted_keys() {
        let body = stored(r#"{"b": 1, "a": {"d": 1, "c": 2}}"#);
        assert_eq!(canonical(&body), r#"{"a":{"c":2,"d":1},"b":1}"#);
    }

    #[test]
    fn what_a_database_could_not_read_is_refused() {
        let gap = |evidence: Value| json!({"name": "G", "what": "x", "reason": "none_here", "area": "a", "evidence": {"result": evidence}});
        assert_eq!(codes(Kind::Gap, gap(json!({"n": "a\u{0}b"}))), [("evidence.result".to_owned(), Code::WrongType)]);
        assert_eq!(codes(Kind::Gap, gap(json!({"a\u{0}b": 1}))), [("evidence.result".to_owned(), Code::WrongType)]);
        assert_eq!(
            codes(Kind::Gap, gap(json!({"n": [{"m": "a\u{1}b"}]}))),
            [("evidence.result".to_owned(), Code::WrongType)]
        );
        for typed in ["a \\ b", "\\u0041", "\\u0000", "one\ntwo\tthree"] {
            assert!(read(Kind::Gap, &gap(json!({"n": typed}))).is_ok(), "{typed}");
        }
        let place = json!({"name": "Hall", "postcode": "CA13 9LU", "from": "0000-01-01"});
        assert_eq!(codes(Kind::Place, place), [("from".to_owned(), Code::WrongType)]);
        let area = json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.0, "lat": 54.0},
            "groups": {"a\u{0}b": "x"}});
        assert_eq!(codes(Kind::Area, area), [("groups".to_owned(), Code::WrongType)]);
    }

    #[test]
    fn a_field_with_a_value_is_not_unclear() {
        let body = json!({"name": "Hall", "postcode": "CA13 9LU", "status": "open", "unclear": ["status", "until"]});
        let body = read(Kind::Place, &body).unwrap().body;
        assert_eq!(body["unclear"], json!(["until"]));
        assert!(is_unclear(&body, "until") && !is_unclear(&body, "status") && !is_unclear(&body, "from"));
        let cleared = json!({"name": "Hall", "postcode": "CA13 9LU", "status": "open", "unclear": ["status"]});
        assert!(!read(Kind::Place, &cleared).unwrap().body.contains_key("unclear"));
    }

    #[test]
    fn swapped_coordinates_are_refused_with_a_hint() {
        let problems = read(Kind::Place, &json!({"name": "x", "point": {"lon": 54.6, "lat": -3.3}})).unwrap_err();
        assert_eq!(problems[0].code, Code::OutsideCountry);
        assert!(problems[0].message.contains("changed places"));
    }
}
