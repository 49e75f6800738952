//! The way back to a backup, where the file of a book is gone or does not open.

use std::path::{Path, PathBuf};

use contract::{
    backup::{Backup, BackupReason},
    connection::BookPlace,
    desktop::{BookChoice, StartupProblem},
    work::{WorkKind, WorkProblem},
};
use engine::{Shelf, Trouble, Work};

/// Whether a backup may take the place of what does not open for this reason. Any other book is sound: going back in it
/// needs its administrator.
pub fn is_offered(problem: StartupProblem) -> bool {
    matches!(
        problem,
        StartupProblem::Damaged | StartupProblem::Gone | StartupProblem::NoFile | StartupProblem::NotABook
    )
}

/// The file of the person's own book, if it is one.
pub fn file_of(choice: BookChoice, place: &BookPlace) -> Option<PathBuf> {
    match (choice, place) {
        (BookChoice::Own, BookPlace::File { path }) => Some(path.into()),
        _ => None,
    }
}

/// What can take the place of a book that does not open, newest first.
pub fn offered(choice: BookChoice, place: &BookPlace, problem: StartupProblem) -> Vec<Backup> {
    let Some(file) = file_of(choice, place).filter(|_| is_offered(problem)) else {
        return Vec::new();
    };
    let mut found = shelf(&file).list().unwrap_or_else(|error| {
        tracing::warn!(%error, "the backups cannot be listed");
        Vec::new()
    });
    // What was replaced may be as damaged as what stands there now.
    found.retain(|backup| backup.reason != BackupReason::Replaced);
    found
}

/// Puts a backup in the place of a file; what stands there is kept among the backups.
///
/// # Errors
/// Why not; nothing was touched then.
pub async fn put_back(file: PathBuf, backup: &str) -> Result<(), WorkProblem> {
    let source = shelf(&file).file(backup).ok_or(WorkProblem::Missing)?;
    // In a task of its own: a panic must not leave the window waiting for ever.
    let restoring = tauri::async_runtime::spawn(async move { engine::restore(&file, &source, &Work::new(WorkKind::Restore)).await });
    match restoring.await {
        Ok(Ok(done)) => {
            tracing::info!(
                rows = done.proof.iter().map(|table| table.rows).sum::<u64>(),
                "went back to a backup"
            );
            Ok(())
        }
        Ok(Err(trouble)) => {
            tracing::warn!(%trouble, "not gone back to a backup");
            Err(match trouble {
                Trouble::Problem(problem, _) => problem,
                Trouble::Canceled => WorkProblem::Other,
            })
        }
        Err(error) => {
            tracing::error!(%error, "not gone back to a backup");
            Err(WorkProblem::Other)
        }
    }
}

fn shelf(file: &Path) -> Shelf {
    Shelf::of_file(file, None)
}
