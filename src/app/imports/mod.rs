//! Bringing lists in: a file is read twice by `exchange`, and what its rows say goes into the log in chunks of one
//! batch. Coming again, a list changes only what changed in it, and never what somebody nearer to the fact wrote.

mod import;
pub(super) mod memory;
mod others;
mod references;
mod rows;

use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::engine::apart::blocking;
use super::engine::ledger::Ledger;
use super::engine::pulse::Importing;
use super::{App, AppError, Caller};
use crate::atlas::{View, Viewer};
use crate::auth::Action;
use crate::change::Stamp;
use crate::clock;
use crate::exchange::{self, Lookups, Refused, Row, Survey, Whereabouts};
use crate::model::record::{canonical, stored};
use crate::model::shape::shown;
use crate::model::{Code, Id, Postcode, Problem};
use crate::store::SourceRow;
pub use import::Import;
use rows::{Chunk, Outcome};

/// Rows of one append, at most; others write between two of them.
const ROWS_CHUNK: usize = 1_000;
/// How long rows are gathered for one append, at most.
const GATHERING_PATIENCE: Duration = Duration::from_millis(200);
/// Problems, warnings and gone records that are told one by one; all are counted, and all refused rows come back.
const MOST_ROWS_TOLD: usize = 1_000;

/// A problem or warning with the row it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// Line of the file (feature, for GeoJSON).
    pub line: u64,
    /// What stands in that column, unless it may be a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The problem; its field is the column.
    #[serde(flatten)]
    pub problem: Problem,
}

impl RowProblem {
    /// In one sentence: where, which column, what stands there, what to do. `unit` is what a row is called.
    pub fn told(&self, unit: &str) -> String {
        let Problem { field, message, .. } = &self.problem;
        let value = self.value.as_deref().filter(|v| !message.contains(&shown(v))).map(shown);
        let value = value.map_or_else(String::new, |v| format!(" \"{v}\""));
        match field.is_empty() {
            true => format!("{unit} {}: {message}", self.line),
            false => format!("{unit} {}, {field}{value}: {message}", self.line),
        }
    }
}

/// A record that a complete list no longer names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Its key in the list.
    pub key: String,
    /// The record.
    pub record: Id,
    /// Its name.
    pub name: String,
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
    /// Those of them that it named when it last came, at most a thousand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub newly_gone: Vec<Gone>,
    /// What is to be known of the list as a whole.
    pub notes: Vec<String>,
    /// What a row is called: `line`, or `feature` of GeoJSON.
    pub unit: &'static str,
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
    /// Columns that are no field and are kept as they are, for admins until one publishes them.
    pub further_columns: Vec<String>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Refused rows as a file of the form they came in (CSV, or GeoJSON for features), empty when there are none.
    #[serde(skip)]
    pub refused_file: Vec<u8>,
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
        let mut report = Tally::new(&import, &survey, stamp.batch)?;
        let mut context = rows::Context::new(&import, &survey, view.clone(), stamp);
        let (reader, mut coming) = start_reading(import.clone(), survey.clone(), &view);
        let mut gathered: Vec<Row> = Vec::with_capacity(ROWS_CHUNK);
        let mut importing = Importing::begin(survey.rows);
        let mut since = Instant::now();
        loop {
            let row = coming.recv().await;
            let ended = row.is_none();
            gathered.extend(row);
            if gathered.len() >= ROWS_CHUNK || ended || since.elapsed() >= GATHERING_PATIENCE {
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
        if report.came_before() && !import.dry_run {
            self.settle(&mut context).await?;
        }
        if import.complete {
            self.gone(&survey.list, &context.seen, import.dry_run, &mut report.imported).await?;
        }
        report.imported.notes.extend(replaced(&context));
        if !report.came_before() {
            report.imported.notes.extend(self.known_as(&survey.list, &context.created, report.imported.batch).await?);
        }
        report.finish()
    }

    /// What places and providers no row of the file says any more goes, some hundred at a time.
    async fn settle(&self, context: &mut rows::Context) -> Result<(), AppError> {
        for keys in context.met().chunks(500) {
            let mut ledger = Ledger::open(&*self.store).await?;
            Chunk::settle(context, &mut ledger, keys).await?;
            let changes = ledger.commit().await?;
            self.feed.publish(changes).await?;
        }
        Ok(())
    }

    /// Whether what is new came before as another list.
    async fn known_as(&self, list: &str, created: &[String], batch: Uuid) -> Result<Option<String>, AppError> {
        if created.is_empty() {
            return Ok(None);
        }
        let mut ledger = Ledger::open(&*self.store).await?;
        let most = ledger.tx().lists_with(list, created).await?.into_iter().max_by_key(|(_, rows)| *rows);
        Ok(most.filter(|(_, rows)| rows * 2 > created.len() as u64).map(|(other, rows)| {
            format!(
                "{rows} of the first {} rows have the keys of rows that the list \"{other}\" brought. If this is that list under \
                 another name, take it back (commonground undo {batch}) and bring it in with --list \"{other}\".",
                created.len()
            )
        }))
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

    /// Which records of a list its newest file no longer names; those it is told of once are told only by number again.
    async fn gone(
        &self,
        list: &str,
        seen: &HashSet<u128>,
        dry_run: bool,
        imported: &mut Imported,
    ) -> Result<(), AppError> {
        let mut gone = 0;
        let mut newly: Vec<SourceRow> = Vec::new();
        let mut note = |row: SourceRow| {
            if !seen.contains(&rows::hash(&row.key)) {
                gone += 1;
                if !stored(&row.part).contains_key(memory::GONE) {
                    newly.push(row);
                }
            }
        };
        self.store.each_source(list, &mut note).await?;
        let view = self.view(Viewer::ADMIN);
        let named = |row: &SourceRow| {
            let name = view.get(row.record).map_or_else(String::new, |e| e.name().to_owned());
            Gone { key: row.key.clone(), record: row.record, name }
        };
        imported.gone = Some(gone);
        imported.newly_gone = newly.iter().take(MOST_ROWS_TOLD).map(named).collect();
        if !dry_run {
            for rows in newly.chunks(ROWS_CHUNK) {
                let mut ledger = Ledger::open(&*self.store).await?;
                for row in rows {
                    let mut part = stored(&row.part);
                    part.insert(memory::GONE.to_owned(), true.into());
                    ledger.stage_source(SourceRow { part: canonical(&part), ..row.clone() });
                }
                let changes = ledger.commit().await?;
                self.feed.publish(changes).await?;
            }
        }
        Ok(())
    }
}

/// Which words of other lists this one replaced.
fn replaced(context: &rows::Context) -> impl Iterator<Item = String> + '_ {
    context.replaced.iter().map(|((field, list), rows)| {
        let name = field.split_once('.').map_or(field.as_str(), |(_, name)| name);
        format!("{name}: {rows} values of the list \"{list}\" were replaced.")
    })
}

type Reading = tokio::task::JoinHandle<Result<(), Problem>>;

/// Reads on a thread of its own, a chunk ahead at most.
fn start_reading(import: Arc<Import>, survey: Arc<Survey>, view: &View) -> (Reading, mpsc::Receiver<Row>) {
    let (out, coming) = mpsc::channel(ROWS_CHUNK);
    let asks = PostcodesSeen(view.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut sink = |row: Row| match out.blocking_send(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        exchange::read(&import.path, &survey, &import.wanted, &asks, &mut sink)
    });
    (reader, coming)
}

/// The postcode table as a view has it.
pub(super) struct PostcodesSeen(pub(super) View);

impl Lookups for PostcodesSeen {
    fn postcodes_loaded(&self) -> bool {
        self.0.datasets().postcodes.is_some()
    }

    fn postcode(&self, code: &Postcode) -> Whereabouts {
        let facts = self.0.datasets().postcodes.as_ref().and_then(|table| table.get(code));
        match facts.map(|facts| facts.point) {
            Some(Some(point)) => Whereabouts::At(point),
            Some(None) => Whereabouts::Nowhere,
            None => Whereabouts::Unknown,
        }
    }
}

/// Counts and tells what became of the rows.
struct Tally {
    imported: Imported,
    refused: Refused<Vec<u8>>,
    headings: Vec<String>,
}

impl Tally {
    fn new(import: &Import, survey: &Survey, batch: Uuid) -> Result<Self, AppError> {
        let unused =
            survey.unused().map(|c| if c.heading.is_empty() { c.number.to_string() } else { c.heading.clone() });
        let imported = Imported {
            batch,
            list: survey.list.clone(),
            rows: survey.rows,
            dry_run: import.dry_run,
            unused_columns: unused.collect(),
            further_columns: survey.further().map(|c| c.heading.clone()).collect(),
            notes: survey.notes.clone(),
            unit: survey.unit(),
            ..Imported::default()
        };
        let refused = Refused::new(Vec::new(), survey).map_err(|e| AppError::File(e.to_string()))?;
        Ok(Self { imported, refused, headings: survey.headings().to_vec() })
    }

    /// Whether any row was here before.
    fn came_before(&self) -> bool {
        self.imported.updated + self.imported.unchanged > 0
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
                let room = MOST_ROWS_TOLD.saturating_sub(i.problems.len());
                let told = problems.into_iter().take(room).map(|problem| of_row(&self.headings, row, problem));
                i.problems.extend(told);
            }
            Outcome::Taken { created, changed, kept, linked, warnings: said } => {
                match (created, changed) {
                    (true, _) => i.created += 1,
                    (false, true) => i.updated += 1,
                    (false, false) => i.unchanged += 1,
                }
                i.kept_local += u64::from(kept);
                i.linked_created += linked;
                warnings.extend(said);
            }
        }
        for problem in warnings {
            *i.warned_by_code.entry(problem.code.as_str()).or_default() += 1;
            if i.warnings.len() < MOST_ROWS_TOLD {
                i.warnings.push(of_row(&self.headings, row, problem));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Imported, AppError> {
        if self.imported.refused > 0 {
            self.imported.refused_file = self.refused.into_inner().map_err(|e| AppError::File(e.to_string()))?;
        }
        Ok(self.imported)
    }
}

/// A problem with the cell that it is about.
fn of_row(headings: &[String], row: &Row, problem: Problem) -> RowProblem {
    let column = headings.iter().position(|h| !h.is_empty() && *h == problem.field);
    let cell = column.and_then(|i| row.raw.get(i)).map(|c| c.trim()).filter(|c| !c.is_empty());
    let value = cell.filter(|_| problem.code != Code::PersonalData).map(|c| c.chars().take(200).collect());
    RowProblem { line: row.line, value, problem }
}
