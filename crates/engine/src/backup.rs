//! Copies of a file book, each verified by opening it before it gets its name.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::{
    app::App,
    book::{BookLocation, OpenError, OpenOptions},
    db,
};

/// Why there is no copy.
#[derive(Debug)]
pub enum BackupError {
    /// The book is on a server.
    NotAFile,
    /// There is a file of that name already; nothing is overwritten.
    Exists,
    /// The file could not be written.
    Io(io::Error),
    /// The copy was written and is not what it should be; it was removed.
    Unusable(String),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile => f.write_str("A book on a server is backed up by the server's own means, such as pg_dump."),
            Self::Exists => f.write_str("There is a file of that name already. Choose another name; nothing is overwritten."),
            Self::Io(error) => write!(f, "The copy could not be written: {error}"),
            Self::Unusable(detail) => write!(f, "The copy did not pass its check and was removed: {detail}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl App {
    /// Copies the book, as it is at one instant, into a new file, while others go on working. Answers with its size in
    /// bytes.
    ///
    /// # Errors
    /// Why there is no copy; no file is left then.
    pub async fn backup(&self, target: &Path) -> Result<u64, BackupError> {
        if !matches!(self.location(), BookLocation::File(_)) {
            return Err(BackupError::NotAFile);
        }
        if target.exists() {
            return Err(BackupError::Exists);
        }
        let name = target
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is not the name of a file"))?;
        let mut partial = name.to_os_string();
        partial.push(".partial");
        let partial = target.with_file_name(partial);
        let copied = self.copy(&partial, target).await;
        if copied.is_err() {
            remove(&partial);
        }
        copied
    }

    async fn copy(&self, partial: &PathBuf, target: &Path) -> Result<u64, BackupError> {
        remove(partial);
        private(partial)?;
        db::copy_file(self.0.db.writer(), partial)
            .await
            .map_err(|error| BackupError::Unusable(error.to_string()))?;
        fs::File::open(partial)?.sync_all()?;
        self.examine(partial).await?;
        // A link fails where the name is taken; a rename would overwrite it.
        fs::hard_link(partial, target).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Err(BackupError::Exists),
            _ => fs::rename(partial, target).map_err(BackupError::Io),
        })?;
        remove(partial);
        if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            sync_folder(folder)?;
        }
        Ok(fs::metadata(target)?.len())
    }

    async fn examine(&self, copy: &Path) -> Result<(), BackupError> {
        let unusable = |error: OpenError| BackupError::Unusable(error.to_string());
        let opened = App::open(BookLocation::File(copy.to_owned()), OpenOptions::default())
            .await
            .map_err(unusable)?;
        let verified = opened.verify().await;
        opened.close().await;
        for suffix in ["-wal", "-shm"] {
            let mut name = copy.as_os_str().to_owned();
            name.push(suffix);
            remove(Path::new(&name));
        }
        match verified {
            Ok(verified) => match verified.findings.first() {
                None => Ok(()),
                Some(finding) => Err(BackupError::Unusable(format!(
                    "{} {} {}",
                    finding.table, finding.row, finding.column
                ))),
            },
            Err(error) => Err(BackupError::Unusable(contract::words::error(&error).title)),
        }
    }
}

/// Makes an empty file that only its owner can read.
fn private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "removing an unfinished copy");
    }
}
