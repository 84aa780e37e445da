//! By what a row is found again when its list comes the next time, and which rows of one file cannot be told apart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use csv::StringRecord;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::steps::{Plan, ValueFrom, cell};
use crate::exchange::cells::counting;
use crate::exchange::cells::html::plain_text;
use crate::exchange::cells::number::is_shortened;
use crate::exchange::read::outline::Outline;
use crate::model::{Body, Kind, Postcode};

/// Bytes of the longest key that is kept as it is.
const LONGEST_KEY: usize = 400;

/// Registers whose numbers name an organisation or a place, best first.
const REGISTERS: &[&str] = &[
    "identifiers.ODS",
    "identifiers.GB-CHC",
    "identifiers.CQC",
    "identifiers.GB-COH",
    "identifiers.GB-SC",
    "identifiers.GB-NIC",
    "org_id",
];

/// The key of a row: the column that was named, else a code, else an identifier, else name and postcode.
pub(crate) fn of(plan: &Plan, row: &StringRecord, outline: Option<&Outline>) -> Option<String> {
    whole(plan, row, outline).map(short)
}

/// Longer keys are told by their digest: an index takes no texts of any length.
fn short(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    format!("sha256:{:x}", Sha256::digest(key.as_bytes()))
}

fn whole(plan: &Plan, row: &StringRecord, outline: Option<&Outline>) -> Option<String> {
    if let Some(column) = plan.key {
        let key = cell(&ValueFrom::Column(column), row).to_owned();
        return (!key.is_empty() && !is_shortened(&key)).then_some(key);
    }
    if let Some((_, id)) = identifier(plan, row) {
        return Some(id.strip_suffix(".0").unwrap_or(id).to_owned());
    }
    let name = plain_text(plan.value("name", row));
    let postcode = plan.value("postcode", row);
    let postcode = Postcode::parse(postcode).map_or_else(|| postcode.to_uppercase(), |p| p.as_str().to_owned());
    if !postcode.is_empty() {
        return Some(format!("{}|{postcode}", normalised(&name)));
    }
    // Without a postcode two halls of one name are told apart by where they are, to about ten metres.
    let pairs = [
        ("lon", "lat"),
        ("easting", "northing"),
        ("x", "y"),
        ("grid_ref", "grid_ref"),
        ("lat_lon", "lat_lon"),
        ("wkt", "wkt"),
    ];
    let spot = outline.and_then(|o| o.first).map(|(x, y)| format!("{x:.4},{y:.4}")).or_else(|| {
        let (a, b) = pairs.iter().find(|(a, _)| !plan.value(a, row).is_empty())?;
        Some(format!("{},{}", rounded(plan.value(a, row)), rounded(plan.value(b, row))))
    });
    Some(format!("{}|{}", normalised(&name), spot.unwrap_or_default()))
}

/// The heading of the column that the key of a row comes from.
pub(crate) fn heading(plan: &Plan, row: &StringRecord) -> String {
    let named = plan.key.and_then(|k| plan.headings.get(k)).cloned();
    named.unwrap_or_else(|| plan.heading(identifier(plan, row).map_or("name", |(path, _)| path)))
}

/// The first code or register number a row holds, with its path.
fn identifier<'a>(plan: &Plan, row: &'a StringRecord) -> Option<(&'static str, &'a str)> {
    let paths: &'static [&'static str] = match plan.kind {
        Kind::Area | Kind::Category => &["code"],
        Kind::Organisation | Kind::Place => REGISTERS,
        _ => &[],
    };
    // A number whose last digits a spreadsheet cut off names nobody.
    let whole = |(_, id): &(&str, &str)| !id.is_empty() && !is_shortened(id);
    paths.iter().map(|path| (*path, plan.column_value(path, row))).find(whole)
}

/// The key of a place that a row names beside itself.
pub(crate) fn named(name: &str, postcode: &str, point: Option<&Value>) -> String {
    let spot = || {
        let part = |p: &str| point.and_then(|v| v.get(p)).and_then(Value::as_f64).unwrap_or_default();
        if point.is_some() { format!("{:.4},{:.4}", part("lon"), part("lat")) } else { String::new() }
    };
    short(format!("{}|{}", normalised(name), if postcode.is_empty() { spot() } else { postcode.to_owned() }))
}

/// The key of an organisation that a row names: its first identifier, else its name.
pub(crate) fn of_organisation(body: &Body) -> String {
    let first = body.get("identifiers").and_then(|i| i.get(0)).and_then(|i| i.get("id")).and_then(Value::as_str);
    let name = body.get("name").and_then(Value::as_str).unwrap_or("");
    short(first.map_or_else(|| normalised(name), str::to_owned))
}

/// A name as it counts for being the same: lower case, words only.
pub(crate) fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.replace('&', " and ").chars() {
        match c {
            '\'' | '’' | '.' => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if !out.ends_with(' ') && !out.is_empty() => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn rounded(number: &str) -> String {
    number.parse::<f64>().map_or_else(|_| number.to_owned(), |n| format!("{n:.4}"))
}

/// Keys seen in a first reading with what their rows say, 128 bits each, and the lines of those that came again.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    first: HashMap<u128, (u64, u128, u128)>,
    again: Repeated,
}

/// Rows of one key.
#[derive(Debug)]
pub(crate) struct Same {
    /// Where they begin, in order.
    pub(crate) lines: Vec<u64>,
    /// Whether all say the same in every field.
    pub(crate) alike: bool,
    /// Whether they do in columns that are no field, too.
    pub(crate) wholly: bool,
}

/// Rows by key, for keys that several rows have.
pub(crate) type Repeated = HashMap<u128, Same>;

impl Seen {
    /// Takes in the key of a row, and digests of all that fills a field and of what is kept beside.
    pub(crate) fn note(&mut self, key: &str, said: u128, kept: u128, line: u64) {
        let hash = hash(key);
        match self.first.entry(hash) {
            Entry::Vacant(slot) => {
                slot.insert((line, said, kept));
            }
            Entry::Occupied(first) => {
                let (first_line, first_said, first_kept) = *first.get();
                let same = self.again.entry(hash).or_insert_with(|| Same {
                    lines: vec![first_line],
                    alike: true,
                    wholly: true,
                });
                same.lines.push(line);
                same.alike &= first_said == said;
                same.wholly &= first_kept == kept;
            }
        }
    }

    pub(crate) fn repeated(self) -> Repeated {
        self.again
    }
}

/// A digest of all that is taken of a row: rows that differ in nothing else are one row written twice.
pub(crate) fn said(plan: &Plan, row: &StringRecord, outline: Option<&Outline>, taken: &dyn Fn(usize) -> bool) -> u128 {
    let mut text = String::new();
    for (i, cell) in row.iter().enumerate().filter(|(i, _)| plan.key == Some(*i) || taken(*i)) {
        text.push_str(&format!("{i}\u{1}{}\u{2}", counting(cell)));
    }
    if let Some(outline) = outline {
        text.push_str(&format!(
            "{:?}{}",
            outline.first,
            outline.boundary.as_ref().map_or_else(String::new, Value::to_string)
        ));
    }
    hash(&text)
}

/// Two independent 64-bit hashes side by side: a billion rows would not meet by chance.
pub(crate) fn hash(key: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        key.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn names_that_people_write_differently_are_the_same() {
        for name in ["St. Mary's  Hall & Rooms", "st marys hall and rooms", "ST MARY’S HALL AND ROOMS "] {
            assert_eq!(normalised(name), "st marys hall and rooms");
        }
    }
}
