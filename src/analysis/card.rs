//! What a card shows beside the record's own fields: names of what it is linked to, as far as the caller sees them.

use serde_json::{Value, json};

use crate::atlas::{Entry, View};
use crate::model::record::stored;

/// `{provider, place, categories}` of a record.
pub fn of(entry: &Entry, view: &View) -> Value {
    let name_of = |e: &Entry| json!({"id": e.id, "name": e.name});
    let provider = entry.linked("provider").find_map(|id| view.get(id));
    let place = entry.linked("places").chain(entry.linked("place")).find_map(|id| view.get(id));
    // An exact place would give the position of an approximate service away.
    let place = place.filter(|place| !view.withholds_position(entry) || view.withholds_position(place));
    let categories = entry.linked("categories").chain(entry.linked("category")).filter_map(|id| view.get(id));
    json!({
        "provider": provider.map(name_of),
        "place": place.map(|place| place_of(place, view)),
        "categories": categories.map(name_of).collect::<Vec<_>>(),
    })
}

fn place_of(place: &Entry, view: &View) -> Value {
    let body = view.shown(place, stored(&place.body));
    let mut shown = serde_json::Map::new();
    for field in ["id", "name", "address", "postcode", "hours", "accessible", "phone"] {
        shown.insert(field.to_owned(), body.get(field).cloned().unwrap_or(Value::Null));
    }
    Value::Object(shown)
}
