//! People's own words in cells: for ours, for yes and no, for nothing at all.

use crate::exchange::plan::headings::{plain, weekday};

/// What people call a word of ours: (theirs, without punctuation, singular or plural; ours).
pub(crate) fn our_word(path: &str, cell: &str) -> Option<&'static str> {
    let plain = plain(cell);
    let word = plain.trim_end_matches('s');
    let found = match (path, word) {
        ("type", "residentialhome" | "nursinghome" | "carehome" | "residentialcarehome") => "care_home",
        ("type", "gppractice" | "gpsurgery" | "surgery" | "doctor" | "generalpractice") => "gp_practice",
        ("type", "chemist" | "communitypharmacy") => "pharmacy",
        ("type", "church" | "mosque" | "temple" | "synagogue" | "gurdwara" | "chapel") => "faith",
        ("type", "villagehall" | "communityhall" | "hall") => "community_centre",
        ("type", "park" | "allotment" | "garden") => "green_space",
        ("type", "publiclibrary" | "librarie") => "library",
        ("type", "placeofworship" | "placesofworship") => "faith",
        ("type", "leisurecentre" | "sportscentre" | "gym" | "swimmingpool") => "leisure",
        ("type", "healthcentre" | "healthcenter") => "clinic",
        ("type", "charity" | "charitie" | "registeredcharity") => "voluntary",
        ("type", "council" | "localauthoritie") => "local_authority",
        ("type", "cic" | "communityinterestcompany") => "social_enterprise",
        (
            "referral",
            "selfreferral" | "selfrefer" | "dropin" | "openaccess" | "noreferralneeded" | "walkin"
            | "noreferralrequired" | "noreferral" | "opentoall" | "justturnup" | "turnup",
        ) => "self",
        ("referral", "gpreferral" | "doctor" | "generalpractitioner") => "gp",
        ("referral", "linkworker" | "socialprescriber" | "socialprescribinglinkworker") => "social_prescribing",
        ("referral", "professional" | "professionalreferral" | "anyprofessionalreferral") => "any_professional",
        ("delivery", "inperson" | "venue" | "facetoface" | "onsite" | "location") => "at_place",
        ("delivery", "phone" | "byphone" | "bytelephone" | "helpline") => "telephone",
        ("delivery", "home" | "homevisit" | "athome") => "at_home",
        (
            "status",
            "active" | "operational" | "current" | "live" | "running" | "trading" | "ongoing" | "true" | "ye" | "y"
            | "nowopen" | "stillopen" | "visible" | "openasusual" | "registered",
        ) => "open",
        (
            "status",
            "permanentlyclosed" | "closedpermanently" | "nowclosed" | "shut" | "defunct" | "dissolved" | "ceased"
            | "ended" | "deregistered" | "disused" | "demolished" | "discontinued" | "closeddown" | "nolongeroperating"
            | "removed" | "deleted" | "archived" | "abandoned",
        ) => "closed",
        (
            "status",
            "temporarilyclosed"
            | "closedtemporarily"
            | "suspended"
            | "onhold"
            | "temporaryclosure"
            | "closedforrefurbishment"
            | "closedforrepair"
            | "closedfornow",
        ) => "paused",
        ("status", "proposed" | "comingsoon" | "plannedopening" | "openingsoon" | "notyetopen" | "inpreparation") => {
            "planned"
        }
        ("status", "closingsoon" | "duetoclose" | "tobeclosed") => "closing",
        ("accepting", "ye" | "true" | "open" | "y") => "yes",
        ("accepting", "false" | "full" | "n") => "no",
        _ => return None,
    };
    Some(found)
}

/// Yes or no, as columns that ask for it are filled in.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// Whether words name days or times rather than an end for good: Sundays, bank holidays, 1pm to 2pm.
pub(crate) fn names_days(text: &str) -> bool {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).filter(|w| !w.is_empty()).collect();
    let day = |w: &str| weekday(w).is_some() || weekday(w.trim_end_matches('s')).is_some();
    let span = |w: &str| {
        [
            "weekend",
            "weekends",
            "weekday",
            "weekdays",
            "evenings",
            "mornings",
            "afternoons",
            "lunch",
            "lunchtime",
            "lunchtimes",
            "christmas",
            "easter",
            "holidays",
            "holiday",
            "bank",
            "school",
            "term",
            "nights",
        ]
        .contains(&w)
    };
    let time = |w: &str| {
        ["am", "pm"].iter().any(|end| w.strip_suffix(end).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())))
    };
    let little = |w: &str| {
        [
            "and", "or", "on", "to", "the", "at", "for", "all", "day", "from", "until", "public", "all", "every",
            "except", "not",
        ]
        .contains(&w)
            || w.bytes().all(|b| b.is_ascii_digit())
    };
    words.iter().any(|w| day(w) || span(w) || time(w))
        && words.iter().all(|w| day(w) || span(w) || time(w) || little(w))
}

/// Whether words say that nothing is known or meant: they are no value, and not worth keeping.
pub(crate) fn says_nothing(text: &str) -> bool {
    let known = [
        "notknown",
        "unknown",
        "tbc",
        "tba",
        "notapplicable",
        "notspecified",
        "notstated",
        "notgiven",
        "nonegiven",
        "noinformation",
        "nodata",
        "missing",
        "notavailable",
        "notrelevant",
        "tobeconfirmed",
        "toannounce",
        "blank",
        "none",
    ];
    let plain = plain(text);
    plain.is_empty() || known.contains(&plain.as_str())
}

/// Whether a name is what stands where nobody knew one.
pub(crate) fn is_placeholder_name(text: &str) -> bool {
    says_nothing(text)
        || ["unnamed", "noname", "nameunknown", "test", "xxx", "untitled"].contains(&plain(text).as_str())
}
