//! What is answered, form by form; records themselves come from their kinds' tables.

use utoipa::openapi::ComponentsBuilder;

use super::records;
use super::schema::{
    Form, anything, either, flag, list, named, nullable, number, object, reference, text, whole, words,
};
use crate::model::common::VISIBILITY;
use crate::model::record::fields_of;
use crate::model::{Code, Kind};

/// All of them, under the names that operations give.
pub fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    [
        ("Problem", problem()),
        ("Point", point()),
        ("Geometry", geometry()),
        ("Named", named_record()),
        ("Card", card()),
        ("Features", features()),
        ("Found", either(Kind::ALL.iter().map(|kind| reference(&format!("Found{}", records::name_of(*kind)))))),
        ("Nearby", nearby()),
        ("Sums", object(&sums(), &[])),
        ("CoveredArea", covered_area()),
        ("Coverage", coverage()),
        ("CoverageShapes", coverage_shapes()),
        ("EvidenceAgain", evidence_again()),
        ("About", about()),
        ("Basemap", basemap()),
        ("AreaSets", area_sets()),
        ("Towns", towns()),
        ("Change", change()),
        (
            "History",
            object(&[("revision", whole()), ("items", list(reference("Change"))), ("next", nullable(whole()))], &[]),
        ),
        ("Changes", changes()),
        ("Event", event()),
        ("RowProblem", row_problem()),
        ("Imported", imported()),
        ("Explained", explained()),
        ("Import", either([reference("Imported"), reference("Explained")])),
        ("Undone", undone()),
        ("Published", object(&[("batch", text()), ("records", whole())], &[])),
        ("Removed", object(&[("revision", whole()), ("batch", text())], &[])),
        ("Session", object(&[("account", nullable(text())), ("role", nullable(text()))], &[])),
        ("Description", anything()),
        ("TileJson", tile_json()),
    ]
    .into_iter()
    .fold(components, |components, (name, form)| components.schema(name, form))
}

/// A page of records of one kind.
pub fn page(record: &str) -> Form {
    let always =
        [("revision", whole()), ("total", whole()), ("items", list(reference(record))), ("next", nullable(text()))];
    object(&always, &[])
}

/// What stands beside a record's own fields where it was found near something.
pub fn found() -> [(&'static str, Form); 6] {
    [
        ("by", nullable(text())),
        ("card", reference("Card")),
        ("distance_m", nullable(number())),
        ("match", words(&["sure", "possible"])),
        ("run", words(&RUNS)),
        ("unknown", list(text())),
    ]
}

const RUNS: [&str; 3] = ["sure", "without_travel", "possible"];

fn problem() -> Form {
    let one = object(&[("field", text()), ("code", words(Code::ALL)), ("message", text())], &[]);
    let always = [("type", text()), ("title", text()), ("status", whole()), ("problems", list(one))];
    object(&always, &[("detail", nullable(text())), ("instance", text()), ("present", anything())])
}

fn point() -> Form {
    object(&[("lon", number()), ("lat", number())], &[])
}

/// As GeoJSON has it (RFC 7946).
fn geometry() -> Form {
    let of = |kind: &str, coordinates: Form| object(&[("type", words(&[kind])), ("coordinates", coordinates)], &[]);
    let ring = || list(list(number()));
    either([of("Point", list(number())), of("Polygon", list(ring())), of("MultiPolygon", list(list(ring())))])
}

fn named_record() -> Form {
    object(&[("id", text()), ("name", text())], &[])
}

fn card() -> Form {
    let shown = ["accessible", "address", "hours", "phone", "postcode"];
    let fields = fields_of(Kind::Place);
    let own = fields.iter().filter(|field| shown.contains(&field.name)).map(|field| (field.name, records::held(field)));
    let place: Vec<(&str, Form)> = [("id", text()), ("name", text())].into_iter().chain(own).collect();
    object(
        &[
            ("categories", list(reference("Named"))),
            ("place", nullable(object(&place, &[]))),
            ("provider", nullable(reference("Named"))),
            ("providers", list(reference("Named"))),
        ],
        &[],
    )
}

/// TileJSON 3.0, with how many records there are, and at which revision.
fn tile_json() -> Form {
    let layer = [("id", text()), ("fields", named(text())), ("minzoom", whole()), ("maxzoom", whole())];
    let always = [
        ("tilejson", words(&["3.0.0"])),
        ("name", text()),
        ("description", text()),
        ("attribution", text()),
        ("scheme", words(&["xyz"])),
        ("tiles", list(text())),
        ("minzoom", whole()),
        ("maxzoom", whole()),
        ("vector_layers", list(object(&layer, &[]))),
        ("count", whole()),
        ("revision", whole()),
    ];
    object(&always, &[("bounds", list(number()))])
}

/// A list as GeoJSON.
fn features() -> Form {
    let always = [
        ("type", words(&["FeatureCollection"])),
        ("revision", whole()),
        ("total", whole()),
        ("next", nullable(text())),
        ("features", list(feature(Some(text()), anything()))),
    ];
    object(&always, &[])
}

fn nearby() -> Form {
    let near = object(&[("label", text()), ("lon", number()), ("lat", number())], &[]);
    let totals: Vec<(&str, Form)> = RUNS.iter().chain(&["beyond"]).map(|run| (*run, whole())).collect();
    let always = [
        ("type", words(&["FeatureCollection"])),
        ("revision", whole()),
        ("near", near),
        ("reach", nullable(reach())),
        ("features", list(feature(Some(text()), reference("Found")))),
    ];
    object(&always, &[("totals", object(&totals, &[]))])
}

fn feature(id: Option<Form>, properties: Form) -> Form {
    let always =
        [("type", words(&["Feature"])), ("geometry", nullable(reference("Geometry"))), ("properties", properties)];
    let id = id.map(|form| ("id", form));
    object(&always.into_iter().chain(id).collect::<Vec<_>>(), &[])
}

fn reach() -> Form {
    object(&[("within_m", number()), ("rule", text())], &[])
}

fn sums() -> [(&'static str, Form); 9] {
    [
        ("areas", whole()),
        ("areas_covered", whole()),
        ("areas_without_weight", whole()),
        ("weight", number()),
        ("weight_covered", number()),
        ("weight_unsure", number()),
        ("weight_from_outside", number()),
        ("share", nullable(number())),
        ("share_possible", nullable(number())),
    ]
}

fn covered_area() -> Form {
    let always = [
        ("id", text()),
        ("code", text()),
        ("name", text()),
        ("weight", number()),
        ("nearest_m", nullable(number())),
        ("covered", flag()),
        ("possible", flag()),
        ("by", nullable(text())),
    ];
    object(&always, &[])
}

fn coverage() -> Form {
    object(&covered(), &[("per_area", list(reference("CoveredArea")))])
}

fn coverage_shapes() -> Form {
    let shapes = [("type", words(&["FeatureCollection"])), ("features", list(feature(None, reference("CoveredArea"))))];
    object(&covered().into_iter().chain(shapes).collect::<Vec<_>>(), &[])
}

fn covered() -> [(&'static str, Form); 8] {
    let group: Vec<(&str, Form)> = sums().into_iter().chain([("key", text())]).collect();
    [
        ("revision", whole()),
        ("view", words(VISIBILITY)),
        ("reach", reach()),
        ("areas", text()),
        ("weight", text()),
        ("total", reference("Sums")),
        ("groups", list(object(&group, &[]))),
        ("ignored", list(text())),
    ]
}

/// What was kept may be of an earlier version of the program, or anybody's: nothing is said of its form.
fn evidence_again() -> Form {
    object(&[("then", nullable(anything())), ("now", reference("Sums")), ("changed", flag())], &[])
}

fn about() -> Form {
    let dataset = object(&[("name", text()), ("rows", whole()), ("loaded_at", text())], &[]);
    let always = [
        ("name", text()),
        ("version", text()),
        ("revision", whole()),
        ("licence", nullable(text())),
        ("attribution", list(text())),
        ("bounds", nullable(list(number()))),
        ("datasets", list(dataset)),
        ("basemap", reference("Basemap")),
        ("demo", flag()),
    ];
    object(&always, &[])
}

/// The map under the map: a coast, tiles of this instance, or somebody else's style.
fn basemap() -> Form {
    let tiles = [
        ("kind", words(&["tiles"])),
        ("form", words(&["vector", "raster"])),
        ("tiles", text()),
        ("min_zoom", whole()),
        ("max_zoom", whole()),
        ("bounds", list(number())),
        ("layers", list(text())),
    ];
    either([
        object(&[("kind", words(&["coast"]))], &[]),
        object(&tiles, &[]),
        object(&[("kind", words(&["style"])), ("url", text()), ("host", text())], &[]),
    ])
}

fn area_sets() -> Form {
    let indicator = object(&[("name", text()), ("type", words(&["count", "rate", "score"]))], &[]);
    let group = object(&[("name", text()), ("values", whole())], &[]);
    let set = [
        ("name", text()),
        ("areas", whole()),
        ("population", nullable(number())),
        ("indicators", list(indicator)),
        ("groups", list(group)),
    ];
    object(&[("items", list(object(&set, &[])))], &[])
}

fn towns() -> Form {
    let town = [("name", text()), ("county", text()), ("lon", number()), ("lat", number()), ("size", whole())];
    object(&[("items", list(object(&town, &[])))], &[])
}

/// One line of a record's history; bodies as far as the caller sees them.
fn change() -> Form {
    let always = [
        ("seq", whole()),
        ("id", text()),
        ("op", text()),
        ("of", nullable(text())),
        ("kind", nullable(kind())),
        ("record", nullable(text())),
        ("version", nullable(whole())),
        ("before", nullable(anything())),
        ("after", nullable(anything())),
        ("by", nullable(text())),
        ("at", text()),
        ("why", nullable(text())),
        ("batch", nullable(text())),
    ];
    object(&always, &[])
}

fn changes() -> Form {
    let item = [("seq", whole()), ("op", text()), ("kind", kind()), ("id", text()), ("at", text())];
    object(&[("head", whole()), ("items", list(object(&item, &[]))), ("next", nullable(whole()))], &[])
}

fn event() -> Form {
    let always = [
        ("seq", whole()),
        ("op", words(&["added", "changed", "gone"])),
        ("kind", kind()),
        ("id", text()),
        ("version", whole()),
        ("points", list(reference("Point"))),
        ("record", nullable(anything())),
    ];
    object(&always, &[])
}

fn row_problem() -> Form {
    object(
        &[("line", whole()), ("field", text()), ("code", words(Code::ALL)), ("message", text())],
        &[("value", text())],
    )
}

fn imported() -> Form {
    let gone = object(&[("key", text()), ("record", text()), ("name", text())], &[]);
    let always = [
        ("batch", text()),
        ("list", text()),
        ("rows", whole()),
        ("created", whole()),
        ("updated", whole()),
        ("unchanged", whole()),
        ("refused", whole()),
        ("kept_local", whole()),
        ("linked_created", whole()),
        ("notes", list(text())),
        ("unit", words(&["line", "feature"])),
        ("refused_by_code", named(whole())),
        ("warned_by_code", named(whole())),
        ("problems", list(reference("RowProblem"))),
        ("warnings", list(reference("RowProblem"))),
        ("unused_columns", list(text())),
        ("further_columns", list(text())),
        ("dry_run", flag()),
    ];
    let at_times =
        [("gone", whole()), ("newly_gone", list(gone)), ("refused_csv", text()), ("refused_geojson", text())];
    object(&always, &at_times)
}

fn explained() -> Form {
    let example = object(&[("before", text()), ("after", text())], &[]);
    let column = [
        ("number", whole()),
        ("heading", text()),
        ("taken_as", text()),
        ("filled", whole()),
        ("taken", whole()),
        ("kept", whole()),
        ("left_out", whole()),
        ("examples", list(example)),
    ];
    let always = [
        ("list", text()),
        ("form", text()),
        ("notes", list(text())),
        ("rows", whole()),
        ("good", whole()),
        ("columns", list(object(&column, &[]))),
    ];
    object(&always, &[])
}

fn undone() -> Form {
    let kept = [
        ("record", text()),
        ("field", nullable(text())),
        ("by", nullable(text())),
        ("kind", nullable(kind())),
        ("name", nullable(text())),
        ("by_name", nullable(text())),
    ];
    let always = [
        ("batch", text()),
        ("reverted", list(text())),
        ("kept", list(object(&kept, &[]))),
        ("totals", object(&[("reverted", whole()), ("kept", whole())], &[])),
        ("more", flag()),
        ("stopped", flag()),
        ("revision", whole()),
    ];
    object(&always, &[])
}

fn kind() -> Form {
    words(&Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>())
}
