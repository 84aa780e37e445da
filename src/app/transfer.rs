//! Moving and keeping: one store hands its rows over to another, all of them or none. A backup is a copy into a new
//! SQLite file, whatever store it is of; restoring is the copy back.

use sha2::{Digest, Sha256};
use std::path::Path;
use tokio::sync::mpsc;

use super::{AppError, connect};
use crate::store::{Result, Rows, Store};

/// What was moved.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Changes of the log.
    pub changes: u64,
    /// Records, deleted ones included.
    pub records: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// SHA-256 over every field of every row, in the order of each table's key.
    pub digest: String,
}

/// Batches of rows on their way.
const ON_THE_WAY: usize = 8;

/// Brings everything of one store to another that is empty, reads it there again, and compares.
///
/// # Errors
/// When the other place is not empty, or one of the two fails; then the other place stays empty. When what is read back
/// differs, the other place is full of it and not to be used.
pub async fn copy(from: &dyn Store, to: &dyn Store) -> std::result::Result<Moved, AppError> {
    let (out, coming) = mpsc::channel(ON_THE_WAY);
    let (counted_out, counted) = mpsc::channel(ON_THE_WAY);
    let (sent, moved, taken) =
        futures::join!(from.hand_over(out), count(coming, Some(counted_out)), to.take_over(counted));
    // Whoever hands over stops quietly when nobody takes any more; then the taker says why.
    sent?;
    taken?;
    if digest(to).await? != moved {
        return Err(AppError::damaged("what was read back is not what was written"));
    }
    Ok(moved)
}

/// Counts and digests everything a store holds.
pub async fn digest(store: &dyn Store) -> Result<Moved> {
    let (out, coming) = mpsc::channel(ON_THE_WAY);
    let (sent, moved) = futures::join!(store.hand_over(out), count(coming, None));
    sent.map(|()| moved)
}

/// Writes everything of a store, as of one moment, into a new file.
///
/// # Errors
/// When the file is there already: a backup never overwrites one.
pub async fn backup(from: &dyn Store, file: &Path) -> std::result::Result<Moved, AppError> {
    if file.exists() {
        return Err(AppError::File(format!("{} is there already; name a new file", file.display())));
    }
    let cannot = |e: std::io::Error| AppError::File(format!("{}: {e}", file.display()));
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made beside its place and moved there when it is whole: a file of that name is always a whole backup.
    let making = tempfile::TempDir::with_prefix_in(".backup-", folder).map_err(cannot)?;
    let unfinished = making.path().join("unfinished");
    let address = format!("sqlite:{}", unfinished.display());
    let to = connect(&address).await?;
    let moved = copy(from, &*to).await;
    to.close().await;
    let moved = moved?;
    // Closing moves what was written into the file itself; on a full disk SQLite keeps quiet about it. So the file is
    // opened again, alone, and read once more.
    let alone = making.path().join("alone");
    std::fs::rename(&unfinished, &alone).map_err(cannot)?;
    let again = connect(&format!("sqlite:{}", alone.display())).await?;
    let whole = digest(&*again).await;
    again.close().await;
    if whole.ok().as_ref() != Some(&moved) {
        let say = "what was written can't be read back; is there room for twice the data?";
        return Err(AppError::File(format!("{}: {say}", file.display())));
    }
    std::fs::File::open(&alone).and_then(|f| f.sync_all()).map_err(cannot)?;
    std::fs::rename(&alone, file).map_err(cannot)?;
    std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(cannot)?;
    Ok(moved)
}

/// Brings a backup into an empty place. The file stays as it is, even when it is of an older release.
pub async fn restore(file: &Path, to: &dyn Store) -> std::result::Result<Moved, AppError> {
    let cannot = |e: std::io::Error| AppError::File(format!("{}: {e}", file.display()));
    let reading = tempfile::tempdir().map_err(cannot)?;
    let copied = reading.path().join("backup");
    std::fs::copy(file, &copied).map_err(cannot)?;
    let from = connect(&format!("sqlite:{}", copied.display())).await?;
    let moved = copy(&*from, to).await;
    from.close().await;
    moved
}

/// Counts rows and passes them on.
async fn count(mut coming: mpsc::Receiver<Rows>, on: Option<mpsc::Sender<Rows>>) -> Moved {
    let mut moved = Moved::default();
    let mut sha = Sha256::new();
    while let Some(rows) = coming.recv().await {
        match &rows {
            Rows::Accounts(rows) => take(&mut moved, &mut sha, rows),
            Rows::Secrets(rows) => take(&mut moved, &mut sha, rows),
            Rows::Sessions(rows) => take(&mut moved, &mut sha, rows),
            Rows::Changes(rows) => {
                moved.changes += rows.len() as u64;
                take(&mut moved, &mut sha, rows);
            }
            Rows::Records(rows) => {
                moved.records += rows.len() as u64;
                take(&mut moved, &mut sha, rows);
            }
            Rows::Links(rows) => take(&mut moved, &mut sha, rows),
            Rows::Sources(rows) => take(&mut moved, &mut sha, rows),
            Rows::Undos(rows) => take(&mut moved, &mut sha, rows),
            Rows::Datasets(rows) => take(&mut moved, &mut sha, rows),
            Rows::Parts(rows) => take(&mut moved, &mut sha, rows),
            Rows::End(tip) => sha.update(format!("{tip:?}")),
        }
        if let Some(on) = &on
            && on.send(rows).await.is_err()
        {
            break;
        }
    }
    moved.digest = format!("{:x}", sha.finalize());
    moved
}

fn take<T: std::fmt::Debug>(moved: &mut Moved, sha: &mut Sha256, rows: &[T]) {
    moved.rows += rows.len() as u64;
    for row in rows {
        sha.update(format!("{row:?}\n"));
    }
}
