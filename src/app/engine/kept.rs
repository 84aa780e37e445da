//! Reference data as it is kept: as bytes in the store, and read from there into memory. What memory holds is followed
//! like everything else in the log: a change says which dataset is another one now, and only that one is read again.

use std::collections::HashMap;
use std::sync::Arc;

use super::apart::blocking;
use crate::app::AppError;
use crate::atlas::postcodes::Postcodes;
use crate::atlas::{Datasets, Town};
use crate::change::{Change, Op, Seq};
use crate::model::hours::Terms;
use crate::store::{DatasetInfo, Store};

/// A dataset ready to be kept.
pub enum Dataset {
    /// The postcode table.
    Postcodes(Postcodes),
    /// Old codes of areas and the codes that followed.
    AreaCodes(Vec<(String, String)>),
    /// Towns, biggest first.
    Gazetteer(Vec<Town>),
    /// When schools have term.
    TermDates(Terms),
}

impl Dataset {
    /// The name it is asked for by.
    pub fn name(&self) -> &'static str {
        match self {
            Dataset::Postcodes(_) => "postcodes",
            Dataset::AreaCodes(_) => "area-codes",
            Dataset::Gazetteer(_) => "gazetteer",
            Dataset::TermDates(_) => "term-dates",
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        match self {
            Dataset::Postcodes(table) => table.len() as u64,
            Dataset::AreaCodes(pairs) => pairs.len() as u64,
            Dataset::Gazetteer(towns) => towns.len() as u64,
            Dataset::TermDates(terms) => terms.0.len() as u64,
        }
    }

    /// As it is stored; [`load`] reads it back.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Dataset::Postcodes(table) => table.to_bytes(),
            Dataset::AreaCodes(pairs) => serde_json::to_vec(pairs).expect("texts can be written"),
            Dataset::Gazetteer(towns) => serde_json::to_vec(towns).expect("towns can be written"),
            Dataset::TermDates(terms) => serde_json::to_vec(terms).expect("terms can be written"),
        }
    }
}

/// What is loaded: the data, and what is told of it. Kept in memory, so that asking for either needs no database.
#[derive(Debug, Default, Clone)]
pub struct Loaded {
    /// Which they are.
    pub infos: Arc<Vec<DatasetInfo>>,
    /// The data.
    pub data: Arc<Datasets>,
}

/// One dataset, read and not yet the present one.
pub struct Piece {
    name: String,
    /// It is what changes up to this one made of it, or newer.
    as_of: Seq,
    /// None when it is gone.
    info: Option<DatasetInfo>,
    data: Datasets,
}

/// Reads every dataset into memory.
pub async fn load(store: &dyn Store) -> Result<Loaded, AppError> {
    let mut loaded = Loaded::default();
    for info in store.datasets().await? {
        loaded = loaded.with(read_piece(store, info.name.clone(), 0, Some(info)).await?);
    }
    Ok(loaded)
}

/// Reads one dataset as it is now.
pub async fn load_one(store: &dyn Store, name: &str) -> Result<Piece, AppError> {
    let as_of = store.head().await?.seq;
    let info = store.datasets().await?.into_iter().find(|info| info.name == name);
    read_piece(store, name.to_owned(), as_of, info).await
}

/// One that can't be read counts as not loaded, so that it can be imported again.
async fn read_piece(store: &dyn Store, name: String, as_of: Seq, info: Option<DatasetInfo>) -> Result<Piece, AppError> {
    let Some(of) = &info else { return Ok(Piece { name, as_of, info, data: Datasets::default() }) };
    let bytes = store.dataset_bytes(of).await?;
    let named = name.clone();
    let data = blocking(move || parse(&named, &bytes)).await?;
    if data.is_none() {
        tracing::error!(dataset = name, "stored data is damaged: import the dataset again");
    }
    Ok(Piece { name, as_of, info, data: data.unwrap_or_default() })
}

impl Loaded {
    /// The same with one dataset replaced.
    pub fn with(&self, piece: Piece) -> Self {
        let mut data = Datasets::clone(&self.data);
        match piece.name.as_str() {
            "postcodes" => data.postcodes = piece.data.postcodes,
            "area-codes" => data.area_codes = piece.data.area_codes,
            "gazetteer" => data.towns = piece.data.towns,
            "term-dates" => data.terms = piece.data.terms,
            _ => {}
        }
        let mut infos = Vec::clone(&self.infos);
        infos.retain(|info| info.name != piece.name);
        infos.extend(piece.info);
        infos.sort_by(|a, b| a.name.cmp(&b.name));
        Self { infos: Arc::new(infos), data: Arc::new(data) }
    }

    /// The names of datasets that these changes replace by a version that is neither here nor among the pieces.
    pub fn missing(&self, changes: &[Change], pieces: &[Piece]) -> Vec<String> {
        let replaced = changes.iter().filter(|c| c.op == Op::Dataset);
        let missing = replaced.filter(|c| !self.infos.iter().any(|info| Some(info.version) == c.of));
        let missing = missing.filter_map(|c| Some((c.seq, name_in(c)?)));
        let unread = missing.filter(|(seq, name)| !pieces.iter().any(|p| p.name == *name && p.as_of >= *seq));
        let mut names: Vec<String> = unread.map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Whether the bytes of a dataset can be read and hold as many rows as were put in. Of one that another release keeps
/// nothing can be said against it.
pub fn is_whole(info: &DatasetInfo, bytes: &[u8]) -> bool {
    rows_of(&info.name, bytes).is_none_or(|rows| rows == Some(info.rows))
}

/// How many rows they hold, if they can be read; none for a dataset that is not known here.
fn rows_of(name: &str, bytes: &[u8]) -> Option<Option<u64>> {
    let rows = match name {
        "postcodes" => Postcodes::from_bytes(bytes).map(|table| table.len()),
        "area-codes" => serde_json::from_slice::<Vec<(String, String)>>(bytes).ok().map(|pairs| pairs.len()),
        "gazetteer" => serde_json::from_slice::<Vec<Town>>(bytes).ok().map(|towns| towns.len()),
        "term-dates" => serde_json::from_slice::<Terms>(bytes).ok().map(|terms| terms.0.len()),
        _ => return None,
    };
    Some(rows.map(|rows| rows as u64))
}

/// The name of the dataset that a change is about.
fn name_in(change: &Change) -> Option<String> {
    let told: serde_json::Value = serde_json::from_str(change.after.as_deref()?).ok()?;
    Some(told.get("name")?.as_str()?.to_owned())
}

fn parse(name: &str, bytes: &[u8]) -> Option<Datasets> {
    let mut data = Datasets::default();
    match name {
        "postcodes" => data.postcodes = Some(Arc::new(Postcodes::from_bytes(bytes)?)),
        "area-codes" => {
            let mut codes: HashMap<String, Vec<String>> = HashMap::new();
            for (old, new) in serde_json::from_slice::<Vec<(String, String)>>(bytes).ok()? {
                codes.entry(old).or_default().push(new);
            }
            data.area_codes = Arc::new(codes);
        }
        "gazetteer" => data.towns = Arc::new(serde_json::from_slice(bytes).ok()?),
        "term-dates" => data.terms = Some(Arc::new(serde_json::from_slice(bytes).ok()?)),
        _ => {}
    }
    Some(data)
}
