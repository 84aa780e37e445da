//! What a file of refused rows has that the list had not: columns of ours, and a mark before what a spreadsheet would
//! run. Writing it puts them there; reading it again takes them off.

/// The headings that a file of refused rows has beside the list's own. They are no columns of it when it comes back.
pub(super) const TOLD: [&str; 3] = ["line", "code", "problem"];

/// The property of a refused feature that holds the same: a list may have a `code` of its own.
pub(super) const TOLD_OF: &str = "refused";

/// Text that no spreadsheet takes for a formula.
///
/// ```
/// use commonground::exchange::marks::{neutral, restored};
/// assert_eq!(neutral("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
/// assert_eq!(neutral("-3.36"), "-3.36");
/// assert_eq!(neutral("Tea - and toast"), "Tea - and toast");
/// assert_eq!(restored("'@Home Hub"), "@Home Hub");
/// assert_eq!(restored("'Allo 'Allo"), "'Allo 'Allo");
/// ```
pub fn neutral(cell: &str) -> String {
    // A negative number is no formula, and a longitude that comes back with a quote could not be read again.
    if is_risky(cell) && cell.trim().parse::<f64>().is_err() { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before it was made [`neutral`]: what a spreadsheet's own mark for text guards is the text.
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_risky(rest)).unwrap_or(cell)
}

/// Whether a spreadsheet may run it, be it written with the wide signs of other scripts or after a line break.
fn is_risky(cell: &str) -> bool {
    let wide = ['＝', '＋', '－', '＠'];
    cell.starts_with(['\t', '\r'])
        || cell.trim_start().starts_with(['=', '+', '-', '@'])
        || cell.trim_start().starts_with(wide)
}
