//! What a curious caller asks: every filter word with values that hit, hidden ones too; from where things are and from
//! where they are shown to be; within distances that are exactly somebody's.

use crate::support::answers::Question;
use crate::support::dice::Dice;
use crate::support::records::{AREAS, BOX, CATEGORIES, Records};
use commonground::model::{Id, Kind, Point, cell};

/// Somebody who asks about a town.
pub struct Asker {
    dice: Dice,
    ids: Vec<(Kind, Id)>,
    /// Gaps whose evidence can be asked again, and says for whom it is.
    computed: Vec<Id>,
    words: Vec<String>,
    /// Where something truly is, and where the middle of its cell is.
    points: Vec<Point>,
}

impl Asker {
    pub fn new(seed: u64, records: &Records) -> Self {
        let point = |body: &serde_json::Value| serde_json::from_value::<Point>(body["point"].clone()).ok();
        let exact: Vec<Point> = records.all.iter().filter_map(|r| point(&r.body)).collect();
        let points = exact.iter().copied().chain(exact.iter().map(|p| cell::centre(*p))).collect();
        let ids = records.all.iter().map(|r| (r.kind, r.id)).collect();
        let can_be_asked =
            |body: &serde_json::Value| body["evidence"]["query"].is_string() && body["evidence"]["view"].is_string();
        let computed = records.all.iter().filter(|r| can_be_asked(&r.body)).map(|r| r.id).collect();
        Self { dice: Dice(seed ^ 0xA5A5_5A5A), ids, computed, words: records.words(), points }
    }

    pub fn list(&mut self) -> Question {
        let kind = self.dice.one(Kind::ALL);
        let mut words = self.filters(3);
        if self.dice.of_100(30) {
            words.push("format=geojson".to_owned());
        }
        if self.dice.of_100(20) {
            words.push(format!("limit={}", 1 + self.dice.below(4)));
        }
        Question::get(address(&format!("/{}", kind.spec().plural), words))
    }

    pub fn record(&mut self) -> Question {
        let (kind, id) = self.dice.one(&self.ids);
        Question::get(format!("/{}/{id}?include=card", kind.spec().plural))
    }

    pub fn free_text(&mut self) -> Question {
        let kind = self.dice.one(Kind::ALL);
        let word = self.dice.one(&self.words);
        Question::get(format!("/{}?q={word}", kind.spec().plural))
    }

    pub fn near(&mut self) -> Question {
        let from = self.dice.one(&self.points);
        let (near, from) = match self.dice.below(4) {
            0 => (format!("{}", self.dice.one(&self.ids).1), from),
            1 => (format!("{},{}", from.lat, from.lon), from),
            _ => {
                let at = Point { lon: self.between(BOX[0], BOX[2]), lat: self.between(BOX[1], BOX[3]) };
                (format!("{},{}", at.lat, at.lon), at)
            }
        };
        let mut words = vec![format!("near={near}"), format!("limit={}", self.dice.one(&[1, 3, 20, 200]))];
        if self.dice.of_100(60) {
            words.push(format!("within={}m", self.metres(from)));
        }
        if self.dice.of_100(40) {
            words.push("kind=place,service,organisation,resource,gap".to_owned());
        }
        words.extend(self.filters(2));
        Question::get(address("/nearby", words))
    }

    pub fn coverage(&mut self) -> Question {
        let from = self.dice.one(&self.points);
        let mut words = vec![format!("within={}m", self.metres(from)), "include=per_area".to_owned()];
        words.push(format!("areas={}", self.dice.one(&["small", "small", "district"])));
        if self.dice.of_100(40) {
            words.push(format!("by={}", self.dice.one(&["district", "quintile:need"])));
        }
        match self.dice.below(4) {
            0 => words.push(format!("people_in={}", self.dice.one(&AREAS))),
            1 => words.push(format!("people_in=-3.4,54.6,{},54.72", self.dice.one(&["-3.2", "-3.3"]))),
            _ => {}
        }
        if self.dice.of_100(15) {
            words.push(format!("format={}", self.dice.one(&["csv", "geojson"])));
        }
        words.extend(self.filters(2));
        Question::get(address("/coverage", words))
    }

    pub fn tile(&mut self) -> Question {
        let (at, z) = (self.dice.one(&self.points), self.dice.below(17) as u32);
        let n = f64::from(1u32 << z);
        let x = ((at.lon + 180.0) / 360.0 * n) as u32;
        let y = ((1.0 - at.lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
        let (layer, words) = (self.layer(), self.filters(2));
        Question::get(address(&format!("/tiles/{layer}/{z}/{x}/{y}.mvt"), words))
    }

    pub fn tile_json(&mut self) -> Question {
        let (layer, words) = (self.layer(), self.filters(2));
        Question::get(address(&format!("/tiles/{layer}.json"), words))
    }

    pub fn evidence(&mut self) -> Question {
        let mut gaps: Vec<Id> = self.ids.iter().filter(|(kind, _)| *kind == Kind::Gap).map(|(_, id)| *id).collect();
        if !self.computed.is_empty() && self.dice.of_100(75) {
            gaps.clone_from(&self.computed);
        }
        Question::post(format!("/gaps/{}/evidence", self.dice.one(&gaps)), "{}")
    }

    fn layer(&mut self) -> &'static str {
        self.dice.one(&["assets", "assets", "places", "services", "resources", "gaps", "organisations"])
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        let part = self.dice.below(1_000) as f64 / 1_000.0;
        ((low + part * (high - low)) * 1e4).round() / 1e4
    }

    /// A round distance, or exactly that to where something is or is shown.
    fn metres(&mut self, from: Point) -> f64 {
        let to = self.dice.one(&self.points);
        let exact = from.distance_m(to).max(0.001);
        self.dice.one(&[1.0, 1_000.0, 3_000.0, 8_000.0, exact, exact, exact.ceil()])
    }

    /// Some filter words, no word twice.
    fn filters(&mut self, most: usize) -> Vec<String> {
        let many = self.dice.below(most + 1);
        let mut words: Vec<String> = (0..many).map(|_| self.filter()).collect();
        words.sort_unstable();
        words.dedup_by_key(|word| word.split('=').next().unwrap().to_owned());
        if !words.iter().any(|w| w.starts_with("as_at")) && self.dice.of_100(50) {
            words.push("as_at=2026-06-01".to_owned());
        }
        words
    }

    fn filter(&mut self) -> String {
        let of = |kind: Kind, ids: &[(Kind, Id)]| ids.iter().filter(|(k, _)| *k == kind).map(|(_, id)| *id).collect();
        let (organisations, areas): (Vec<Id>, Vec<Id>) = (of(Kind::Organisation, &self.ids), of(Kind::Area, &self.ids));
        let dice = &mut self.dice;
        match dice.below(22) {
            0 => format!("type={}", dice.one(&["hub", "library,other", "voluntary", "room"])),
            1 => format!("category={}", dice.one(&CATEGORIES)),
            2 => format!("organisation={}", dice.one(&organisations)),
            3 => format!("referral={}", dice.one(&["self", "gp"])),
            4 => format!("delivery={}", dice.one(&["at_place", "at_home", "telephone", "online"])),
            5 => format!("open_at={}", dice.one(&["2026-06-04T10:30", "2026-06-07", "2026-12-25T10:00"])),
            6 => format!("age={}", dice.one(&[10, 17, 40, 70, 100])),
            7 => format!("language={}", dice.one(&["en", "pl"])),
            8 => format!("accessible={}", dice.one(&["true", "toilet", "step_free,toilet"])),
            9 => format!("free={}", dice.one(&["true", "false"])),
            10 => "free_capacity=true".to_owned(),
            11 => format!("accepting={}", dice.one(&["yes", "no", "unknown"])),
            12 => format!("assured_since={}", dice.one(&["2026-01-01", "2024-01-01"])),
            13 => format!("status={}", dice.one(&["open", "closed", "paused,planned", "spotted"])),
            14 => format!("as_at={}", dice.one(&["2026-12-01", "2019-01-01"])),
            15 => format!("match={}", dice.one(&["sure", "possible"])),
            16 => format!("area={}", dice.one(&areas)),
            17 => format!("area={}", dice.one(&AREAS)),
            18 => format!("q={}", dice.one(&self.words)),
            19 => {
                let at = dice.one(&self.points);
                format!("bbox={},{},{},{}", at.lon, at.lat, at.lon, at.lat)
            }
            20 => {
                let (a, b) = (dice.one(&self.points), dice.one(&self.points));
                let (west, east) = (a.lon.min(b.lon), a.lon.max(b.lon));
                format!("bbox={west},{},{east},{}", a.lat.min(b.lat), a.lat.max(b.lat))
            }
            _ => format!("q={}", dice.one(&["lonely", "lane", "ca13", "district"])),
        }
    }
}

fn address(path: &str, words: Vec<String>) -> String {
    let mark = if words.is_empty() { "" } else { "?" };
    format!("{path}{mark}{}", words.join("&"))
}
