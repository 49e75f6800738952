//! One window a book: the locks that say so.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How often the lock is asked for, and how long between: a window that has just been closed may not have ended yet.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// What the name of the lock of a book's own file ends with. The engine's own beside it is held by terminals, too.
const SUFFIX: &str = "-window";

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

/// Where the lock of a book's own file is. A link leads to the same book, so it leads to the same lock.
#[must_use]
pub fn of_file(book: &Path) -> PathBuf {
    let mut name = book.canonicalize().unwrap_or_else(|_| book.to_owned()).into_os_string();
    name.push(SUFFIX);
    name.into()
}

/// What a window holds: the folder that it keeps everything in, and the file of the book that it has open, wherever that is.
/// Two windows with folders of their own may be asked for the same file.
#[derive(Debug, Default)]
pub struct WindowLocks {
    folder: Mutex<Option<BookLock>>,
    file: Mutex<Option<(PathBuf, BookLock)>>,
}

impl WindowLocks {
    /// Takes the lock of the folder, unless it is held here already.
    ///
    /// # Errors
    /// See [`LockError`].
    pub async fn take_folder(&self, lock: &Path) -> Result<(), LockError> {
        if held(&self.folder).is_some() {
            return Ok(());
        }
        let taken = BookLock::take(lock).await?;
        *held(&self.folder) = Some(taken);
        Ok(())
    }

    /// Takes the lock of a book's own file, unless it is held here already, and lets go of that of any other.
    ///
    /// # Errors
    /// See [`LockError`].
    pub async fn take_file(&self, book: Option<&Path>) -> Result<(), LockError> {
        let wanted = book.map(of_file);
        if held(&self.file).as_ref().map(|(path, _)| path) == wanted.as_ref() {
            return Ok(());
        }
        self.let_go_of_file();
        let Some(path) = wanted else { return Ok(()) };
        match BookLock::take(&path).await {
            Ok(taken) => *held(&self.file) = Some((path, taken)),
            // A file system that has no locks: the engine goes on without its own there, too.
            Err(LockError::Io(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Lets go of the book's own file.
    pub fn let_go_of_file(&self) {
        *held(&self.file) = None;
    }

    /// Lets go of everything.
    pub fn let_go(&self) {
        self.let_go_of_file();
        *held(&self.folder) = None;
    }
}

fn held<T>(lock: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn taken(locks: &WindowLocks, book: &Path) -> bool {
        match tauri::async_runtime::block_on(locks.take_file(Some(book))) {
            Ok(()) => true,
            Err(LockError::Held) => false,
            Err(LockError::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_file_is_held_by_one_window_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let (book, other) = (folder.path().join("a.db"), folder.path().join("b.db"));
        std::fs::write(&book, "").unwrap();
        let (one, two) = (WindowLocks::default(), WindowLocks::default());
        assert!(taken(&one, &book) && taken(&one, &book), "who holds it holds it");
        assert!(!taken(&two, &book));
        #[cfg(unix)]
        {
            let link = folder.path().join("link.db");
            std::os::unix::fs::symlink(&book, &link).unwrap();
            assert!(!taken(&two, &link), "by a link");
        }
        assert!(taken(&one, &other), "another book");
        assert!(taken(&two, &book), "the one before is let go of");
        two.let_go();
        assert!(taken(&one, &book));
    }
}
