//! Opening a file, and taking one away that did not become a book.

use std::path::{Path, PathBuf};

use super::{
    OpenError, drive,
    error::{cause, db_cause, other},
};
use crate::{
    backup::restore,
    db::{self, Db},
    files,
    lock::{self, Hold},
    moving,
};

/// Opens a file, or makes it, with the lock that says that it is in use.
pub async fn open_file(path: &Path, create: bool) -> Result<(Db, Hold), OpenError> {
    drive::check(path)?;
    restore::finish(path).await?;
    moving::finish(path);
    let size = match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Some(found.len()),
        Ok(_) => return Err(OpenError::NotABook),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return Err(OpenError::ReadOnly),
        Err(error) => return Err(other(&error)),
    };
    if size.is_none() && !create {
        return Err(OpenError::Missing);
    }
    if size.is_some() && std::fs::OpenOptions::new().read(true).write(true).open(path).is_err() {
        return Err(OpenError::ReadOnly);
    }
    if size.is_some_and(|size| size > 0) {
        check_head(path)?;
    }
    let mut hold = Hold::take(path).await?;
    // While that was waited for, somebody who has it open may have gone back to a backup: what is saved here would be thrown away.
    if restore::is_waiting(path) {
        return Err(OpenError::Locked);
    }
    if create {
        // Also where there was a file a moment ago: whoever had made it may have taken it away until it was held here.
        private_file(path)?;
    }
    let db = Db::open_file(path, create).await.map_err(|error| cause(&error))?;
    let (mark, has_tables) = db::file_mark(&db.reader()).await.map_err(|error| db_cause(&error))?;
    if (has_tables && mark != migrations::APPLICATION_ID) || (!has_tables && !create) {
        let _ = db.close().await;
        return Err(OpenError::NotABook);
    }
    hold.opened();
    Ok((db, hold))
}

/// Refuses the file of another program before anything opens it: opening would change it, if only its journal mode.
fn check_head(path: &Path) -> Result<(), OpenError> {
    let mut head = [0; 72];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
    if read.is_err() || !head.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::NotABook);
    }
    // https://www.sqlite.org/fileformat.html: the schema cookie at 40, the application id at 68.
    let has_schema = head.get(40..44) != Some(&[0; 4]);
    let mark = head.get(68..72).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    if mark.map(i64::from) != Some(migrations::APPLICATION_ID) && has_schema && !has_log(path) {
        return Err(OpenError::NotABook);
    }
    Ok(())
}

/// The log beside a file.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Whether there is something in that log: what a process that died has left is not in the file yet.
fn has_log(path: &Path) -> bool {
    std::fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0)
}

/// Opens a file only to look into it.
pub async fn look_into(path: &Path) -> Result<Db, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing);
    }
    check_head(path)?;
    Db::look_into(path, log_of(path).exists()).await.map_err(|error| cause(&error))
}

/// Takes away a file that was to become a book and did not, with everything that is kept beside it. One that has an
/// administrator is a book, and one that somebody has open may become one: both stay. Answers with whether it is gone.
pub async fn discard_unfinished(path: &Path) -> bool {
    let path = &files::behind_links(path);
    let Ok(hold) = Hold::take_alone(path).await else { return false };
    let is_book = match look_into(path).await {
        Ok(db) => {
            let found = has_administrator(&db).await;
            let _ = db.close().await;
            // What cannot be asked is not thrown away.
            found.unwrap_or(true)
        }
        Err(OpenError::Missing | OpenError::NotABook) => false,
        Err(_) => true,
    };
    if !is_book {
        restore::remove(path);
        files::remove(&lock::file_of(path));
    }
    drop(hold);
    !is_book && !path.exists()
}

async fn has_administrator(db: &Db) -> Result<bool, sqlx::Error> {
    let mut rows = db.rows_at_once().await?;
    if !rows.has_table("customer").await? {
        return Ok(false);
    }
    let sql = "SELECT 'one' FROM customer WHERE is_admin = TRUE AND deleted_at IS NULL LIMIT 1";
    Ok(rows.texts(sql, 1).await?.is_some())
}

/// Makes an empty file that only its owner can read, before anything is written into it, unless there is one.
fn private_file(path: &Path) -> Result<(), OpenError> {
    match files::private(path) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            std::io::ErrorKind::AlreadyExists => Ok(()),
            std::io::ErrorKind::NotFound => Err(OpenError::Missing),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Err(OpenError::ReadOnly),
            std::io::ErrorKind::StorageFull => Err(OpenError::DiskFull),
            _ => Err(other(&error)),
        },
    }
}
