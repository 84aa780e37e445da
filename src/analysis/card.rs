//! What a card shows beside the record's own fields: names of what it is linked to, as far as the caller sees them.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt::Write;

use crate::atlas::{Entry, View};

/// `{categories, place, provider, providers}` of a record, written as JSON: an answer holds many cards.
pub fn write(out: &mut String, entry: &Entry, view: &View) {
    let mut providers: Vec<&Entry> = entry.linked("provider").filter_map(|id| view.get(id)).collect();
    providers.sort_by_key(|provider| (provider.name().to_lowercase(), provider.id));
    let place = entry.linked("places").chain(entry.linked("place")).find_map(|id| view.get(id));
    let categories = entry.linked("categories").chain(entry.linked("category")).filter_map(|id| view.get(id));
    out.push_str("{\"categories\":[");
    names_of(out, categories);
    out.push_str("],\"place\":");
    match place {
        Some(place) => place_of(out, place, view),
        None => out.push_str("null"),
    }
    out.push_str(",\"provider\":");
    match providers.first() {
        Some(provider) => name_of(out, provider),
        None => out.push_str("null"),
    }
    out.push_str(",\"providers\":[");
    names_of(out, providers.into_iter());
    out.push_str("]}");
}

/// The same as a text of its own.
pub fn of(entry: &Entry, view: &View) -> String {
    let mut out = String::new();
    write(&mut out, entry, view);
    out
}

fn names_of<'a>(out: &mut String, entries: impl Iterator<Item = &'a Entry>) {
    for (i, entry) in entries.enumerate() {
        if i > 0 {
            out.push(',');
        }
        name_of(out, entry);
    }
}

fn name_of(out: &mut String, entry: &Entry) {
    let name = serde_json::to_string(entry.name()).expect("a text can be written");
    write!(out, "{{\"id\":\"{}\",\"name\":{name}}}", entry.id).expect("writing to a String cannot fail");
}

/// What of a place stands on the cards of its services.
#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow)]
    accessible: Option<&'a RawValue>,
    #[serde(borrow)]
    address: Option<&'a RawValue>,
    #[serde(borrow)]
    hours: Option<&'a RawValue>,
    #[serde(borrow)]
    phone: Option<&'a RawValue>,
    #[serde(borrow)]
    postcode: Option<&'a RawValue>,
}

fn place_of(out: &mut String, place: &Entry, view: &View) {
    let body = view.body(place);
    let Ok(shown) = serde_json::from_str::<Shown<'_>>(&body) else { return out.push_str("null") };
    let text = |value: Option<&RawValue>| value.map_or("null".to_owned(), |v| v.get().to_owned());
    let name = serde_json::to_string(place.name()).expect("a text can be written");
    write!(
        out,
        "{{\"accessible\":{},\"address\":{},\"hours\":{},\"id\":\"{}\",\"name\":{name},\"phone\":{},\"postcode\":{}}}",
        text(shown.accessible),
        text(shown.address),
        text(shown.hours),
        place.id,
        text(shown.phone),
        text(shown.postcode),
    )
    .expect("writing to a String cannot fail");
}
