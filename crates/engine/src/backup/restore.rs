//! Going back to a backup: into a fresh book that is compared row by row before it replaces anything. What it replaces is
//! kept.
//!
//! A file is prepared beside the book under the name `…-restored`, which it gets only when it is complete, and takes its
//! place when the book is opened next: `finish` can end at any point and is taken up again by the next opening.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use contract::{
    backup::BackupReason,
    work::{TableProof, WorkProblem, WorkStage},
};
use migrations::{Migrator, MigratorTraitExt as _};

use super::{
    copy,
    partial::{self, Partial},
    room,
    shelf::{self, Shelf},
};
use crate::{
    OpenError,
    book::{self, error::other},
    clock::Clock,
    db::{Db, Stop},
    files,
    lock::Hold,
    transfer,
    work::{Done, Trouble, Work},
};

/// What SQLite keeps beside a file.
pub(super) const BESIDE: &[&str] = &["-wal", "-shm", "-journal"];
/// What a book is called besides, that is to take the place of the book.
const RESTORED: &str = "-restored";
/// What one is called besides, that was replaced and is not among the backups yet.
const REPLACED: &str = "-replaced";
/// What is called so says under which name that one goes there.
const KEPT_AS: &str = "-replaced-as";

fn beside(book: &Path, suffix: &str) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Puts a file book back as a backup has it, whatever state the book is in; nobody may have it open.
///
/// # Errors
/// Why not; the book is as it was then. Only where it was out of its place already, and the fresh one could not be brought there,
/// that one waits, and comes when the book is opened next.
pub async fn restore(book: &Path, backup: &Path, work: &Work) -> Result<Done, Trouble> {
    let book = &files::behind_links(book);
    finish(book).await?;
    let hold = Hold::take_alone(book).await?;
    let proof = prepare(book, backup, work).await?;
    if let Err(error) = place(book).await {
        give_up(book);
        return Err(error.into());
    }
    drop(hold);
    Ok(Done {
        result: book.display().to_string(),
        proof,
        reopen: true,
    })
}

/// Takes away a fresh book that waits, if nothing of the book has been moved for it: it would replace the book later, when nobody
/// expects that any more. Only with the book held alone.
fn give_up(book: &Path) {
    let replaced = beside(book, REPLACED);
    let has_moved = !book.exists() || BESIDE.iter().any(|suffix| beside(&replaced, suffix).exists());
    if !has_moved {
        files::remove(&beside(book, RESTORED));
    }
}

/// Makes the fresh book and compares it. From the moment at which it has its name it takes the place of the book, whatever
/// happens: until then it can be given up, and nothing of it is left when this fails.
pub async fn prepare(book: &Path, backup: &Path, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let restored = beside(book, RESTORED);
    let fresh = Partial::of(&restored)?;
    let made = async {
        let proof = make(fresh.path(), backup, &restored, work).await?;
        work.check()?;
        fs::rename(fresh.path(), &restored)?;
        files::sync_folder_of(book)?;
        Ok(proof)
    };
    let made = made.await;
    if made.is_err() {
        files::remove(&restored);
    }
    made
}

/// Fills an empty place on a server with the rows of a backup.
pub async fn fill_from_backup(to: &Db, backup: &Path, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    // The folder of the backups has just had room for one.
    let source = open_backup(backup, backup, work).await?;
    let filled = transfer::fill(&source, to, work).await;
    source.close().await;
    filled
}

async fn make(fresh: &Path, backup: &Path, restored: &Path, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let source = open_backup(backup, restored, work).await?;
    let made = async {
        room::require(&source, files::folder_of(restored)).await?;
        fill(fresh, &source, work).await
    };
    let made = made.await;
    source.close().await;
    made
}

/// Fills a new file with the rows of a book.
pub async fn fill(fresh: &Path, source: &Db, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    if !fresh.exists() {
        files::private(fresh)?;
    }
    let target = Db::open_file(fresh, true).await?;
    let filled = async {
        Migrator::bring_up(&target.writer()).await?;
        let proof = transfer::fill(source, &target, work).await?;
        let found = target.check_file(&Stop::default()).await?;
        match found.into_iter().next() {
            None => {
                target.settle().await?;
                Ok(proof)
            }
            Some(finding) => Err(Trouble::Problem(WorkProblem::Differs, finding)),
        }
    };
    let filled = filled.await;
    target.close().await?;
    let proof = filled?;
    files::sync(fresh)?;
    Ok(proof)
}

/// A backup that is to be read; a copy of it, where its tables are older than the app.
struct Source {
    db: Db,
    copy: Option<Partial>,
}

impl std::ops::Deref for Source {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Source {
    async fn close(self) {
        let _ = self.db.close().await;
        drop(self.copy);
    }
}

/// Checks a backup and opens it. Where a copy of it is needed, that lies beside `target` until it is closed: whoever can hold the
/// restored book, or one more backup, has room for it, which the folder for what lasts a while only may not have.
async fn open_backup(backup: &Path, target: &Path, work: &Work) -> Result<Source, Trouble> {
    work.begin(WorkStage::Checking, 0);
    if !backup.is_file() {
        return Err(Trouble::plain(WorkProblem::Missing));
    }
    if shelf::record_of(backup).exists() {
        let altered = || Trouble::plain(WorkProblem::Altered);
        let record = shelf::record(backup).ok_or_else(altered)?;
        if copy::checksum(backup).await? != (record.sha256, record.bytes) {
            return Err(altered());
        }
    }
    work.check()?;
    let db = book::look_into(backup).await?;
    let found = async {
        let applied = Migrator::applied(&db.reader()).await?;
        if applied.iter().any(|name| !Migrator::names().contains(name)) {
            return Err(Trouble::plain(WorkProblem::Newer));
        }
        if applied.is_empty() {
            return Err(Trouble::plain(WorkProblem::NotABook));
        }
        match db.check_file(&Stop::default()).await?.into_iter().next() {
            None => Ok(applied.len() < Migrator::names().len()),
            Some(finding) => Err(Trouble::Problem(WorkProblem::Damaged, finding)),
        }
    };
    match found.await {
        Ok(false) => Ok(Source { db, copy: None }),
        Ok(true) => brought_up(db, target).await,
        Err(trouble) => {
            let _ = db.close().await;
            Err(trouble)
        }
    }
}

/// A copy of a backup with the tables of this app: the backup itself is never written to.
async fn brought_up(backup: Db, target: &Path) -> Result<Source, Trouble> {
    let copied = async {
        room::require(&backup, files::folder_of(target)).await?;
        let copy = Partial::of(target)?;
        files::private(copy.path())?;
        backup.copy_file(copy.path(), &Stop::default()).await?;
        Ok::<_, Trouble>(copy)
    };
    let copied = copied.await;
    let _ = backup.close().await;
    let copy = copied?;
    let db = Db::open_file(copy.path(), false).await?;
    let source = Source { db, copy: Some(copy) };
    match Migrator::bring_up(&source.writer()).await {
        Ok(()) => Ok(source),
        Err(error) => {
            source.close().await;
            Err(error.into())
        }
    }
}

/// Whether a restored book waits to take the place of a book: whoever has that open works on what is thrown away.
pub fn is_waiting(book: &Path) -> bool {
    beside(book, RESTORED).exists()
}

/// Puts a restored book that waits beside a book in its place, and takes away what restores that were killed have left. Called
/// whenever the book is opened.
pub async fn finish(book: &Path) -> Result<(), OpenError> {
    let made = [RESTORED, KEPT_AS].map(|suffix| beside(book, suffix));
    partial::sweep(files::folder_of(book), |name| {
        made.iter().any(|made| made.file_name() == Some(OsStr::new(name)))
    });
    if !is_waiting(book) && !is_left(book) {
        return Ok(());
    }
    let _hold = match Hold::take_alone(book).await {
        Ok(hold) => hold,
        // The book is in its place. What it has replaced is put away by whoever has it alone.
        Err(OpenError::Locked) if !is_waiting(book) => return Ok(()),
        Err(error) => return Err(error),
    };
    place(book).await.map_err(|error| other(&error))
}

/// Whether a replaced book, or a part of it, is not among the backups yet.
fn is_left(book: &Path) -> bool {
    beside(book, REPLACED).exists() || beside(book, KEPT_AS).exists()
}

/// Only with the book held alone. Each step leaves what the next opening goes on with.
async fn place(book: &Path) -> io::Result<()> {
    let (restored, replaced) = (beside(book, RESTORED), beside(book, REPLACED));
    if restored.exists() {
        if book.exists() {
            // Of an earlier restore. Where its folder cannot be had, it is kept in this one: the book that waits has to open.
            if let Err(error) = shelve(book, None) {
                tracing::warn!(%error, "a replaced book is kept beside the book");
                shelve(book, Some(files::folder_of(book)))?;
            }
            set_aside(book, &replaced).await?;
        }
        // A log of another file would be played back into this one, so it does not come here as long as there is one.
        for suffix in BESIDE {
            files::remove_if_there(&beside(book, suffix))?;
        }
        fs::rename(&restored, book)?;
        files::sync_folder_of(book)?;
    }
    if let Err(error) = shelve(book, None) {
        // The book is in its place. The next opening tries again.
        tracing::warn!(%error, "a replaced book is not among the backups yet");
    }
    Ok(())
}

/// Moves a book out of its place, its log first: what is left at any point is a book without its log, which is followed by
/// no other one under that name.
async fn set_aside(book: &Path, replaced: &Path) -> io::Result<()> {
    // Closing it brings the log into the file. One that is damaged keeps its log.
    // Without its log, which an earlier try has moved already, it must not be opened.
    if !beside(replaced, "-wal").exists()
        && let Ok(db) = Db::open_file(book, false).await
    {
        let _ = db.close().await;
    }
    for suffix in BESIDE {
        files::rename_if_there(&beside(book, suffix), &beside(replaced, suffix))?;
    }
    fs::rename(book, replaced)?;
    files::sync_folder_of(book)
}

/// Keeps a replaced book among the backups, or in another folder. Under which name is said before anything moves: what has moved
/// when this ends in the middle does not tell whose log it is.
fn shelve(book: &Path, folder: Option<&Path>) -> io::Result<()> {
    if !is_left(book) {
        return Ok(());
    }
    let (replaced, kept_as) = (beside(book, REPLACED), beside(book, KEPT_AS));
    let shelf = Shelf::of_file(book, folder);
    shelf.make()?;
    let kept = match name_in(&kept_as)? {
        Some(name) => shelf.folder.join(name),
        None => {
            let kept = shelf.free(Clock::default().now(), BackupReason::Replaced)?;
            let name = kept.file_name().unwrap_or_default();
            let partial = Partial::of(&kept_as)?;
            files::write_new(partial.path(), name.as_encoded_bytes())?;
            fs::rename(partial.path(), &kept_as)?;
            files::sync_folder_of(book)?;
            kept
        }
    };
    // What an earlier try has brought to the other folder comes along: apart from its book a log is lost.
    let other = folder.is_none().then(|| files::folder_of(book));
    let elsewhere = Shelf::of_file(book, other).folder.join(kept.file_name().unwrap_or_default());
    for suffix in BESIDE {
        let brought = beside(&elsewhere, suffix);
        if replaced.exists() && brought.exists() {
            carry(&brought, &beside(&kept, suffix), &kept)?;
        }
        carry(&beside(&replaced, suffix), &beside(&kept, suffix), &kept)?;
    }
    carry(&replaced, &kept, &kept)?;
    files::sync_folder_of(&kept)?;
    files::sync_folder_of(book)?;
    // Before the next one is replaced: under this name it would take the place of the one that is kept now.
    files::remove_if_there(&kept_as)?;
    files::sync_folder_of(book)
}

/// The name that a file holds, if there is one.
fn name_in(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(name) => Ok(Some(name).filter(|name| Path::new(name).file_name() == Some(OsStr::new(name)))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a file the name of a part of what is kept, if it is there. On another disk it is copied, and has that name when it is
/// whole. What is left of a copy that was cut off is found by the name of what is kept.
fn carry(from: &Path, to: &Path, kept: &Path) -> io::Result<()> {
    match files::rename_if_there(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
        renamed => return renamed,
    }
    // That the disks are not the same is said of a file that is not there, too.
    let mut source = match fs::File::open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let partial = Partial::of(kept)?;
    let mut copy = files::private(partial.path())?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()?;
    drop(copy);
    fs::rename(partial.path(), to)?;
    files::sync_folder_of(to)?;
    fs::remove_file(from)
}

/// Removes a file that was not finished, with what SQLite keeps beside it.
pub fn remove(file: &Path) {
    files::remove(file);
    for suffix in BESIDE {
        files::remove(&beside(file, suffix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_older_backup_is_brought_up_on_a_copy_beside_its_target_that_goes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        let path = folder.path().join("old.clientele");
        let db = Db::open_file(&path, true).await.unwrap();
        Migrator::bring_up(&db.writer()).await.unwrap();
        db.settle().await.unwrap();
        db.close().await.unwrap();
        let (kept, before) = (fs::read(&path).unwrap(), names());

        // The restored book that is being filled for the same target stays.
        let target = beside(&folder.path().join("book.clientele"), RESTORED);
        let fresh = Partial::of(&target).unwrap();
        fs::write(fresh.path(), "half").unwrap();
        let backup = book::look_into(&path).await.unwrap();
        let source = brought_up(backup, &target).await.unwrap();
        let copy = source.copy.as_ref().unwrap().path().to_owned();
        assert_eq!(copy.parent(), Some(folder.path()));
        assert!(copy.exists() && fs::read(fresh.path()).unwrap() == b"half");
        assert_eq!(Migrator::applied(&source.reader()).await.unwrap(), Migrator::names());
        source.close().await;
        drop(fresh);
        assert_eq!(names(), before);
        assert_eq!(fs::read(&path).unwrap(), kept, "the backup itself is as it was");
    }
}
