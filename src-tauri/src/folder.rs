//! Where this computer keeps the books, the settings and the log.

use std::{
    io,
    path::{Path, PathBuf},
};

use contract::desktop::BookChoice;
use tauri::{AppHandle, Manager, Runtime};

/// Names another folder than the usual one.
const VARIABLE: &str = "CLIENTELE_DATA_DIR";

/// The folder of everything that the app keeps.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// A folder that may not be there yet.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder of the person who started the app.
    ///
    /// # Errors
    /// If the system names no such folder.
    pub fn of_person<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Self> {
        match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            Some(path) => Ok(Self::at(std::path::absolute(path)?)),
            None => Ok(Self::at(app.path().app_data_dir()?)),
        }
    }

    /// Makes the folder if needed and closes it to others.
    ///
    /// # Errors
    /// If it can neither be made nor entered.
    pub fn make(&self) -> io::Result<()> {
        make_private(&self.path)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a book.
    #[must_use]
    pub fn book(&self, choice: BookChoice) -> PathBuf {
        self.path.join(match choice {
            BookChoice::Own => "clientele.db",
            BookChoice::Sample => "sample.db",
        })
    }

    /// The lock that one window holds.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.path.join("book.lock")
    }

    /// What the window remembers.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.path.join("settings.json")
    }

    /// Which books the window remembers.
    #[must_use]
    pub fn known(&self) -> PathBuf {
        self.path.join("books.json")
    }

    /// Backups of books that are on servers.
    #[must_use]
    pub fn server_backups(&self) -> PathBuf {
        self.path.join("server-backups")
    }

    /// Documents that are shown in another program.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        self.path.join("shown")
    }

    /// Where the log is.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

/// Makes a folder if needed, with a name that lasts, and takes the rights of others away; the owner's stay as they are.
///
/// # Errors
/// If it can neither be made nor entered.
pub fn make_private(path: &Path) -> io::Result<()> {
    engine::files::private_folder(path)?;
    close_to_others(path)
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(permissions.mode() & !0o077);
    match std::fs::set_permissions(path, permissions) {
        // A folder of another owner, or a disk without rights: what cannot be closed can still hold a book.
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "others may be able to read this folder");
            Ok(())
        }
        done => done,
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}
