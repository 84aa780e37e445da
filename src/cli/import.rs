//! `commonground import`: a list of records, or reference data. Exit 0 all in, 2 some refused, 1 none.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::app::imports::{Import, Imported};
use crate::app::{App, AppError, Caller};
use crate::config::Settings;
use crate::exchange::Wanted;
use crate::model::{Code, Kind, Origin, Problem};

/// What to bring in.
#[derive(clap::Args)]
pub struct Args {
    /// CSV or GeoJSON; reference data may be gzipped
    file: PathBuf,
    /// What each row is: place, service, organisation, area, category, resource, gap
    #[arg(long, value_parser = kind, required_unless_present = "dataset", conflicts_with = "dataset")]
    kind: Option<Kind>,
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
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Where refused rows go; else beside the file, as NAME.refused.csv
    #[arg(long)]
    refused: Option<PathBuf>,
}

/// Brings it in and says what became of it.
pub async fn run(settings: &Settings, args: Args) -> Result<ExitCode, AppError> {
    let wanted = match args.kind.map(|kind| wanted(kind, &args)).transpose() {
        Ok(wanted) => wanted,
        Err(problem) => {
            eprintln!("--{}: {}", problem.field, problem.message);
            return Ok(ExitCode::from(64));
        }
    };
    if !args.file.is_file() {
        return Err(AppError::File(format!("{}: there is no such file", args.file.display())));
    }
    let app = App::open(settings.data(), settings.zone().map_err(AppError::File)?).await?;
    let begun = Instant::now();
    match wanted {
        Some(wanted) => records(&app, wanted, args, begun).await,
        None => dataset(&app, args, begun).await,
    }
}

async fn dataset(app: &App, args: Args, begun: Instant) -> Result<ExitCode, AppError> {
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
        println!("{said}");
    } else {
        println!(
            "{}: {} rows, {} taken, {} without a position, {refused} refused, in {:.1} s.",
            info.name,
            counted.rows,
            counted.taken,
            counted.without_point,
            begun.elapsed().as_secs_f32()
        );
        for refusal in &counted.refused {
            println!("  {} rows {}: lines {:?} …", refusal.rows, refusal.code.as_str(), refusal.lines);
        }
    }
    Ok(exit(counted.taken, refused))
}

async fn records(app: &App, wanted: Wanted, args: Args, begun: Instant) -> Result<ExitCode, AppError> {
    let file_name = args.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let import = Import {
        path: args.file.clone(),
        file_name,
        wanted,
        origin: args.origin,
        owner: None,
        complete: args.complete,
        dry_run: args.dry_run,
    };
    let show = std::io::stderr().is_terminal() && !args.json;
    let progress = |done: u64, all: u64| {
        if show {
            eprint!("\r{done} of {all} rows");
            let _ = std::io::stderr().flush();
        }
    };
    let imported = app.import(import, &Caller::command_line(), &progress).await?;
    if show {
        eprintln!();
    }
    let refused_file = args.refused.unwrap_or_else(|| args.file.with_extension("refused.csv"));
    let kept = keep_refused(&imported, &refused_file);
    if args.json {
        println!("{}", serde_json::to_string(&imported).unwrap_or_default());
    } else {
        say(&imported, begun);
    }
    if let Some(said) = kept {
        eprintln!("{said}");
    }
    Ok(exit(imported.created + imported.updated + imported.unchanged, imported.refused))
}

fn say(imported: &Imported, begun: Instant) {
    let i = imported;
    let tried = if i.dry_run { " (nothing written: dry run)" } else { "" };
    println!("List \"{}\": {} rows in {:.1} s{tried}.", i.list, i.rows, begun.elapsed().as_secs_f32());
    println!(
        "{} created, {} updated, {} unchanged, {} refused; {} kept as somebody here wrote it; {} places and providers made.",
        i.created, i.updated, i.unchanged, i.refused, i.kept_local, i.linked_created
    );
    if let Some(gone) = i.gone {
        println!("{gone} records are no longer on the list.");
    }
    for (title, by_code) in [("refused", &i.refused_by_code), ("warned", &i.warned_by_code)] {
        for (code, rows) in by_code {
            println!("  {title}: {rows} × {code}");
        }
    }
    for told in i.problems.iter().take(10) {
        println!("  line {}: {}: {}", told.line, told.problem.field, told.problem.message);
    }
    if !i.unused_columns.is_empty() {
        println!("Columns not used: {}", i.unused_columns.join(", "));
    }
    println!("To take it back: POST /api/v1/undo {{\"batch\": \"{}\"}}", i.batch);
}

fn keep_refused(imported: &Imported, file: &PathBuf) -> Option<String> {
    if imported.refused_csv.is_empty() || imported.dry_run {
        return None;
    }
    Some(match std::fs::write(file, &imported.refused_csv) {
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

fn wanted(kind: Kind, args: &Args) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::of(kind);
    wanted.list = args.list.clone();
    wanted.key = args.key.clone();
    wanted.no_header = args.no_header;
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
