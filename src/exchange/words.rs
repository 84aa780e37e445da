//! What publishers call their columns. Headings are compared in lower case without punctuation or spaces; the first
//! word of a line that a file has wins.

use crate::model::Kind;

/// Headings of one target; `path` is what `--map` would say.
pub(super) struct Words {
    pub(super) path: &'static str,
    pub(super) words: &'static [&'static str],
    /// Several columns may serve it (address lines).
    pub(super) many: bool,
}

const fn one(path: &'static str, words: &'static [&'static str]) -> Words {
    Words { path, words, many: false }
}

const fn many(path: &'static str, words: &'static [&'static str]) -> Words {
    Words { path, words, many: true }
}

/// Letters and digits of a heading, in lower case.
pub(super) fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Headings that only number the rows of an export.
pub(super) fn is_row_number(heading: &str) -> bool {
    matches!(plain(heading).as_str(), "" | "fid" | "objectid" | "index" | "globalid" | "unnamed0" | "rownumber")
}

/// What the kind's name stands under, best first.
pub(super) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Organisation => &[
            "name",
            "organisationname",
            "organizationname",
            "organisation",
            "organization",
            "orgname",
            "charityname",
            "trustname",
            "companyname",
            "recipientorgname",
            "membername",
            "groupname",
            "title",
        ],
        Kind::Service => &[
            "name",
            "servicename",
            "activityname",
            "groupname",
            "activity",
            "service",
            "group",
            "sessionname",
            "classname",
            "title",
            "foodbankname",
        ],
        Kind::Category => &["name", "tag", "term", "label", "title", "category"],
        Kind::Resource => &["name", "resourcename", "roomname", "title", "resource", "item", "room", "skill"],
        _ => &[
            "name",
            "placename",
            "sitename",
            "venuename",
            "libraryname",
            "hospitalname",
            "practicename",
            "surgeryname",
            "pharmacyname",
            "schoolname",
            "buildingname",
            "facilityname",
            "centrename",
            "hubname",
            "distname",
            "venue",
            "officialname",
            "organisationname",
            "organizationname",
            "orgname",
            "charityname",
            "tradingname",
            "title",
            "library",
            "name1",
        ],
    }
}

/// Words of a heading that ends in "name" but names something else.
pub(super) const OTHER_NAMES: &[&str] =
    &["parent", "area", "ward", "contact", "county", "district", "region", "street", "last", "first", "user", "file"];

/// Every other target; those a kind does not have are passed over.
pub(super) const TABLE: &[Words] = &[
    one("code", &["code", "areacode", "categorycode"]),
    one("lon", &["lon", "long", "lng", "longitude", "longitudewgs84", "geolong"]),
    one("lat", &["lat", "latitude", "latitudewgs84", "geolat"]),
    one("easting", &["easting", "eastings", "bnge", "oseasting", "osgbeasting", "geometryx", "east", "e"]),
    one("northing", &["northing", "northings", "bngn", "osnorthing", "osgbnorthing", "geometryy", "north", "n"]),
    one("x", &["x", "xcoord", "xcoordinate"]),
    one("y", &["y", "ycoord", "ycoordinate"]),
    one("grid_ref", &["gridref", "gridreference", "osgridref", "osgridreference", "ngr"]),
    one("postcode", &["postcode", "pcds", "pcd", "postalcode", "venuepostcode", "sitepostcode", "pcd8", "pcd7", "zip"]),
    many("place.name", &["placename", "venuename", "venue", "sitename", "place", "heldat", "locationname", "location"]),
    one(
        "provider.name",
        &[
            "provider",
            "providername",
            "organisationname",
            "organizationname",
            "organisation",
            "organization",
            "charityname",
            "orgname",
            "runby",
            "deliveredby",
            "leadorganisation",
            "libraryservice",
            "parentname",
        ],
    ),
    many(
        "address",
        &[
            "address",
            "fulladdress",
            "postaladdress",
            "streetaddress",
            "address1",
            "addressline1",
            "addr1",
            "address2",
            "addressline2",
            "addr2",
            "address3",
            "addressline3",
            "address4",
            "addressline4",
            "address5",
            "street",
            "locality",
            "town",
            "city",
            "posttown",
            "county",
            "venueaddress",
        ],
    ),
    one("phone", &["phone", "tel", "telephone", "telephonenumber", "phonenumber", "telno", "contacttelephone"]),
    one("email", &["email", "emailaddress", "contactemail", "mail"]),
    one(
        "website",
        &["website", "url", "web", "webaddress", "homepage", "webpage", "websiteurl", "urloflibrarywebsite"],
    ),
    one("hours", &["hours", "openinghours", "openingtimes", "opentimes", "openingtime"]),
    one("schedule", &["schedule", "when", "hours", "openinghours", "openingtimes", "opentimes", "times", "daytime"]),
    one("slots", &["slots", "availability", "times", "when"]),
    one("description", &["description", "summary", "about", "activities", "details", "notes", "whatwedo"]),
    one("type", &["type", "placetype", "sitetype", "resourcetype", "organisationkind"]),
    one("side", &["side", "offeredorwanted"]),
    one("closed", &["closed", "isclosed"]),
    one("closed_year", &["closedyear", "yearclosed"]),
    one("status", &["status"]),
    one("from", &["opendate", "opened", "startdate", "validfrom", "from"]),
    one("until", &["closedate", "closeddate", "enddate", "validto", "until"]),
    many(
        "identifiers.GB-CHC",
        &[
            "charitynumber",
            "regnumber",
            "registeredcharitynumber",
            "charityno",
            "charityregistrationnumber",
            "charityregno",
            "registeredcharityno",
            "ewcharitynumber",
            "gbchc",
            "recipientorgcharitynumber",
        ],
    ),
    one("identifiers.GB-SC", &["scottishcharitynumber", "oscrnumber"]),
    one("identifiers.GB-COH", &["companynumber", "companyno", "companieshousenumber", "recipientorgcompanynumber"]),
    one("identifiers.ODS", &["odscode", "ods", "organisationcode", "orgcode", "practicecode", "trustcode", "nhscode"]),
    one("identifiers.CQC", &["cqcid", "cqclocationid", "locationid"]),
    one("org_id", &["orgid", "organisationidentifier", "recipientorgidentifier"]),
    one("provider.identifiers.ODS", &["parentodscode", "providerodscode", "parentorganisationcode"]),
    many("categories", &["categories", "category", "taxonomy", "taxonomyterm", "servicetype", "servicecategory"]),
    one("service_area", &["servicearea", "serviceareacode", "coverage"]),
    one("referral", &["referral", "referralmethod", "referralroute", "referralroutes", "howtorefer", "referrals"]),
    one("delivery", &["delivery", "deliverymethod", "attendingtype"]),
    one("eligibility.min_age", &["minage", "minimumage", "agefrom", "eligibilityminage", "agemin"]),
    one("eligibility.max_age", &["maxage", "maximumage", "ageto", "eligibilitymaxage", "agemax"]),
    one("eligibility.group", &["eligibility", "forwhom", "whofor", "targetgroup", "whoisitfor", "audience"]),
    one("accepting.value", &["accepting", "acceptingreferrals", "takingpeople"]),
    one("capacity.per_week", &["capacity", "capacityperweek", "placesaweek", "placesperweek"]),
    one("capacity.free", &["freeplaces", "placesfree", "spaces", "capacityfree"]),
    one("capacity.waiting_weeks", &["waitingweeks", "weekswait", "waitweeks", "waitingtimeweeks"]),
    one("cost.free", &["free", "isfree", "costfree", "freeofcharge"]),
    one("cost.text", &["cost", "costs", "price", "fee", "fees", "charge", "costtext"]),
    one("languages", &["languages", "language"]),
    one("accessible.step_free", &["stepfree", "stepfreeaccess", "wheelchair", "wheelchairaccess"]),
    one("accessible.toilet", &["accessibletoilet", "toiletswheelchair"]),
    one("accessible.parking", &["accessibleparking", "disabledparking"]),
    one("visibility", &["visibility"]),
    one("precision", &["precision"]),
    one("home_address", &["homeaddress", "ishome"]),
    one("taxonomy", &["taxonomy"]),
    one("words", &["words", "synonyms", "keywords"]),
    one("area_set", &["areaset"]),
    one("seats", &["seats"]),
    one(
        "indicators.population",
        &["population", "popall", "pop", "totalpopulation", "allpersons", "allages", "poptotal"],
    ),
];

/// What people call a word of ours: (theirs, without punctuation, singular or plural; ours).
pub(super) fn our_word(path: &str, cell: &str) -> Option<&'static str> {
    let plain = plain(cell);
    let word = plain.trim_end_matches('s');
    let found = match (path, word) {
        ("type", "residentialhome" | "nursinghome" | "carehome" | "residentialcarehome") => "care_home",
        ("type", "gppractice" | "gpsurgery" | "surgery" | "doctor" | "generalpractice") => "gp_practice",
        ("type", "chemist" | "communitypharmacy") => "pharmacy",
        ("type", "church" | "mosque" | "temple" | "synagogue" | "gurdwara" | "chapel" | "placeofworship") => "faith",
        ("type", "villagehall" | "communityhall" | "hall") => "community_centre",
        ("type", "park" | "allotment" | "garden") => "green_space",
        ("type", "charity" | "charitie" | "registeredcharity") => "voluntary",
        ("type", "council" | "localauthoritie") => "local_authority",
        ("type", "cic" | "communityinterestcompany") => "social_enterprise",
        ("referral", "selfreferral" | "selfrefer" | "dropin" | "openaccess" | "noreferralneeded" | "walkin") => "self",
        ("referral", "gpreferral" | "doctor" | "generalpractitioner") => "gp",
        ("referral", "linkworker" | "socialprescriber" | "socialprescribinglinkworker") => "social_prescribing",
        ("referral", "professional" | "professionalreferral" | "anyprofessionalreferral") => "any_professional",
        ("delivery", "inperson" | "venue" | "facetoface" | "onsite" | "location") => "at_place",
        ("delivery", "phone" | "byphone" | "bytelephone" | "helpline") => "telephone",
        ("delivery", "home" | "homevisit" | "athome") => "at_home",
        ("accepting", "ye" | "true" | "open" | "y") => "yes",
        ("accepting", "false" | "full" | "n") => "no",
        _ => return None,
    };
    Some(found)
}
