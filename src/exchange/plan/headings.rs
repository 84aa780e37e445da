//! What publishers call their columns. Headings are compared in lower case without punctuation or spaces; the first
//! word of a line that a file has wins.

use crate::model::Kind;

/// Headings of one target; `path` is what `--map` would say.
pub(crate) struct Headings {
    pub(crate) path: &'static str,
    /// With blanks between.
    words: &'static str,
    /// Several columns may serve it (address lines).
    pub(crate) many: bool,
}

impl Headings {
    /// The headings, as [`plain`] makes them; the first that a file has wins.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &'static str> {
        self.words.split_whitespace()
    }
}

const fn one(path: &'static str, words: &'static str) -> Headings {
    Headings { path, words, many: false }
}

const fn many(path: &'static str, words: &'static str) -> Headings {
    Headings { path, words, many: true }
}

/// Letters and digits of a heading, in lower case.
pub(crate) fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Headings that only number the rows of an export.
pub(crate) fn is_row_number(heading: &str) -> bool {
    matches!(plain(heading).as_str(), "" | "fid" | "objectid" | "index" | "globalid" | "unnamed0" | "rownumber")
}

/// What the kind's name stands under, best first.
pub(crate) fn names(kind: Kind) -> impl Iterator<Item = &'static str> + Clone {
    let words = match kind {
        Kind::Organisation => {
            "name organisationname organizationname organisation organization orgname charityname trustname \
             companyname recipientorgname membername groupname title"
        }
        Kind::Service => {
            "name servicename activityname groupname activity service group sessionname classname title \
             foodbankname"
        }
        Kind::Category => "name tag term label title category",
        Kind::Resource => "name resourcename roomname title resource item room skill",
        _ => {
            "name placename sitename venuename libraryname hospitalname practicename surgeryname pharmacyname \
             schoolname buildingname facilityname centrename hubname distname venue officialname organisationname \
             organizationname orgname charityname tradingname title library name1"
        }
    };
    words.split_whitespace()
}

/// Words of a heading that ends in "name" but names something else.
pub(crate) const OTHER_NAMES: &[&str] =
    &["parent", "area", "ward", "contact", "county", "district", "region", "street", "last", "first", "user", "file"];

/// Every other target; those a kind does not have are passed over.
pub(crate) const TABLE: &[Headings] = &[
    one("code", "code areacode categorycode geographycode geocode gsscode onscode"),
    one(
        "lon",
        "lon long lng longitude longitudewgs84 geolong geolon geolng pclon pclong wgs84lon wgs84long \
         decimallongitude longitudedd maplong maplon locationlongitude lonwgs84",
    ),
    one(
        "lat",
        "lat latitude latitudewgs84 geolat pclat wgs84lat decimallatitude latitudedd maplat \
         locationlatitude latwgs84",
    ),
    one(
        "easting",
        "easting eastings bnge oseasting osgbeasting geometryx east e pceasting oseast1m xeasting \
         eastingbng",
    ),
    one(
        "northing",
        "northing northings bngn osnorthing osgbnorthing geometryy north n pcnorthing osnrth1m \
         ynorthing northingbng",
    ),
    one("x", "x xcoord xcoordinate"),
    one("y", "y ycoord ycoordinate"),
    one("grid_ref", "gridref gridreference osgridref osgridreference ngr osref"),
    one(
        "lat_lon",
        "latlon latlong latlng latitudelongitude coordinates coordinate coords geolocation geopoint \
         geo gps gpscoordinates latlonpair mapcoordinates mapreference geolocationpoint",
    ),
    one("wkt", "wkt geom thegeom geometry wktgeom wktgeometry geomwkt shapewkt point shape"),
    one(
        "postcode",
        "postcode pcds pcd postalcode venuepostcode sitepostcode pcd8 pcd7 zip addrpostcode \
         addresspostcode addresspostalcode postcodes pc pcode addresspc locationpostcode fullpostcode \
         contactpostcode placepostcode",
    ),
    many("place.name", "placename venuename venue sitename place heldat locationname location"),
    one(
        "provider.name",
        "provider providername organisationname organizationname organisation organization \
         charityname orgname runby deliveredby leadorganisation libraryservice parentname operator operatorname \
         managedby serviceprovider hostorganisation leadpartner",
    ),
    // In the order in which an address is written.
    many(
        "address",
        "address fulladdress postaladdress streetaddress venueaddress siteaddress locationaddress \
         addrhousename addresshousename housename buildingname addrhousenumber addresshousenumber housenumber \
         address1 addressline1 addr1 addrln1 addressln1 addresslineone addressstreet addrstreet street streetname \
         road addressaddress1 address2 addressline2 addr2 addrln2 addressln2 addresslinetwo addrplace addrsuburb \
         addresssuburb addressaddress2 address3 addressline3 addr3 addrln3 addressln3 addresslocality locality \
         village addrvillage address4 addressline4 addr4 addrln4 addressln4 town addrtown addresstown city \
         addrcity addresscity posttown towncity address5 addressline5 addr5 county addrcounty addresscounty \
         addressstateprovince addressregion",
    ),
    one(
        "phone",
        "phone tel telephone telephonenumber phonenumber telno contacttelephone contactphone \
         contactnumber contacttelephonenumber contactphonenumber telephoneno phoneno mobile mainphone \
         maintelephone enquirytelephone publictelephone helpline contacttel contactmobile",
    ),
    one("email", "email emailaddress contactemail mail contactemailaddress publicemail enquiryemail mainemail"),
    one(
        "website",
        "website url web webaddress homepage webpage websiteurl urloflibrarywebsite contactwebsite \
         websiteaddress weburl link websitelink contacturl internet www",
    ),
    one("hours", HOURS),
    one("schedule", SCHEDULE),
    one("slots", "slots availability times when"),
    one(
        "description",
        "description summary about activities details notes whatwedo servicedescription \
         shortdescription longdescription overview purpose information aboutus",
    ),
    one(
        "type",
        "type placetype sitetype resourcetype organisationkind amenity orgtype organisationtype venuetype \
         facilitytype healthcare",
    ),
    one("side", "side offeredorwanted"),
    many(
        "closed",
        "closed isclosed permanentlyclosed closedpermanently nowclosed temporarilyclosed closure disused inactive \
         isinactive removed archived isarchived deleted isdeleted ceased abandoned demolished discontinued defunct dissolved",
    ),
    one(
        "status",
        "status currentstatus operationalstatus openstatus organisationstatus statuscode statusname statusvalue \
         establishmentstatusname establishmentstatus",
    ),
    one("active", "active isactive"),
    one("from", "opendate opened startdate validfrom from dateopened yearopened openedyear"),
    many("until", UNTIL_HEADINGS),
    many(
        "identifiers.GB-CHC",
        "charitynumber regnumber registeredcharitynumber charityno \
         charityregistrationnumber charityregno registeredcharityno ewcharitynumber gbchc \
         recipientorgcharitynumber charityregnumber registeredcharity",
    ),
    one("identifiers.GB-SC", "scottishcharitynumber oscrnumber scottishcharityno"),
    one("identifiers.GB-NIC", "nicharitynumber ccninumber northernirelandcharitynumber"),
    one(
        "identifiers.GB-COH",
        "companynumber companyno companieshousenumber recipientorgcompanynumber \
         companyregistrationnumber",
    ),
    one(
        "identifiers.ODS",
        "odscode ods organisationcode orgcode practicecode trustcode nhscode odscodes sitecode \
         odsid nacscode",
    ),
    one("identifiers.CQC", "cqcid cqclocationid locationid cqclocation"),
    one("identifiers.UPRN", "uprn refuprn"),
    one("org_id", "orgid organisationidentifier recipientorgidentifier"),
    one("provider.identifiers.ODS", "parentodscode providerodscode parentorganisationcode trustodscode"),
    many("categories", "categories category taxonomy taxonomyterm servicetype servicecategory"),
    one("service_area", "servicearea serviceareacode coverage"),
    one(
        "referral",
        "referral referralmethod referralroute referralroutes howtorefer referrals referralprocess \
         howtoaccess access",
    ),
    one("delivery", "delivery deliverymethod attendingtype"),
    one("eligibility.min_age", "minage minimumage agefrom eligibilityminage agemin eligibilityminimumage lowerage"),
    one("eligibility.max_age", "maxage maximumage ageto eligibilitymaxage agemax eligibilitymaximumage upperage"),
    one("eligibility.group", "eligibility forwhom whofor targetgroup whoisitfor audience eligibilitycriteria"),
    one("accepting.value", "accepting acceptingreferrals takingpeople acceptingnewpatients"),
    one("capacity.per_week", "capacity capacityperweek placesaweek placesperweek"),
    one("capacity.free", "freeplaces placesfree spaces capacityfree"),
    one("capacity.waiting_weeks", "waitingweeks weekswait waitweeks waitingtimeweeks"),
    one("cost.free", "free isfree costfree freeofcharge"),
    one("cost.text", "cost costs price fee fees charge charges costtext pricing"),
    one("languages", "languages language"),
    one(
        "accessible.step_free",
        "stepfree stepfreeaccess wheelchair wheelchairaccess wheelchairaccessible \
         disabledaccess",
    ),
    one("accessible.toilet", "accessibletoilet toiletswheelchair disabledtoilet accessibletoilets"),
    one("accessible.parking", "accessibleparking disabledparking"),
    one("visibility", "visibility"),
    one("precision", "precision"),
    one("home_address", "ishome"),
    one("taxonomy", "taxonomy"),
    one("words", "words synonyms keywords"),
    one("area_set", "areaset"),
    one("seats", "seats"),
    one("contact_role", "contactrole contactjobtitle contactposition"),
];

const HOURS: &str = "hours openinghours openingtimes opentimes openingtime openinghour hoursofopening timesopen \
    daysandtimes dayandtime openingdays opendays daysopen opening openingdaysandtimes openingdaystimes \
    daysofopening";

const SCHEDULE: &str = "schedule when hours openinghours openingtimes opentimes openingtime times daytime \
    sessiontimes daysandtimes dayandtime daystimes dayandtimes timesopen openingdays daysopen opening \
    openingdaysandtimes sessions";

const UNTIL_HEADINGS: &str = "closedate closeddate enddate validto until dateclosed closuredate closingdate dateofclosure \
    closedyear yearclosed yearofclosure closureyear yearpermanentlyclosed datepermanentlyclosed \
    permanentlycloseddate closedon ended dateceased ceaseddate ceasedon \
    legalenddate operationalenddate operationalclosedate deregistrationdate dateofderegistration dateofremoval \
    removaldate dateremoved lastday closedin dissolutiondate dateofdissolution";

/// Bank holidays, as a column of the week.
pub(crate) const BANK_HOLIDAYS: usize = 7;
/// Whether it is in term time only, as a column of the week.
pub(crate) const TERM_TIME: usize = 8;

/// The days of the week, from Monday (0), that a column is about.
pub(crate) fn days(plain: &str) -> Vec<usize> {
    match plain {
        "weekdays" | "weekday" | "monfri" | "monfriday" | "mondayfriday" | "mondaytofriday" | "montofri" | "mofr" => {
            (0..5).collect()
        }
        "weekend" | "weekends" | "satsun" | "saturdaysunday" | "satandsun" => vec![5, 6],
        "monsat" | "mondaysaturday" | "mondaytosaturday" => (0..6).collect(),
        "bankholidays" | "bankholiday" | "publicholidays" | "bankhols" => vec![BANK_HOLIDAYS],
        "termtimeonly" | "termtime" | "termonly" => vec![TERM_TIME],
        _ => weekday(plain).into_iter().collect(),
    }
}

/// A column for each day of the week: the day from Monday (0) that a heading names, alone or with a word for opening.
pub(crate) fn weekday(plain: &str) -> Option<usize> {
    const DAY_WORDS: [&[&str]; 7] = [
        &["monday", "mon", "mo"],
        &["tuesday", "tues", "tue", "tu"],
        &["wednesday", "weds", "wed", "we"],
        &["thursday", "thurs", "thur", "thu", "th"],
        &["friday", "fri", "fr"],
        &["saturday", "sat", "sa"],
        &["sunday", "sun", "su"],
    ];
    const AROUND: [&str; 13] = [
        "",
        "openinghours",
        "openingtimes",
        "opening",
        "hours",
        "times",
        "open",
        "openingtime",
        "opens",
        "s",
        "time",
        "timesopen",
        "hoursopen",
    ];
    DAY_WORDS.iter().position(|names| {
        names.iter().any(|name| {
            let after = plain.strip_prefix(name).is_some_and(|rest| AROUND.contains(&rest));
            after || plain.strip_suffix(name).is_some_and(|before| AROUND.contains(&before))
        })
    })
}

/// Whether a heading of an area list counts all its people.
pub(crate) fn is_population(heading: &str) -> bool {
    let words = heading.split(|c: char| !c.is_alphanumeric()).flat_map(|w| {
        let mut words = Vec::new();
        let mut start = 0;
        // LsoaTotalPopulation2018 is four words.
        for (at, c) in w.char_indices().skip(1) {
            let before = w[..at].chars().next_back().unwrap_or(' ');
            if (c.is_uppercase() && before.is_lowercase()) || (c.is_ascii_digit() != before.is_ascii_digit()) {
                words.push(&w[start..at]);
                start = at;
            }
        }
        words.push(&w[start..]);
        words
    });
    let words: Vec<String> = words.filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let is_year =
        |w: &str| w.len() == 4 && (w.starts_with("19") || w.starts_with("20")) && w.bytes().all(|b| b.is_ascii_digit());
    let known = [
        "population",
        "pop",
        "popn",
        "total",
        "tot",
        "all",
        "people",
        "persons",
        "residents",
        "usual",
        "resident",
        "number",
        "of",
        "no",
        "lsoa",
        "msoa",
        "ward",
        "oa",
        "lad",
        "area",
        "ages",
        "est",
        "estimate",
        "estimated",
        "mid",
        "year",
        "count",
        "sum",
        "the",
        "in",
    ];
    let of_set = |w: &str| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit());
    let names_people =
        words.iter().any(|w| ["population", "pop", "popn", "people", "persons", "residents"].contains(&w.as_str()));
    names_people
        && !heading.contains('%')
        && words.iter().enumerate().all(|(i, w)| {
            // "lsoa 21" is a set, "pop 65" are some of the people.
            known.contains(&w.as_str())
                || is_year(w)
                || (i > 0 && of_set(w) && ["lsoa", "msoa", "oa", "lad", "ward"].contains(&words[i - 1].as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    // R11.
    #[test]
    fn a_column_that_counts_all_people_is_the_population() {
        for heading in [
            "population",
            "Population",
            "pop_all",
            "total_pop_2018",
            "lsoa_total_population",
            "Total Population",
            "TotalPopulation2021",
            "All persons",
            "All usual residents",
            "Usual residents",
            "pop",
            "Population 2020",
            "Mid-2022 population estimate",
            "Number of people",
            "lsoa21 population",
        ] {
            assert!(is_population(heading), "{heading}");
        }
        for heading in [
            "pop_65plus",
            "pop_0_15",
            "Population density",
            "Working age population",
            "population_male",
            "% population",
            "Older people",
            "people_per_household",
            "Population rank",
            "pop 65",
            "residents in care",
            "Left behind people",
        ] {
            assert!(!is_population(heading), "{heading}");
        }
    }

    #[test]
    fn columns_of_days_are_known_with_and_without_a_word_for_opening() {
        for (heading, day) in [
            ("Monday", 0),
            ("Tues", 1),
            ("Weds", 2),
            ("Thursday opening times", 3),
            ("Opening hours Friday", 4),
            ("Sat", 5),
            ("sunday_hours", 6),
            ("opening_hours_monday", 0),
            ("Mon Open", 0),
        ] {
            assert_eq!(weekday(&plain(heading)), Some(day), "{heading}");
        }
        for heading in ["Month", "Sunflower", "Fridays only?", "Wedding hire", "Sunday school"] {
            assert_eq!(weekday(&plain(heading)), None, "{heading}");
        }
    }
}
