//! Files that only their owner can read, written so that each is there whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Makes an empty file that only its owner can read.
///
/// # Errors
/// `AlreadyExists`, if the name is taken, also by a link: what is there is not touched. Else why it cannot be made.
pub fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a folder that only its owner can enter, and those above it, where they are not there. Their names last: with a folder whose
/// name is lost in a power cut everything in it is lost, however long that was waited for.
///
/// # Errors
/// Why it cannot be made, or why that cannot be waited for.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    missing.into_iter().rev().try_for_each(sync_folder_of)
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// As [`private`]; no part of the file is left then.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    if written.is_err() {
        remove(path);
    }
    written
}

/// Writes a file that only its owner can read, in the place of the one that has the name now. It is written beside that one
/// first, which stays as it is until the new one is complete.
///
/// # Errors
/// Why it cannot be written; the one that was there is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Short, so that every name which a file can have can be replaced.
    let partial = path.with_file_name(format!(".{}.partial", crate::random::reference()));
    write_new(&partial, bytes)?;
    let named = fs::rename(&partial, path);
    if named.is_err() {
        remove(&partial);
    }
    named
}

/// Links that lead on to each other, at most: a ring of them leads nowhere.
const MOST_LINKS: u32 = 40;

/// How the name ends that a file has until it is finished.
pub(crate) const PARTIAL: &str = ".partial";

/// The name that a file has until it is finished. A name of its own: what another process has left, or is writing, is not
/// touched.
pub(crate) fn partial_of(target: &Path) -> io::Result<PathBuf> {
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is not the name of a file"))?;
    let mut partial = name.to_os_string();
    partial.push(format!(".{}{PARTIAL}", crate::random::reference()));
    Ok(target.with_file_name(partial))
}

/// The folder of a file.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// The file that a path leads to where its last part is a link. What is kept beside a file, as its lock, is found by the file's
/// name: whoever comes by a link has to look in the same place.
pub(crate) fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = folder_of(&path).join(target);
    }
    path
}

/// Whether both names are of one file. Where that cannot be told, they are not.
pub(crate) fn are_same(one: &Path, other: &Path) -> bool {
    matches!((id_of(one), id_of(other)), (Some(one), Some(other)) if one == other)
}

/// What tells a file from all others, whatever its names are; nothing, if it is not there or that cannot be told.
#[cfg(unix)]
pub(crate) fn id_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|known| (known.dev(), known.ino()))
}

/// A file that is open cannot be replaced there, and has one name.
#[cfg(not(unix))]
pub(crate) fn id_of(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Makes what is in a file last.
pub(crate) fn sync(file: &Path) -> io::Result<()> {
    // Windows does so only for who may write to it.
    fs::OpenOptions::new().write(true).open(file)?.sync_all()
}

/// Makes names in the folder of a file last.
pub(crate) fn sync_folder_of(file: &Path) -> io::Result<()> {
    sync_folder(folder_of(file))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes what was not finished, if it is there.
pub(crate) fn remove(path: &Path) {
    if let Err(error) = remove_if_there(path) {
        tracing::warn!(%error, "an unfinished file is left");
    }
}

/// Removes a file, if it is there. For what must not be left.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Gives a file another name, if it is there.
pub(crate) fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
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
    fn a_new_file_takes_no_name_that_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_new(&path, b"one").unwrap();
        assert_eq!(write_new(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(private(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn a_folder_is_made_with_those_above_it_and_may_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for _ in 0..2 {
            private_folder(&path("one/two")).unwrap();
        }
        assert_eq!(names(&path("one")), ["two"]);
        fs::write(path("file"), "").unwrap();
        for refused in ["file", "file/none"] {
            assert!(private_folder(&path(refused)).is_err(), "{refused}");
        }
        assert_eq!(names(folder.path()), ["file", "one"]);
    }

    #[test]
    fn a_file_is_replaced_whole_or_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "the first and longer one").unwrap();
        replace(&path, b"the second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"the second");
        let taken = folder.path().join("folder");
        fs::create_dir(&taken).unwrap();
        assert!(replace(&taken, b"no file goes here").is_err());
        assert!(replace(&folder.path().join("none/a"), b"nor here").is_err());
        assert_eq!(names(folder.path()), ["a", "folder"], "nothing unfinished is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_its_file_and_a_ring_of_links_nowhere() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("book"), "a book").unwrap();
        symlink("book", path("near")).unwrap();
        symlink(path("near"), path("far")).unwrap();
        symlink("ring", path("ring")).unwrap();
        for name in ["book", "near", "far"] {
            assert_eq!(behind_links(&path(name)), path("book"));
            assert!(are_same(&path(name), &path("book")));
        }
        assert_eq!(behind_links(&path("none")), path("none"));
        behind_links(&path("ring"));
        fs::write(path("copy"), "a book").unwrap();
        fs::hard_link(path("book"), path("second")).unwrap();
        assert!(are_same(&path("second"), &path("book")));
        assert!(!are_same(&path("copy"), &path("book")) && !are_same(&path("none"), &path("none")));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_is_written() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        write_new(&one, b"1").unwrap();
        fs::write(&two, "2").unwrap();
        replace(&two, b"2").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for path in [one, two] {
            assert_eq!(mode(&path), 0o600);
        }
        private_folder(&folder.path().join("three/four")).unwrap();
        for name in ["three", "three/four"] {
            assert_eq!(mode(&folder.path().join(name)), 0o700);
        }
    }
}
