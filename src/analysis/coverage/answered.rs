//! The answer: sums over areas, and each area.

/// Sums over some areas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sums {
    /// How many areas.
    pub areas: usize,
    /// Those surely reached.
    pub areas_covered: usize,
    /// People (or what is counted) in all.
    pub weight: f64,
    /// Surely reached.
    pub covered: f64,
    /// Reached only by what may fit.
    pub unsure: f64,
    /// Covered only by assets outside the chosen area.
    pub from_outside: f64,
    /// Areas that do not say how many people (or what is counted) they have: they stand in no other number but `areas`.
    pub without_weight: usize,
}

/// One area of the answer.
#[derive(Debug, Clone)]
pub struct AreaAnswer {
    /// Row in the set.
    pub row: usize,
    /// People in it.
    pub weight: f64,
    /// Geodesic metres to the nearest sure asset, reached or not; none when it comes by another way.
    pub nearest_m: Option<f64>,
    /// Somebody in it is surely reached.
    pub covered: bool,
    /// Somebody in it is reached only by what may fit.
    pub possible: bool,
    /// People surely reached: all, or those of the ages that are taken.
    pub weight_covered: f64,
    /// People reached only by what may fit.
    pub weight_unsure: f64,
    /// How an asset comes to the people who need not travel.
    pub by: Option<&'static str>,
    /// It does not tell how many people of the ages asked for it has: all of them were counted.
    pub ages_untold: bool,
}

/// The answer.
pub struct Answered {
    /// All chosen areas.
    pub total: Sums,
    /// By group; numbers in their order, words in theirs.
    pub groups: Vec<(String, Sums)>,
    /// Words and limits that could not be taken into account.
    pub ignored: Vec<&'static str>,
    /// Each area; empty unless asked for.
    pub per_area: Vec<AreaAnswer>,
}

impl Sums {
    /// Takes in an area.
    pub(super) fn add(&mut self, area: &AreaAnswer, outside: f64, known: bool) {
        self.areas += 1;
        self.without_weight += usize::from(!known);
        self.weight += area.weight;
        if area.covered {
            self.areas_covered += 1;
        }
        self.covered += area.weight_covered;
        self.unsure += area.weight_unsure;
        self.from_outside += outside;
    }

    /// Share of the weight surely reached, 0–1; 0 when there is no weight.
    pub fn share(&self) -> f64 {
        share(self.covered, self.weight)
    }

    /// Share reached when all that may fit does.
    pub fn share_possible(&self) -> f64 {
        share(self.covered + self.unsure, self.weight)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole * 1e5).round() / 1e5 } else { 0.0 }
}
