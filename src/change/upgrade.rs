//! Old shapes of bodies are brought to today's on reading. A log written by any release loads for ever.

use super::SCHEMA;

/// A body as today's code expects it, or the reason why this binary can't read it.
///
/// # Errors
/// When the body was written by a newer release.
pub fn body(text: String, schema: u32) -> Result<String, String> {
    if schema > SCHEMA {
        return Err(format!("a body has shape {schema}, this program knows up to {SCHEMA}: install a newer release"));
    }
    Ok(text)
}
