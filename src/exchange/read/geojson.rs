//! Features of a GeoJSON file, one at a time, in whatever order its members stand: a county's boundaries are larger
//! than what one wants to hold, and a file cut off in the middle must be noticed before anything is written.

use std::ops::ControlFlow;
use std::path::Path;

use csv::StringRecord;
use serde::Deserializer as _;
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::bytes::{self, cut_off, not_this_format};
use super::encoding::Encoding;
use super::filtered::{Filtered, Mend};
use super::outline::{Crs, Outline};
use super::text::{Since, Text};
use crate::exchange::marks::TOLD_OF;
use crate::exchange::plan::headings::plain;
use crate::model::Problem;
use crate::model::text::clean;

/// A feature longer than this is no neighbourhood.
const LONGEST_FEATURE: usize = 16 << 20;

/// What a first reading found out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    pub(crate) crs: Crs,
    /// Names of properties in the order in which they first appear.
    pub(crate) headings: Vec<String>,
    /// Whether any feature has a geometry.
    pub(crate) geometry: bool,
    /// Whether points stand in two columns of their own, so that a refused row says where it was.
    points: bool,
}

/// More names of properties than any list has columns.
const MOST_COLUMNS: usize = 2000;

/// One feature as it stands in the file.
#[derive(Debug, Default)]
pub(crate) struct Feature {
    properties: Vec<(String, Value)>,
    geometry: Option<Value>,
}

/// Reads the whole file for its form and its properties.
pub(crate) fn look(path: &Path, encoding: Encoding) -> Result<Look, Problem> {
    let mut look = Look::default();
    let mut note = |feature: Feature| {
        for (name, _) in feature.properties {
            if !look.headings.contains(&name) && look.headings.len() < MOST_COLUMNS {
                look.headings.push(name);
            }
        }
        look.geometry |= feature.geometry.is_some();
        look.points |= feature.geometry.is_some_and(|g| g.get("type").is_some_and(|t| t == "Point"));
        ControlFlow::Continue(())
    };
    let crs = stream(path, encoding, &mut note)?;
    look.crs = Crs::named(crs.as_ref())?;
    look.points &= !look.headings.iter().any(|h| ["lon", "long", "lng", "longitude"].contains(&&*plain(h)));
    if look.points {
        look.headings.extend(["lon", "lat"].map(str::to_owned));
    }
    Ok(look)
}

/// Takes a feature as a row with its number; the first error ends the reading.
pub(crate) type RowSink<'a> = dyn FnMut(u64, &StringRecord, Option<&Outline>) -> Result<ControlFlow<()>, Problem> + 'a;

/// Hands over every feature as a row, with its number from 1 and its outline in WGS84.
pub(crate) fn each(path: &Path, encoding: Encoding, look: &Look, sink: &mut RowSink<'_>) -> Result<(), Problem> {
    let mut number = 0;
    let mut failed = None;
    let mut row = StringRecord::new();
    let mut take = |feature: Feature| {
        number += 1;
        row.clear();
        let own = look.headings.len() - if look.points { 2 } else { 0 };
        for heading in &look.headings[..own] {
            let value = feature.properties.iter().find(|(name, _)| name == heading).map(|(_, v)| v);
            row.push_field(&clean(&value.map_or_else(String::new, text_of)));
        }
        let outline = Outline::of(feature.geometry, look.crs);
        if look.points {
            row.push_field(&outline.point.map_or_else(String::new, |p| p.lon.to_string()));
            row.push_field(&outline.point.map_or_else(String::new, |p| p.lat.to_string()));
        }
        sink(number, &row, Some(&outline)).unwrap_or_else(|problem| {
            failed = Some(problem);
            ControlFlow::Break(())
        })
    };
    stream(path, encoding, &mut take)?;
    failed.map_or(Ok(()), Err)
}

/// A property as columns: an object in it has a column for each of its own, as `address.street`.
fn flatten(name: String, value: Value, depth: usize, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(inner) if depth < 3 && !inner.is_empty() => {
            for (key, value) in inner {
                flatten(format!("{name}.{key}"), value, depth + 1, out);
            }
        }
        value => out.push((name, value)),
    }
}

/// A property as the cell it would be.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|i| !i.is_array() && !i.is_object()) => {
            items.iter().map(text_of).collect::<Vec<_>>().join(";")
        }
        other => other.to_string(),
    }
}

type Sink<'a> = &'a mut dyn FnMut(Feature) -> ControlFlow<()>;

/// Streams the features; answers the file's `crs`, if it has one.
fn stream(path: &Path, encoding: Encoding, sink: Sink<'_>) -> Result<Option<Value>, Problem> {
    let (text, since) = Text::new(Box::new(bytes::open(path)?), encoding, LONGEST_FEATURE);
    let mut reader = serde_json::Deserializer::from_reader(Filtered::new(text, Strict::default()));
    let mut stopped = false;
    let collection = Collection { sink, since, stopped: &mut stopped };
    let read = reader.deserialize_map(collection);
    if stopped {
        return Ok(None);
    }
    let found = read.and_then(|found| reader.end().map(|()| found)).map_err(|e| explained(&e))?;
    match found {
        Members { kind: Some(kind), crs, seen: true } if kind == "FeatureCollection" || kind == "Feature" => Ok(crs),
        _ => {
            Err(not_this_format("this is JSON, but not a GeoJSON FeatureCollection; export the list as GeoJSON or CSV"))
        }
    }
}

fn explained(error: &serde_json::Error) -> Problem {
    let at = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => {
            cut_off("the file ends in the middle of a feature: it was cut off; fetch it again")
        }
        _ if error.to_string().starts_with("trailing characters") => not_this_format(
            "the file holds several JSON values one after another (one feature a line?); export it as one GeoJSON \
             FeatureCollection, or as CSV",
        ),
        serde_json::error::Category::Io => not_this_format("a feature is longer than 16 MiB; simplify its outline"),
        _ => {
            not_this_format(&format!("this is not GeoJSON: {error}").replace(&format!(" at {at}"), &format!(" ({at})")))
        }
    }
}

struct Members {
    kind: Option<String>,
    crs: Option<Value>,
    /// Whether there were features at all.
    seen: bool,
}

/// The outermost object: a collection, or one feature.
struct Collection<'a> {
    sink: Sink<'a>,
    since: Since,
    stopped: &'a mut bool,
}

impl<'de> Visitor<'de> for Collection<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a GeoJSON FeatureCollection")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Members, A::Error> {
        let mut found = Members { kind: None, crs: None, seen: false };
        let mut single = Feature::default();
        let mut is_single = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => found.kind = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "crs" => found.crs = Some(map.next_value()?),
                "features" => {
                    map.next_value_seed(Features(&mut self))?;
                    found.seen = true;
                }
                "properties" => {
                    single.properties = map.next_value_seed(Properties)?;
                    is_single = true;
                }
                "geometry" => single.geometry = Some(map.next_value::<Value>()?).filter(|g| !g.is_null()),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if found.kind.as_deref() == Some("Feature") && is_single {
            found.seen = true;
            let _ = (self.sink)(single);
        }
        Ok(found)
    }
}

struct Features<'a, 'b>(&'a mut Collection<'b>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(feature) = seq.next_element_seed(OneFeature)? {
            self.0.since.set(0);
            if (self.0.sink)(feature).is_break() {
                *self.0.stopped = true;
                return Err(de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

struct OneFeature;

impl<'de> DeserializeSeed<'de> for OneFeature {
    type Value = Feature;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Feature, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneFeature {
    type Value = Feature;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let mut feature = Feature::default();
        let mut id = Value::Null;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "properties" => feature.properties = map.next_value_seed(Properties)?,
                "geometry" => feature.geometry = Some(map.next_value::<Value>()?).filter(|g| !g.is_null()),
                "id" => id = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !id.is_null() && !feature.properties.iter().any(|(name, _)| name == "id") {
            feature.properties.push(("id".to_owned(), id));
        }
        Ok(feature)
    }
}

/// The properties in the order of the file, which `serde_json`'s map would not keep.
struct Properties;

impl<'de> DeserializeSeed<'de> for Properties {
    type Value = Vec<(String, Value)>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Properties {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("properties")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            // What was told of a feature that comes back is no property of it.
            if name == TOLD_OF && value.is_object() {
                continue;
            }
            flatten(name, value, 0, &mut out);
        }
        Ok(out)
    }
}

/// JSON as it should be: some programs write `NaN` for a number they do not have, which becomes `null`, so that one
/// broken coordinate costs its feature and not the file.
#[derive(Default)]
struct Strict {
    in_string: bool,
    escaped: bool,
    /// How much of `NaN` was read.
    matched: usize,
}

impl Mend for Strict {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            out.push(byte);
            return;
        }
        if byte == b"NaN"[self.matched] {
            self.matched += 1;
            if self.matched == 3 {
                self.matched = 0;
                out.extend_from_slice(b"null");
            }
            return;
        }
        out.extend_from_slice(&b"NaN"[..std::mem::take(&mut self.matched)]);
        self.in_string = byte == b'"';
        out.push(byte);
    }
}
