//! Fields that several kinds share: those every record has, ways to be reached, words for status and money.

use super::personal;
use super::problem::{Code, Problems};
use super::shape::{Field, MOST_HEADING, Shape};
use serde_json::{Map, Value};

/// Fields of every record that a client may set.
pub const EVERY: &[Field] = &[
    Field::new("name", Shape::Line(300), "what it is called").required().stays(),
    Field::new("description", Shape::Prose(5000), "what it is, in plain words").stays(),
    Field::new("visibility", Shape::Word(VISIBILITY), "who may see it: public unless told otherwise").stays(),
    Field::new("precision", Shape::Word(PRECISION), "whether its position is shown exactly").stays(),
    Field::new("point", Shape::Point, "where it is, WGS84 degrees"),
    Field::new("assured", Shape::Group(ASSURED), "who checked it, when and how"),
    Field::new(
        "illustrative",
        Shape::List(&Shape::Line(100)),
        "names of fields whose values are examples rather than facts; * for all of it",
    )
    .stays(),
    Field::new(
        "unclear",
        Shape::List(&Shape::Line(60)),
        "names of fields that a list gave in words nobody could read: they are unknown, where silence would have a \
         meaning (status, until, eligibility.min_age)",
    )
    .stays(),
    Field::new(
        "further",
        Shape::Further,
        "columns of a list that are no field here, as {heading: text}: seen by who brought them, and by others once an \
         admin publishes the column",
    )
    .kept_back(),
    Field::new(
        "published",
        Shape::List(&Shape::Line(MOST_HEADING)),
        "headings under `further` that everyone may see who sees the position",
    ),
];

/// Keys the server owns: accepted as read, never taken over.
pub const SERVERS_OWN: &[&str] = &["id", "kind", "version", "owner", "sources", "origins", "created_at", "updated_at"];

/// Who may see a record.
pub const VISIBILITY: &[&str] = &["public", "partners", "organisation"];

/// How exactly a position is shown.
pub const PRECISION: &[&str] = &["exact", "approximate"];

const ASSURED: &[Field] = &[
    Field::new("by", Shape::Line(120), "the organisation or role that checked").required(),
    Field::new("at", Shape::Moment, "when it was checked").required(),
    Field::new("how", Shape::Word(&["owner", "visited", "rang", "letter", "website"]), "how it was checked"),
];

/// The life of a place, a service or a resource.
pub const STATUS: Field = Field::new(
    "status",
    Shape::Word(&["planned", "pilot", "open", "paused", "closing", "closed"]),
    "where it is in its life; none given counts as open",
)
.stays();

/// Statuses that count when none is asked for; none given is open.
pub const USUAL_STATUS: [&str; 3] = ["pilot", "open", "closing"];

/// First day.
pub const FROM: Field = Field::new("from", Shape::Date, "first day").stays();

/// Last day.
pub const UNTIL: Field = Field::new("until", Shape::Date, "last day").stays();

/// Street address, one line.
pub const ADDRESS: Field = Field::new("address", Shape::Line(300), "street address");

/// Postcode.
pub const POSTCODE: Field = Field::new("postcode", Shape::Postcode, "postcode");

/// Telephone of the organisation, not of a person.
pub const PHONE: Field = Field::new("phone", Shape::Phone, "telephone").personal();

/// E-mail of the organisation, not of a person.
pub const EMAIL: Field = Field::new("email", Shape::Email, "e-mail address").personal().stays();

/// Web page.
pub const WEBSITE: Field = Field::new("website", Shape::Url, "web page");

/// Contacts are roles, not names.
pub const CONTACT: Field =
    Field::new("contact_role", Shape::Line(120), "whom to ask for, as a role: coordinator, reception")
        .personal()
        .stays();

/// How people get in.
pub const REFERRAL: Field = Field::new(
    "referral",
    Shape::List(&Shape::Word(REFERRAL_ROUTES)),
    "who may refer: self means that people may simply come",
)
.stays();

/// Words for ways in.
pub const REFERRAL_ROUTES: &[&str] =
    &["self", "gp", "health_visitor", "district_nurse", "social_prescribing", "any_professional", "hospital", "other"];

/// What it costs the person.
pub const COST: Field = Field::new(
    "cost",
    Shape::Group(&[
        Field::new("free", Shape::Flag, "costs nothing"),
        Field::new("text", Shape::Line(200), "what it costs, in words"),
    ]),
    "what it costs",
)
.stays();

/// Public identifiers, ours or others'.
pub const IDENTIFIERS: Field = Field::new(
    "identifiers",
    Shape::List(&Shape::Group(&[
        Field::new("scheme", Shape::Line(40), "the register: ODS, GB-CHC, GB-COH").required(),
        Field::new("id", Shape::Code(80), "the number or code in it").required(),
    ])),
    "identifiers in public registers",
);

/// What pays for it; nothing that everybody should see.
pub const FUNDING: Field = Field::new(
    "funding",
    Shape::List(&Shape::Group(&[
        Field::new("source", Shape::Line(200), "who pays").required(),
        Field::new("form", Shape::Line(80), "grant, contract, donations"),
        Field::new("until", Shape::Date, "last day that is paid for"),
    ])),
    "what pays for it",
)
.partners_only();

/// Registers whose own numbers may be ten digits long: that one passes for an NHS number says nothing.
const LONG_NUMBERS: [&str; 5] = ["UPRN", "USRN", "CQC", "OSM", "TOID"];

/// The rule between an identifier and its register.
pub fn check_identifiers(body: &Map<String, Value>, problems: &mut Problems) {
    let identifiers = body.get("identifiers").and_then(Value::as_array);
    for (i, identifier) in identifiers.into_iter().flatten().enumerate() {
        let text = |name: &str| identifier.get(name).and_then(Value::as_str).unwrap_or_default();
        let long = LONG_NUMBERS.iter().any(|scheme| scheme.eq_ignore_ascii_case(text("scheme")));
        if let Some(what) = personal::finding(text("id")).filter(|_| !long) {
            let say = format!("{what} Nothing about a person is kept here; take it out.");
            problems.add(&format!("identifiers.{i}.id"), Code::PersonalData, say);
        }
    }
}
