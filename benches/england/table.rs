//! What is printed at the end: each kind of work once, on the plain data and on what is lived in, side by side.

use crate::data::Which;

/// Lines of the table.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    work: String,
    unit: &'static str,
    cells: [Option<Cell>; 2],
}

struct Cell {
    peer: String,
    /// None where only words tell: that it took too long.
    figure: Option<f64>,
    shown: String,
    aim: String,
}

/// What is aimed at.
pub enum Aim<'a> {
    /// So much at most.
    AtMost(f64),
    /// So much at least.
    AtLeast(f64),
    /// At least so many times the figure of whoever is named.
    Times(f64, &'a str, Option<f64>),
    /// At most so many times the figure of whoever is named.
    Within(f64, &'a str, Option<f64>),
    /// Lived in, it costs at most so many times what it does on the plain data.
    OfPlain(f64),
    /// Only to be known.
    None,
}

impl Table {
    /// Adds a figure and prints it at once, for who watches.
    pub fn add(&mut self, which: Which, work: &str, peer: &str, figure: f64, unit: &'static str, aim: &Aim<'_>) {
        let aim = match aim {
            Aim::OfPlain(times) => {
                let plain = self.plain(work);
                // More a second is less for each.
                let cost = plain.map(|plain| if is_rate(unit) { plain / figure } else { figure / plain });
                let is = cost
                    .map_or("no plain".to_owned(), |cost| format!("is {}, {}", short(cost), verdict(cost <= *times)));
                format!("≤ {times} × plain ({is})")
            }
            aim => aim.judged(figure),
        };
        let shown = format!("{} {unit}", short(figure));
        self.put(which, (work, unit), Cell { peer: peer.to_owned(), figure: Some(figure), shown, aim });
    }

    /// Says why there is no figure.
    pub fn say(&mut self, which: Which, work: &str, said: &str) {
        let (peer, aim) = (String::new(), String::new());
        self.put(which, (work, ""), Cell { peer, figure: None, shown: said.to_owned(), aim });
    }

    /// The figure of the plain data.
    pub fn plain(&self, work: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.work == work)?.cells[0].as_ref()?.figure
    }

    fn put(&mut self, which: Which, (work, unit): (&str, &'static str), cell: Cell) {
        eprintln!("  {work} · {} · {} · {} · {}", which.name(), cell.peer, cell.shown, cell.aim);
        let at = self.rows.iter().position(|row| row.work == work).unwrap_or_else(|| {
            self.rows.push(Row { work: work.to_owned(), unit, cells: [None, None] });
            self.rows.len() - 1
        });
        self.rows[at].cells[which as usize] = Some(cell);
    }

    /// All of it, as Markdown. The ratio says how many times as much it costs where it is lived in.
    pub fn print(&self) {
        if self.rows.is_empty() {
            return;
        }
        println!("\n| work | peers, this run | plain | lived in | ratio | aims |\n|---|---|---|---|---|---|");
        for row in &self.rows {
            let shown = |cell: &Option<Cell>| cell.as_ref().map_or("–".to_owned(), |cell| cell.shown.clone());
            let figure = |at: usize| row.cells[at].as_ref().and_then(|cell| cell.figure);
            let ratio = figure(0).zip(figure(1)).map(|(a, b)| if is_rate(row.unit) { a / b } else { b / a });
            let ratio = ratio.filter(|r| r.is_finite()).map_or("–".to_owned(), short);
            let aims: Vec<&str> =
                row.cells.iter().flatten().map(|c| c.aim.as_str()).filter(|a| !a.is_empty()).collect();
            let peers = row.peers();
            let cells = [&row.work, &peers, &shown(&row.cells[0]), &shown(&row.cells[1]), &ratio, &aims.join("; ")];
            println!("| {} |", cells.map(String::as_str).join(" | "));
        }
    }
}

impl Row {
    /// What stands beside the figures: once where it is the same for both.
    fn peers(&self) -> String {
        let [plain, lived] = self.cells.each_ref().map(|cell| cell.as_ref().map_or("", |cell| &cell.peer));
        match (plain, lived) {
            ("", "") => "–".to_owned(),
            (one, other) if one == other => one.to_owned(),
            (plain, "") => format!("plain: {plain}"),
            ("", lived) => format!("lived in: {lived}"),
            (plain, lived) => format!("plain: {plain}; lived in: {lived}"),
        }
    }
}

fn is_rate(unit: &str) -> bool {
    unit.ends_with("/s")
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

impl Aim<'_> {
    fn judged(&self, ours: f64) -> String {
        let beside = |sign: &str, times: f64, of: &str, figure: Option<f64>, met: fn(f64, f64) -> bool| match figure {
            Some(figure) => {
                let is = ours / figure;
                format!("{sign} {times} × {of} (is {}, {})", short(is), verdict(met(is, times)))
            }
            None => format!("{sign} {times} × {of} (not there)"),
        };
        match self {
            Aim::AtMost(most) => format!("≤ {} ({})", short(*most), verdict(ours <= *most)),
            Aim::AtLeast(least) => format!("≥ {} ({})", short(*least), verdict(ours >= *least)),
            Aim::Times(times, of, figure) => beside("≥", *times, of, *figure, |is, times| is >= times),
            Aim::Within(times, of, figure) => beside("≤", *times, of, *figure, |is, times| is <= times),
            Aim::OfPlain(_) | Aim::None => String::new(),
        }
    }
}

/// Three digits that count.
pub fn short(figure: f64) -> String {
    match figure.abs() {
        x if x >= 100.0 => format!("{figure:.0}"),
        x if x >= 10.0 => format!("{figure:.1}"),
        x if x >= 1.0 => format!("{figure:.2}"),
        x if x >= 0.001 => format!("{figure:.4}"),
        _ => format!("{figure:.2e}"),
    }
}

/// The middle one; nothing of nothing.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
