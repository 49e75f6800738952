//! What is written and has no name of its own yet: a file beside its place, with a mark that its writer holds. Of a writer that was
//! killed the system lets go of the mark; by that the next one knows what is left, and takes it away.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::restore::{self, BESIDE};
use crate::{
    files,
    lock::{self, Mark},
};

/// A file that is not finished. It goes with this, unless it got its name before.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    _mark: Mark,
}

impl Partial {
    /// A name for what will have this one. What others have left for the same place goes first.
    pub fn of(target: &Path) -> io::Result<Self> {
        sweep(files::folder_of(target), |name| target.file_name() == Some(OsStr::new(name)));
        loop {
            let path = files::partial_of(target)?;
            if let Some(mark) = Mark::set(&path)? {
                return Ok(Self { path, _mark: mark });
            }
        }
    }

    /// The name until then.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Before the mark is let go of, and the mark last: what is left by an end in the middle is found by it.
impl Drop for Partial {
    fn drop(&mut self) {
        restore::remove(&self.path);
        files::remove(&lock::file_of(&self.path));
    }
}

/// What is not finished in a folder, each with its place, for the places that are ours.
fn unfinished(folder: &Path, is_ours: impl Fn(&str) -> bool) -> BTreeSet<(PathBuf, PathBuf)> {
    let mut found = BTreeSet::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((partial, target)) = name.to_str().and_then(parts) else {
            continue;
        };
        // Neither a folder nor a link, which none of ours is.
        if is_ours(target) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            found.insert((folder.join(partial), folder.join(target)));
        }
    }
    found
}

/// Whether somebody is writing for one of the places that are ours, or may be, where that cannot be told.
pub fn is_held(folder: &Path, is_ours: impl Fn(&str) -> bool) -> bool {
    unfinished(folder, is_ours).iter().any(|(path, _)| Mark::of_left(path).is_none())
}

/// Takes away what was left in a folder by those who are gone, for the places that are ours. Answers with these.
pub fn sweep(folder: &Path, is_ours: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut targets = Vec::new();
    for (path, target) in unfinished(folder, is_ours) {
        if let Some(mark) = Mark::of_left(&path) {
            tracing::info!("what somebody has not finished is removed");
            drop(Partial { path, _mark: mark });
            targets.push(target);
        }
    }
    targets
}

/// The name of a file that is not finished, and what it was to be called, of one of the files that are kept under such a name.
fn parts(name: &str) -> Option<(&str, &str)> {
    let mut suffixes = BESIDE.iter().chain(&[lock::SUFFIX]);
    let partial = suffixes.find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
    let (target, reference) = partial.strip_suffix(files::PARTIAL)?.rsplit_once('.')?;
    let is_reference = reference.len() == 8 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_reference.then_some((partial, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_left_is_taken_away_and_what_is_being_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("book.db");
        let writing = Partial::of(&target).unwrap();
        fs::write(writing.path(), "half").unwrap();
        for left in [
            "book.db.0123abcd.partial",
            "book.db.0123abcd.partial-wal",
            "book.db.0123abcd.partial-lock",
            // Killed before anything was written, and after everything but the mark was taken away.
            "book.db.89abcdef.partial-lock",
            // The power was cut, and the mark is lost.
            "book.db.fedcba98.partial",
        ] {
            fs::write(folder.path().join(left), "left").unwrap();
        }
        let others = [
            "book.db",
            "book.db.partial",
            "book.db.letters_.partial",
            "other.db.0123abcd.partial",
        ];
        for other in others {
            fs::write(folder.path().join(other), "of others").unwrap();
        }
        fs::create_dir(folder.path().join("book.db.00000000.partial")).unwrap();
        let swept = sweep(folder.path(), |name| name == "book.db");
        assert_eq!(swept, [target.clone(), target.clone(), target]);
        let is_held = || is_held(folder.path(), |name| name == "book.db");
        assert!(is_held());
        let own = writing.path().file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected: Vec<String> = others.map(str::to_owned).to_vec();
        expected.extend([own.clone(), format!("{own}-lock"), "book.db.00000000.partial".to_owned()]);
        expected.sort();
        assert_eq!(names(folder.path()), expected);
        drop(writing);
        expected.retain(|name| !name.starts_with(&own));
        assert_eq!(names(folder.path()), expected, "it goes with whoever was writing it");
        fs::write(folder.path().join("book.db.0123abcd.partial"), "left").unwrap();
        assert!(!is_held(), "nobody writes what was left");
    }

    #[test]
    fn what_got_its_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("book.db");
        let partial = Partial::of(&target).unwrap();
        fs::write(partial.path(), "whole").unwrap();
        fs::rename(partial.path(), &target).unwrap();
        drop(partial);
        assert_eq!(names(folder.path()), ["book.db"]);
        assert_eq!(fs::read(target).unwrap(), b"whole");
    }
}
