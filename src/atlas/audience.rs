//! For whom a record is, and how much a caller is trusted with.

use crate::model::Id;

/// For whom a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everyone.
    Public,
    /// Accounts with a role on this instance.
    Partners,
    /// Its own organisation.
    Organisation,
    /// Who takes part in this exercise.
    Exercise(Id),
}

impl Audience {
    /// The audience that a body names; a word that is not known is for its own organisation only.
    pub fn of(visibility: &str, exercise: Option<Id>) -> Self {
        match (visibility, exercise) {
            ("public", _) => Self::Public,
            ("partners", _) => Self::Partners,
            ("exercise", Some(exercise)) => Self::Exercise(exercise),
            _ => Self::Organisation,
        }
    }
}

/// How much a caller is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Anybody.
    Public,
    /// An account with a role on this instance.
    Partner,
    /// The people who run it.
    Admin,
}

impl Level {
    /// Who may see evidence that was found with this view. What names none was found with who knows what.
    pub fn of_evidence(view: Option<&str>) -> Self {
        match view {
            Some("public") => Self::Public,
            Some("partners") => Self::Partner,
            _ => Self::Admin,
        }
    }

    /// `public`, `partners` or `organisation`: the view that evidence names.
    pub fn view(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Partner => "partners",
            Self::Admin => "organisation",
        }
    }
}
