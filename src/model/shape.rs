//! What a field may hold. One table per kind serves checking, the OpenAPI description, list columns and merging.

use serde_json::{Map, Value};

use super::problem::{Code, Problems, cut};
use super::{Postcode, body, hours, personal, polygon};

/// The most entries of `further`.
pub const MOST_FURTHER: usize = 40;

/// The most characters of a text in it.
pub const MOST_TEXT: usize = 500;

/// The most characters of a heading in it.
pub const MOST_HEADING: usize = 100;

/// One field of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in bodies.
    pub name: &'static str,
    /// What it may hold.
    pub shape: Shape,
    /// One sentence for people and for OpenAPI.
    pub doc: &'static str,
    /// A record without it is refused.
    pub required: bool,
    /// Could name or reach a person: can be redacted, never leaves without a reason.
    pub personal: bool,
    /// Who sees it, of those who see the record.
    pub seen_by: SeenBy,
    /// Stays where the position is withheld: it tells nothing of where something is. Of a group that does not stay,
    /// those parts stay that say so.
    pub stays: bool,
}

/// Who sees a field, of those who see its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenBy {
    /// All of them.
    Everyone,
    /// Accounts with a role on this instance.
    Partners,
    /// Who brought it and admins, apart from what they published.
    Importer,
    /// Who sees as much as the `view` it names.
    ItsView,
}

impl Field {
    /// An optional field that everyone may see.
    pub const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, doc, required: false, personal: false, seen_by: SeenBy::Everyone, stays: false }
    }

    /// Must be there.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// May name or reach a person.
    pub const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }

    /// Whether it can be redacted: it reaches a person, or is text that somebody words and that may name one. What a
    /// record can't be without stays.
    pub const fn redactable(&self) -> bool {
        let worded = matches!(self.shape, Shape::Line(_)) && !self.required;
        self.personal || worded || matches!(self.shape, Shape::Prose(_) | Shape::Further)
    }

    /// Only partners see it.
    pub const fn partners_only(self) -> Self {
        Self { seen_by: SeenBy::Partners, ..self }
    }

    /// Only who brought it sees it, until it is published.
    pub const fn kept_back(self) -> Self {
        Self { seen_by: SeenBy::Importer, ..self }
    }

    /// Seen by who sees as much as its view.
    pub const fn by_its_view(self) -> Self {
        Self { seen_by: SeenBy::ItsView, ..self }
    }

    /// Tells nothing of where something is.
    pub const fn stays(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// The form of a value.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One line of at most so many characters, that somebody words: refused like free text.
    Line(usize),
    /// One line of at most so many characters, that a register or a taxonomy gives: never looked into.
    Code(usize),
    /// Free text of at most so many characters: refused when it holds an NHS number or a date of birth.
    Prose(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// true or false.
    Flag,
    /// A whole number within these bounds.
    Whole(i64, i64),
    /// A number within these bounds.
    Number(f64, f64),
    /// `2026-04-01`.
    Date,
    /// `2026-04-01`, or a date with time and zone.
    Moment,
    /// A UK postcode, stored as `CA13 9LU`.
    Postcode,
    /// OSM opening-hours text.
    Hours,
    /// OSM opening-hours text, or `{rrule, start, minutes}`.
    Schedule,
    /// `http`, `https` or `mailto`.
    Url,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// `{lon, lat}` in the country.
    Point,
    /// GeoJSON Polygon or MultiPolygon.
    Boundary,
    /// A list of values of one shape, none twice.
    List(&'static Shape),
    /// An object with these fields.
    Group(&'static [Field]),
    /// An object of freely named numbers.
    Numbers,
    /// An object of freely named lines.
    Lines,
    /// An object of texts under the headings of a list.
    Further,
    /// The id of a record that is linked under this role.
    Linked(&'static str),
    /// Any JSON object, kept as it is (results of analyses).
    Object,
}

impl Shape {
    /// The value as it will be stored, or `None` with the reasons in `problems`.
    pub fn check(&self, value: &Value, problems: &mut Problems) -> Option<Value> {
        match self {
            Shape::Line(max) => line(value, *max, problems).and_then(|text| impersonal(text, problems)),
            Shape::Code(max) => line(value, *max, problems).map(Value::String),
            Shape::Prose(max) => prose(value, *max, problems),
            Shape::Word(words) => word(value, words, problems),
            Shape::Flag => match value {
                Value::Bool(_) => Some(value.clone()),
                _ => wrong(problems, "must be true or false"),
            },
            Shape::Whole(low, high) => whole(value, *low, *high, problems),
            Shape::Number(low, high) => number(value, *low, *high, problems),
            Shape::Date => match text(value, problems)?.parse::<jiff::civil::Date>() {
                Ok(date) if date.year() > 0 => Some(Value::String(date.to_string())),
                _ => wrong(problems, "must be a date such as 2026-04-01"),
            },
            Shape::Moment => moment(value, problems),
            Shape::Postcode => postcode(value, problems),
            Shape::Hours => opening_hours(line(value, 500, problems)?, problems),
            Shape::Schedule => schedule(value, problems),
            Shape::Url => checked(
                line(value, 500, problems)?,
                is_url,
                problems,
                "must begin with https:// or http://, and hold no name or password",
            ),
            Shape::Email => checked(line(value, 254, problems)?, is_email, problems, "must be an e-mail address"),
            Shape::Phone => checked(line(value, 40, problems)?, is_phone, problems, "must be a telephone number"),
            Shape::Point => point(value, problems),
            Shape::Boundary => polygon::check(value, problems),
            Shape::List(inner) => list(value, inner, problems),
            Shape::Group(fields) => group(value, fields, problems).map(Value::Object),
            Shape::Numbers => entries(value, problems, |v, p| number(v, f64::MIN, f64::MAX, p)),
            Shape::Lines => entries(value, problems, |v, p| Shape::Line(200).check(v, p)),
            Shape::Linked(_) => match text(value, problems)?.parse::<body::Id>() {
                Ok(id) => Some(Value::String(id.to_string())),
                Err(_) => wrong(problems, "must be an id"),
            },
            Shape::Further => further(value, problems),
            Shape::Object => match value {
                Value::Object(_) => every_text(value, &mut |text| told(text, problems)).then(|| value.clone()),
                _ => wrong(problems, "must be an object"),
            },
        }
    }
}

const HOURS_HINT: &str = "must be opening hours such as Mo-Fr 09:00-17:00 or Th 10:00-12:00";

/// Checks the fields of an object against a table; unknown ones are problems.
pub fn group(value: &Value, fields: &[Field], problems: &mut Problems) -> Option<Map<String, Value>> {
    let Value::Object(given) = value else {
        return wrong(problems, "must be an object");
    };
    let mut out = Map::new();
    for field in fields {
        match given.get(field.name) {
            None | Some(Value::Null) if field.required => {
                problems.add(field.name, Code::Required, format!("{} is needed: {}", field.name, field.doc));
            }
            None | Some(Value::Null) => {}
            // What was erased comes back as it was read.
            Some(value) if field.redactable() && personal::is_redacted(value) => {
                out.insert(field.name.to_owned(), value.clone());
            }
            Some(value) => {
                if let Some(value) = problems.at(field.name, |p| field.shape.check(value, p)) {
                    out.insert(field.name.to_owned(), value);
                }
            }
        }
    }
    for name in given.keys().filter(|name| !fields.iter().any(|f| f.name == *name)) {
        problems.add(name, Code::UnknownField, format!("there is no field {} here", shown(name)));
    }
    Some(out)
}

fn wrong<T>(problems: &mut Problems, message: &str) -> Option<T> {
    problems.add("", Code::WrongType, message);
    None
}

fn text<'a>(value: &'a Value, problems: &mut Problems) -> Option<&'a str> {
    match value {
        Value::String(text) => Some(text.trim()),
        _ => wrong(problems, "must be text"),
    }
}

fn line(value: &Value, max: usize, problems: &mut Problems) -> Option<String> {
    let text = super::text::clean(text(value, problems)?).split_whitespace().collect::<Vec<_>>().join(" ");
    sized(text, max, problems)
}

fn sized(text: String, max: usize, problems: &mut Problems) -> Option<String> {
    if text.is_empty() {
        problems.add("", Code::Required, "must not be empty; leave it out when it is not known");
        return None;
    }
    if text.chars().count() > max {
        problems.add("", Code::OutOfRange, format!("is longer than {max} characters"));
        return None;
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        problems.add("", Code::WrongType, "holds characters that are not text");
        return None;
    }
    Some(text)
}

fn prose(value: &Value, max: usize, problems: &mut Problems) -> Option<Value> {
    let text = sized(super::text::clean(text(value, problems)?).replace("\r\n", "\n"), max, problems)?;
    impersonal(text, problems)
}

fn impersonal(text: String, problems: &mut Problems) -> Option<Value> {
    about_nobody(&text, problems).then_some(Value::String(text))
}

/// Whether a text is about no patient; the problem where it is.
fn about_nobody(text: &str, problems: &mut Problems) -> bool {
    let found = personal::finding(text);
    if let Some(what) = found {
        problems.add("", Code::PersonalData, format!("{what} Nothing about a person is kept here; take it out."));
    }
    found.is_none()
}

/// Whether a text inside an object that is kept as it is may stay.
fn told(text: &str, problems: &mut Problems) -> bool {
    // Text that no database takes.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return wrong::<()>(problems, "holds characters that are not text").is_some();
    }
    // Ids are ours; the digits in them say nothing.
    uuid::Uuid::parse_str(text).is_ok() || about_nobody(text, problems)
}

/// Whether every text of a value, names included, passes; stops at the first that does not.
fn every_text(value: &Value, passes: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::String(text) => passes(text),
        Value::Array(items) => items.iter().all(|item| every_text(item, passes)),
        Value::Object(entries) => entries.iter().all(|(name, value)| passes(name) && every_text(value, passes)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn word(value: &Value, words: &[&str], problems: &mut Problems) -> Option<Value> {
    let given = text(value, problems)?;
    if words.contains(&given) {
        return Some(Value::String(given.to_owned()));
    }
    problems.add("", Code::NotAllowed, format!("is not one of {}", words.join(", ")));
    None
}

fn whole(value: &Value, low: i64, high: i64, problems: &mut Problems) -> Option<Value> {
    let Some(n) = value.as_i64() else {
        return wrong(problems, "must be a whole number");
    };
    if !(low..=high).contains(&n) {
        problems.add("", Code::OutOfRange, format!("must lie between {low} and {high}"));
        return None;
    }
    Some(Value::from(n))
}

fn number(value: &Value, low: f64, high: f64, problems: &mut Problems) -> Option<Value> {
    let Some(n) = value.as_f64().filter(|n| n.is_finite()) else {
        return wrong(problems, "must be a number");
    };
    if !(low..=high).contains(&n) {
        problems.add("", Code::OutOfRange, format!("must lie between {low} and {high}"));
        return None;
    }
    Some(value.clone())
}

fn moment(value: &Value, problems: &mut Problems) -> Option<Value> {
    let given = text(value, problems)?;
    if let Ok(date) = given.parse::<jiff::civil::Date>()
        && given.len() == 10
        && date.year() > 0
    {
        return Some(Value::String(date.to_string()));
    }
    match given.parse::<jiff::Timestamp>() {
        Ok(time) => Some(Value::String(time.to_string())),
        Err(_) => wrong(problems, "must be a date such as 2026-04-01, or a time with its zone"),
    }
}

fn postcode(value: &Value, problems: &mut Problems) -> Option<Value> {
    let given = text(value, problems)?;
    match Postcode::parse(given) {
        Some(code) => Some(Value::String(code.as_str().to_owned())),
        None => {
            problems.add("", Code::PostcodeMalformed, format!("\"{}\" is not a UK postcode", shown(given)));
            None
        }
    }
}

/// Opening hours; what is probably a slip of twelve hours is asked back.
fn opening_hours(text: String, problems: &mut Problems) -> Option<Value> {
    match hours::slips(&text).first() {
        Some(slip) => wrong(problems, &slip.question()),
        // A rule may carry words for people.
        None if !about_nobody(&text, problems) => None,
        None => checked(text, hours::is_opening_hours, problems, HOURS_HINT),
    }
}

fn schedule(value: &Value, problems: &mut Problems) -> Option<Value> {
    const PARTS: &[Field] = &[
        Field::new("rrule", Shape::Line(300), "when it repeats (RFC 5545)").required(),
        Field::new("start", Shape::Line(30), "first time, local, such as 2026-04-02T10:00").required(),
        Field::new("minutes", Shape::Whole(1, 24 * 60), "how long it lasts").required(),
    ];
    if value.is_string() {
        return Shape::Hours.check(value, problems);
    }
    let before = problems.len();
    let parts = group(value, PARTS, problems)?;
    if problems.len() > before {
        return None;
    }
    let get = |name: &str| parts.get(name).and_then(Value::as_str).unwrap_or_default();
    if !hours::is_recurrence(get("rrule"), get("start")) {
        problems.add("rrule", Code::WrongType, "must be a rule such as FREQ=MONTHLY;BYDAY=1TH with a local start time");
        return None;
    }
    Some(Value::Object(parts))
}

fn point(value: &Value, problems: &mut Problems) -> Option<Value> {
    const PARTS: &[Field] = &[
        Field::new("lon", Shape::Number(-180.0, 180.0), "longitude, degrees east").required(),
        Field::new("lat", Shape::Number(-90.0, 90.0), "latitude, degrees north").required(),
    ];
    let before = problems.len();
    let parts = group(value, PARTS, problems)?;
    if problems.len() > before {
        return None;
    }
    let part = |name: &str| parts[name].as_f64().unwrap_or(f64::NAN);
    let point = super::Point { lon: part("lon"), lat: part("lat") };
    if !point.in_country() {
        let swapped = super::Point { lon: point.lat, lat: point.lon };
        let hint = if swapped.in_country() { "; lon and lat seem to have changed places" } else { "" };
        problems.add("", Code::OutsideCountry, format!("lies outside 49–61.5 N, 9 W–2.5 E{hint}"));
        return None;
    }
    Some(Value::Object(parts))
}

fn list(value: &Value, inner: &Shape, problems: &mut Problems) -> Option<Value> {
    let Value::Array(items) = value else {
        return wrong(problems, "must be a list");
    };
    if items.len() > 1000 {
        problems.add("", Code::OutOfRange, "holds more than 1000 values");
        return None;
    }
    let mut out: Vec<Value> = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        if let Some(item) = problems.at(&i.to_string(), |p| inner.check(item, p))
            && !out.contains(&item)
        {
            out.push(item);
        }
    }
    Some(Value::Array(out))
}

fn entries(
    value: &Value,
    problems: &mut Problems,
    check: impl Fn(&Value, &mut Problems) -> Option<Value>,
) -> Option<Value> {
    let Value::Object(given) = value else {
        return wrong(problems, "must be an object");
    };
    let mut out = Map::new();
    for (name, value) in given.iter().filter(|(_, v)| !v.is_null()) {
        if name.chars().any(char::is_control) {
            problems.add("", Code::WrongType, "a name holds characters that are not text");
        } else if about_nobody(name, problems)
            && let Some(value) = problems.at(name, |p| check(value, p))
        {
            out.insert(name.clone(), value);
        }
    }
    Some(Value::Object(out))
}

/// Texts of columns that are no field: few, short, and nothing of a person.
fn further(value: &Value, problems: &mut Problems) -> Option<Value> {
    let texts = entries(value, problems, |v, p| prose(v, MOST_TEXT, p))?;
    let named = texts.as_object().into_iter().flatten();
    if named.clone().count() > MOST_FURTHER {
        problems.add("", Code::OutOfRange, format!("holds more than {MOST_FURTHER} texts"));
        return None;
    }
    if let Some((name, _)) = named.clone().find(|(name, _)| name.chars().count() > MOST_HEADING) {
        problems.add("", Code::OutOfRange, format!("\"{}\" is longer than {MOST_HEADING} characters", shown(name)));
        return None;
    }
    Some(texts)
}

fn checked(text: String, fits: impl Fn(&str) -> bool, problems: &mut Problems, hint: &str) -> Option<Value> {
    if fits(&text) { Some(Value::String(text)) } else { wrong(problems, hint) }
}

pub(crate) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    // A name and a password before the host: somebody's, or made to look like another host.
    let named = |host: &str| host.split(['/', '?', '#', '\\']).next().is_some_and(|host| host.contains('@'));
    rest.is_some_and(|r| !r.is_empty() && !r.starts_with('/') && !named(r)) && !text.contains([' ', '<', '>', '"'])
}

pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains([' ', '<', '>', '"'])
}

pub(crate) fn is_phone(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 3
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " +()-.,/#".contains(c))
}

/// At most 40 characters of a faulty value, for a message.
pub fn shown(text: &str) -> String {
    cut(text, 40)
}
