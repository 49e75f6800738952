//! Files that a person asks for: written into the folder for downloads, never over another one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use engine::files;
use tauri::{AppHandle, Manager, Runtime};

/// Names that are tried beside the wanted one.
const MOST: u32 = 1_000;

/// The folder for downloads, or else for documents, or else the person's own.
///
/// # Errors
/// If the system names none of them.
pub fn folder<R: Runtime>(app: &AppHandle<R>) -> io::Result<PathBuf> {
    let paths = app.path();
    let found = paths.download_dir().or_else(|_| paths.document_dir()).or_else(|_| paths.home_dir());
    found.map_err(io::Error::other)
}

/// Writes a text into a new file: under the name, or under one with a number where that is taken.
///
/// # Errors
/// If it cannot be written; then no part of it is left.
pub fn write(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for number in 1..=MOST {
        let path = folder.join(match number {
            1 => name.to_owned(),
            _ => format!("{stem} ({number}).{ending}"),
        });
        match files::write_new(&path, text.as_bytes()) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn nothing_is_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Downloads");
        let first = write(&folder, "Domains.ics", "one").unwrap();
        let second = write(&folder, "Domains.ics", "two").unwrap();
        assert_eq!(
            (first, second.clone()),
            (folder.join("Domains.ics"), folder.join("Domains (2).ics"))
        );
        assert_eq!(fs::read_to_string(folder.join("Domains.ics")).unwrap(), "one");
        assert_eq!(fs::read_to_string(second).unwrap(), "two");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_waits_there_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = home.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, home.path().join("a.ics")).unwrap();
        assert_eq!(write(home.path(), "a.ics", "text").unwrap(), home.path().join("a (2).ics"));
        assert!(!elsewhere.exists());
    }
}
