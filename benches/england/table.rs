//! What is printed at the end.

/// Lines of the table.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
}

/// What is aimed at.
pub enum Aim {
    /// So much at most.
    AtMost(f64),
    /// So much at least.
    AtLeast(f64),
    /// At least so many times the peer's figure.
    Times(f64, Option<f64>),
    /// At most so many times the peer's figure.
    Within(f64, Option<f64>),
    /// Only to be known.
    None,
}

impl Table {
    /// Adds a line and prints it at once, for who watches.
    pub fn add(&mut self, work: &str, peer: &str, ours: f64, unit: &str, aim: &Aim) {
        let (aimed, met) = aim.judged(ours);
        let row = [work.to_owned(), peer.to_owned(), format!("{} {unit}", short(ours)), aimed, met.to_owned()];
        eprintln!("  {}", row.join(" · "));
        self.rows.push(row);
    }

    /// All of it, as Markdown.
    pub fn print(&self) {
        println!("\n| work | peers, this run | ours | aim | |\n|---|---|---|---|---|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

impl Aim {
    fn judged(&self, ours: f64) -> (String, &'static str) {
        let verdict = |met: bool| if met { "met" } else { "missed" };
        match self {
            Aim::AtMost(most) => (format!("≤ {}", short(*most)), verdict(ours <= *most)),
            Aim::AtLeast(least) => (format!("≥ {}", short(*least)), verdict(ours >= *least)),
            Aim::Times(times, Some(peer)) => {
                (format!("≥ {times} × peer (is {} ×)", short(ours / peer)), verdict(ours >= times * peer))
            }
            Aim::Within(times, Some(peer)) => {
                (format!("≤ {times} × peer (is {} ×)", short(ours / peer)), verdict(ours <= times * peer))
            }
            Aim::Times(times, None) => (format!("≥ {times} × peer"), "no peer"),
            Aim::Within(times, None) => (format!("≤ {times} × peer"), "no peer"),
            Aim::None => (String::new(), ""),
        }
    }
}

/// Three digits that count.
pub fn short(figure: f64) -> String {
    match figure.abs() {
        x if x >= 1000.0 => format!("{figure:.0}"),
        x if x >= 100.0 => format!("{figure:.0}"),
        x if x >= 10.0 => format!("{figure:.1}"),
        x if x >= 1.0 => format!("{figure:.2}"),
        x if x >= 0.001 => format!("{figure:.4}"),
        _ => format!("{figure:.2e}"),
    }
}

/// The middle one.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
