//! Who has a file book open. Everyone holds its lock file together with the others; who migrates, moves or restores it
//! holds it alone. The system lets go of it when a process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{OpenError, files};

/// How often the lock is asked for, and how long between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// A hold of a book. Nothing is held of a book on a server, nor of one that is only looked into.
#[derive(Debug)]
pub struct Hold(Option<Held>);

#[derive(Debug)]
struct Held {
    lock: File,
    book: PathBuf,
    /// Which file it was that was opened under this hold.
    opened: Option<(u64, u64)>,
}

/// What the name of a lock file ends with.
pub const SUFFIX: &str = "-lock";

/// The lock file of a book, beside what else SQLite keeps there.
pub fn file_of(book: &Path) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push(SUFFIX);
    name.into()
}

impl Hold {
    /// Holds nothing.
    pub fn none() -> Self {
        Self(None)
    }

    /// Holds a book together with others.
    pub async fn take(book: &Path) -> Result<Self, OpenError> {
        Self::lock(book, File::try_lock_shared).await
    }

    /// Holds a book alone, or says that others have it open.
    pub async fn take_alone(book: &Path) -> Result<Self, OpenError> {
        Self::lock(book, File::try_lock).await
    }

    async fn lock(book: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Self, OpenError> {
        loop {
            let file = open(book).map_err(|error| refused(&error))?;
            if !repeat(|| lock(&file)).await? {
                return Err(OpenError::Locked);
            }
            // Whoever takes an unfinished book away takes its lock with it: nobody else would see one of that file.
            if is_in_place(&file, book) {
                return Ok(Self(Some(Held {
                    lock: file,
                    book: book.to_owned(),
                    opened: None,
                })));
            }
        }
    }

    /// Takes note of the file that was opened under this hold.
    pub fn opened(&mut self) {
        if let Some(held) = &mut self.0 {
            held.opened = files::id_of(&held.book);
        }
    }

    /// Whether what has the name of the book is still the file that was opened. Only while it is held nobody puts another one there.
    pub fn is_of_the_opened(&self) -> bool {
        let Some(held) = &self.0 else { return true };
        match (held.opened, files::id_of(&held.book)) {
            (Some(opened), Some(there)) => opened == there,
            _ => true,
        }
    }

    /// Holds alone what was held together with others; false, and as before, if others have it open. The book is let go of for a
    /// moment, in which others may hold it alone and put another file in its place. If they still do at the end, nothing is held
    /// any more.
    ///
    /// # Errors
    /// `Locked` then, and whatever else keeps it from being held.
    pub async fn alone(&mut self) -> Result<bool, OpenError> {
        let Some(held) = &self.0 else { return Ok(true) };
        // Two who wait for each other's part would wait for ever, so both let go of it first.
        held.lock.unlock().map_err(|error| refused(&error))?;
        if repeat(|| held.lock.try_lock()).await? {
            return Ok(true);
        }
        self.with_others().await?;
        Ok(false)
    }

    /// Holds together with others what was held alone.
    ///
    /// # Errors
    /// `Locked`, and nothing is held any more: a lock is let go of before another takes its place, and somebody else was faster.
    pub async fn with_others(&mut self) -> Result<(), OpenError> {
        match &self.0 {
            Some(held) if !repeat(|| held.lock.try_lock_shared()).await? => Err(OpenError::Locked),
            _ => Ok(()),
        }
    }

    /// Holds nothing any more.
    pub fn let_go(&mut self) {
        self.0 = None;
    }
}

/// Whether the file of a lock is still the one that others find.
fn is_in_place(file: &File, book: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |known: std::fs::Metadata| (known.dev(), known.ino());
        match (file.metadata(), std::fs::metadata(file_of(book))) {
            (Ok(own), Ok(there)) => id(own) == id(there),
            (_, Err(error)) => error.kind() != io::ErrorKind::NotFound,
            (Err(_), _) => true,
        }
    }
    #[cfg(not(unix))]
    {
        // A file that is open is not taken away there.
        let _ = (file, book);
        true
    }
}

fn open(book: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file_of(book))
}

/// The mark of a file that is not finished: a lock that its writer holds, or that whoever takes away what is left of it holds.
#[derive(Debug)]
pub struct Mark {
    _file: Option<File>,
}

impl Mark {
    /// Marks a file before it is made; nothing, if somebody else has marked it.
    pub fn set(file: &Path) -> io::Result<Option<Self>> {
        let mark = open(file)?;
        match mark.try_lock() {
            // Whoever looked for what is left may have taken it for that, and it away.
            Ok(()) => Ok(is_in_place(&mark, file).then(|| Self { _file: Some(mark) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            // Nobody can tell then whether its writer is there, so nobody takes it away.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(Self { _file: Some(mark) })),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The mark of a file whose writer is gone; nothing, if the writer is there, or if that cannot be told.
    pub fn of_left(file: &Path) -> Option<Self> {
        match OpenOptions::new().read(true).write(true).open(file_of(file)) {
            Ok(mark) => (mark.try_lock().is_ok() && is_in_place(&mark, file)).then(|| Self { _file: Some(mark) }),
            // It is there before the file, and goes after it: the power was cut, or there is nothing left.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Self { _file: None }),
            Err(_) => None,
        }
    }
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
