//! Which records are wanted: what the filter words of a question ask for, put together.

use jiff::civil::Date;
use std::sync::OnceLock;

use super::chosen::{Chosen, Narrowing};
use super::ctl::{Ctl, Halt, LOOK, OPEN, opening};
use super::fit::{Answer, Fit};
use super::status;
use crate::atlas::facets::WordSet;
use crate::atlas::{Among, Bits, Entry, View};
use crate::model::{Id, Kind, Life, common, service};

/// What is wanted of an asset.
#[derive(Default)]
pub struct Filter {
    /// Kinds, never empty.
    pub kinds: Vec<Kind>,
    /// What is looked up before the first record is judged.
    pub(super) narrowing: Narrowing,
    /// Statuses wanted; the usual ones when none is named.
    pub(super) status: Vec<String>,
    every_status: bool,
    /// The day it is judged on.
    pub(super) on: Date,
    /// Whose it is; `None` for anybody's.
    pub(super) whose: Option<WordSet>,
    /// `sure`, `possible`, or both when not said.
    pub(super) only: Option<String>,
    /// Opening times are asked for.
    pub(super) asks_times: bool,
    wants: Vec<Want>,
    chosen: OnceLock<Chosen>,
}

/// What one word wants of a record.
struct Want {
    word: &'static str,
    /// Whether a record may leave it open.
    may_be_open: bool,
    fits: Box<Judge>,
}

type Judge = dyn Fn(&Entry, &View) -> Answer + Send + Sync;

impl Filter {
    /// Everything of these kinds that is there on a day and is people's.
    pub(super) fn of(kinds: &[Kind], on: Date) -> Self {
        let people = WordSet::of(service::FOR, [service::FOR[0]]);
        Filter { kinds: kinds.to_vec(), on, whose: Some(people), ..Self::default() }
    }

    /// Wants something that every record tells.
    pub(super) fn want(&mut self, word: &'static str, fits: impl Fn(&Entry, &View) -> Answer + Send + Sync + 'static) {
        self.wants.push(Want { word, may_be_open: false, fits: Box::new(fits) });
    }

    /// Wants something that a record may leave open.
    pub(super) fn may_want(
        &mut self,
        word: &'static str,
        fits: impl Fn(&Entry, &View) -> Answer + Send + Sync + 'static,
    ) {
        self.wants.push(Want { word, may_be_open: true, fits: Box::new(fits) });
    }

    /// Looks up what the words name: to be done before the first record is judged, where the answer is worked out.
    pub fn look_up(&self, view: &View, ctl: &Ctl) -> Result<(), Halt> {
        if self.chosen.get().is_none() {
            let chosen = Chosen::of(&self.narrowing, &self.kinds, view, ctl)?;
            self.chosen.get_or_init(|| chosen);
        }
        Ok(())
    }

    fn chosen(&self, view: &View) -> &Chosen {
        // Nothing holds it back here: whoever must be held back has looked it up before.
        let choose = || Chosen::of(&self.narrowing, &self.kinds, view, &Ctl::free()).unwrap_or_default();
        self.chosen.get_or_init(choose)
    }

    /// The same filter without a word about status.
    pub fn of_every_status(self) -> Self {
        Self { every_status: true, ..self }
    }

    /// The same filter, whosever it is.
    pub fn for_anybody(self) -> Self {
        Self { whose: None, ..self }
    }

    /// Where to look for records of a kind: the narrowest index that holds them all.
    pub fn among(&self, kind: Kind, view: &View) -> Among {
        let chosen = self.chosen(view);
        let text = chosen.meant(kind).cloned().map(Among::These);
        let categories = chosen.categories.clone().map(|categories| Among::Categories(kind, categories));
        let named = self.narrowing.named.map(|id| Among::Naming(kind, id));
        let narrower = [text, categories, named].into_iter().flatten();
        narrower.min_by_key(|among| view.at_most(among)).unwrap_or(Among::Kind(kind))
    }

    /// The categories wanted with all narrower ones; none when none was named.
    pub fn categories(&self, view: &View) -> Option<&[Id]> {
        self.chosen(view).categories.as_deref()
    }

    /// Whether free text chose the records, and how many of a kind at the most.
    pub fn meant(&self, kind: Kind, view: &View) -> Option<usize> {
        self.chosen(view).meant(kind).map(|meant| meant.iter().map(Bits::count).sum())
    }

    /// Whether some word can be left open by a record: only then is anything "possible".
    pub fn may_leave_open(&self) -> bool {
        self.wants.iter().any(|want| want.may_be_open)
    }

    /// Whether it wants all that one index names, whatever it says of itself.
    pub fn is_one_index(&self) -> bool {
        let Self { wants, narrowing, every_status, whose, only, .. } = self;
        let Narrowing { categories, named, text, bbox, area } = narrowing;
        let one = usize::from(categories.is_some()) + usize::from(text.is_some()) < 2;
        let others = named.is_some() || bbox.is_some() || area.is_some();
        wants.is_empty() && one && !others && *every_status && whose.is_none() && only.is_none()
    }

    /// Whether no word narrows it: all of its kinds, as far as they are there on its day.
    pub fn is_usual(&self) -> bool {
        self.wants.is_empty()
            && self.narrowing == Narrowing::default()
            && self.status.is_empty()
            && !self.every_status
            && self.whose == Some(WordSet::of(service::FOR, [service::FOR[0]]))
            && self.only.is_none()
    }

    /// What judging a record costs.
    pub fn cost(&self, entry: &Entry) -> usize {
        let times = entry.facets.times.as_ref().filter(|_| self.asks_times);
        let times = times.map_or(0, |times| if times.recurs() { 10 * OPEN } else { LOOK });
        // Where it is may have to be read.
        let area = if self.narrowing.area.is_some() { opening(entry) } else { 0 };
        LOOK + times + area
    }

    /// Whether only `sure` or only `possible` ones are wanted; `None` for both.
    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }

    /// Whether a record fits; `None` when it does not.
    pub fn fit(&self, entry: &Entry, view: &View) -> Option<Fit> {
        let chosen = self.chosen(view);
        if !self.kinds.contains(&entry.kind) || !self.is_for(entry) {
            return None;
        }
        if let Some(meant) = chosen.meant(entry.kind) {
            view.stand(entry.id).filter(|(tier, slot)| meant[*tier].holds(*slot))?;
        }
        if let Some(wanted) = &chosen.categories {
            let mut of = entry.linked("categories").chain(entry.linked("category"));
            of.find(|category| wanted.binary_search(category).is_ok())?;
        }
        let mut fit = Fit::new().and("status", self.status_fits(entry))?;
        for want in &self.wants {
            fit = fit.and(want.word, (want.fits)(entry, view))?;
        }
        Some(fit)
    }

    /// Whether it is for whom it is looked for; silence is people's.
    fn is_for(&self, entry: &Entry) -> bool {
        let Some(whose) = self.whose.filter(|_| entry.kind.has("for")) else { return true };
        let others = entry.facets.for_others;
        let said = if others.is_empty() { WordSet::of(service::FOR, [service::FOR[0]]) } else { others };
        whose.meets(said)
    }

    /// Whether it is there on the day asked for. What a list said in words nobody could read may be anything.
    fn status_fits(&self, entry: &Entry) -> Answer {
        let stated = entry.status.copied();
        let wanted = |status: &str| match self.status.as_slice() {
            [] => common::USUAL_STATUS.contains(&status),
            asked => asked.iter().any(|s| s == status),
        };
        match entry.kind.spec().life {
            _ if self.every_status => return Answer::Yes,
            Life::Steps if self.status.is_empty() => return Answer::Yes,
            Life::Steps => return Answer::from(Some(stated.is_some_and(wanted))),
            Life::Always | Life::Open => {}
        }
        if !entry.is_dated() {
            return Answer::from(Some(wanted(stated.unwrap_or("open"))));
        }
        let mut may_be = status::on_day(stated, &entry.facets, self.on).into_iter();
        match (may_be.clone().any(wanted), may_be.all(wanted)) {
            (true, true) => Answer::Yes,
            (true, false) => Answer::Unknown,
            (false, _) => Answer::No,
        }
    }
}
