//! Whether a disk has room for a copy of a book, and for the book to go on.

use std::path::Path;

use contract::backup::NoRoom;

#[cfg(not(test))]
use self::measured as free;
#[cfg(test)]
use self::tests::free;
use crate::db::Db;

/// Bytes that stay free beside a copy, at least: the book is mostly on the same disk, and what is written to it goes into its log
/// first, which grows while the copy is made and checked.
const LEAST: u64 = 64_000_000;
/// Of a large book that is this part of it, because that takes long.
const PART: u64 = 20;

/// Refuses a folder whose disk has too little room for a copy of a book as it is now.
///
/// # Errors
/// How much there has to be, and how much there is.
pub async fn require(db: &Db, folder: &Path) -> Result<(), NoRoom> {
    require_rest(db, folder, 0).await
}

/// The same for a copy of which so many bytes are there already.
///
/// # Errors
/// As [`require`].
pub async fn require_rest(db: &Db, folder: &Path, there: u64) -> Result<(), NoRoom> {
    let bytes = db.bytes_in_use().await.unwrap_or_else(|error| {
        tracing::debug!(%error, "the size of a copy cannot be told");
        0
    });
    // How large a book on a server becomes in a file is found out by writing.
    if bytes == 0 {
        return Ok(());
    }
    let needed = bytes.saturating_sub(there).saturating_add(beside(bytes));
    match free(folder) {
        Some(free) if free < needed => Err(NoRoom { needed, free }),
        _ => Ok(()),
    }
}

/// What stays free beside a copy of so many bytes.
fn beside(bytes: u64) -> u64 {
    LEAST.max(bytes / PART)
}

/// Bytes of the disk of a folder that are free for whoever runs this; nothing, where that cannot be told.
#[cfg(unix)]
fn measured(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // A drive that does not say how large it is says nothing of what is free either.
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Elsewhere that is found out by writing.
#[cfg(not(unix))]
fn measured(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests;
