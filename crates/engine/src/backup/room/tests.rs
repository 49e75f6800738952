//! What is free is set here for each folder, so that no disk has to be filled.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use contract::{
    Timestamp,
    backup::{BackupReason, ListBackups, NoRoom},
    session::FirstRun,
    words,
    work::{WorkKind, WorkProblem},
};
use tempfile::TempDir;

use super::*;
use crate::{
    App, BookLocation, NewBook, OpenError, OpenOptions,
    backup::{BackupError, before_update, restore, shelf::Shelf},
    moving::{MoveOptions, move_book},
    work::{Trouble, Work},
};

/// What a disk is said to have free; nothing, if it is to say nothing.
static SAID: Mutex<BTreeMap<PathBuf, Option<u64>>> = Mutex::new(BTreeMap::new());

pub fn free(folder: &Path) -> Option<u64> {
    let said = SAID.lock().unwrap().get(folder).copied();
    said.unwrap_or_else(|| measured(folder))
}

fn say(folder: &Path, free: Option<u64>) {
    SAID.lock().unwrap().insert(folder.to_owned(), free);
}

/// A book in which something was done, and the folder of its backups.
async fn begun() -> (App, Shelf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
    let owner = FirstRun {
        full_name: "Olga Owner".to_owned(),
        email: "owner@example.com".to_owned(),
        password: "correct horse battery staple".into(),
        book_name: None,
        currency: None,
        time_zone: Some("Europe/Berlin".to_owned()),
    };
    app.call(owner, None).await.unwrap();
    let shelf = app.shelf().unwrap();
    shelf.make().unwrap();
    (app, shelf, folder)
}

async fn needed(app: &App) -> u64 {
    app.0.db.bytes_in_use().await.unwrap() + LEAST
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn work() -> Work {
    Work::new(WorkKind::Backup)
}

fn is_refused<T>(done: &Result<T, Trouble>) -> bool {
    matches!(done, Err(Trouble::Problem(WorkProblem::NoRoom, _)))
}

#[tokio::test]
async fn a_backup_after_which_the_book_could_not_be_written_is_refused_and_no_older_one_goes_for_it() {
    let (app, shelf, _folder) = begun().await;
    // Older than any that stays.
    let long_ago = Timestamp(app.0.clock.now().0 - 1_000 * 24 * 60 * 60 * 1_000);
    let old = shelf.free(long_ago, BackupReason::Daily).unwrap();
    fs::write(&old, "old").unwrap();
    let before = names(&shelf.folder);
    let needed_now = needed(&app).await;
    let short = NoRoom {
        needed: needed_now,
        free: needed_now - 1,
    };
    say(&shelf.folder, Some(short.free));
    for _ in 0..2 {
        match app.keep_daily_backup().await {
            Err(Trouble::Problem(WorkProblem::NoRoom, said)) => assert_eq!(said, words::no_room(&short)),
            other => panic!("{other:?}"),
        }
        assert_eq!(names(&shelf.folder), before);
    }
    assert!(is_refused(&app.make_backup(BackupReason::ByHand, &work()).await));
    assert_eq!(names(&shelf.folder), before);
    let listed = app.call(ListBackups {}, None).await.unwrap();
    assert_eq!(listed.no_room, Some(short.clone()));
    let trouble = listed.trouble.unwrap();
    assert_eq!(
        (trouble.problem, trouble.detail, trouble.is_urgent),
        (WorkProblem::NoRoom, Some(words::no_room(&short)), true)
    );

    say(&shelf.folder, Some(needed(&app).await));
    assert!(app.keep_daily_backup().await.unwrap().is_some());
    assert!(!old.exists(), "it goes when the new one is there");
    say(&shelf.folder, Some(u64::MAX));
    let listed = app.call(ListBackups {}, None).await.unwrap();
    assert_eq!((listed.items.len(), listed.no_room, listed.trouble), (1, None, None));
    app.close().await;
}

#[tokio::test]
async fn where_a_disk_says_nothing_a_backup_is_made() {
    let (app, shelf, _folder) = begun().await;
    say(&shelf.folder, None);
    app.make_backup(BackupReason::ByHand, &work()).await.unwrap();
    assert_eq!(shelf.list().unwrap().len(), 1);
    app.close().await;
}

#[tokio::test]
async fn a_copy_into_another_folder_asks_the_disk_of_that_one() {
    let (app, shelf, _folder) = begun().await;
    let other = tempfile::tempdir().unwrap();
    let target = other.path().join("copy.db");
    say(other.path(), Some(0));
    let refused = app.backup(&target).await.unwrap_err();
    assert!(matches!(refused, BackupError::NoRoom(_)), "{refused:?}");
    let said = refused.to_string();
    assert!(said.contains("and 0 MB are") && said.contains("another disk"), "{said}");
    assert!(names(other.path()).is_empty());
    say(other.path(), Some(u64::MAX));
    say(&shelf.folder, Some(0));
    app.backup(&target).await.unwrap();
    app.close().await;
}

#[tokio::test]
async fn an_update_for_whose_backup_there_is_no_room_says_how_much_is_needed() {
    let (app, shelf, folder) = begun().await;
    say(&shelf.folder, Some(1));
    let refused = before_update(&folder.path().join("book.db"), None, &app.0.db).await;
    let said = match refused {
        Err(OpenError::NoRoom(said)) => said,
        other => panic!("{other:?}"),
    };
    assert!(said.ends_with("and 0 MB are"), "{said}");
    assert!(names(&shelf.folder).is_empty());
    app.close().await;
}

#[tokio::test]
async fn a_book_is_restored_and_moved_only_where_there_is_room_for_it() {
    let (app, _, folder) = begun().await;
    let made = app.make_backup(BackupReason::ByHand, &work()).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    say(other.path(), Some(needed(&app).await - 1));
    let target = BookLocation::File(other.path().join("moved.db"));
    for dry_run in [true, false] {
        let moved = move_book(&app, &target, MoveOptions { dry_run }, &work()).await;
        assert!(is_refused(&moved), "{moved:?}");
        assert!(
            !names(other.path())
                .iter()
                .any(|name| name.ends_with(".db") || name.ends_with("-moving"))
        );
    }
    app.close().await;

    let book = folder.path().join("book.db");
    let before = fs::read(&book).unwrap();
    say(folder.path(), Some(LEAST));
    let restored = restore::restore(&book, Path::new(&made.result), &work()).await;
    assert!(is_refused(&restored), "{restored:?}");
    assert_eq!(fs::read(&book).unwrap(), before);
    assert!(!names(folder.path()).iter().any(|name| name.contains("-restored")));
    say(folder.path(), Some(u64::MAX));
    restore::restore(&book, Path::new(&made.result), &work()).await.unwrap();
}

#[tokio::test]
async fn of_a_large_book_a_twentieth_stays_free_and_what_is_there_already_is_not_needed() {
    let (app, shelf, _folder) = begun().await;
    let bytes = app.0.db.bytes_in_use().await.unwrap();
    say(&shelf.folder, Some(0));
    let needed = async |there| require_rest(&app.0.db, &shelf.folder, there).await.unwrap_err().needed;
    assert_eq!(
        (needed(0).await, needed(4_096).await, needed(u64::MAX).await),
        (bytes + LEAST, bytes + LEAST - 4_096, LEAST)
    );
    assert_eq!(beside(LEAST * PART + PART), LEAST + 1);
    app.close().await;
}

#[cfg(unix)]
#[test]
fn a_folder_says_what_its_disk_has_and_one_that_is_not_there_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(measured(folder.path()).is_some());
    assert_eq!(measured(&folder.path().join("nothing")), None);
}
