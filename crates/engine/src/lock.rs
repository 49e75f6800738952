//! Who has a file book open. Everyone holds its lock file together with the others; who migrates, moves or restores it
//! holds it alone. The system lets go of it when a process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::OpenError;

/// How often the lock is asked for, and how long between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// A hold of a book. Nothing is held of a book on a server, nor of one that is only looked into.
#[derive(Debug)]
pub struct Hold(Option<File>);

/// The lock file of a book, beside what else SQLite keeps there.
pub fn file_of(book: &Path) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push("-lock");
    name.into()
}

impl Hold {
    /// Holds nothing.
    pub fn none() -> Self {
        Self(None)
    }

    /// Holds a book together with others.
    pub async fn take(book: &Path) -> Result<Self, OpenError> {
        let file = open(book)?;
        if repeat(|| file.try_lock_shared()).await? {
            Ok(Self(Some(file)))
        } else {
            Err(OpenError::Locked)
        }
    }

    /// Holds a book alone, or says that others have it open.
    pub async fn take_alone(book: &Path) -> Result<Self, OpenError> {
        let file = open(book)?;
        if repeat(|| file.try_lock()).await? {
            Ok(Self(Some(file)))
        } else {
            Err(OpenError::Locked)
        }
    }

    /// Holds alone what was held together with others; false, and as before, if others have it open.
    pub async fn alone(&mut self) -> Result<bool, OpenError> {
        let Some(file) = &self.0 else { return Ok(true) };
        // Two who wait for each other's part would wait for ever, so both let go of it first.
        file.unlock().map_err(|error| refused(&error))?;
        if repeat(|| file.try_lock()).await? {
            return Ok(true);
        }
        self.with_others().await?;
        Ok(false)
    }

    /// Holds together with others what was held alone.
    pub async fn with_others(&mut self) -> Result<(), OpenError> {
        match &self.0 {
            Some(file) if !repeat(|| file.try_lock_shared()).await? => Err(OpenError::Locked),
            _ => Ok(()),
        }
    }
}

fn open(book: &Path) -> Result<File, OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file_of(book)).map_err(|error| refused(&error))
}

async fn repeat(lock: impl Fn() -> Result<(), TryLockError>) -> Result<bool, OpenError> {
    for _ in 0..TRIES {
        match lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            // A file system that has no locks, as some of a network: SQLite's own keep the file whole.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(refused(&error)),
        }
    }
    Ok(false)
}

fn refused(error: &io::Error) -> OpenError {
    match error.kind() {
        io::ErrorKind::NotFound => OpenError::Missing,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly,
        io::ErrorKind::StorageFull => OpenError::DiskFull,
        _ => crate::book::error::other(error),
    }
}
