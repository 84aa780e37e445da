//! What every record is while it is worked on: an identity and a JSON object.

use serde_json::{Map, Value};
use uuid::Uuid;

/// The identity of a record.
pub type Id = Uuid;

/// A JSON object: what bodies are while they are worked on.
pub type Body = Map<String, Value>;
