//! The filter words, the same wherever assets are chosen. A record fits, does not fit, or may fit (CONTRACT §1).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::Value;
use std::sync::OnceLock;

use super::asked::Asked;
use super::chosen::{Chosen, telling_words};
use super::ctl::{Ctl, Halt, LOOK, OPEN, opening};
use super::fit::{Answer, Fit};
use super::membership;
use super::{days_off, status, when};
use crate::atlas::{Among, Entry, REMOTE, View};
use crate::model::hours::{self, Window};
use crate::model::record::{at, is_unclear, stored};
use crate::model::{Body, Code, Id, Kind, Life, Point, Problem, Problems, common, service};

/// What is wanted of an asset.
#[derive(Default)]
pub struct Filter {
    /// Kinds, never empty.
    pub kinds: Vec<Kind>,
    types: Vec<String>,
    /// Categories wanted, as they were named; `None` when none was.
    categories: Option<Vec<Id>>,
    organisation: Option<Id>,
    referral: Vec<String>,
    delivery: Vec<String>,
    open_at: Option<Window>,
    age: Option<i64>,
    language: Option<String>,
    accessible: Vec<String>,
    free: Option<bool>,
    free_capacity: bool,
    accepting: Vec<String>,
    /// The day, and when it began here.
    assured_since: Option<(Date, Timestamp)>,
    checked_since: Option<(Date, Timestamp)>,
    /// Whose it is; `None` for anybody's.
    whose: Option<Vec<String>>,
    status: Vec<String>,
    every_status: bool,
    on: Date,
    /// Words of free text.
    text: Option<Vec<String>>,
    bbox: Option<[f64; 4]>,
    area: Option<Id>,
    /// `sure`, `possible`, or both when not said.
    only: Option<String>,
    chosen: OnceLock<Chosen>,
}

impl Filter {
    /// Takes the filter words out of `asked`; `default_kinds` when `kind` is not said. Nothing is looked for yet that
    /// costs anything: that is [`Filter::look_up`].
    pub fn read(asked: &mut Asked, view: &View, now: &Zoned, default_kinds: &[Kind], problems: &mut Problems) -> Self {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
        let kinds = asked.words("kind", &kinds, problems);
        let mut filter = Filter {
            kinds: kinds.iter().filter_map(|k| Kind::by_name(k)).collect(),
            types: asked.words("type", &Kind::words("type"), problems),
            referral: asked.words("referral", common::REFERRAL_ROUTES, problems),
            delivery: asked.words("delivery", service::DELIVERY, problems),
            age: asked.whole("age", 0, 130, problems),
            language: asked.one("language", problems),
            accessible: accessible(asked, problems),
            free: asked.flag("free", problems),
            free_capacity: asked.flag("free_capacity", problems) == Some(true),
            accepting: asked.words("accepting", service::ACCEPTING, problems),
            assured_since: asked.date("assured_since", problems).and_then(|day| begins(day, now)),
            status: asked.words("status", &Kind::words("status"), problems),
            on: asked.date("as_at", problems).unwrap_or_else(|| now.date()),
            // Both are what is answered when neither is named.
            only: Some(asked.words("match", &["sure", "possible"], problems))
                .filter(|named| named.len() == 1)
                .and_then(|mut named| named.pop()),
            ..Self::default()
        };
        let whose = asked.words("for", service::FOR, problems);
        filter.whose = Some(if whose.is_empty() { vec![service::FOR[0].to_owned()] } else { whose });
        filter.checked_since = checked_within(asked, filter.on, problems).and_then(|day| begins(day, now));
        filter.kinds.sort_unstable();
        filter.kinds.dedup();
        if filter.kinds.is_empty() {
            filter.kinds = default_kinds.to_vec();
        }
        filter.open_at = asked.one("open_at", problems).and_then(|text| {
            let window = when::window(&text, now);
            if window.is_none() {
                problems.add("open_at", Code::WrongType, when::HINT);
            }
            window
        });
        filter.categories = categories(asked, view, problems);
        filter.organisation = reference(asked, "organisation", Kind::Organisation, view, problems);
        filter.area = reference(asked, "area", Kind::Area, view, problems);
        filter.bbox = asked.one("bbox", problems).and_then(|text| bbox(&text, problems));
        if let Some(text) = asked.one("q", problems).filter(|t| !t.trim().is_empty()) {
            filter.text = Some(telling_words(&text));
        }
        filter
    }

    /// Looks up what the words name: to be done before the first record is judged, where the answer is worked out.
    pub fn look_up(&self, view: &View, ctl: &Ctl) -> Result<(), Halt> {
        if self.chosen.get().is_none() {
            let chosen = self.choose(view, ctl)?;
            self.chosen.get_or_init(|| chosen);
        }
        Ok(())
    }

    fn chosen(&self, view: &View) -> &Chosen {
        // Nothing holds it back here: whoever must be held back has looked it up before.
        self.chosen.get_or_init(|| self.choose(view, &Ctl::free()).unwrap_or_default())
    }

    fn choose(&self, view: &View, ctl: &Ctl) -> Result<Chosen, Halt> {
        Chosen::of(&self.kinds, self.categories.as_deref(), self.text.as_deref(), self.area, (view, ctl))
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
    pub fn among(&self, kind: Kind) -> Among {
        let chosen = self.chosen.get();
        match chosen.map_or((&None, &None), |chosen| (&chosen.ids, &chosen.categories)) {
            (Some(ids), _) => Among::These(ids.iter().copied().collect()),
            (None, Some(categories)) => Among::Categories(kind, categories.clone()),
            (None, None) => Among::Kind(kind),
        }
    }

    /// Whether some word can be left open by a record: only then is anything "possible".
    pub fn may_leave_open(&self) -> bool {
        self.reads_body() || self.area.is_some() || !self.types.is_empty()
    }

    /// Whether no word narrows it: all of its kinds, as far as they are there on its day.
    pub fn is_usual(&self) -> bool {
        let words = [&self.types, &self.referral, &self.delivery, &self.accessible, &self.accepting, &self.status];
        words.iter().all(|list| list.is_empty())
            && self.whose.as_ref().is_some_and(|whose| *whose == [service::FOR[0]])
            && !self.reads_body()
            && !self.every_status
            && self.categories.is_none()
            && self.organisation.is_none()
            && self.text.is_none()
            && self.bbox.is_none()
            && self.area.is_none()
            && self.only.is_none()
    }

    /// Whether free text chose the records.
    pub fn is_of_free_text(&self) -> bool {
        self.text.is_some()
    }

    /// Whether judging may take long: free text is looked for, or bodies are read.
    pub fn is_long(&self) -> bool {
        self.may_leave_open() || self.is_of_free_text()
    }

    /// What judging a record costs that is like most.
    pub fn usual_cost(&self) -> usize {
        if self.reads_body() { OPEN } else { LOOK }
    }

    /// What judging a record costs.
    pub fn cost(&self, entry: &Entry) -> usize {
        match (self.open_at.is_some(), self.reads_body() || entry.dated || entry.for_others || self.area.is_some()) {
            // A rule of many years is followed through all of them.
            (true, _) => opening(entry) + 10 * OPEN,
            (false, true) => opening(entry),
            (false, false) => LOOK,
        }
    }

    /// Whether only `sure` or only `possible` ones are wanted; `None` for both.
    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }

    /// Whether a record fits; `None` when it does not.
    pub fn fit(&self, entry: &Entry, view: &View) -> Option<Fit> {
        let chosen = self.chosen(view);
        if !self.kinds.contains(&entry.kind) || !chosen.ids.as_ref().is_none_or(|ids| ids.contains(&entry.id)) {
            return None;
        }
        if let Some(wanted) = &chosen.categories {
            let mut of = entry.linked("categories").chain(entry.linked("category"));
            of.find(|category| wanted.binary_search(category).is_ok())?;
        }
        if let Some(organisation) = self.organisation {
            let of = entry.id == organisation
                || entry.owner == Some(organisation)
                || ["provider", "parent", "lead"].iter().any(|role| entry.linked(role).any(|o| o == organisation));
            of.then_some(())?;
        }
        if let Some([west, south, east, north]) = self.bbox {
            let inside = |p: &Point| (west..=east).contains(&p.lon) && (south..=north).contains(&p.lat);
            view.points(entry).iter().any(inside).then_some(())?;
        }
        if !self.is_for(entry) {
            return None;
        }
        let body = (self.reads_body() || entry.dated).then(|| stored(&entry.body));
        let mut fit = Fit::new().and("status", self.status_fits(entry, body.as_ref()))?;
        if !self.types.is_empty() {
            let answer = match entry.r#type.copied() {
                Some(said) => Answer::from(Some(self.types.iter().any(|t| t == said))),
                None if entry.kind.spec().has_type => Answer::Unknown,
                None => Answer::No,
            };
            fit = fit.and("type", answer)?;
        }
        if let Some(area) = &chosen.area {
            fit = fit.and("area", membership::record_in(entry, area, view))?;
        }
        match body {
            Some(body) if self.reads_body() => self.fit_body(entry, &body, view, fit),
            _ => Some(fit),
        }
    }

    /// Whether it is for whom it is looked for; silence is people's.
    fn is_for(&self, entry: &Entry) -> bool {
        let Some(whose) = self.whose.as_ref().filter(|_| entry.kind.has("for")) else { return true };
        let said = entry.for_others.then(|| stored(&entry.body));
        let said = said.as_ref().and_then(|body| body.get("for")?.as_str()).unwrap_or(service::FOR[0]);
        whose.iter().any(|one| one == said)
    }

    /// Whether fitting needs more than the indexes know.
    fn reads_body(&self) -> bool {
        self.open_at.is_some()
            || self.age.is_some()
            || self.language.is_some()
            || self.free.is_some()
            || self.free_capacity
            || self.assured_since.is_some()
            || self.checked_since.is_some()
            || [&self.referral, &self.delivery, &self.accessible, &self.accepting].iter().any(|list| !list.is_empty())
    }

    /// Whether it is there on the day asked for. What a list said in words nobody could read may be anything.
    fn status_fits(&self, entry: &Entry, body: Option<&Body>) -> Answer {
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
        match body.filter(|_| entry.dated) {
            None => Answer::from(Some(wanted(stated.unwrap_or("open")))),
            Some(body) => {
                let mut may_be = status::on_day(stated, body, self.on).into_iter();
                match (may_be.clone().any(wanted), may_be.all(wanted)) {
                    (true, true) => Answer::Yes,
                    (true, false) => Answer::Unknown,
                    (false, _) => Answer::No,
                }
            }
        }
    }

    fn fit_body(&self, entry: &Entry, body: &Body, view: &View, mut fit: Fit) -> Option<Fit> {
        if !self.referral.is_empty() {
            fit = fit.and("referral", routes(body, &self.referral))?;
        }
        if !self.delivery.is_empty() {
            fit = fit.and("delivery", any_of(body, "delivery", &self.delivery))?;
        }
        if let Some(window) = self.open_at {
            fit = fit.and("open_at", open(entry, body, view, window))?;
        }
        if let Some(age) = self.age {
            fit = fit.and("age", accepts_age(body, age))?;
        }
        if let Some(language) = &self.language {
            fit = fit.and("language", speaks(body, language))?;
        }
        if !self.accessible.is_empty() {
            fit = fit.and("accessible", self.is_accessible(entry, body, view))?;
        }
        if let Some(free) = self.free {
            let said = body.get("cost").and_then(|c| c.get("free")).and_then(Value::as_bool);
            fit = fit.and("free", Answer::from(said.map(|f| f == free)))?;
        }
        if self.free_capacity {
            let said = body.get("capacity").and_then(|c| c.get("free")).and_then(Value::as_f64);
            fit = fit.and("free_capacity", Answer::from(said.map(|n| n > 0.0)))?;
        }
        if !self.accepting.is_empty() {
            let said = body.get("accepting").and_then(|a| a.get("value")).and_then(Value::as_str);
            let said = said.filter(|s| *s != "unknown" || self.accepting.iter().any(|a| a == "unknown"));
            fit = fit.and("accepting", Answer::from(said.map(|s| self.accepting.iter().any(|a| a == s))))?;
        }
        if let Some(since) = self.assured_since {
            fit = fit.and("assured_since", Answer::from(assured_since(body, since)))?;
        }
        if let Some(since) = self.checked_since {
            // What was checked long ago may still be so.
            let lately = assured_since(body, since) == Some(true);
            fit = fit.and("checked", Answer::from(lately.then_some(true)))?;
        }
        Some(fit)
    }

    /// A place by its own word; a service by the places it is held at, or because nobody travels to it.
    fn is_accessible(&self, entry: &Entry, body: &Body, view: &View) -> Answer {
        let of_body = |body: &Body| {
            let said =
                |what: &String| body.get("accessible").and_then(|a| a.get(what.as_str())).and_then(Value::as_bool);
            Answer::all(self.accessible.iter().map(|what| Answer::from(said(what))))
        };
        if entry.kind.has("accessible") {
            return of_body(body);
        }
        let places = entry.position_givers().filter_map(|id| view.get(id)).map(|place| of_body(&stored(&place.body)));
        let remote = any_of(body, "delivery", &REMOTE.map(str::to_owned)) == Answer::Yes;
        Answer::best(places.chain(remote.then_some(Answer::Yes))).unwrap_or(Answer::Unknown)
    }
}

/// Whether it was checked on a day or after, if it says when.
fn assured_since(body: &Body, (day, begun): (Date, Timestamp)) -> Option<bool> {
    let at = body.get("assured").and_then(|a| a.get("at")).and_then(Value::as_str)?;
    match at.parse::<Timestamp>() {
        Ok(moment) => Some(moment >= begun),
        Err(_) => at.parse::<Date>().ok().map(|date| date >= day),
    }
}

/// `12mo`: the day that lies so long before `on`.
fn checked_within(asked: &mut Asked, on: Date, problems: &mut Problems) -> Option<Date> {
    let text = asked.one("checked_within", problems)?;
    let (number, unit) = text.trim().split_at(text.trim().find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
    let span = number.parse::<u16>().ok().and_then(|n| {
        let n = i64::from(n);
        match unit {
            "d" => Some(n.days()),
            "w" => Some(n.weeks()),
            "mo" => Some(n.months()),
            "y" => Some(n.years()),
            _ => None,
        }
    });
    let since = span.and_then(|span| on.checked_sub(span).ok());
    if since.is_none() {
        problems.add("checked_within", Code::WrongType, "must be a time such as 90d, 6w, 12mo or 2y");
    }
    since
}

fn texts<'a>(body: &'a Body, field: &str) -> Option<Vec<&'a str>> {
    let list = body.get(field)?.as_array()?;
    (!list.is_empty()).then(|| list.iter().filter_map(Value::as_str).collect())
}

fn any_of(body: &Body, field: &str, wanted: &[String]) -> Answer {
    Answer::from(texts(body, field).map(|said| wanted.iter().any(|w| said.contains(&w.as_str()))))
}

/// "Any professional" takes referrals of every professional; nobody's self-referral.
fn routes(body: &Body, wanted: &[String]) -> Answer {
    Answer::from(texts(body, "referral").map(|said| {
        let professional = |w: &str| !["self", "other"].contains(&w);
        wanted.iter().any(|w| said.contains(&w.as_str()) || (professional(w) && said.contains(&"any_professional")))
    }))
}

fn open(entry: &Entry, body: &Body, view: &View, window: Window) -> Answer {
    let open = |schedule| hours::open_in(schedule, window, &days_off::about(entry, schedule, view));
    Answer::from(entry.kind.spec().times.and_then(|field| body.get(field)).and_then(open))
}

/// A bound that it names decides against who is beyond it; whatever of the two is not known decides for nobody.
fn accepts_age(body: &Body, age: i64) -> Answer {
    let bound = |name: &str| at(body, name).and_then(Value::as_i64);
    let (min, max) = (bound("eligibility.min_age"), bound("eligibility.max_age"));
    let unclear = is_unclear(body, "eligibility.min_age") || is_unclear(body, "eligibility.max_age");
    match (min.is_some_and(|m| age < m) || max.is_some_and(|m| age > m), min.is_none() && max.is_none()) {
        (true, _) => Answer::No,
        (false, silent) if silent || unclear => Answer::Unknown,
        _ => Answer::Yes,
    }
}

/// A day with the moment at which it begins in the instance's zone.
fn begins(day: Date, now: &Zoned) -> Option<(Date, Timestamp)> {
    Some((day, day.to_zoned(now.time_zone().clone()).ok()?.timestamp()))
}

fn speaks(body: &Body, wanted: &str) -> Answer {
    let base = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
    Answer::from(texts(body, "languages").map(|said| said.iter().any(|tag| base(tag) == base(wanted))))
}

fn accessible(asked: &mut Asked, problems: &mut Problems) -> Vec<String> {
    let words = asked.words("accessible", &["true", "step_free", "toilet", "parking"], problems);
    words.into_iter().map(|w| if w == "true" { "step_free".to_owned() } else { w }).collect()
}

fn categories(asked: &mut Asked, view: &View, problems: &mut Problems) -> Option<Vec<Id>> {
    let named = asked.list("category");
    if named.is_empty() {
        return None;
    }
    let mut all = Vec::new();
    for name in named {
        match find(&name, Kind::Category, view) {
            Some(id) => all.push(id),
            None => {
                let shown = crate::model::shape::shown(&name);
                problems.add("category", Code::NotFound, format!("no category has the id or code \"{shown}\""));
            }
        }
    }
    Some(all)
}

fn reference(asked: &mut Asked, word: &str, kind: Kind, view: &View, problems: &mut Problems) -> Option<Id> {
    let name = asked.one(word, problems)?;
    let found = find(&name, kind, view);
    if found.is_none() {
        problems.add(word, Code::NotFound, format!("no {} has this id or code", kind.name()));
    }
    found
}

fn find(name: &str, kind: Kind, view: &View) -> Option<Id> {
    let by_id = name.parse().ok().and_then(|id: Id| view.get(id)).filter(|e| e.kind == kind);
    by_id.or_else(|| view.by_code(kind, name)).map(|e| e.id)
}

fn bbox(text: &str, problems: &mut Problems) -> Option<[f64; 4]> {
    read_box("bbox", text).map_err(|problem| problems.add(&problem.field, problem.code, problem.message)).ok()
}

/// `west,south,east,north`, degrees, the smaller number first. A box that lies in the country only when latitude and
/// longitude change places was meant so: it would hold nothing, and nobody would know why.
pub fn read_box(field: &str, text: &str) -> Result<[f64; 4], Problem> {
    let say = "must be west,south,east,north in degrees, the smaller number first";
    let wrong = || Problem::new(field, Code::WrongType, say);
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    let [west, south, east, north] = numbers.and_then(|n| <[f64; 4]>::try_from(n).ok()).ok_or_else(wrong)?;
    if !(west <= east && south <= north && [west, south, east, north].iter().all(|n| n.is_finite())) {
        return Err(wrong());
    }
    let in_country = |lon, lat| Point { lon, lat }.in_country();
    // As it was given no part of it lies in the country; turned round, all of it does.
    let outside = west > 2.5 || east < -9.0 || south > 61.5 || north < 49.0;
    if outside && in_country(south, west) && in_country(north, east) {
        let say = format!(
            "lies outside the country: latitude and longitude have changed places. A box is west,south,east,north: \
             {south},{west},{north},{east}"
        );
        return Err(Problem::new(field, Code::OutsideCountry, say));
    }
    Ok([west, south, east, north])
}
