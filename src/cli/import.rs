//! `commonground import`: a list of records, or reference data. Exit 0 all in, 2 some refused, 1 none.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use super::say::{aside, say};
use crate::app::imports::{Import, Imported};
use crate::app::{self, App, AppError, Caller};
use crate::config::Settings;
use crate::exchange::Wanted;
use crate::exchange::explain::{Explained, ExplainedColumn};
use crate::model::{Code, Kind, Origin, Problem};

/// What to bring in.
#[derive(clap::Args)]
pub struct ImportArgs {
    /// CSV or GeoJSON; reference data may be gzipped
    file: PathBuf,
    /// What each row is: place, service, organisation, area, category, resource, gap
    #[arg(long, value_parser = kind, required_unless_present_any = ["dataset", "explain"], conflicts_with = "dataset")]
    kind: Option<Kind>,
    /// Only say, column by column, what it is taken for, with examples; without --kind the kind that fits best
    #[arg(long, conflicts_with_all = ["dataset", "dry_run"])]
    explain: bool,
    /// Reference data instead of records: postcodes, gazetteer, area-codes, term-dates
    #[arg(long)]
    dataset: Option<String>,
    /// The list's name; else the file's name without its date
    #[arg(long)]
    list: Option<String>,
    /// The column by which rows are found again
    #[arg(long)]
    key: Option<String>,
    /// Which column holds what: name=2,postcode=7,lat=9,lon=10 (numbers from 1, or headings)
    #[arg(long)]
    map: Vec<String>,
    /// The first row is data, not headings
    #[arg(long)]
    no_header: bool,
    /// The line that holds the headings, where they are not found by themselves
    #[arg(long, conflicts_with = "no_header")]
    header_line: Option<u64>,
    /// A field for every row: type=pharmacy
    #[arg(long)]
    set: Vec<String>,
    /// The set that areas belong to: lsoa21
    #[arg(long)]
    area_set: Option<String>,
    /// What a column of numbers is: NAME=count, rate or score
    #[arg(long)]
    set_indicator: Vec<String>,
    /// comma, semicolon, tab, pipe, or the character; found out when not said
    #[arg(long)]
    delimiter: Option<String>,
    /// Whose word it is: owner, visited, partner, open_data
    #[arg(long, value_parser = origin, default_value = "open_data")]
    origin: Origin,
    /// The list holds everything there is: say how many records it no longer names
    #[arg(long)]
    complete: bool,
    /// Where another list said otherwise of the same area, take this list's word
    #[arg(long)]
    replace: bool,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Where refused rows go; else beside the file, as NAME.refused.csv (or .geojson)
    #[arg(long)]
    refused: Option<PathBuf>,
}

/// Brings it in and says what became of it.
pub async fn run(settings: &Settings, args: ImportArgs) -> Result<ExitCode, AppError> {
    let kinds: Vec<Kind> = match (args.kind, args.explain) {
        (Some(kind), _) => vec![kind],
        (None, true) => Kind::ALL.to_vec(),
        (None, false) => Vec::new(),
    };
    let wanted = kinds.into_iter().map(|kind| wanted(kind, &args)).collect::<Result<Vec<Wanted>, Problem>>();
    let mut wanted = match wanted {
        Ok(wanted) => wanted,
        Err(problem) => {
            aside!("--{}: {}", problem.field, problem.message);
            return Ok(ExitCode::from(64));
        }
    };
    if !args.file.is_file() {
        return Err(AppError::File(format!("{}: there is no such file", args.file.display())));
    }
    let zone = settings.zone().map_err(AppError::File)?;
    let import = async |app: &App| {
        let begun = Instant::now();
        if args.explain {
            return explain(app, wanted, args).await;
        }
        match wanted.pop() {
            Some(wanted) => records(app, wanted, args, begun).await,
            None => dataset(app, args, begun).await,
        }
    };
    app::on_app(settings.data(), zone, import).await
}

/// What becomes of each column: of the kinds that may be meant, by the one that takes most of the list.
async fn explain(app: &App, kinds: Vec<Wanted>, args: ImportArgs) -> Result<ExitCode, AppError> {
    let mut best: Option<(u64, Kind, Explained)> = None;
    let mut failed = None;
    for wanted in kinds {
        let kind = wanted.kind;
        match app.explain(args.file.clone(), file_name(&args.file), wanted, &Caller::command_line()).await {
            Ok(found) => {
                let taken: u64 = found.columns.iter().map(|c| c.taken).sum();
                if best.as_ref().is_none_or(|(most, ..)| taken > *most) {
                    best = Some((taken, kind, found));
                }
            }
            Err(error) => failed = Some(error),
        }
    }
    let Some((_, kind, found)) = best else {
        return Err(failed.unwrap_or_else(|| AppError::File("the list fits no kind of record; say --kind".to_owned())));
    };
    if args.json {
        say!("{}", serde_json::to_string(&found).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    say!(
        "List \"{}\" ({}), read as {}: {} rows, {} good.",
        found.list,
        found.form,
        kind.spec().plural,
        found.rows,
        found.good
    );
    if args.kind.is_none() {
        say!("No --kind was said; this is the one that takes most of it.");
    }
    found.notes.iter().for_each(|note| say!("{note}"));
    for column in &found.columns {
        let heading = if column.heading.is_empty() { "(no heading)" } else { &column.heading };
        say!("\n{:>3} {heading}", column.number);
        say!("    {}", column.taken_as);
        say!(
            "    {} filled: {} taken, {} kept, {} left out",
            column.filled,
            column.taken,
            column.kept,
            column.left_out
        );
        for example in &column.examples {
            say!("      {}  →  {}", example.before.replace('\n', " "), example.after.replace('\n', " "));
        }
    }
    let sum = |of: fn(&ExplainedColumn) -> u64| found.columns.iter().map(of).sum::<u64>();
    let (filled, taken, kept) = (sum(|c| c.filled), sum(|c| c.taken), sum(|c| c.kept));
    let share = |n: u64| if filled == 0 { 0.0 } else { n as f64 * 100.0 / filled as f64 };
    say!(
        "\nOf {filled} cells {taken} fill a field ({:.0} %), {kept} are kept as they are ({:.0} %), {} are left out.",
        share(taken),
        share(kept),
        filled - taken - kept
    );
    Ok(ExitCode::SUCCESS)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

async fn dataset(app: &App, args: ImportArgs, begun: Instant) -> Result<ExitCode, AppError> {
    let name = args.dataset.unwrap_or_default();
    let (info, counted) = app.import_dataset(&name, args.file, &Caller::command_line()).await?;
    let refused: u64 = counted.refused.iter().map(|r| r.rows).sum();
    if args.json {
        let refusals: Vec<_> = counted
            .refused
            .iter()
            .map(|r| serde_json::json!({"code": r.code.as_str(), "rows": r.rows, "lines": r.lines}))
            .collect();
        let said = serde_json::json!({
            "dataset": info.name, "rows": counted.rows, "taken": counted.taken, "stored": info.rows,
            "without_point": counted.without_point, "refused": refusals,
        });
        say!("{said}");
    } else {
        say!(
            "{}: {} rows, {} taken, {} without a position, {refused} refused, in {:.1} s.",
            info.name,
            counted.rows,
            counted.taken,
            counted.without_point,
            begun.elapsed().as_secs_f32()
        );
        for refusal in &counted.refused {
            say!("  {} rows {}: lines {:?} …", refusal.rows, refusal.code.as_str(), refusal.lines);
        }
    }
    Ok(exit(counted.taken, refused))
}

async fn records(app: &App, wanted: Wanted, args: ImportArgs, begun: Instant) -> Result<ExitCode, AppError> {
    let import = Import {
        path: args.file.clone(),
        file_name: file_name(&args.file),
        wanted,
        origin: args.origin,
        owner: None,
        complete: args.complete,
        replace: args.replace,
        dry_run: args.dry_run,
    };
    let show = std::io::stderr().is_terminal() && !args.json;
    let progress = |done: u64, all: u64| {
        if show {
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "\r{done} of {all} rows").and_then(|()| out.flush());
        }
    };
    let imported = app.import(import, &Caller::command_line(), &progress).await?;
    if show {
        aside!("");
    }
    let refused_file = args.refused.unwrap_or_else(|| {
        args.file.with_extension(match imported.unit {
            "feature" => "refused.geojson",
            _ => "refused.csv",
        })
    });
    let kept = keep_refused(&imported, &refused_file);
    if args.json {
        say!("{}", serde_json::to_string(&imported).unwrap_or_default());
    } else {
        say(&imported, begun);
    }
    if let Some(said) = kept {
        aside!("{said}");
    }
    Ok(exit(imported.created + imported.updated + imported.unchanged, imported.refused))
}

fn say(imported: &Imported, begun: Instant) {
    let i = imported;
    let tried = if i.dry_run { " (nothing written: dry run)" } else { "" };
    say!("List \"{}\": {} rows in {:.1} s{tried}.", i.list, i.rows, begun.elapsed().as_secs_f32());
    say!(
        "{} created, {} updated, {} unchanged, {} refused; {} kept as somebody here wrote it; {} places and providers made.",
        i.created,
        i.updated,
        i.unchanged,
        i.refused,
        i.kept_local,
        i.linked_created
    );
    i.notes.iter().for_each(|note| say!("{note}"));
    if let Some(gone) = i.gone {
        let newly = i.newly_gone.len() as u64;
        say!("{gone} records are no longer on the list, {newly} of them for the first time.");
        for one in i.newly_gone.iter().take(MOST_TOLD_OF_A_SORT) {
            say!("  gone: {} (key {})", one.name, one.key);
        }
        more(newly);
    }
    for (title, by_code, told) in
        [("refused", &i.refused_by_code, &i.problems), ("warned", &i.warned_by_code, &i.warnings)]
    {
        for (code, rows) in by_code {
            say!("  {title}: {rows} × {code}");
        }
        told.iter().take(MOST_TOLD_OF_A_SORT).for_each(|one| say!("  {}", one.told(i.unit)));
        more(by_code.values().sum());
    }
    if !i.further_columns.is_empty() {
        say!(
            "Columns that are no field, kept for admins (commonground publish COLUMN --list \"{}\"): {}",
            i.list,
            i.further_columns.join(", ")
        );
    }
    if !i.unused_columns.is_empty() {
        say!("Columns not kept: {}", i.unused_columns.join(", "));
    }
    if !i.dry_run && i.created + i.updated > 0 {
        say!("To take it back: commonground undo {}", i.batch);
    }
}

/// Problems, warnings or gone records that are told one by one; of more, the number is.
const MOST_TOLD_OF_A_SORT: usize = 10;

fn more(all: u64) {
    if all > MOST_TOLD_OF_A_SORT as u64 {
        say!("  … and {} more (--json tells up to 1,000)", all - MOST_TOLD_OF_A_SORT as u64);
    }
}

fn keep_refused(imported: &Imported, file: &PathBuf) -> Option<String> {
    if imported.refused_file.is_empty() || imported.dry_run {
        return None;
    }
    Some(match std::fs::write(file, &imported.refused_file) {
        Ok(()) => format!("Refused rows, with what to do: {}", file.display()),
        Err(error) => format!("Refused rows could not be written to {}: {error}; say --refused FILE", file.display()),
    })
}

fn exit(taken: u64, refused: u64) -> ExitCode {
    match (taken, refused) {
        (_, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}

fn wanted(kind: Kind, args: &ImportArgs) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::of(kind);
    wanted.list = args.list.clone();
    wanted.key = args.key.clone();
    wanted.no_header = args.no_header;
    wanted.header_line = args.header_line;
    wanted.area_set = args.area_set.clone();
    for text in &args.map {
        wanted.map.extend(Wanted::read_map(text)?);
    }
    for text in &args.set {
        wanted.set.push(Wanted::read_set(text)?);
    }
    for text in &args.set_indicator {
        wanted.set_indicator.push(Wanted::read_set_indicator(text)?);
    }
    wanted.delimiter = args.delimiter.as_deref().map(Wanted::read_delimiter).transpose()?;
    if kind == Kind::Area
        && args.kind.is_some()
        && wanted.area_set.is_none()
        && !wanted.map.iter().chain(&wanted.set).any(|(f, _)| f == "area_set")
    {
        return Err(Problem::new(
            "area-set",
            Code::Required,
            "is needed for areas: the set they belong to, such as lsoa21",
        ));
    }
    Ok(wanted)
}

fn kind(text: &str) -> Result<Kind, String> {
    let names: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
    Kind::by_name(text).ok_or_else(|| format!("is not one of {}", names.join(", ")))
}

fn origin(text: &str) -> Result<Origin, String> {
    Origin::by_name(text).ok_or_else(|| format!("is not one of {}", Origin::ALL.map(Origin::as_str).join(", ")))
}
