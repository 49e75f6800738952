//! Who holds a file book: somebody who loses it to another takes no changes, by whatever name it is opened it is held once, and who
//! writes another file keeps its hands off what somebody else is writing.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use contract::{
    Conflict,
    backup::{ListBackups, RestoreBackup},
    desk::GetBookState,
    work::{WorkKind, WorkProblem, WorkStage},
};
use engine::{App, BookLocation, MoveOptions, OpenError, OpenOptions, Trouble, Work, move_book};

use crate::{
    backups::{ended, made},
    support::*,
};

/// Longer than anything here may take.
const LONG: Duration = Duration::from_secs(30);
/// Longer than it takes until a book that was lost is asked for again.
const ASKED_AGAIN: Duration = Duration::from_secs(4);

pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The lock of a file, as another process has it in hand.
fn lock_of(file: &Path) -> fs::File {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(beside(file, "-lock")).unwrap()
}

/// Lets a restore begin while somebody else has the book open, who then holds it alone: whoever restores had to let go of it for a
/// moment, and does not get it back. Answers with what that one holds.
async fn lose(book: &TestBook, backup: &str) -> fs::File {
    let other = lock_of(&book.file());
    other.try_lock_shared().unwrap();
    book.confirm().await;
    let restoring = tokio::spawn({
        let (book, name) = (book.clone(), backup.to_owned());
        async move { ended(&book, book.ok(RestoreBackup { name }).await).await }
    });
    let began = Instant::now();
    while !book.ok(GetBookState {}).await.is_maintained {
        assert!(began.elapsed() < LONG, "it takes changes while it is let go of");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    other.try_lock().unwrap();
    let state = restoring.await.unwrap();
    assert_eq!(
        (state.stage, state.problem),
        (WorkStage::Failed, Some(WorkProblem::InUse)),
        "{state:?}"
    );
    assert_eq!(book.refused(new_customer("Eve")).await, Conflict::Maintenance.into());
    other
}

async fn backup_of(book: &TestBook) -> (String, PathBuf) {
    let name = made(book).await.name;
    let folder = PathBuf::from(book.ok(ListBackups {}).await.folder.unwrap());
    (name.clone(), folder.join(name))
}

#[tokio::test]
async fn who_loses_a_book_to_somebody_else_takes_no_changes_until_it_is_held_again() {
    let book = TestBook::new(Database::Sqlite).await;
    let (name, _) = backup_of(&book).await;
    let other = lose(&book, &name).await;
    tokio::time::sleep(ASKED_AGAIN).await;
    assert_eq!(book.refused(new_customer("Eve")).await, Conflict::Maintenance.into());
    // Nor is a second one begun.
    let state = ended(&book, book.ok(RestoreBackup { name }).await).await;
    assert_eq!(state.problem, Some(WorkProblem::InUse));
    drop(other);
    let began = Instant::now();
    while let Err(error) = book.call(new_customer("Ann")).await {
        assert_eq!(error, Conflict::Maintenance.into());
        assert!(began.elapsed() < LONG, "it takes no changes any more");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // And is held: nobody else has it alone.
    let other = lock_of(&book.file());
    assert!(other.try_lock().is_err());
    book.verified().await;
    book.end().await;
}

#[tokio::test]
async fn who_loses_a_book_that_another_is_put_in_the_place_of_takes_no_changes_any_more() {
    for is_put_there_already in [true, false] {
        let book = TestBook::new(Database::Sqlite).await;
        let (name, backup) = backup_of(&book).await;
        book.customer("Bea").await;
        let other = lose(&book, &name).await;
        let file = book.file();
        if is_put_there_already {
            for suffix in ["", "-wal", "-shm"] {
                fs::rename(beside(&file, suffix), beside(&beside(&file, "-elsewhere"), suffix)).unwrap();
            }
            fs::copy(&backup, &file).unwrap();
        } else {
            fs::copy(&backup, beside(&file, "-restored")).unwrap();
        }
        drop(other);
        tokio::time::sleep(ASKED_AGAIN).await;
        assert_eq!(book.refused(new_customer("Eve")).await, Conflict::Maintenance.into());
        // Whoever opens it has the one that was put in its place.
        let began = Instant::now();
        loop {
            match reopen(&file).await {
                Ok(again) => break again.close().await,
                Err(error) => assert!(began.elapsed() < LONG, "{error}"),
            }
        }
        let sql = Sql::connect(&book.location).await;
        assert_eq!(sql.texts("SELECT full_name FROM customer").await, ["Olga Owner"]);
        sql.end(&book.location).await;
        book.end().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_book_is_the_same_and_held_once_by_whatever_link_it_is_opened() {
    let book = TestBook::new(Database::Sqlite).await;
    let (_, backup) = backup_of(&book).await;
    book.customer("Bea").await;
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link.clientele");
    std::os::unix::fs::symlink(book.file(), &link).unwrap();
    let restore = async || engine::restore(&link, &backup, &Work::new(WorkKind::Restore)).await;
    let refused = restore().await;
    assert!(matches!(refused, Err(Trouble::Problem(WorkProblem::InUse, _))), "{refused:?}");
    let beside_it = reopen(&link).await.unwrap();
    assert!(matches!(beside_it.location(), BookLocation::File(path) if *path == book.file()));
    assert_eq!(
        engine::Shelf::of_file(&link, None).folder,
        engine::Shelf::of_file(&book.file(), None).folder
    );
    beside_it.close().await;

    book.app.clone().close().await;
    let other = lock_of(&book.file());
    other.try_lock().unwrap();
    let opened = reopen(&link).await;
    assert!(matches!(opened, Err(OpenError::Locked)), "{opened:?}");
    drop(other);
    assert_eq!(restore().await.unwrap().result, book.file().display().to_string());
    assert!(
        fs::symlink_metadata(&link).unwrap().is_symlink(),
        "the file was replaced, and not the link"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let sql = Sql::connect(&book.location).await;
    assert_eq!(sql.texts("SELECT full_name FROM customer").await, ["Olga Owner"]);
    sql.end(&book.location).await;
    book.end().await;
}

#[tokio::test]
async fn what_one_move_writes_outlives_another_into_the_same_file() {
    let book = TestBook::new(Database::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    let half = beside(&path, "-moving");
    fs::write(&half, "half a book").unwrap();
    let first = lock_of(&half);
    first.try_lock().unwrap();
    let (there, canceled) = (BookLocation::File(path.clone()), Work::new(WorkKind::Move));
    canceled.cancel();
    for (number, work) in [Work::new(WorkKind::Move), canceled].into_iter().enumerate() {
        let moved = move_book(&book.app, &there, MoveOptions::default(), &work).await;
        assert!(
            matches!(moved, Err(Trouble::Problem(WorkProblem::InUse, _) | Trouble::Canceled)),
            "{moved:?}"
        );
        assert_eq!(fs::read(&half).unwrap(), b"half a book");
        book.customer(&format!("Customer {number}")).await;
    }
    // Of one that is gone it is what was left.
    drop(first);
    move_book(&book.app, &there, MoveOptions::default(), &Work::new(WorkKind::Move))
        .await
        .unwrap();
    reopen(&path).await.unwrap().close().await;
    book.end().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_second_name_that_a_killed_move_leaves_of_a_book_goes_when_it_is_opened() {
    let book = TestBook::new(Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    book.app.backup(&path).await.unwrap();
    book.end().await;
    let open = async || {
        App::open(BookLocation::File(path.clone()), OpenOptions::default())
            .await
            .unwrap()
            .close()
            .await
    };
    let second = beside(&path, "-moving");
    fs::hard_link(&path, &second).unwrap();
    // Whoever has given it both is still there.
    let mark = lock_of(&second);
    mark.try_lock().unwrap();
    open().await;
    assert!(second.exists());
    drop(mark);
    open().await;
    assert!(!second.exists() && !beside(&second, "-lock").exists());
    // Another file is what another move has begun.
    fs::copy(&path, &second).unwrap();
    open().await;
    assert!(second.exists());
}

/// Between looking whether one waits and holding the book somebody else may have gone back to a backup.
#[tokio::test]
async fn nobody_opens_a_book_in_whose_place_another_one_has_come_to_wait_meanwhile() {
    let book = TestBook::new(Database::Sqlite).await;
    let (_, backup) = backup_of(&book).await;
    book.customer("Bea").await;
    book.app.clone().close().await;
    let file = book.file();
    // Who goes back holds it alone, and then together with others again until it is opened anew.
    let other = lock_of(&file);
    other.try_lock().unwrap();
    let opening = tokio::spawn({
        let file = file.clone();
        async move { reopen(&file).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    fs::copy(&backup, beside(&file, "-restored")).unwrap();
    other.unlock().unwrap();
    other.lock_shared().unwrap();
    let opened = opening.await.unwrap();
    assert!(matches!(opened, Err(OpenError::Locked)), "{opened:?}");
    drop(other);
    reopen(&file).await.unwrap().close().await;
    let sql = Sql::connect(&book.location).await;
    assert_eq!(sql.texts("SELECT full_name FROM customer").await, ["Olga Owner"]);
    sql.end(&book.location).await;
    book.end().await;
}
