//! Why words were not taken.

/// Why a text was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Doubtful(String),
    NotUnderstood,
}
