//! Who may: one table of role × action × kind, and the secrets that prove who somebody is.

pub mod secret;

use crate::model::Kind;

/// What an account is trusted with. People with named places and exercises come with accounts of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Anybody who looks.
    Visitor,
    /// May add.
    Contributor,
    /// Reads what partners see.
    Commissioner,
    /// Everything.
    Admin,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Add a record.
    Create,
    /// Change or remove one.
    Change,
    /// Bring in lists and datasets, take back other people's changes.
    Import,
}

impl Role {
    /// Every role a token can have.
    pub const ALL: [Role; 4] = [Role::Visitor, Role::Contributor, Role::Commissioner, Role::Admin];

    /// The role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Visitor => "visitor",
            Role::Contributor => "contributor",
            Role::Commissioner => "commissioner",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn by_name(name: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|r| r.as_str() == name)
    }

    /// The table: what is everybody's ground (areas, categories), only admins lay.
    pub fn may(self, action: Action, kind: Kind) -> bool {
        match (self, action) {
            (Role::Admin, _) => true,
            (Role::Contributor, Action::Create) => !kind.spec().ground,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_change_and_import() {
        for kind in Kind::ALL {
            for action in [Action::Create, Action::Change, Action::Import] {
                assert!(Role::Admin.may(action, *kind));
                assert!(!Role::Visitor.may(action, *kind));
                assert!(!Role::Commissioner.may(action, *kind));
            }
            assert!(!Role::Contributor.may(Action::Change, *kind));
        }
        assert!(Role::Contributor.may(Action::Create, Kind::Place));
        assert!(!Role::Contributor.may(Action::Create, Kind::Area));
    }
}
