//! One window a book: the lock that says so.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    time::Duration,
};

/// How often the lock is asked for, and how long between: a window that has just been closed may not have ended yet.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Held as long as this lives; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct BookLock {
    _file: File,
}

/// Why the lock was not had.
#[derive(Debug)]
pub enum LockError {
    /// Another window holds it.
    Held,
    /// The file cannot be made.
    Io(io::Error),
}

impl BookLock {
    /// Takes the lock, or says after two seconds that another keeps it.
    ///
    /// # Errors
    /// See [`LockError`].
    pub async fn take(path: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(LockError::Io)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
            }
        }
        Err(LockError::Held)
    }
}
