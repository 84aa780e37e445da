//! One chunk of rows: which records they are, what changed in the source, what is new, and what another list said.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::import::Import;
use super::memory;
use super::others::Beside;
use crate::app::engine::ledger::Ledger;
use crate::app::{AppError, orders};
use crate::atlas::View;
use crate::change::apply::{self, Source};
use crate::change::{Stamp, diff, redact};
use crate::clock;
use crate::exchange::{Part, Row, Survey};
use crate::model::record::{canonical, code_of, stored};
use crate::model::shape::shown;
use crate::model::{Body, Code, Id, Kind, Origin, Owner, Problem, category};
use crate::store::SourceRow;

/// What became of one row.
pub enum Outcome {
    /// Nothing was written of it.
    Refused(Vec<Problem>),
    /// It is in.
    Taken {
        /// Its own record is new.
        created: bool,
        /// Something of it changed.
        changed: bool,
        /// A change was kept out.
        kept: bool,
        /// Places and providers it brought.
        linked: u64,
        /// What is to be said of it: category words that became terms under "unsorted", other rows and lists that say
        /// otherwise.
        warnings: Vec<Problem>,
    },
}

/// New rows by which a list is known that is here under another name.
const MOST_NEW_KEYS: usize = 2_000;

/// What holds for the whole import.
pub struct Context {
    list: String,
    pub(super) origin: Origin,
    owner: Option<Id>,
    survey: Arc<Survey>,
    pub(super) stamp: Stamp,
    pub(super) view: View,
    /// This list's word counts, where another one said otherwise.
    replace: bool,
    /// Headings whose column of this list an admin has published.
    published: Vec<String>,
    /// Lower-case names, codes and everyday words of categories.
    pub(super) categories: HashMap<String, Id>,
    /// Keys of own records met so far, hashed.
    pub seen: HashSet<u128>,
    /// Places and providers met so far, by role and key: what the rows together say of them.
    met: HashMap<(&'static str, String), Met>,
    /// Fields of other lists that this one replaced, with the list, counted.
    pub replaced: BTreeMap<(String, String), u64>,
    /// Keys of the first rows whose own records are new.
    pub created: Vec<String>,
}

/// What the rows of this file say of a place or provider that several of them name.
#[derive(Clone)]
struct Met {
    said: Body,
    line: u64,
}

impl Context {
    /// For an import of what a survey found.
    pub fn new(import: &Import, survey: &Arc<Survey>, view: View, stamp: Stamp) -> Self {
        let list = survey.list.as_str();
        let mut categories = HashMap::new();
        for entry in view.of_kind(Kind::Category) {
            let body = stored(&entry.body);
            if body.get("taxonomy").and_then(Value::as_str) == Some(category::EVERYDAY) {
                continue;
            }
            let words = body.get("words").and_then(Value::as_array).into_iter().flatten();
            let texts = words.chain(body.get("code")).filter_map(Value::as_str);
            for text in texts.chain([entry.name()]) {
                categories.entry(text.to_lowercase()).or_insert(entry.id);
            }
        }
        Self {
            list: list.to_owned(),
            origin: import.origin,
            owner: import.owner,
            survey: survey.clone(),
            stamp,
            published: memory::published_columns(&view, import.wanted.kind, list),
            view,
            replace: import.replace,
            categories,
            seen: HashSet::new(),
            met: HashMap::new(),
            replaced: BTreeMap::new(),
            created: Vec::new(),
        }
    }
}

/// A chunk of rows with all that the store knows of their keys.
pub struct Chunk<'a> {
    pub(super) context: &'a mut Context,
    known: HashMap<(String, String), SourceRow>,
    coded: HashMap<(Kind, String), Id>,
    /// What other lists said of records that have a code, by which lists meet.
    others: HashMap<Id, Vec<SourceRow>>,
    /// Words and codes that the present row added, to be forgotten if it is refused.
    pub(super) added_words: Vec<String>,
    added_codes: Vec<(Kind, String)>,
}

/// A key as 128 bits: enough to tell a million apart, and no more memory than that.
pub fn hash(key: &str) -> u128 {
    let digest = Sha256::digest(key.as_bytes());
    u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"))
}

impl Context {
    /// The places and providers that rows named.
    pub fn met(&self) -> Vec<(&'static str, String)> {
        self.met.keys().cloned().collect()
    }
}

impl<'a> Chunk<'a> {
    /// Asks the store once for all the chunk needs.
    pub async fn prepare(context: &'a mut Context, ledger: &mut Ledger, rows: &[Row]) -> Result<Self, AppError> {
        let parts: Vec<&Part> = rows.iter().filter_map(|r| r.parts.as_ref().ok()).flatten().collect();
        let keys: Vec<String> = parts.iter().map(|p| p.key.clone()).collect();
        let sources = ledger.sources(&context.list, &keys).await?;
        let mut codes: HashMap<Kind, Vec<String>> = HashMap::new();
        for part in parts {
            if let Some(code) = code_of(part.kind, &part.body) {
                codes.entry(part.kind).or_default().push(code);
            }
        }
        let mut coded = HashMap::new();
        for (kind, codes) in codes {
            coded.extend(ledger.tx().by_code(kind, &codes).await?.into_iter().map(|(code, id)| ((kind, code), id)));
        }
        let meeting: Vec<Id> = coded.values().copied().collect();
        let mut others: HashMap<Id, Vec<SourceRow>> = HashMap::new();
        for row in ledger.sources_of(&meeting).await?.into_iter().filter(|row| row.list != context.list) {
            others.entry(row.record).or_default().push(row);
        }
        let ids: Vec<Id> = sources.iter().map(|s| s.record).chain(meeting).collect();
        ledger.present(&ids).await?;
        let known = sources.into_iter().map(|s| ((s.role.clone(), s.key.clone()), s)).collect();
        Ok(Self { context, known, coded, others, added_words: Vec::new(), added_codes: Vec::new() })
    }

    /// Takes one row in; what is staged of a refused one is to be taken back.
    pub async fn row(&mut self, ledger: &mut Ledger, row: &Row) -> Result<Outcome, AppError> {
        self.added_words.clear();
        self.added_codes.clear();
        let linked =
            row.parts.iter().flatten().filter(|part| part.role != "self").map(|part| (part.role, part.key.clone()));
        let met: Vec<_> = linked.map(|key| (self.context.met.get(&key).cloned(), key)).collect();
        let outcome = self.take(ledger, row).await?;
        if matches!(outcome, Outcome::Refused(_)) {
            for (before, key) in met {
                match before {
                    Some(before) => self.context.met.insert(key, before),
                    None => self.context.met.remove(&key),
                };
            }
            self.context.categories.retain(|word, _| !self.added_words.contains(word));
            self.coded.retain(|code, _| !self.added_codes.contains(code));
        }
        Ok(outcome)
    }

    async fn take(&mut self, ledger: &mut Ledger, row: &Row) -> Result<Outcome, AppError> {
        // Whoever stands in a row that is refused is on the list all the same.
        self.context.seen.extend(row.key.as_deref().map(hash));
        let parts = match &row.parts {
            Ok(parts) => parts,
            Err(problems) => return Ok(Outcome::Refused(problems.clone())),
        };
        let mut ids: HashMap<&str, Id> = HashMap::new();
        let mut news: Vec<SourceRow> = Vec::new();
        let (mut created, mut changed, mut kept, mut linked) = (false, false, false, 0);
        let mut warnings = Vec::new();
        // The row's own record refers to the others, so it comes last.
        for part in parts.iter().rev() {
            let merged = self.with_other_rows(part, row.line, &mut warnings);
            let part = merged.as_ref().unwrap_or(part);
            let mut body = match self.resolve(ledger, part, &ids, &mut warnings).await? {
                Ok(body) => body,
                Err(problems) => return Ok(Outcome::Refused(problems)),
            };
            self.publish(&mut body);
            let done = match self.part(ledger, part, body, &mut news, &mut warnings).await? {
                Ok(done) => done,
                Err(problems) => return Ok(Outcome::Refused(problems)),
            };
            ids.extend(done.id.map(|id| (part.role, id)));
            changed |= done.changed;
            kept |= done.kept;
            match part.role {
                "self" => created = done.created,
                _ => linked += u64::from(done.created),
            }
            if part.role == "self" && done.created && self.context.created.len() < MOST_NEW_KEYS {
                self.context.created.push(part.key.clone());
            }
        }
        for source in news {
            ledger.stage_source(source.clone());
            self.known.insert((source.role.clone(), source.key.clone()), source);
        }
        Ok(Outcome::Taken { created, changed, kept, linked, warnings })
    }

    /// A place or provider that several rows name is what they say together; where they disagree, the first one counts,
    /// whichever row the list is brought by next time. `None` for the row's own record.
    fn with_other_rows(&mut self, part: &Part, line: u64, warnings: &mut Vec<Problem>) -> Option<Part> {
        if part.role == "self" {
            return None;
        }
        let key = (part.role, part.key.clone());
        let met = self.context.met.entry(key).or_insert_with(|| Met { said: part.body.clone(), line });
        for name in diff::fields(&met.said, &part.body) {
            match (diff::get(&met.said, &name).is_some(), diff::get(&part.body, &name)) {
                (false, Some(value)) => diff::set(&mut met.said, &name, Some(value.clone())),
                (true, Some(value)) => {
                    let shows = |v: &Value| v.as_str().map_or_else(|| shown(&v.to_string()), shown);
                    let first = diff::get(&met.said, &name).map_or_else(String::new, shows);
                    let say = format!(
                        "\"{}\" here and \"{first}\" in row {} are of one {}; the first counts",
                        shows(value),
                        met.line,
                        part.kind.name()
                    );
                    let field = format!("{}.{name}", part.role);
                    warnings.push(Problem::new(field, Code::RowsDisagree, say));
                }
                _ => {}
            }
        }
        Some(Part { body: met.said.clone(), ..part.clone() })
    }

    /// Columns of this list that are published stay so for what it brings anew.
    fn publish(&self, body: &mut Body) {
        let further = body.get("further").and_then(Value::as_object);
        let open: Vec<&String> =
            self.context.published.iter().filter(|h| further.is_some_and(|f| f.contains_key(*h))).collect();
        if !open.is_empty() {
            let open = json!(open);
            body.insert("published".to_owned(), open);
        }
    }

    async fn part(
        &mut self,
        ledger: &mut Ledger,
        part: &Part,
        body: Body,
        news: &mut Vec<SourceRow>,
        warnings: &mut Vec<Problem>,
    ) -> Result<Result<Done, Vec<Problem>>, AppError> {
        let known = self.known.get(&(part.role.to_owned(), part.key.clone()));
        let erased = self.erased(ledger, part, known).await?;
        let (mut told, mut body) = (part.body.clone(), body);
        redact::hold(&erased, &mut told);
        redact::hold(&erased, &mut body);
        memory::mark_weak(&mut told, &part.weak);
        let before = known.map(|row| stored(&row.part));
        if let Some(before) = &before {
            // Of a place another row of the file may speak. An area is never without a place, and has what its other
            // files, of the same name or not, know of it.
            let survey = &self.context.survey;
            let area = |name: &str| matches!(name, "point" | "boundary") || !survey.speaks_of(name);
            let unsaid = |name: &str| part.role != "self" || (part.kind == Kind::Area && area(name));
            memory::keep_unsaid(before, &mut told, &unsaid);
        }
        let text = canonical(&told);
        let source = Source { list: self.context.list.clone(), key: part.key.clone() };
        let remember = |record: Id| SourceRow {
            list: source.list.clone(),
            key: part.key.clone(),
            role: part.role.to_owned(),
            record,
            part: text.clone(),
        };
        if let Some(row) = known.filter(|row| row.part == text) {
            let there = ledger.present(&[row.record]).await?;
            let id = there.get(&row.record).filter(|p| p.body.is_some()).map(|p| p.id);
            return Ok(Ok(Done { id, created: false, changed: false, kept: false }));
        }
        let code = code_of(part.kind, &part.body);
        let by_code = || code.as_ref().and_then(|code| self.coded.get(&(part.kind, code.clone()))).copied();
        let met = known.map(|row| row.record).or_else(by_code);
        if let Some(id) = met {
            let undone = before.as_ref().is_some_and(memory::is_undone);
            let mut names = match &before {
                Some(before) => memory::fields(before, &told),
                None => diff::fields(&Body::new(), &body),
            };
            if let Err(problems) = self.beside_others(ledger, id, (part, before.as_ref()), &mut names, warnings).await?
            {
                return Ok(Err(problems));
            }
            if let Some(problem) = orders::circle(ledger, part.kind, &body, id, &HashSet::new()).await? {
                return Ok(Err(vec![problem]));
            }
            let done = self.patch(ledger, id, names, &body, &source, undone).await?;
            news.push(remember(id));
            return Ok(Ok(done));
        }
        if part.joins {
            let code = part.body.get("code").and_then(Value::as_str).unwrap_or_default();
            let set = part.body.get("area_set").and_then(Value::as_str).unwrap_or_default();
            let say = format!(
                "there is no {} \"{code}\" in {set} yet: bring in the list that says where it is first, or give its \
                 position here",
                part.kind.name()
            );
            return Ok(Err(vec![Problem::new("code", Code::NotFound, say)]));
        }
        let id = clock::new_id();
        let owner = self.context.owner.filter(|_| part.kind.spec().owner == Owner::Maker);
        let from = (self.context.origin, Some(&source));
        ledger.stage(apply::create(id, part.kind, body, owner, from, &self.context.stamp));
        if let Some(code) = code {
            self.coded.insert((part.kind, code.clone()), id);
            self.added_codes.push((part.kind, code));
        }
        news.push(remember(id));
        Ok(Ok(Done { id: Some(id), created: true, changed: true, kept: false }))
    }

    /// What this list may change of a record that other lists speak of; a problem where the row is refused for it.
    async fn beside_others(
        &mut self,
        ledger: &mut Ledger,
        id: Id,
        (part, before): (&Part, Option<&Body>),
        names: &mut Vec<String>,
        warnings: &mut Vec<Problem>,
    ) -> Result<Result<(), Vec<Problem>>, AppError> {
        if part.kind.spec().code.is_none() {
            return Ok(Ok(()));
        }
        let present = ledger.present(&[id]).await?.remove(&id).and_then(|p| p.body).unwrap_or_default();
        let said = self.others.get(&id).into_iter().flatten();
        let said = said.map(|row| (row.list.as_str(), stored(&row.part))).collect();
        let beside = Beside { part, before, present: &present, others: said, replace: self.context.replace };
        let judged = beside.judge(std::mem::take(names));
        *names = judged.names;
        warnings.extend(judged.warnings);
        for key in judged.replaced {
            *self.context.replaced.entry(key).or_default() += 1;
        }
        Ok(if judged.problems.is_empty() { Ok(()) } else { Err(judged.problems) })
    }

    /// What places and providers no longer are said to have by any row of the file: it goes, once all rows are read.
    pub async fn settle(
        context: &'a mut Context,
        ledger: &mut Ledger,
        keys: &[(&'static str, String)],
    ) -> Result<(), AppError> {
        let names: Vec<String> = keys.iter().map(|(_, key)| key.clone()).collect();
        let sources = ledger.sources(&context.list, &names).await?;
        let chunk = Self {
            context,
            known: HashMap::new(),
            coded: HashMap::new(),
            others: HashMap::new(),
            added_words: Vec::new(),
            added_codes: Vec::new(),
        };
        for row in sources {
            let Some((role, key)) = keys.iter().find(|(role, key)| *role == row.role && *key == row.key) else {
                continue;
            };
            let Some(met) = chunk.context.met.get(&(*role, key.clone())) else { continue };
            let before = stored(&row.part);
            let gone: Vec<String> =
                memory::fields(&before, &met.said).into_iter().filter(|n| diff::get(&met.said, n).is_none()).collect();
            if gone.is_empty() || before.values().any(redact::holds_erased) {
                continue;
            }
            let (said, part) = (met.said.clone(), canonical(&met.said));
            let source = Source { list: row.list.clone(), key: row.key.clone() };
            chunk.patch(ledger, row.record, gone, &said, &source, false).await?;
            ledger.stage_source(SourceRow { part, ..row });
        }
        Ok(())
    }

    /// What was erased of a part's record: lists bring it neither back nor into their memory.
    async fn erased(&self, ledger: &mut Ledger, part: &Part, known: Option<&SourceRow>) -> Result<Body, AppError> {
        let mut erased =
            known.filter(|row| row.part.contains("redacted")).map_or_else(Body::new, |row| stored(&row.part));
        let coded = || code_of(part.kind, &part.body).and_then(|code| self.coded.get(&(part.kind, code)).copied());
        if let Some(id) = known.map(|row| row.record).or_else(coded) {
            let present = ledger.present(&[id]).await?;
            erased.extend(present.get(&id).and_then(|p| p.body.clone()).unwrap_or_default());
        }
        Ok(redact::erased(&erased))
    }

    async fn patch(
        &self,
        ledger: &mut Ledger,
        id: Id,
        names: Vec<String>,
        body: &Body,
        source: &Source,
        undone: bool,
    ) -> Result<Done, AppError> {
        let present = ledger.present(&[id]).await?.remove(&id);
        let Some(present) = present.filter(|p| undone || p.body.is_some()) else {
            // Somebody removed it here: a list does not bring it back.
            return Ok(Done { id: None, created: false, changed: false, kept: true });
        };
        if present.body.is_none() {
            // An undo took it away, not a person: the list brings the same record again.
            let owner = self.context.owner.filter(|_| present.kind.spec().owner == Owner::Maker);
            let from = (self.context.origin, Some(source));
            ledger.stage(apply::restore(&present, body.clone(), owner, from, &self.context.stamp));
            return Ok(Done { id: Some(id), created: true, changed: true, kept: false });
        }
        let fields: Vec<(String, Option<Value>)> =
            names.into_iter().map(|name| (name.clone(), diff::get(body, &name).cloned())).collect();
        let (change, kept) = apply::patch(&present, &fields, self.context.origin, Some(source), &self.context.stamp);
        let changed = change.is_some();
        if let Some(change) = change {
            ledger.stage(change);
        }
        Ok(Done { id: Some(id), created: false, changed, kept: !kept.is_empty() })
    }
}

/// What became of one part.
struct Done {
    /// None when the record was removed here.
    id: Option<Id>,
    created: bool,
    changed: bool,
    kept: bool,
}
