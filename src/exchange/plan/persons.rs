//! Columns and cells that may name or reach a person. They are not kept: better a column too few than a neighbour's
//! name too many.

use super::headings::plain;
use crate::model::personal;

/// Words of a heading that stand for persons, or for what is known of them.
const PERSONS: &str = "contact person surname forename forenames firstname lastname fullname initials trustee trustees chair \
    chairman chairperson chairwoman secretary treasurer manager individual keyworker leader lead owner author coordinator \
    organiser organizer convenor convener headteacher head teacher tutor coach instructor staff volunteer volunteers partner \
    partners director directors ceo vicar rector incumbent priest clergy churchwarden minister pastor imam rabbi chaplain \
    verger warden caretaker steward curator committee client patient patients carer kin guardian parent worker \
    officer proprietor licensee dps administrator admin councillor landlord tenant user username submitter editor \
    creator modifier birthday birth born yob dob birthdate passport who fao bookings booker attendee attendees member \
    facebook twitter instagram linkedin people persons employee supervisor principal mentor buddy befriender gp doctor nurse \
    clinician therapist counsellor practitioner key emergency";
/// Words beside them that make a heading one of things or numbers after all.
const THINGS: &str = "number count total no of available availability capacity hours ratio percent age ages provider organisation \
    organization org trust group team body authority network scheme type code list size served services service department \
    facilities room rooms parking toilet qualifications training needed required";

/// Whether a heading is likely to hold the names, addresses or dates of persons.
pub(crate) fn is_of_persons(heading: &str) -> bool {
    let whole = plain(heading);
    let marks = [
        "dateofbirth",
        "birthdate",
        "email",
        "nhsnumber",
        "nino",
        "ninumber",
        "nationalinsurance",
        "passport",
        "nextofkin",
        "contactname",
        "firstname",
        "lastname",
        "surname",
        "forename",
        "createdby",
        "enteredby",
        "submittedby",
        "editedby",
        "modifiedby",
        "updatedby",
        "completedby",
        "createduser",
        "lastediteduser",
        "ledby",
        "speakto",
        "askfor",
        "homeaddress",
        "namedlead",
        "personname",
        "username",
        "addedby",
    ];
    if marks.iter().any(|mark| whole.contains(mark)) {
        return true;
    }
    let words: Vec<String> = words_of(heading);
    let among = |list: &str, word: &str| list.split_whitespace().any(|w| w == word);
    among(PERSONS, &whole) || words.iter().any(|w| among(PERSONS, w)) && !words.iter().any(|w| among(THINGS, w))
}

/// Words of a heading: parted by signs, and where a small letter meets a large one.
fn words_of(heading: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut small = false;
    for c in heading.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && small) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}

/// Why a cell is not kept, whatever its heading: it reaches a person, or may be about one.
pub(crate) fn reaches_a_person(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let at = |mark: &str| {
        lower.match_indices(mark).any(|(i, _)| {
            let (before, after) = (&lower[..i], &lower[i + mark.len()..]);
            let near = before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
            let host = after.split_whitespace().next().unwrap_or("");
            let far = host.starts_with(char::is_alphabetic) && host.trim_end_matches('.').contains('.');
            near || (far && !before.trim().is_empty())
        })
    };
    // Lists and objects of features are not read through.
    let nested = cell.starts_with("[{") || cell.starts_with('{');
    let unsigned: String =
        cell.chars().map(|c| if "./_,()[]".contains(c) || c.is_whitespace() { ' ' } else { c }).collect();
    let unsigned = unsigned.split_whitespace().collect::<Vec<_>>().join(" ");
    at("@") || at("(at)") || at("[at]") || nested || is_mobile(cell) || personal::finding(&unsigned).is_some()
}

/// A mobile telephone is more likely somebody's than a hall's.
fn is_mobile(cell: &str) -> bool {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    (digits.len() == 11 && digits.starts_with("07")) || (digits.len() == 12 && digits.starts_with("447"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_persons_are_known_and_those_of_things_are_not() {
        for heading in [
            "Contact name",
            "Surname",
            "D.O.B.",
            "Manager",
            "Contact e-mail (private)",
            "Nominated individual",
            "Leader",
            "Vicar",
            "Key contact",
            "Churchwarden",
            "PCC secretary",
            "Responsible person",
            "Named lead",
            "Led by",
            "Patient",
            "Next of kin",
            "NI number",
            "Birthday",
            "Year born",
            "Safeguarding lead",
            "Hall manager",
            "Practice manager",
            "Contact 1",
            "Primary contact",
            "created_user",
            "last_edited_user",
            "Modified By",
            "Ask for",
            "Who",
            "HallManager",
            "people.name",
            "Home address",
            "Facebook",
        ] {
            assert!(is_of_persons(heading), "{heading}");
        }
        for heading in [
            "Area name",
            "Rating",
            "Chairs available",
            "Inspection date",
            "Number of staff",
            "Lead organisation",
            "Ward",
            "Partner organisation",
            "Rooms",
            "Remark",
            "authority_id",
            "Staff hours",
            "Facility Operation: 31/12/2023",
            "UKCAT",
            "Trust code",
            "Region",
            "Carer services",
        ] {
            assert!(!is_of_persons(heading), "{heading}");
        }
    }

    #[test]
    fn cells_that_reach_a_person_are_known() {
        for cell in [
            "ask ann@example.org",
            "jane.smith@x",
            "jane (at) x.example.org",
            "07700 900123",
            "+44 7700 900123",
            "943.476.5919",
            "(943) 476 5919",
            "[{\"name\":\"Jane\"}]",
        ] {
            assert!(reaches_a_person(cell), "{cell}");
        }
        for cell in ["Good", "3", "Meet @ the hall door", "01932 253674", "31/03/2014", "E08000001", "a (at the back)"]
        {
            assert!(!reaches_a_person(cell), "{cell}");
        }
    }
}
