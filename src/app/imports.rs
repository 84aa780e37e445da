//! Bringing lists in: a file is read twice by `exchange`, and what its rows say goes into the log in chunks of one
//! batch. Coming again, a list changes only what changed in it, and never what somebody nearer to the fact wrote.

mod rows;

use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::feed::blocking;
use super::ledger::Ledger;
use super::pulse::Importing;
use super::{App, AppError, Caller};
use crate::atlas::View;
use crate::auth::Action;
use crate::change::Stamp;
use crate::clock;
use crate::exchange::{self, Lookups, Refused, Row, Survey, Wanted};
use crate::model::{Code, Id, Origin, Point, Postcode, Problem};
use rows::{Chunk, Outcome};

/// The most rows of one append.
const CHUNK: usize = 1_000;
/// The longest that rows are gathered for one append.
const PATIENCE: Duration = Duration::from_millis(200);
/// So many problems are told one by one; all are counted, and all refused rows come back.
const TOLD: usize = 1_000;

/// What is to be brought in.
pub struct Import {
    /// The file.
    pub path: PathBuf,
    /// Its name, which the list is named after.
    pub file_name: String,
    /// How it is to be read.
    pub wanted: Wanted,
    /// Whose word it is.
    pub origin: Origin,
    /// The organisation it is brought in for, which owns the places it makes.
    pub owner: Option<Id>,
    /// The list holds everything there is, so what it no longer names is reported as gone.
    pub complete: bool,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// A problem or warning with the row it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// Line of the file (feature, for GeoJSON).
    pub line: u64,
    /// The problem; its field is the column.
    #[serde(flatten)]
    pub problem: Problem,
}

/// What became of a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Imported {
    /// The batch that undoes it.
    pub batch: Uuid,
    /// The list's name.
    pub list: String,
    /// Rows of the file.
    pub rows: u64,
    /// Rows whose record is new.
    pub created: u64,
    /// Rows that changed something.
    pub updated: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows with a change that was kept out, because somebody nearer to the fact wrote that field.
    pub kept_local: u64,
    /// Records that rows brought beside their own: places and providers.
    pub linked_created: u64,
    /// Records that a complete list no longer names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<u64>,
    /// How many problems there were, by code.
    pub refused_by_code: BTreeMap<&'static str, u64>,
    /// How many warnings there were, by code.
    pub warned_by_code: BTreeMap<&'static str, u64>,
    /// The problems, at most a thousand.
    pub problems: Vec<RowProblem>,
    /// The warnings, at most a thousand.
    pub warnings: Vec<RowProblem>,
    /// Columns that were not used.
    pub unused_columns: Vec<String>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Refused rows as a CSV file, empty when there are none.
    #[serde(skip)]
    pub refused_csv: Vec<u8>,
}

impl App {
    /// Brings a list in. `progress` hears how many rows are done.
    ///
    /// # Errors
    /// One problem when the file is unreadable, cut off or nothing of the sort; then nothing is written.
    pub async fn import(
        &self,
        import: Import,
        caller: &Caller,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Imported, AppError> {
        if !caller.role.may(Action::Import, import.wanted.kind) {
            return Err(AppError::Forbidden);
        }
        let import = Arc::new(import);
        let first = import.clone();
        let survey = blocking(move || exchange::survey(&first.path, &first.file_name, &first.wanted)).await?;
        let survey = Arc::new(survey.map_err(|problem| AppError::Problems(vec![problem]))?);
        let view = self.view(caller.viewer());
        let stamp = Stamp {
            by: caller.account,
            at: clock::now(),
            why: Some(format!("import of {}", survey.list)),
            batch: clock::new_id(),
        };
        let mut report = Report::new(&import, &survey, stamp.batch)?;
        let mut context = rows::Context::new(&import, &survey.list, view.clone(), stamp);
        let (reader, mut coming) = start_reading(import.clone(), survey.clone(), &view);
        let mut gathered: Vec<Row> = Vec::with_capacity(CHUNK);
        let mut importing = Importing::begin(survey.rows);
        let mut since = Instant::now();
        loop {
            let row = coming.recv().await;
            let ended = row.is_none();
            gathered.extend(row);
            if gathered.len() >= CHUNK || ended || since.elapsed() >= PATIENCE {
                let outcomes = self.import_chunk(&mut context, &gathered, import.dry_run).await?;
                for (row, outcome) in gathered.drain(..).zip(outcomes) {
                    report.take(&row, outcome)?;
                    importing.done(1);
                }
                progress(report.done(), survey.rows);
                since = Instant::now();
            }
            if ended {
                break;
            }
        }
        reader.await.map_err(|_| AppError::Ending)?.map_err(|problem| AppError::Problems(vec![problem]))?;
        let gone = if import.complete { Some(self.gone(&survey.list, &context.seen).await?) } else { None };
        report.finish(gone)
    }

    async fn import_chunk(
        &self,
        context: &mut rows::Context,
        rows: &[Row],
        dry_run: bool,
    ) -> Result<Vec<Outcome>, AppError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut ledger = Ledger::open(&*self.store).await?;
        let mut chunk = Chunk::prepare(context, &mut ledger, rows).await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            let mark = ledger.mark();
            let outcome = chunk.row(&mut ledger, row).await?;
            if matches!(outcome, Outcome::Refused(_)) {
                ledger.back_to(&mark);
            }
            outcomes.push(outcome);
        }
        if !dry_run {
            let changes = ledger.commit().await?;
            self.feed.publish(changes).await?;
        }
        Ok(outcomes)
    }

    /// How many records of a list its newest file no longer names.
    async fn gone(&self, list: &str, seen: &HashSet<u128>) -> Result<u64, AppError> {
        let mut gone = 0;
        self.store.each_source_key(list, &mut |key| gone += u64::from(!seen.contains(&rows::hash(&key)))).await?;
        Ok(gone)
    }
}

type Reading = tokio::task::JoinHandle<Result<(), Problem>>;

/// Reads on a thread of its own, a chunk ahead at most.
fn start_reading(import: Arc<Import>, survey: Arc<Survey>, view: &View) -> (Reading, mpsc::Receiver<Row>) {
    let (out, coming) = mpsc::channel(CHUNK);
    let asks = Postcodes(view.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut sink = |row: Row| match out.blocking_send(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        exchange::read(&import.path, &survey, &import.wanted, &asks, &mut sink)
    });
    (reader, coming)
}

struct Postcodes(View);

impl Lookups for Postcodes {
    fn postcodes_loaded(&self) -> bool {
        self.0.datasets().postcodes.is_some()
    }

    fn postcode(&self, code: &Postcode) -> Option<Point> {
        self.0.datasets().postcodes.as_ref()?.get(code)?.point
    }
}

/// Counts and tells what became of the rows.
struct Report {
    imported: Imported,
    refused: Refused<Vec<u8>>,
}

impl Report {
    fn new(import: &Import, survey: &Survey, batch: Uuid) -> Result<Self, AppError> {
        let unused =
            survey.unused().map(|c| if c.heading.is_empty() { c.number.to_string() } else { c.heading.clone() });
        let imported = Imported {
            batch,
            list: survey.list.clone(),
            rows: survey.rows,
            dry_run: import.dry_run,
            unused_columns: unused.collect(),
            ..Imported::default()
        };
        let refused = Refused::new(Vec::new(), survey).map_err(|e| AppError::File(e.to_string()))?;
        Ok(Self { imported, refused })
    }

    fn done(&self) -> u64 {
        let i = &self.imported;
        i.created + i.updated + i.unchanged + i.refused
    }

    fn take(&mut self, row: &Row, outcome: Outcome) -> Result<(), AppError> {
        let i = &mut self.imported;
        let mut warnings = row.warnings.clone();
        match outcome {
            Outcome::Refused(problems) => {
                i.refused += 1;
                warnings.clear();
                self.refused.row(row, &problems).map_err(|e| AppError::File(e.to_string()))?;
                let codes: HashSet<Code> = problems.iter().map(|p| p.code).collect();
                for code in codes {
                    *i.refused_by_code.entry(code.as_str()).or_default() += 1;
                }
                let room = TOLD.saturating_sub(i.problems.len());
                i.problems
                    .extend(problems.into_iter().take(room).map(|problem| RowProblem { line: row.line, problem }));
            }
            Outcome::Taken { created, changed, kept, linked, unsorted } => {
                match (created, changed) {
                    (true, _) => i.created += 1,
                    (false, true) => i.updated += 1,
                    (false, false) => i.unchanged += 1,
                }
                i.kept_local += u64::from(kept);
                i.linked_created += linked;
                warnings.extend(unsorted);
            }
        }
        for problem in warnings {
            *i.warned_by_code.entry(problem.code.as_str()).or_default() += 1;
            if i.warnings.len() < TOLD {
                i.warnings.push(RowProblem { line: row.line, problem });
            }
        }
        Ok(())
    }

    fn finish(mut self, gone: Option<u64>) -> Result<Imported, AppError> {
        self.imported.gone = gone;
        if self.imported.refused > 0 {
            self.imported.refused_csv = self.refused.into_inner().map_err(|e| AppError::File(e.to_string()))?;
        }
        Ok(self.imported)
    }
}
