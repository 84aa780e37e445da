//! Reference data: loaded whole into the store, then into memory, then made the present one by a single change.

use serde::{Deserialize, Serialize};

use super::feed::blocking;
use super::{App, AppError, Caller};
use crate::atlas::postcodes::Postcodes;
use crate::atlas::{Datasets, Town};
use crate::auth::Action;
use crate::change::{Change, Op, SCHEMA};
use crate::clock;
use crate::model::Kind;
use crate::store::{DatasetInfo, Store};

/// Stored bytes are cut into parts of this size.
const PART: usize = 1 << 20;

/// A dataset ready to be kept.
pub enum Dataset {
    /// The postcode table.
    Postcodes(Postcodes),
    /// Old codes of areas and the codes that followed.
    AreaCodes(Vec<(String, String)>),
    /// Towns, biggest first.
    Gazetteer(Vec<Town>),
}

#[derive(Serialize, Deserialize)]
struct Pairs(Vec<(String, String)>);

impl Dataset {
    /// The name it is asked for by.
    pub fn name(&self) -> &'static str {
        match self {
            Dataset::Postcodes(_) => "postcodes",
            Dataset::AreaCodes(_) => "area-codes",
            Dataset::Gazetteer(_) => "gazetteer",
        }
    }

    fn rows(&self) -> u64 {
        match self {
            Dataset::Postcodes(table) => table.len() as u64,
            Dataset::AreaCodes(pairs) => pairs.len() as u64,
            Dataset::Gazetteer(towns) => towns.len() as u64,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Dataset::Postcodes(table) => table.to_bytes(),
            Dataset::AreaCodes(pairs) => serde_json::to_vec(pairs).expect("texts can be written"),
            Dataset::Gazetteer(towns) => serde_json::to_vec(towns).expect("towns can be written"),
        }
    }
}

impl App {
    /// Replaces a dataset: readers see the old one or the new one, never a part.
    pub async fn put_dataset(&self, dataset: Dataset, caller: &Caller) -> Result<DatasetInfo, AppError> {
        if !caller.role.may(Action::Import, Kind::Area) {
            return Err(AppError::Forbidden);
        }
        let (name, rows) = (dataset.name(), dataset.rows());
        let info = DatasetInfo { name: name.to_owned(), version: clock::new_id(), rows, loaded_at: clock::now() };
        let bytes = blocking(move || dataset.to_bytes()).await?;
        for (part, chunk) in bytes.chunks(PART).enumerate() {
            self.store.put_dataset_part(name, info.version, part as u32, chunk).await?;
        }
        let mut tx = self.store.begin().await?;
        tx.put_dataset(&info).await?;
        let change = Change {
            seq: tx.head() + 1,
            id: clock::new_id(),
            op: Op::Dataset,
            of: Some(info.version),
            kind: None,
            record: None,
            version: 0,
            schema: SCHEMA,
            before: None,
            after: Some(format!("{{\"name\":\"{name}\",\"rows\":{rows}}}")),
            by: caller.account,
            at: info.loaded_at,
            why: None,
            exercise: None,
            batch: clock::new_id(),
        };
        tx.append(std::slice::from_ref(&change)).await?;
        tx.commit().await?;
        self.feed.publish(vec![change]).await?;
        Ok(info)
    }
}

/// Reads every dataset into memory.
pub async fn load(store: &dyn Store) -> Result<Datasets, AppError> {
    let mut datasets = Datasets::default();
    for info in store.datasets().await? {
        let bytes = store.dataset_bytes(&info).await?;
        let damaged = || AppError::damaged(format!("dataset {}: import it again", info.name));
        match info.name.as_str() {
            "postcodes" => datasets.postcodes = Some(Postcodes::from_bytes(&bytes).ok_or_else(damaged)?),
            "area-codes" => {
                let pairs: Pairs = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
                for (old, new) in pairs.0 {
                    datasets.area_codes.entry(old).or_default().push(new);
                }
            }
            "gazetteer" => datasets.towns = serde_json::from_slice(&bytes).map_err(|_| damaged())?,
            _ => {}
        }
    }
    Ok(datasets)
}
