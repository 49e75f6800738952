//! Opening a file.

use std::path::{Path, PathBuf};

use super::{
    OpenError,
    error::{cause, db_cause, other},
};
use crate::{
    backup::restore,
    db::{self, Db},
    lock::Hold,
};

/// Opens a file, or makes it, with the lock that says that it is in use.
pub async fn open_file(path: &Path, create: bool) -> Result<(Db, Hold), OpenError> {
    restore::finish(path).await?;
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
    if size.is_none() {
        private_file(path)?;
    }
    let hold = Hold::take(path).await?;
    let db = Db::open_file(path, create).await.map_err(|error| cause(&error))?;
    let (mark, has_tables) = db::file_mark(&db.reader()).await.map_err(|error| db_cause(&error))?;
    if (has_tables && mark != migrations::APPLICATION_ID) || (!has_tables && !create) {
        let _ = db.close().await;
        return Err(OpenError::NotABook);
    }
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

/// Makes an empty file that only its owner can read, before anything is written into it.
pub fn private_file(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            std::io::ErrorKind::NotFound => Err(OpenError::Missing),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Err(OpenError::ReadOnly),
            std::io::ErrorKind::StorageFull => Err(OpenError::DiskFull),
            _ => Err(other(&error)),
        },
    }
}
