//! Layers that were asked for lately: one screen asks for ten tiles of the same words, and the records that fit them
//! are looked for once.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

use super::error::Refusal;
use crate::tiles::Layer;

/// So many layers are kept.
const MOST: usize = 32;
/// So many positions of their own they may hold together, at twelve bytes each; the last one asked for is kept anyhow.
const MOST_POSITIONS: usize = 2_000_000;

type Cell = Arc<OnceCell<Arc<Layer>>>;

/// The layers, the last one asked for at the end.
#[derive(Default)]
pub struct Layers {
    kept: Mutex<Vec<(String, Cell)>>,
}

impl Layers {
    /// The layer of this key, if it is there.
    pub fn ready(&self, key: &str) -> Option<Arc<Layer>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(k, cell)| k == key && cell.get().is_some())?;
        let asked = kept.remove(at);
        let layer = asked.1.get().cloned();
        kept.push(asked);
        layer
    }

    /// The layer of this key; made by `make` once, however many ask at the same time.
    pub async fn get(
        &self,
        key: &str,
        make: impl Future<Output = Result<Layer, Refusal>>,
    ) -> Result<Arc<Layer>, Refusal> {
        let cell = self.cell(key);
        let layer = cell.get_or_try_init(|| async { make.await.map(Arc::new) }).await?.clone();
        self.forget_the_oldest();
        Ok(layer)
    }

    fn cell(&self, key: &str) -> Cell {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(k, _)| k == key).map(|at| kept.remove(at));
        let (key, cell) = found.unwrap_or_else(|| (key.to_owned(), Cell::default()));
        kept.push((key, cell.clone()));
        cell
    }

    fn forget_the_oldest(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let weight = |(_, cell): &(String, Cell)| cell.get().map_or(0, |layer| layer.weight());
        let mut positions: usize = kept.iter().map(weight).sum();
        while kept.len() > MOST || (positions > MOST_POSITIONS && kept.len() > 1) {
            positions -= weight(&kept.remove(0));
        }
    }
}
