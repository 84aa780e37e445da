//! The command line: what an operator types. Wrong usage exits 64.

mod ending;
mod import;
mod limits;
mod lists;
mod say;
mod serve;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::app::{self, App, AppError, Caller, Role, accounts, check, redact, transfer};
use crate::config::Settings;
use say::{aside, say};

/// Local partnership asset mapping: what a place has, who it reaches, what is missing.
#[derive(Parser)]
#[command(name = "commonground", version, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command takes.
#[derive(Args)]
struct Common {
    /// Where the data is: sqlite:PATH (made when new) or postgres://USER@HOST,HOST/NAME [default: $DATABASE_URL, else
    /// sqlite:commonground.db]
    #[arg(long, global = true, env = "COMMONGROUND_DATA")]
    data: Option<String>,
    /// A TOML file with settings; flags and COMMONGROUND_* are stronger
    #[arg(long, global = true, env = "COMMONGROUND_CONFIG")]
    config: Option<PathBuf>,
    /// Time zone in which opening hours are meant [default: Europe/London]
    #[arg(long, global = true, env = "COMMONGROUND_TZ")]
    tz: Option<String>,
    /// What to log: error, warn, info, debug, or a filter [default: info]
    #[arg(long, global = true, env = "COMMONGROUND_LOG")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the map and the API
    Serve(Box<Serve>),
    /// Bring in a list, or reference data
    Import(Box<import::ImportArgs>),
    /// Take back an import, or any other batch or change, as far as nobody touched it since
    Undo {
        /// The batch (or change) that the import printed
        batch: String,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Show everybody a column of a list that is no field and was kept for admins
    Publish {
        /// Its heading
        column: String,
        /// The list
        #[arg(long)]
        list: String,
        /// Hide it again
        #[arg(long)]
        withdraw: bool,
    },
    /// Load the demonstration (Cumbria's health and wellbeing hubs) into data that is new
    Demo,
    /// Replay the log and compare it with the records
    Check,
    /// Erase personal values of a record: in the record, its history and what lists brought. It can't be undone
    Redact {
        /// The record's id
        record: String,
        /// The fields: phone, email, contact_role, description
        #[arg(required = true)]
        fields: Vec<String>,
    },
    /// Write everything, as of this moment, into a new file; a server may go on writing
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Bring a backup into an empty place
    Restore {
        /// A file that backup made
        file: PathBuf,
    },
    /// Bring everything from one place to another, empty one: sqlite:PATH or postgres://…
    Copy {
        /// Where it is
        from: String,
        /// Where it is to be
        to: String,
    },
    /// Tokens for programs
    #[command(subcommand)]
    Token(Token),
    /// Accounts of people
    #[command(subcommand)]
    User(User),
}

/// How to serve.
#[derive(Args)]
struct Serve {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, env = "COMMONGROUND_LISTEN")]
    listen: Option<SocketAddr>,
    /// The address that people type, when it is another one
    #[arg(long, env = "COMMONGROUND_PUBLIC_URL")]
    public_url: Option<String>,
    /// The name of the place, shown in the header
    #[arg(long, env = "COMMONGROUND_NAME")]
    name: Option<String>,
    /// Whose bank holidays hold where a record does not tell: england-and-wales, scotland or northern-ireland [default:
    /// england-and-wales]
    #[arg(long, env = "COMMONGROUND_HOLIDAYS")]
    holidays: Option<String>,
    /// Licence of contributed data
    #[arg(long, env = "COMMONGROUND_LICENCE")]
    licence: Option<String>,
    /// The map under the map: coast, FILE.pmtiles, or https://…/style.json (asks a third party) [default: coast]
    #[arg(long, env = "COMMONGROUND_BASEMAP")]
    basemap: Option<String>,
    /// Allow plain http off loopback, on a network you trust
    #[arg(long, env = "COMMONGROUND_INSECURE_LAN")]
    insecure_lan: bool,
    #[command(flatten)]
    limits: limits::LimitArgs,
    /// Load the demonstration first when the data is new
    #[arg(long)]
    demo: bool,
}

#[derive(Subcommand)]
enum Token {
    /// Make an account with a role and print its bearer token, once
    Add {
        /// visitor, contributor, commissioner or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// What the account is called in histories
        #[arg(long)]
        name: Option<String>,
    },
    /// Print every account with its role
    List,
    /// Take an account's token and role away, on every instance within a second
    Revoke {
        /// Its name or id
        account: String,
    },
}

#[derive(Subcommand)]
enum User {
    /// End the admin's sessions, and print a new one-time link that signs in as admin, for 24 hours
    Reset {
        /// The account; admin is the only one so far
        #[arg(value_parser = ["admin"])]
        account: String,
    },
    /// Give an account another role, on every instance within a second
    Role {
        /// Its name or id
        account: String,
        /// visitor, contributor, commissioner or admin
        #[arg(value_parser = role)]
        role: Role,
    },
}

/// Runs the program with the arguments it was started with.
pub async fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(64) };
        }
    };
    let settings = match settings(&cli) {
        Ok(settings) => settings,
        Err(reason) => {
            aside!("{reason}");
            return ExitCode::from(64);
        }
    };
    start_logging(settings.log.as_deref());
    match command(cli.command, settings).await {
        Ok(code) => code,
        Err(error) => {
            aside!("commonground: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn command(command: Command, settings: Settings) -> Result<ExitCode, AppError> {
    let data = settings.data().to_owned();
    let data = data.as_str();
    match command {
        Command::Serve(serve) => serve::run(settings, serve.demo).await,
        Command::Import(args) => import::run(&settings, *args).await,
        Command::Undo { batch, json } => lists::undo(&settings, &batch, json).await,
        Command::Publish { column, list, withdraw } => lists::publish(&settings, &column, &list, !withdraw).await,
        Command::Demo => demo(&settings).await,
        Command::Check => check_log(&settings).await,
        Command::Redact { record, fields } => {
            let id = redact::id(&record)?;
            let done = app::on_store(data, async |store| redact::redact(store, id, &fields).await).await?;
            say!("Overwritten in {} changes and {} rows of lists.", done.changes, done.sources);
            say!("Backups made before hold it still: make a new one and remove those.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup { file } => {
            tell(&app::on_store(data, async |store| transfer::backup(store, &file).await).await?)
        }
        Command::Restore { file } => {
            tell(&app::on_store(data, async |store| transfer::restore(&file, store).await).await?)
        }
        Command::Copy { from, to } => {
            let moved =
                app::on_store(&from, async |from| app::on_store(&to, async |to| transfer::copy(from, to).await).await);
            tell(&moved.await?)
        }
        Command::Token(Token::Add { role, name }) => {
            let name = name.as_deref();
            say!("{}", app::on_store(data, async |store| accounts::add_token(store, role, name).await).await?);
            aside!("Keep it: it is shown this once. Send it as  Authorization: Bearer TOKEN");
            Ok(ExitCode::SUCCESS)
        }
        Command::Token(Token::List) => {
            for account in app::on_store(data, async |store| Ok(store.accounts().await?)).await? {
                say!("{}  {:<12}  {}", account.id, account.role, account.name);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Token(Token::Revoke { account }) => {
            app::on_store(data, async |store| accounts::revoke(store, &accounts::named(store, &account).await?).await)
                .await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::User(User::Role { account, role }) => {
            app::on_store(data, async |store| {
                accounts::set_role(store, &accounts::named(store, &account).await?, role).await
            })
            .await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::User(User::Reset { .. }) => {
            let link = app::on_store(data, async |store| accounts::reset_admin(store).await).await?;
            say!("{}", serve::link_address(&settings, settings.listen(), &link));
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn demo(settings: &Settings) -> Result<ExitCode, AppError> {
    let load = async |app: &App| {
        if !app.is_new() {
            return Err(AppError::File("there is data already; the demonstration goes into a new file".to_owned()));
        }
        app.load_demo(&Caller::command_line()).await
    };
    let revision = app::on_app(settings.data(), settings.zone().map_err(AppError::File)?, load).await?;
    say!("The demonstration is in: {revision} changes.");
    Ok(ExitCode::SUCCESS)
}

async fn check_log(settings: &Settings) -> Result<ExitCode, AppError> {
    let report = app::on_store(settings.data(), async |store| check::check(store).await).await?;
    say!("{} changes replayed, {} records compared.", report.changes, report.records);
    if report.findings.is_empty() {
        say!("Nothing to say: the records are what the log says.");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in report.findings.iter().take(100) {
        say!("{finding}");
    }
    say!("{} findings.", report.findings.len());
    Ok(ExitCode::FAILURE)
}

fn tell(moved: &transfer::Moved) -> Result<ExitCode, AppError> {
    say!("{} changes, {} records, {} rows in all; sha256 {}", moved.changes, moved.records, moved.rows, moved.digest);
    Ok(ExitCode::SUCCESS)
}

fn settings(cli: &Cli) -> Result<Settings, String> {
    let file = match &cli.common.config {
        Some(path) => Settings::read(path)?,
        None => Settings::default(),
    };
    let mut given = Settings {
        data: cli.common.data.clone(),
        tz: cli.common.tz.clone(),
        log: cli.common.log.clone(),
        ..Settings::default()
    };
    if let Command::Serve(serve) = &cli.command {
        given.listen = serve.listen;
        given.public_url = serve.public_url.clone();
        given.name = serve.name.clone();
        given.holidays = serve.holidays.clone();
        given.licence = serve.licence.clone();
        given.basemap = serve.basemap.clone();
        given.insecure_lan = serve.insecure_lan.then_some(true);
        given = serve.limits.over(given);
    }
    let mut settings = given.or(file);
    // What platforms hand a database over by; the weakest of all.
    settings.data = settings.data.or_else(|| std::env::var("DATABASE_URL").ok());
    settings.check()?;
    Ok(settings)
}

/// Logs to standard error what `filter` names, or what matters to an operator.
pub fn start_logging(filter: Option<&str>) {
    use std::io::IsTerminal;
    let filter = filter.unwrap_or("info,sqlx=warn");
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // People read lines; programs read objects. A second start in one process (tests) changes nothing.
    let _ = if std::io::stderr().is_terminal() { logs.compact().try_init() } else { logs.json().try_init() };
}

fn role(text: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::as_str).join(", ");
    Role::by_name(text).ok_or_else(|| format!("is not one of {names}"))
}
