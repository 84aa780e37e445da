//! Layers that were asked for lately: one screen asks for ten tiles of the same words, and the records that fit them
//! are looked for once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::tiles::Layer;

/// Layers that are kept; the one not asked for longest is dropped.
const MOST_LAYERS: usize = 32;
/// Positions of their own that kept layers may hold together, at twelve bytes each; with more, the one not asked for
/// longest is dropped, but never the last one asked for.
const MOST_POSITIONS: usize = 2_000_000;

/// The layers, the last one asked for at the end.
#[derive(Default)]
pub struct Layers {
    kept: Mutex<Vec<(String, Arc<Layer>)>>,
}

impl Layers {
    /// The layer of this key, if it is there.
    pub fn ready(&self, key: &str) -> Option<Arc<Layer>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(k, _)| k == key)?;
        let asked = kept.remove(at);
        let layer = asked.1.clone();
        kept.push(asked);
        Some(layer)
    }

    /// Keeps a layer, and forgets those that nobody asked for longest.
    pub fn keep(&self, key: String, layer: Arc<Layer>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        kept.push((key, layer));
        let mut positions: usize = kept.iter().map(|(_, layer)| layer.weight()).sum();
        while kept.len() > MOST_LAYERS || (positions > MOST_POSITIONS && kept.len() > 1) {
            positions -= kept.remove(0).1.weight();
        }
    }
}
