//! Random records of every kind with every delicate thing about them: hidden, approximate, somebody's home, held at two
//! places of which one is hidden. Ids, times and words come again with the seed; answers that are kept (fixtures/golden) are
//! about such a town, so that a change here changes them.

use super::dice::Dice;
use commonground::app::accounts::COMMAND_LINE;
use commonground::change::apply::{self, Source, present_after};
use commonground::change::{Change, Stamp};
use commonground::model::record::{Given, read};
use commonground::model::{Id, Kind, Origin};
use commonground::store::Store;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// One record as a client would send it, and what else the store keeps of it.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: Id,
    pub kind: Kind,
    pub body: Value,
    owner: Option<Id>,
    listed: bool,
}

/// The records of a town, what is linked to before what links.
pub struct Records {
    pub all: Vec<Record>,
    dice: Dice,
    /// Every text field holds a word of its own.
    words: usize,
}

/// West, south, east, north of where everything is: six cells of the grid wide, and as many high.
pub const BOX: [f64; 4] = [-3.5, 54.56, -3.1, 54.76];

pub const CATEGORIES: [&str; 5] = ["food", "meals", "chat", "advice", "refuge"];
pub const AREAS: [&str; 14] = ["D1", "D2", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12"];

impl Records {
    /// A town of so many dozen records.
    pub fn random(seed: u64, dozens: usize) -> Self {
        let mut town = Self { all: Vec::new(), dice: Dice(seed), words: 0 };
        town.categories();
        town.areas();
        (0..1 + dozens).for_each(|_| town.organisation());
        (0..2 * dozens).for_each(|_| town.place());
        (0..4 * dozens).for_each(|_| town.service());
        (0..dozens + 1).for_each(|_| town.resource());
        (0..dozens + 1).for_each(|_| town.gap());
        town
    }

    /// A town of these, each with an id of its own.
    pub fn of(records: Vec<(Kind, Value)>) -> Self {
        let record = |(kind, body): (Kind, Value)| {
            let id = body["id"].as_str().unwrap().parse().unwrap();
            Record { id, kind, body, owner: None, listed: false }
        };
        Self { all: records.into_iter().map(record).collect(), dice: Dice(0), words: 0 }
    }

    pub fn ids(&self, kind: Kind) -> Vec<Id> {
        self.all.iter().filter(|r| r.kind == kind).map(|r| r.id).collect()
    }

    /// Everything that is said anywhere, word by word.
    pub fn words(&self) -> Vec<String> {
        let all: Vec<String> = self.all.iter().map(|r| r.body.to_string()).collect();
        let words = all.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let own = |w: &&str| w.len() > 3 && w.starts_with(char::is_alphabetic) && w.ends_with(char::is_numeric);
        let mut words: Vec<String> = words.filter(own).map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The changes that made them, numbered from 1.
    pub fn changes(&self) -> Vec<Change> {
        let made = |(i, r): (usize, &Record)| {
            let given = self::given(r);
            let source = Source { list: "Town list".to_owned(), key: format!("key{i}") };
            let source = r.listed.then_some(&source);
            let change =
                apply::create(r.id, r.kind, given.body, r.owner, (Origin::OpenData, source), &stamp(i as u64 + 1));
            Change { seq: i as u64 + 1, id: change_id(i as u64 + 1), ..change }
        };
        self.all.iter().enumerate().map(made).collect()
    }

    /// What happens to some of them afterwards: renamed, hidden, shown, moved, taken away.
    pub fn later(&mut self, made: &[Change]) -> Vec<Change> {
        let mut later: Vec<Change> = Vec::new();
        let linked = |id: Id| made.iter().any(|c| c.after.as_ref().is_some_and(|b| b.contains(&format!("\"{id}\"]"))));
        let candidates: Vec<Change> =
            made.iter().filter(|c| ![Some(Kind::Category), Some(Kind::Area)].contains(&c.kind)).cloned().collect();
        for change in candidates {
            let mut present = present_after(&change).unwrap();
            for _ in 0..self.dice.below(3) {
                let seq = (made.len() + later.len() + 1) as u64;
                let mut body = present.body.clone().unwrap();
                match self.dice.below(5) {
                    0 => {
                        body.insert("visibility".into(), json!(self.dice.one(&["public", "partners", "organisation"])))
                    }
                    1 => body.insert("precision".into(), json!(self.dice.one(&["exact", "approximate"]))),
                    2 if body["point"].is_object() => body.insert("point".into(), self.point()),
                    _ => body.insert("description".into(), json!(self.word("later"))),
                };
                let owner = body["owner"].as_str().map(|id| id.parse().unwrap());
                let Some(change) = apply::replace(&present, body, owner, Origin::Owner, &stamp(seq)) else { continue };
                present = present_after(&change).unwrap();
                later.push(Change { seq, id: change_id(seq), ..change });
            }
            if present.kind == Kind::Gap || (present.kind == Kind::Service && !linked(present.id)) {
                let seq = (made.len() + later.len() + 1) as u64;
                if self.dice.of_100(25) {
                    let change = apply::delete(&present, &stamp(seq)).unwrap();
                    later.push(Change { seq, id: change_id(seq), ..change });
                }
            }
        }
        later
    }

    fn put(&mut self, kind: Kind, mut body: Map<String, Value>, links: Map<String, Value>) -> Id {
        let chance = self.dice.next();
        let id: Id = format!("01a204c4-2d86-7071-{:04x}-{:012x}", 0x8000 | (chance >> 50), chance & 0xffff_ffff_ffff)
            .parse()
            .unwrap();
        body.insert("links".into(), Value::Object(links));
        body.insert("id".into(), json!(id));
        let owners = self.ids(Kind::Organisation);
        let owner = (kind == Kind::Place && self.dice.of_100(30)).then(|| self.dice.one(&owners));
        let listed = self.dice.of_100(40);
        self.all.push(Record { id, kind, body: Value::Object(body), owner, listed });
        id
    }

    fn word(&mut self, field: &str) -> String {
        self.words += 1;
        format!("{field}{}", self.words)
    }

    fn point(&mut self) -> Value {
        let mut between = |low: f64, high: f64| {
            let part = self.dice.below(10_000) as f64 / 10_000.0;
            ((low + part * (high - low)) * 1e5).round() / 1e5
        };
        json!({"lon": between(BOX[0], BOX[2]), "lat": between(BOX[1], BOX[3])})
    }

    fn categories(&mut self) {
        let mut ids = Vec::new();
        for (code, parent) in CATEGORIES.iter().zip([None, Some(0), Some(0), None, None]) {
            let body = json!({"name": format!("Category {code}"), "taxonomy": "services", "code": code});
            let links = parent.map_or(json!({}), |i: usize| json!({"parent": [ids[i]]}));
            ids.push(self.put(Kind::Category, object(body), object(links)));
        }
        let body = json!({"name": "lonely", "taxonomy": "everyday", "words": ["nobodytalks"]});
        self.put(Kind::Category, object(body), object(json!({"means": [ids[2], ids[3]]})));
    }

    /// Two districts with outlines side by side; twelve small areas, some with outlines, some naming their district.
    fn areas(&mut self) {
        let [west, south, east, north] = BOX;
        let square = |w: f64, s: f64, e: f64, n: f64| json!({"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]});
        let mut districts = Vec::new();
        for (i, (w, e)) in [(west, -3.3), (-3.3, east)].into_iter().enumerate() {
            let code = AREAS[i];
            let body = json!({"name": format!("District {code}"), "area_set": "district", "code": code,
                "point": {"lon": (w + e) / 2.0, "lat": 54.66}, "boundary": square(w, south, e, north)});
            districts.push(self.put(Kind::Area, object(body), Map::new()));
        }
        for (i, code) in AREAS[2..].iter().enumerate() {
            let (w, s) = (west + (i % 4) as f64 * 0.1, south + (i / 4) as f64 * 0.06);
            let point = json!({"lon": (w * 1e5 + self.dice.below(10_000) as f64).round() / 1e5,
                "lat": (s * 1e5 + self.dice.below(6_000) as f64).round() / 1e5});
            let (young, middle, old) = (self.dice.below(200), self.dice.below(400), 1 + self.dice.below(100));
            let mut body = json!({"name": format!("Small {code}"), "area_set": "small", "code": code, "point": point,
                "indicators": {"population": young + middle + old, "age_0_17": young, "age_18_64": middle,
                    "age_65_120": old, "need": i % 7},
                "indicator_types": {"need": "score"}});
            let mine = usize::from(i % 4 > 1);
            if self.dice.of_100(50) {
                body["boundary"] = square(w, s, w + 0.1, s + 0.06);
            }
            if self.dice.of_100(50) {
                body["groups"] = json!({"district": AREAS[mine]});
            }
            let links = if self.dice.of_100(30) { json!({"parent": [districts[mine]]}) } else { json!({}) };
            self.put(Kind::Area, object(body), object(links));
        }
    }

    /// What any record may say of itself.
    fn common(&mut self, kind: &str) -> Map<String, Value> {
        let mut body = object(json!({"name": self.word(kind)}));
        let visibility = self.dice.one(&["public", "public", "public", "public", "partners", "organisation"]);
        body.insert("visibility".into(), json!(visibility));
        if self.dice.of_100(25) {
            body.insert("precision".into(), json!("approximate"));
        }
        self.maybe(&mut body, 50, "description", |town| json!(town.word("description")));
        self.maybe(
            &mut body,
            20,
            "further",
            |town| json!({"Warden": town.word("warden"), "Landlord": town.word("landlord")}),
        );
        self.maybe(&mut body, 10, "published", |_| json!(["Warden"]));
        self.maybe(
            &mut body,
            30,
            "assured",
            |town| json!({"by": "Hub coordinator", "at": town.dice.one(&["2026-05-01", "2025-05-01"]), "how": "rang"}),
        );
        body
    }

    fn reached(&mut self, body: &mut Map<String, Value>) {
        self.maybe(body, 40, "address", |town| json!(format!("{} Lane", town.word("address"))));
        self.maybe(body, 40, "postcode", |town| json!(format!("CA13 {}LU", town.dice.below(9))));
        self.maybe(body, 40, "phone", |town| json!(format!("01632 960{}", 100 + town.dice.below(899))));
        self.maybe(body, 30, "email", |town| json!(format!("{}@example.org", town.word("mail"))));
        self.maybe(body, 30, "website", |town| json!(format!("https://{}.example.org/", town.word("web"))));
        self.maybe(body, 30, "contact_role", |town| json!(town.word("role")));
    }

    fn lives(&mut self, body: &mut Map<String, Value>) {
        self.maybe(body, 30, "status", |town| {
            json!(town.dice.one(&["open", "open", "planned", "paused", "closing", "closed"]))
        });
        self.maybe(body, 15, "from", |town| json!(town.dice.one(&["2020-01-01", "2026-09-01"])));
        self.maybe(body, 15, "until", |town| json!(town.dice.one(&["2026-03-31", "2030-12-31"])));
        self.maybe(body, 8, "unclear", |town| json!([town.dice.one(&["status", "until", "eligibility.min_age"])]));
    }

    fn maybe(
        &mut self,
        body: &mut Map<String, Value>,
        chance: u64,
        name: &str,
        value: impl FnOnce(&mut Self) -> Value,
    ) {
        if self.dice.of_100(chance) {
            let value = value(self);
            body.insert(name.into(), value);
        }
    }

    /// Some of the records of a kind, hidden or not.
    fn linked(&mut self, links: &mut Map<String, Value>, role: &str, kind: Kind, most: usize) {
        let of = self.ids(kind);
        let most = most.min(of.len());
        let mut ids: Vec<Id> = (0..most).map(|_| self.dice.one(&of)).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            links.insert(role.into(), json!(ids));
        }
    }

    fn organisation(&mut self) {
        let mut body = self.common("organisation");
        body.insert("type".into(), json!(self.dice.one(&["voluntary", "nhs_trust", "local_authority", "private"])));
        self.reached(&mut body);
        self.maybe(&mut body, 50, "identifiers", |town| json!([{"scheme": "ODS", "id": town.word("ods")}]));
        self.maybe(&mut body, 30, "point", Self::point);
        let mut links = Map::new();
        if self.dice.of_100(30) {
            self.linked(&mut links, "parent", Kind::Organisation, 1);
        }
        self.put(Kind::Organisation, body, links);
    }

    fn place(&mut self) {
        let mut body = self.common("place");
        body.insert("point".into(), self.point());
        self.maybe(&mut body, 80, "type", |town| json!(town.dice.one(&["hub", "library", "other", "gp_practice"])));
        self.maybe(&mut body, 40, "hours", |town| {
            json!(town.dice.one(&["Mo-Fr 09:00-17:00", "Th 10:00-12:00", "Mo-Fr 09:00-17:00; PH off"]))
        });
        self.maybe(
            &mut body,
            50,
            "accessible",
            |town| json!({"step_free": town.dice.of_100(60), "toilet": town.dice.of_100(40)}),
        );
        self.maybe(&mut body, 30, "referral", |town| json!([town.dice.one(&["self", "gp"])]));
        self.maybe(&mut body, 10, "home_address", |_| json!(true));
        self.maybe(&mut body, 40, "identifiers", |town| json!([{"scheme": "UPRN", "id": town.word("uprn")}]));
        self.lives(&mut body);
        self.reached(&mut body);
        let mut links = Map::new();
        if self.dice.of_100(60) {
            self.linked(&mut links, "provider", Kind::Organisation, 1);
        }
        self.put(Kind::Place, body, links);
    }

    fn service(&mut self) {
        let mut body = self.common("service");
        let mut links = Map::new();
        self.linked(&mut links, "provider", Kind::Organisation, 1);
        let categories = self.ids(Kind::Category);
        let first = self.dice.one(&categories[..CATEGORIES.len()]);
        links.insert("categories".into(), json!([first]));
        let (places, own) = self.dice.one(&[(1, false), (1, false), (2, false), (2, true), (0, true), (0, false)]);
        self.linked(&mut links, "places", Kind::Place, places);
        if own {
            body.insert("point".into(), self.point());
        }
        if (places == 0 && !own) || self.dice.of_100(20) {
            let areas = self.ids(Kind::Area);
            let area = self.dice.one(&areas);
            links.insert("service_area".into(), json!([area]));
        }
        if self.dice.of_100(20) {
            self.linked(&mut links, "refers_to", Kind::Service, 1);
        }
        self.maybe(&mut body, 50, "delivery", |town| {
            json!(town.dice.one(&[vec!["at_place"], vec!["at_home"], vec!["telephone"], vec!["at_place", "online"]]))
        });
        self.maybe(&mut body, 50, "eligibility", |town| {
            let mut whom = Map::new();
            town.maybe(&mut whom, 40, "min_age", |town| json!(town.dice.one(&[18, 65, 16])));
            town.maybe(&mut whom, 20, "max_age", |town| json!(town.dice.one(&[64, 80, 120])));
            town.maybe(&mut whom, 25, "districts", |town| json!([town.dice.one(&["D1", "D2", "E07000026"])]));
            town.maybe(&mut whom, 15, "practices", |_| json!(["A82620"]));
            town.maybe(&mut whom, 30, "group", |town| json!(town.word("group")));
            Value::Object(whom)
        });
        self.maybe(&mut body, 40, "referral", |town| json!(town.dice.some(&["self", "gp", "any_professional"], 50)));
        self.maybe(
            &mut body,
            30,
            "accepting",
            |town| json!({"value": town.dice.one(&["yes", "no", "waiting_list", "unknown"]), "at": "2026-05-05"}),
        );
        self.maybe(&mut body, 40, "capacity", |town| json!({"per_week": 10, "free": town.dice.below(3)}));
        self.maybe(&mut body, 40, "cost", |town| json!({"free": town.dice.of_100(50), "text": town.word("cost")}));
        self.maybe(&mut body, 40, "schedule", |town| json!(town.dice.one(&["Th 10:00-12:00", "Mo-Su 08:00-20:00"])));
        self.maybe(&mut body, 30, "languages", |town| json!([town.dice.one(&["en", "pl", "cy"])]));
        self.maybe(&mut body, 20, "first_visit", |town| json!(town.word("first")));
        self.maybe(&mut body, 10, "transport_offered", |_| json!(true));
        self.maybe(&mut body, 20, "checks", |_| json!([{"what": "dbs", "by": "Hub coordinator"}]));
        self.maybe(&mut body, 30, "funding", |town| json!([{"source": town.word("funder"), "until": "2027-03-31"}]));
        self.lives(&mut body);
        self.reached(&mut body);
        self.put(Kind::Service, body, links);
    }

    fn resource(&mut self) {
        let mut body = self.common("resource");
        let mut links = Map::new();
        self.linked(&mut links, "provider", Kind::Organisation, 1);
        self.linked(&mut links, "categories", Kind::Category, 1);
        match self.dice.below(3) {
            0 => self.linked(&mut links, "place", Kind::Place, 1),
            1 => drop(body.insert("point".into(), self.point())),
            _ => {}
        }
        body.insert("type".into(), json!(self.dice.one(&["room", "skill", "transport"])));
        body.insert("side".into(), json!(self.dice.one(&["offered", "wanted"])));
        self.maybe(&mut body, 50, "slots", |_| json!("Mo-Fr 09:00-13:00"));
        self.maybe(&mut body, 50, "use", |town| json!(town.word("use")));
        self.maybe(&mut body, 30, "phone", |_| json!("01632 960001"));
        self.maybe(&mut body, 30, "website", |town| json!(format!("https://{}.example.org/", town.word("web"))));
        self.lives(&mut body);
        self.put(Kind::Resource, body, links);
    }

    fn gap(&mut self) {
        let mut body = self.common("gap");
        let mut links = Map::new();
        match self.dice.below(3) {
            0 => drop(body.insert("point".into(), self.point())),
            1 => {
                self.linked(&mut links, "place", Kind::Place, 1);
                self.linked(&mut links, "area", Kind::Area, 1);
            }
            _ => self.linked(&mut links, "area", Kind::Area, 1),
        }
        self.linked(&mut links, "category", Kind::Category, 1);
        if self.dice.of_100(50) {
            self.linked(&mut links, "lead", Kind::Organisation, 1);
        }
        body.insert("what".into(), json!(self.word("what")));
        body.insert("reason".into(), json!(self.dice.one(&["none_here", "too_far", "full"])));
        self.maybe(&mut body, 50, "people", |town| json!(town.dice.below(90)));
        self.maybe(&mut body, 50, "status", |town| json!(town.dice.one(&["spotted", "agreed", "closed"])));
        self.maybe(&mut body, 80, "evidence", |town| {
            let mut evidence = json!({"observed": town.word("observed")});
            if town.dice.of_100(50) {
                evidence = json!({"query": "/coverage?within=2km&areas=small", "result": {"areas": 12}});
            }
            if let Some(view) = town.dice.one(&[None, Some("public"), Some("partners"), Some("organisation")]) {
                evidence["view"] = json!(view);
            }
            evidence
        });
        self.put(Kind::Gap, body, links);
    }
}

/// Writes changes as they are, times, ids and all.
pub async fn append(store: &dyn Store, changes: &[Change]) {
    let mut tx = store.begin().await.unwrap();
    tx.append(changes).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn change_id(seq: u64) -> Id {
    format!("01a204c4-2d86-7072-8000-{seq:012x}").parse().unwrap()
}

pub fn stamp(seq: u64) -> Stamp {
    let at: Timestamp = "2026-05-20T08:00:00Z".parse().unwrap();
    Stamp { by: COMMAND_LINE, at, why: None, batch: change_id(seq) }
}

fn given(record: &Record) -> Given {
    read(record.kind, &record.body).unwrap_or_else(|problems| panic!("{problems:?}: {}", record.body))
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value} is no object") };
    object
}
