//! What a restore replaces: it is kept, wherever the folder of the backups is, and is no reason not to open the book.

use std::{
    fs,
    path::{Path, PathBuf},
};

use contract::{backup::BackupReason, work::WorkKind};
use engine::{BookLocation, Shelf, Work, restore};

use crate::{holding::beside, support::*};

/// A book with Ann and Bea, and a backup of it from before Bea came.
async fn prepared(folder: &Path) -> (PathBuf, PathBuf) {
    let book = TestBook::new(Database::Sqlite).await;
    let (file, backup) = (folder.join("book.clientele"), folder.join("before.clientele"));
    book.customer("Ann").await;
    book.app.backup(&backup).await.unwrap();
    book.customer("Bea").await;
    book.app.backup(&file).await.unwrap();
    book.end().await;
    (file, backup)
}

/// Who is in a book.
async fn names(file: &Path) -> Vec<String> {
    let location = BookLocation::File(file.to_owned());
    let sql = Sql::connect(&location).await;
    let names = sql.texts("SELECT full_name FROM customer ORDER BY 1").await;
    sql.end(&location).await;
    names
}

async fn go_back(file: &Path, backup: &Path) {
    restore(file, backup, &Work::new(WorkKind::Restore)).await.unwrap();
    assert_eq!(names(file).await, ["Ann", "Olga Owner"]);
}

/// The names of what is in a folder.
fn listed(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The one replaced book among the backups.
fn kept(file: &Path) -> PathBuf {
    let shelf = Shelf::of_file(file, None);
    let mut kept = shelf.list().unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let kept = kept.remove(0);
    assert_eq!(kept.reason, BackupReason::Replaced);
    shelf.folder.join(kept.name)
}

/// Puts an open book, as it is with its log, where a restore that was cut off has left the one that it replaced.
fn leave(book: &TestBook, replaced: &Path) {
    fs::copy(book.file(), replaced).unwrap();
    fs::copy(beside(&book.file(), "-wal"), beside(replaced, "-wal")).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_replaced_is_kept_also_on_another_disk() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir_in("/dev/shm").unwrap());
    let disk = |folder: &tempfile::TempDir| fs::metadata(folder.path()).unwrap().dev();
    assert_ne!(disk(&folder), disk(&other), "this takes two disks");
    symlink(other.path(), folder.path().join("backups")).unwrap();
    let (file, backup) = prepared(folder.path()).await;
    go_back(&file, &backup).await;
    let first = kept(&file);
    assert_eq!(names(&first).await, ["Ann", "Bea", "Olga Owner"]);
    fs::remove_file(&first).unwrap();

    // With its log, where that could not be brought into it.
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Cid").await;
    leave(&book, &beside(&file, "-replaced"));
    book.end().await;
    reopen(&file).await.unwrap().close().await;
    let second = kept(&file);
    assert!(beside(&second, "-wal").exists());
    assert_eq!(names(&second).await, ["Cid", "Olga Owner"]);
    for folder in [folder.path(), other.path()] {
        let left = listed(folder);
        let is_left = |name: &String| ["-replaced", "-restored", ".partial"].iter().any(|part| name.contains(part));
        assert!(!left.iter().any(is_left), "{left:?}");
    }
}

#[tokio::test]
async fn a_restored_book_opens_although_what_it_has_replaced_cannot_be_put_away() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = prepared(folder.path()).await;
    let in_the_way = folder.path().join("backups");
    fs::write(&in_the_way, "no folder").unwrap();
    go_back(&file, &backup).await;
    // By several at once, too.
    let (one, other) = (reopen(&file).await.unwrap(), reopen(&file).await.unwrap());
    one.close().await;
    other.close().await;
    assert_eq!(names(&beside(&file, "-replaced")).await, ["Ann", "Bea", "Olga Owner"]);
    // And is replaced itself.
    go_back(&file, &backup).await;
    fs::remove_file(&in_the_way).unwrap();
    reopen(&file).await.unwrap().close().await;
    assert_eq!(names(&kept(&file)).await, ["Ann", "Olga Owner"]);
    // The first one had to make room, and is kept where there was some.
    let shelf = Shelf::of_file(&file, Some(folder.path()));
    let beside_it = shelf.list().unwrap();
    assert_eq!(beside_it.len(), 1, "{beside_it:?}");
    assert_eq!(names(&folder.path().join(&beside_it[0].name)).await, ["Ann", "Bea", "Olga Owner"]);
    let left = listed(folder.path());
    assert!(
        !left.iter().any(|name| name.contains("-replaced") || name.contains("-restored")),
        "{left:?}"
    );
}

#[tokio::test]
async fn a_replaced_book_and_its_log_are_kept_under_one_name_although_that_was_cut_off_between_them() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backups) = (folder.path().join("book.clientele"), folder.path().join("backups"));
    let replaced = beside(&file, "-replaced");
    let name = "book 2026-11-20 093005Z replaced.clientele";
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    book.app.backup(&file).await.unwrap();
    book.customer("Bea").await;
    leave(&book, &replaced);
    book.end().await;
    fs::create_dir(&backups).unwrap();
    fs::write(beside(&replaced, "-as"), name).unwrap();
    fs::rename(beside(&replaced, "-wal"), backups.join(format!("{name}-wal"))).unwrap();

    reopen(&file).await.unwrap().close().await;
    let kept = kept(&file);
    assert_eq!(kept, backups.join(name));
    assert_eq!(names(&kept).await, ["Ann", "Bea", "Olga Owner"]);
    assert!(!listed(folder.path()).iter().any(|name| name.contains("-replaced")));
    // What is kept is not overwritten by the next one.
    let backup = Shelf::of_file(&file, None).folder.join("before.clientele");
    fs::copy(&file, &backup).unwrap();
    restore(&file, &backup, &Work::new(WorkKind::Restore)).await.unwrap();
    assert_eq!(Shelf::of_file(&file, None).list().unwrap().len(), 2);
    assert_eq!(names(&kept).await, ["Ann", "Bea", "Olga Owner"]);
}

#[tokio::test]
async fn a_restored_book_waits_as_long_as_the_log_of_another_cannot_be_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = prepared(folder.path()).await;
    // Cut off after the book had left its place.
    fs::rename(&backup, beside(&file, "-restored")).unwrap();
    fs::remove_file(&file).unwrap();
    let log = beside(&file, "-wal");
    fs::create_dir(&log).unwrap();
    assert!(reopen(&file).await.is_err());
    assert!(!file.exists() && beside(&file, "-restored").exists());
    fs::remove_dir(&log).unwrap();
    reopen(&file).await.unwrap().close().await;
    assert_eq!(names(&file).await, ["Ann", "Olga Owner"]);
}

#[tokio::test]
async fn the_log_of_a_replaced_book_follows_it_to_the_other_folder_where_that_has_to_keep_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = prepared(folder.path()).await;
    let (replaced, backups) = (beside(&file, "-replaced"), folder.path().join("backups"));
    let name = "book 2026-11-20 093005Z replaced.clientele";
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Cid").await;
    leave(&book, &replaced);
    book.end().await;
    fs::create_dir(&backups).unwrap();
    fs::write(beside(&replaced, "-as"), name).unwrap();
    let log = backups.join(format!("{name}-wal"));
    fs::rename(beside(&replaced, "-wal"), &log).unwrap();
    // In the way of the book, which its log has gone before.
    fs::create_dir(backups.join(name)).unwrap();
    go_back(&file, &backup).await;
    assert!(!log.exists());
    assert_eq!(names(&folder.path().join(name)).await, ["Cid", "Olga Owner"]);
}

/// The caller is told that it failed: it must not come at some later opening after all.
#[tokio::test]
async fn a_book_that_could_not_be_brought_to_its_place_does_not_come_later() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = prepared(folder.path()).await;
    // Under which name an earlier one is kept cannot be read, so nothing can be replaced.
    let kept_as = beside(&file, "-replaced-as");
    fs::create_dir(&kept_as).unwrap();
    assert!(restore(&file, &backup, &Work::new(WorkKind::Restore)).await.is_err());
    assert!(!beside(&file, "-restored").exists());
    fs::remove_dir(&kept_as).unwrap();
    reopen(&file).await.unwrap().close().await;
    assert_eq!(names(&file).await, ["Ann", "Bea", "Olga Owner"]);
    go_back(&file, &backup).await;
}
