//! What this computer remembers between two starts: how the window looks and which book was open. Never data of customers.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::desktop::{BookChoice, Density, Preferences, Theme};
use serde::{Deserialize, Serialize};

/// The file. Fields that it lacks take their default and fields of a newer app are passed over, so that neither an
/// update nor a step back loses what is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    theme: Theme,
    density: Density,
    zoom: u16,
    last_email: Option<String>,
    book: BookChoice,
    /// Whether the person's own book was made.
    made: bool,
}

impl Default for Kept {
    fn default() -> Self {
        let Preferences {
            theme,
            density,
            zoom,
            last_email,
        } = Preferences::default();
        Self {
            theme,
            density,
            zoom,
            last_email,
            book: BookChoice::Own,
            made: false,
        }
    }
}

/// The settings, and the file that keeps them.
#[derive(Debug)]
pub struct Settings {
    path: PathBuf,
    kept: Mutex<Kept>,
}

impl Settings {
    /// Reads the file. One that cannot be read is set aside, and the defaults are used.
    #[must_use]
    pub fn read(path: PathBuf) -> Self {
        let kept = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                set_aside(&path, &error);
                Kept::default()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the settings cannot be read");
                }
                Kept::default()
            }
        };
        let kept = if (50..=200).contains(&kept.zoom) {
            kept
        } else {
            Kept {
                zoom: Kept::default().zoom,
                ..kept
            }
        };
        Self {
            path,
            kept: Mutex::new(kept),
        }
    }

    /// How the window looks.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        let Kept {
            theme,
            density,
            zoom,
            last_email,
            ..
        } = self.kept().clone();
        Preferences {
            theme,
            density,
            zoom,
            last_email,
        }
    }

    /// Which book was open.
    #[must_use]
    pub fn book(&self) -> BookChoice {
        self.kept().book
    }

    /// Keeps how the window looks.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn keep_preferences(&self, preferences: &Preferences) -> io::Result<()> {
        let Preferences {
            theme,
            density,
            zoom,
            last_email,
        } = preferences.clone();
        self.change(|kept| Kept {
            theme,
            density,
            zoom,
            last_email,
            ..kept
        })
    }

    /// Whether the person's own book was made at an earlier start.
    #[must_use]
    pub fn was_made(&self) -> bool {
        self.kept().made
    }

    /// Keeps whether the person's own book was made.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn keep_whether_made(&self, made: bool) -> io::Result<()> {
        self.change(|kept| Kept { made, ..kept })
    }

    /// Keeps which book is open.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn keep_book(&self, book: BookChoice) -> io::Result<()> {
        self.change(|kept| Kept { book, ..kept })
    }

    fn change(&self, change: impl FnOnce(Kept) -> Kept) -> io::Result<()> {
        let mut kept = self.kept();
        let changed = change(kept.clone());
        if changed != *kept {
            write_whole(&self.path, &serde_json::to_vec_pretty(&changed)?)?;
            *kept = changed;
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves whole values behind: they are replaced, never changed in place.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a file that cannot be read under another name.
pub(crate) fn set_aside(path: &Path, error: &serde_json::Error) {
    let aside = path.with_extension("json.damaged");
    // The message of the error could repeat a value.
    tracing::warn!(
        line = error.line(),
        column = error.column(),
        file = %path.display(),
        "a damaged file is set aside"
    );
    if let Err(error) = std::fs::rename(path, aside) {
        tracing::warn!(%error, "a damaged file cannot be set aside");
    }
}

/// Replaces a file so that, whenever the power goes, either the old or the new one is there in full.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    crate::folder::make_private(folder)?;
    let fresh = path.with_extension("json.new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&fresh, path)?;
    // The rename itself is durable only once the folder is.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn preferences() -> Preferences {
        Preferences {
            theme: Theme::Dark,
            density: Density::Compact,
            zoom: 125,
            last_email: Some("owner@example.com".to_owned()),
        }
    }

    #[test]
    fn what_is_kept_is_read_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let settings = Settings::read(path.clone());
        assert_eq!(settings.preferences(), Preferences::default());
        settings.keep_preferences(&preferences()).unwrap();
        settings.keep_book(BookChoice::Sample).unwrap();
        let again = Settings::read(path);
        assert_eq!(again.preferences(), preferences());
        assert_eq!(again.book(), BookChoice::Sample);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn damaged_settings_are_set_aside_and_defaults_used() {
        for damage in ["", "{\"theme\":", "[7]", "{\"theme\":\"purple\"}", "\u{0}"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("settings.json");
            std::fs::write(&path, damage).unwrap();
            let settings = Settings::read(path.clone());
            assert_eq!(settings.preferences(), Preferences::default(), "{damage:?}");
            assert_eq!(
                std::fs::read_to_string(folder.path().join("settings.json.damaged")).unwrap(),
                damage
            );
            assert!(!path.exists());
            settings.keep_preferences(&preferences()).unwrap();
            assert_eq!(Settings::read(path).preferences(), preferences());
        }
    }

    #[test]
    fn fields_of_a_newer_app_and_missing_ones_are_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        std::fs::write(&path, r#"{"theme":"dark","zoom":7000,"sidebar":"narrow"}"#).unwrap();
        let settings = Settings::read(path.clone());
        assert_eq!(
            settings.preferences(),
            Preferences {
                theme: Theme::Dark,
                ..Preferences::default()
            }
        );
        assert!(path.exists());
    }

    #[test]
    fn settings_that_cannot_be_written_stay_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let settings = Settings::read(path.clone());
        std::fs::create_dir(path.with_extension("json.new")).unwrap();
        assert!(settings.keep_preferences(&preferences()).is_err());
        assert_eq!(settings.preferences(), Preferences::default());
        assert!(!path.exists());
    }
}
