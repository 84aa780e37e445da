//! Who sees what: a record is for an audience, a caller is a viewer, and one rule says whether the one is for the other.

use super::audience::{Audience, Level};
use super::entry::Entry;
use crate::model::record::links_of;
use crate::model::{Body, Id, Kind, Owner};

/// Whose eyes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The level.
    pub level: Level,
    /// The organisation the caller belongs to.
    pub organisation: Option<Id>,
    /// The exercises the caller takes part in, sorted.
    pub exercises: Vec<Id>,
}

impl Viewer {
    /// Anybody.
    pub const PUBLIC: Viewer = Viewer { level: Level::Public, organisation: None, exercises: Vec::new() };
    /// The people who run it.
    pub const ADMIN: Viewer = Viewer { level: Level::Admin, organisation: None, exercises: Vec::new() };

    /// Whether anything may be there for these eyes that is not there for everybody.
    pub fn sees_more_than_public(&self) -> bool {
        *self != Self::PUBLIC
    }

    /// Whether these eyes see a record at all.
    pub fn sees(&self, entry: &Entry) -> bool {
        match entry.audience {
            _ if self.level == Level::Admin => true,
            Audience::Public => true,
            Audience::Partners => self.level >= Level::Partner,
            Audience::Organisation => self.owns(entry),
            Audience::Exercise(exercise) => self.exercises.contains(&exercise) || self.owns(entry),
        }
    }

    /// Whether these eyes see where it exactly is, as far as its own word decides.
    pub fn sees_exactly(&self, entry: &Entry) -> bool {
        !entry.approximate || self.owns(entry)
    }

    /// Whether the record is the caller's own organisation's, or the caller runs the instance.
    pub fn owns(&self, entry: &Entry) -> bool {
        self.level == Level::Admin || self.organisation.is_some_and(|mine| entry.owners().any(|owner| owner == mine))
    }

    /// The same of a body of the past.
    pub fn owned(&self, kind: Kind, body: &Body) -> bool {
        let said = body.get("owner").and_then(|owner| owner.as_str()?.parse::<Id>().ok());
        let named = match kind.spec().owner {
            Owner::Named(role) => links_of(body, role).collect(),
            _ => Vec::new(),
        };
        self.level == Level::Admin || self.organisation.is_some_and(|mine| said == Some(mine) || named.contains(&mine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const EXERCISE: &str = "01a204c4-2d86-7071-ace9-000000000001";
    const OWNER: &str = "01a204c4-2d86-7071-ace9-000000000002";

    fn hall(visibility: &str, links: serde_json::Value) -> Entry {
        let body = json!({"id": "01a204c4-2d86-7071-ace9-000000000003", "kind": "place", "version": 1, "name": "Hall",
            "visibility": visibility, "precision": "exact", "links": links, "owner": OWNER});
        Entry::read(body.to_string()).unwrap()
    }

    fn of_exercise(id: &str) -> Viewer {
        Viewer { exercises: vec![id.parse().unwrap()], ..Viewer::PUBLIC }
    }

    #[test]
    fn what_is_of_an_exercise_is_seen_by_who_takes_part_in_it_and_by_no_other() {
        let hall = hall("exercise", json!({"exercise": [EXERCISE]}));
        let partner = Viewer { level: Level::Partner, ..Viewer::PUBLIC };
        let owner = Viewer { organisation: Some(OWNER.parse().unwrap()), ..partner.clone() };
        for (viewer, sees) in [
            (Viewer::PUBLIC, false),
            (partner, false),
            (of_exercise(OWNER), false),
            (of_exercise(EXERCISE), true),
            (owner, true),
            (Viewer::ADMIN, true),
        ] {
            assert_eq!(viewer.sees(&hall), sees, "{viewer:?}");
        }
    }

    #[test]
    fn a_guest_of_an_exercise_is_no_partner_and_an_unknown_audience_is_the_narrowest() {
        let guest = of_exercise(EXERCISE);
        assert!(guest.sees_more_than_public());
        for (visibility, links) in [
            ("partners", json!({})),
            ("organisation", json!({})),
            ("exercise", json!({})),
            ("friends", json!({"exercise": [EXERCISE]})),
        ] {
            assert!(!guest.sees(&hall(visibility, links)), "{visibility}");
        }
        assert!(guest.sees(&hall("public", json!({}))));
    }
}
