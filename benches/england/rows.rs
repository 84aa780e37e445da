//! Which rows are measured: all of them, or those that `ROWS` names.

/// Every row by its name.
pub const ALL: [&str; 12] = [
    "start",
    "nearest",
    "coverage",
    "words",
    "lists",
    "cards",
    "abandoned",
    "tiles",
    "writes",
    "steady",
    "growth",
    "undo",
];

/// What is asked for.
pub struct Rows(Vec<String>);

impl Rows {
    /// As `ROWS` says; a name that nobody knows ends the run before anything is made.
    pub fn asked() -> Self {
        let named = std::env::var("ROWS").unwrap_or_default();
        let named: Vec<String> =
            named.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        for name in &named {
            assert!(ALL.contains(&name.as_str()), "there is no row {name}; there are {}", ALL.join(", "));
        }
        Self(named)
    }

    /// Whether this one is measured.
    pub fn has(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|named| named == name)
    }

    /// Whether any of these is.
    pub fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }
}
