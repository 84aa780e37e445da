//! What can be done with a list once it is in: taking it back, showing a column of it.

use std::process::ExitCode;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::ending::end_when_told;
use super::say::say;
use crate::app::{self, App, AppError, Caller};
use crate::config::Settings;
use crate::model::Code;

/// Things that an undo kept and that are told one by one; of more, the number is.
const MOST_KEPT_TOLD: usize = 20;

/// `commonground undo BATCH`: exit 0 when all went back, 2 when something was kept, or Ctrl-C stopped it.
pub async fn undo(settings: &Settings, what: &str, as_json: bool) -> Result<ExitCode, AppError> {
    let batch: Uuid = what.parse().map_err(|_| {
        AppError::problem(
            "batch",
            Code::WrongType,
            format!("\"{what}\" is not the id of a batch or change, as an import prints it"),
        )
    })?;
    let stop = CancellationToken::new();
    let undo = async |app: &App| {
        tokio::spawn(end_when_told(stop.clone()));
        let undone = app.undo_until(batch, &Caller::command_line(), &stop).await?;
        let kept = app.named(&undone.kept.first, &Caller::command_line()).await?;
        Ok((undone, kept))
    };
    let (undone, kept) = app::on_app(settings.data(), settings.zone().map_err(AppError::File)?, undo).await?;
    if as_json {
        say!("{}", undone.answer(&kept));
    } else {
        say!("{} records went back; {} things were kept as they are.", undone.reverted.all, undone.kept.all);
        for one in kept.iter().take(MOST_KEPT_TOLD) {
            say!("  kept: {}", one.told());
        }
        if undone.kept.all > MOST_KEPT_TOLD as u64 {
            say!("  … and {} more (--json tells up to 1,000)", undone.kept.all - MOST_KEPT_TOLD as u64);
        }
        if undone.stopped {
            say!("Stopped before its end. To go on with it: commonground undo {batch}");
        }
        say!("To take that back in turn: commonground undo {}", undone.batch);
    }
    Ok(if kept.is_empty() && !undone.stopped { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// `commonground publish COLUMN --list LIST`, and back with `--withdraw`.
pub async fn publish(settings: &Settings, column: &str, list: &str, shown: bool) -> Result<ExitCode, AppError> {
    let publish = async |app: &App| app.publish(list, column, shown, &Caller::command_line()).await;
    let done = app::on_app(settings.data(), settings.zone().map_err(AppError::File)?, publish).await?;
    let what = if shown { "shows" } else { "no longer shows" };
    say!("{} records: {list} {what} its column {column} to everybody who sees the record.", done.records);
    say!("To take it back: commonground undo {}", done.batch);
    Ok(ExitCode::SUCCESS)
}
