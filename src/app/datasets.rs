//! Reference data: loaded whole into the store, then into memory, then made the present one by a single change.

use std::path::{Path, PathBuf};

use super::engine::apart::blocking;
use super::engine::kept::Dataset;
use super::engine::ledger::Committed;
use super::{App, AppError, Caller};
use crate::atlas::Town;
use crate::atlas::postcodes::PostcodesBuilder;
use crate::auth::Action;
use crate::change::{Change, Op, SCHEMA};
use crate::clock;
use crate::exchange::datasets::{self, Counted};
use crate::model::hours::Terms;
use crate::model::{Code, Kind, Point, Problem};
use crate::store::DatasetInfo;

/// Stored bytes are cut into parts of this size.
const PART: usize = 1 << 20;

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
