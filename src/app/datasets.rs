//! Reference data: loaded whole into the store, then into memory, then made the present one by a single change.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::feed::blocking;
use super::ledger::Committed;
use super::{App, AppError, Caller};
use crate::atlas::postcodes::{Postcodes, PostcodesBuilder};
use crate::atlas::{Datasets, Town};
use crate::auth::Action;
use crate::change::{Change, Op, SCHEMA, Seq};
use crate::clock;
use crate::exchange::datasets::{self, Counted};
use crate::model::hours::Terms;
use crate::model::{Code, Kind, Point, Problem};
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

    fn rows(&self) -> u64 {
        match self {
            Dataset::Postcodes(table) => table.len() as u64,
            Dataset::AreaCodes(pairs) => pairs.len() as u64,
            Dataset::Gazetteer(towns) => towns.len() as u64,
            Dataset::TermDates(terms) => terms.0.len() as u64,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Dataset::Postcodes(table) => table.to_bytes(),
            Dataset::AreaCodes(pairs) => serde_json::to_vec(pairs).expect("texts can be written"),
            Dataset::Gazetteer(towns) => serde_json::to_vec(towns).expect("towns can be written"),
            Dataset::TermDates(terms) => serde_json::to_vec(terms).expect("terms can be written"),
        }
    }
}

impl App {
    /// Reads a file of reference data and makes it the present one.
    ///
    /// # Errors
    /// One problem when the file is unreadable or nothing of the sort; then nothing is changed.
    pub async fn import_dataset(
        &self,
        name: &str,
        path: PathBuf,
        caller: &Caller,
    ) -> Result<(DatasetInfo, Counted), AppError> {
        let name = name.to_owned();
        let (dataset, counted) =
            blocking(move || read(&name, &path)).await?.map_err(|p| AppError::Problems(vec![p]))?;
        Ok((self.put_dataset(dataset, caller).await?, counted))
    }

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
        let after = tx.head();
        let change = Change {
            seq: after.seq + 1,
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
        self.feed.publish(Committed { after, changes: vec![change] }).await?;
        Ok(info)
    }
}

/// Reads a file of reference data.
fn read(name: &str, path: &Path) -> Result<(Dataset, Counted), Problem> {
    match name {
        "postcodes" => {
            let mut table = PostcodesBuilder::default();
            let counted =
                datasets::postcodes(path, &mut |row| table.add(&row.code, row.point, row.district, row.lsoa))?;
            Ok((Dataset::Postcodes(table.build()), counted))
        }
        "area-codes" => {
            let mut pairs = Vec::new();
            let mut take = |change: datasets::AreaChange<'_>| {
                if change.old != change.new {
                    pairs.push((change.old.to_owned(), change.new.to_owned()));
                }
            };
            let (counted, _) = datasets::area_codes(path, &mut take)?;
            Ok((Dataset::AreaCodes(pairs), counted))
        }
        "gazetteer" => {
            let mut towns = Vec::new();
            let counted = datasets::gazetteer(path, &mut |row| {
                let county = row.county.unwrap_or_default().to_owned();
                let Point { lon, lat } = row.point;
                towns.push(Town { name: row.name.to_owned(), county, lon, lat, size: row.size });
            })?;
            towns.sort_by_key(|town| town.size);
            Ok((Dataset::Gazetteer(towns), counted))
        }
        "term-dates" => {
            let mut terms = Vec::new();
            let counted = datasets::terms(path, &mut |term| terms.push(term))?;
            Ok((Dataset::TermDates(Terms(terms)), counted))
        }
        "network" => Err(Problem::new("dataset", Code::NotAllowed, "street networks can't be loaded yet")),
        _ => {
            let say = "is not one of postcodes, gazetteer, area-codes, term-dates, network";
            Err(Problem::new("dataset", Code::NotAllowed, say))
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
