//! Backups: what is made is what there was, what was altered is refused, and a restored book is the one that was kept.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use contract::{
    Conflict, Error,
    backup::{BackupList, BackupReason, ListBackups, MakeBackup, RestoreBackup},
    work::{CancelWork, GetWork, WorkKind, WorkProblem, WorkStage, WorkState},
};
use engine::{App, BookLocation, OpenOptions, Trouble, Work};

use crate::support::*;

/// How work has ended that is under way: it is answered for after a few seconds, done or not.
pub async fn ended(book: &TestBook, mut state: WorkState) -> WorkState {
    let began = Instant::now();
    while state.stage.is_running() {
        assert!(began.elapsed() < Duration::from_secs(120), "{state:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        state = book.ok(GetWork {}).await;
    }
    state
}

pub async fn made(book: &TestBook) -> contract::backup::Backup {
    let state = ended(book, book.ok(MakeBackup {}).await).await;
    assert_eq!((state.stage, state.problem), (WorkStage::Done, None), "{state:?}");
    book.ok(ListBackups {}).await.items.remove(0)
}

pub async fn restored(book: &TestBook, name: &str) -> WorkState {
    book.confirm().await;
    let state = ended(book, book.ok(RestoreBackup { name: name.to_owned() }).await).await;
    assert_eq!((state.stage, state.problem), (WorkStage::Done, None), "{state:?}");
    state
}

fn folder(list: &BackupList) -> PathBuf {
    PathBuf::from(list.folder.clone().unwrap())
}

/// What a book holds, without what belongs to the place.
fn held(mut everything: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    everything.remove("seaql_migrations");
    // The restore itself asks for the password again.
    everything.remove("throttle");
    everything
}

async fn everything_of(file: &Path) -> BTreeMap<String, Vec<String>> {
    let location = BookLocation::File(file.to_owned());
    let sql = Sql::connect(&location).await;
    let everything = sql.everything().await;
    sql.end(&location).await;
    everything
}

/// Someone with a license and something to pay.
async fn filled(book: &TestBook) {
    // Notes when she was here last, as every later confirmation does.
    book.confirm().await;
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.license(&ann, &plan, true).await;
    book.seller(190_000).await;
    book.final_invoice(ann.id, 1_000).await;
    book.pay(ann.id, 700, "2026-11-20").await;
}

on_both! {
    async fn a_backup_is_verified_private_and_listed_with_what_it_holds(book: TestBook) {
        filled(&book).await;
        let backup = made(&book).await;
        assert_eq!((backup.reason, backup.customers, backup.has_record), (BackupReason::ByHand, Some(1), true));
        assert_eq!(backup.at, at(START));
        let path = folder(&book.ok(ListBackups {}).await).join(&backup.name);
        assert_eq!(backup.bytes, fs::metadata(&path).unwrap().len());
        #[cfg(unix)]
        for (path, mode) in [(path.clone(), 0o600), (path.with_file_name(format!("{}.json", backup.name)), 0o600), (path.parent().unwrap().to_owned(), 0o700)] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
        }
        let work = book.ok(GetWork {}).await;
        let payment = work.proof.iter().find(|table| table.table == "payment").unwrap();
        assert_eq!((payment.rows, payment.sums[0].currency.as_str(), payment.sums[0].amount.as_str()), (1, "EUR", "700"));
        // A backup is a book: of a file the same rows, of a server the same as its own database has them.
        let copy = reopen(&path).await.unwrap();
        assert_eq!(copy.verify().await.unwrap().findings, []);
        copy.close().await;
        if book.database == Database::Sqlite {
            assert_eq!(everything_of(&path).await, book.sql.everything().await);
        }
    }

    async fn a_restored_book_is_the_one_that_was_backed_up_and_the_replaced_one_is_kept(book: TestBook) {
        filled(&book).await;
        let then = book.sql.everything().await;
        let backup = made(&book).await;
        book.customer("Bea").await;
        let later = book.sql.everything().await;
        let state = restored(&book, &backup.name).await;
        assert!(state.proof.iter().any(|table| table.table == "customer" && table.rows == 2));
        if book.database == Database::Sqlite {
            // It waits beside the open one, which takes no more changes.
            assert!(state.reopen);
            assert_eq!(book.refused(new_customer("Cid")).await, Conflict::Maintenance.into());
            let open = book.clone();
            book.app.clone().close().await;
            let again = book.again().await;
            assert_eq!(held(everything_of(&book.file()).await), held(then));
            assert_eq!(again.verify().await.unwrap().findings, []);
            again.close().await;
            let shelf = engine::Shelf::of_file(&open.file(), None).list().unwrap();
            let replaced = shelf.iter().find(|backup| backup.reason == BackupReason::Replaced).unwrap();
            let kept = open.file().with_file_name("backups").join(&replaced.name);
            assert_eq!(held(everything_of(&kept).await), held(later));
        } else {
            assert!(!state.reopen);
            assert_eq!(held(book.sql.everything().await), held(then));
            // Whoever has it open goes on.
            book.customer("Dee").await;
            book.verified().await;
            let kept = state.result.unwrap();
            assert_eq!(book.sql.texts(&format!("SELECT full_name FROM {kept}.customer WHERE full_name = 'Bea'")).await, ["Bea"]);
            assert!(book.ok(ListBackups {}).await.items.iter().any(|backup| backup.reason == BackupReason::BeforeRestore));
            book.sql.run(&format!("DROP SCHEMA {kept} CASCADE")).await;
        }
    }

    async fn a_backup_that_was_altered_is_refused_and_changes_nothing(book: TestBook) {
        filled(&book).await;
        let backup = made(&book).await;
        let path = folder(&book.ok(ListBackups {}).await).join(&backup.name);
        let good = fs::read(&path).unwrap();
        book.confirm().await;
        let before = book.sql.everything().await;
        // Bits here and there, each of which SQLite itself may not notice.
        for at in (0..32).map(|part| good.len() / 32 * part + 17) {
            let mut bytes = good.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, bytes).unwrap();
            let state = book.ok(RestoreBackup { name: backup.name.clone() }).await;
            assert_eq!((state.stage, state.problem), (WorkStage::Failed, Some(WorkProblem::Altered)), "byte {at}");
        }
        fs::write(&path, &good[..good.len() - 4096]).unwrap();
        assert_eq!(book.ok(RestoreBackup { name: backup.name.clone() }).await.problem, Some(WorkProblem::Altered));
        // Without its record a backup has only what SQLite finds, and a text is no book.
        fs::remove_file(path.with_file_name(format!("{}.json", backup.name))).unwrap();
        fs::write(&path, "not a book").unwrap();
        assert_eq!(book.ok(RestoreBackup { name: backup.name.clone() }).await.problem, Some(WorkProblem::NotABook));
        assert_eq!(book.sql.everything().await, before);
        book.customer("Bea").await;
        book.verified().await;
    }

    async fn a_record_that_has_the_name_already_is_not_overwritten(book: TestBook) {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.clientele");
        let record = folder.path().join("copy.clientele.json");
        let write = async || book.app.write_backup(&target, &Work::new(WorkKind::Backup)).await;
        // Somebody else has given his record its name, and is about to give his copy its own.
        fs::write(&record, "of somebody else").unwrap();
        // At once, by the name that is taken: a copy that was begun would say that it was given up.
        let given_up = Work::new(WorkKind::Backup);
        given_up.cancel();
        for refused in [write().await, book.app.write_backup(&target, &given_up).await] {
            assert!(matches!(&refused, Err(Trouble::Problem(WorkProblem::Exists, name)) if *name == record.display().to_string()), "{refused:?}");
        }
        assert_eq!(fs::read(&record).unwrap(), b"of somebody else");
        let entries = fs::read_dir(folder.path()).unwrap();
        assert_eq!(entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>(), std::slice::from_ref(&record), "no copy, and nothing unfinished");
        fs::remove_file(&record).unwrap();
        let proof = write().await.unwrap();
        assert!(!proof.is_empty());

        // Whoever was killed between the two names has left the record and what was to be the copy.
        let left = folder.path().join("copy.clientele.0123abcd.partial");
        fs::rename(&target, &left).unwrap();
        assert_eq!(write().await.unwrap(), proof);
        assert!(!left.exists() && target.exists() && record.exists());
    }

    async fn work_is_done_one_at_a_time_and_can_be_ended(book: TestBook) {
        filled(&book).await;
        let backup = made(&book).await;
        assert_eq!(book.ok(CancelWork {}).await.stage, WorkStage::Done, "what is done stays done");
        book.confirm().await;
        let (first, second) = tokio::join!(book.call(RestoreBackup { name: backup.name.clone() }), book.call(MakeBackup {}));
        let refused = [&first, &second].into_iter().filter(|answer| **answer == Err(Conflict::WorkRuns.into())).count();
        assert_eq!((refused, first.is_ok() || second.is_ok()), (1, true), "{first:?} {second:?}");
    }
}

#[tokio::test]
async fn a_book_on_a_server_without_a_folder_has_no_backups() {
    let book = TestBook::new(Database::Postgres).await;
    let other = book.again().await;
    let sign_in = contract::session::SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    other.call(sign_in, None).await.unwrap();
    assert_eq!(other.call(MakeBackup {}, None).await, Err(Conflict::NoBackups.into()));
    assert_eq!(other.call(ListBackups {}, None).await.unwrap().folder, None);
    other.close().await;
    book.end().await;
}

#[tokio::test]
async fn a_file_that_others_have_open_is_not_restored() {
    let book = TestBook::new(Database::Sqlite).await;
    let backup = made(&book).await;
    let other = book.again().await;
    book.confirm().await;
    let state = book.ok(RestoreBackup { name: backup.name.clone() }).await;
    assert_eq!(state.problem, Some(WorkProblem::InUse));
    book.customer("Ann").await;
    other.close().await;
    book.end().await;
}

#[tokio::test]
async fn the_day_gets_one_backup_and_a_sample_none() {
    let book = TestBook::new(Database::Sqlite).await;
    assert!(book.app.keep_daily_backup().await.unwrap().is_some());
    assert!(book.app.keep_daily_backup().await.unwrap().is_none());
    // Still the same day in Berlin, then the next.
    book.at("2026-11-22T22:59:00Z").await;
    assert!(book.app.keep_daily_backup().await.unwrap().is_none());
    book.at("2026-11-22T23:01:00Z").await;
    let done = book.app.keep_daily_backup().await.unwrap().unwrap();
    assert!(done.result.ends_with("daily.clientele"), "{}", done.result);
    let items = engine::Shelf::of_file(&book.file(), None).list().unwrap();
    assert_eq!(items.len(), 2);
    book.end().await;
}

/// A book that does not pass its check is copied once a day, and the copies do not pile up.
#[tokio::test]
async fn a_flawed_book_gets_one_copy_a_day_of_which_the_newest_stays() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    book.sql.run("UPDATE figure SET amount = amount + 1 WHERE kind = 'customers'").await;
    let copies = || {
        let names = fs::read_dir(book.file().with_file_name("backups")).unwrap();
        let mut names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert!(matches!(book.app.keep_daily_backup().await, Err(Trouble::Problem(..))));
    let first = copies();
    assert!(first.iter().any(|name| name.ends_with(".flawed")), "{first:?}");
    assert!(book.app.keep_daily_backup().await.unwrap().is_none(), "it was tried today");
    assert_eq!(copies(), first);
    // It is listed, apart from the backups, and nobody goes back to it.
    let listed = book.ok(ListBackups {}).await;
    assert_eq!((listed.items.len(), listed.flawed.len()), (0, 1), "{listed:?}");
    let flawed = &listed.flawed[0];
    assert_eq!(
        (flawed.reason, flawed.at, flawed.has_record),
        (BackupReason::Daily, at(START), true)
    );
    book.confirm().await;
    let refused = book.refused(RestoreBackup { name: flawed.name.clone() }).await;
    assert!(matches!(refused, Error::NotFound { .. }), "{refused:?}");
    book.at("2026-11-23T12:00:00Z").await;
    assert!(book.app.keep_daily_backup().await.is_err());
    let second = copies();
    assert_eq!(second.len(), first.len(), "{second:?}");
    assert!(second.iter().all(|name| !first.contains(name)));
    // Mended, it stays as long as the daily ones do.
    book.sql.run("UPDATE figure SET amount = amount - 1 WHERE kind = 'customers'").await;
    for (day, flawed) in [("2026-11-24", 1), ("2026-12-06", 1), ("2026-12-07", 0)] {
        book.at(&format!("{day}T12:00:00Z")).await;
        assert!(book.app.keep_daily_backup().await.unwrap().is_some(), "{day}");
        let shelf = engine::Shelf::of_file(&book.file(), None);
        assert_eq!(shelf.flawed().unwrap().len(), flawed, "{day}");
        assert_eq!(copies().iter().filter(|name| name.contains(".flawed")).count(), 2 * flawed, "{day}");
    }
    book.end().await;
}

/// Only what surely is of this book, and of nobody who still writes it.
#[tokio::test]
async fn what_killed_backups_and_restores_have_left_goes_at_the_next_look() {
    let book = TestBook::new(Database::Sqlite).await;
    let made = made(&book).await.name;
    let shelf = book.file().with_file_name("backups");
    let write = |path: PathBuf| fs::write(path, "half").unwrap();
    let gone = "book 2026-11-21 090000Z daily.clientele";
    for left in [
        ".0123abcd.partial",
        ".0123abcd.partial-wal",
        ".0123abcd.partial-shm",
        ".0123abcd.partial-lock",
        ".json.89abcdef.partial",
        ".json.89abcdef.partial-lock",
        ".json",
    ] {
        write(shelf.join(format!("{gone}{left}")));
    }
    // Its name was taken already; the other one had got its name.
    fs::write(shelf.join(gone), "").unwrap();
    write(shelf.join(format!("{made}.fedcba98.partial")));
    write(shelf.join(format!("{made}.fedcba98.partial-lock")));
    let living = "book 2026-11-22 080000Z daily.clientele.11111111.partial";
    write(shelf.join(living));
    let mark = fs::File::create(shelf.join(format!("{living}-lock"))).unwrap();
    mark.try_lock().unwrap();
    let others = [
        "notes.0123abcd.partial",
        "other 2026-11-21 090000Z daily.clientele.0123abcd.partial",
    ];
    for other in others {
        write(shelf.join(other));
    }

    assert!(book.app.keep_daily_backup().await.unwrap().is_none(), "the day has one");
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let mut kept = [living.to_owned(), format!("{living}-lock"), made.clone(), format!("{made}.json")].to_vec();
    kept.extend(others.map(str::to_owned));
    kept.sort();
    assert_eq!(names(&shelf), kept);

    // And a restore, at the next opening.
    let folder = shelf.parent().unwrap();
    for left in ["partial", "partial-wal", "partial-lock"] {
        write(folder.join(format!("book.clientele-restored.0123abcd.{left}")));
    }
    book.again().await.close().await;
    assert!(names(folder).iter().all(|name| !name.contains("partial")), "{:?}", names(folder));
    // Whoever writes is through, or has died.
    drop(mark);
    book.ok(MakeBackup {}).await;
    assert!(!shelf.join(living).exists());
    assert!(others.iter().all(|other| shelf.join(other).exists()));
    book.end().await;
}

#[tokio::test]
async fn a_damaged_book_is_restored_from_outside_and_what_was_left_of_it_is_kept() {
    let book = TestBook::new(Database::Sqlite).await;
    filled(&book).await;
    let then = book.sql.everything().await;
    let backup = folder(&book.ok(ListBackups {}).await).join(made(&book).await.name);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.clientele");
    fs::write(&file, vec![0xA5; 20_000]).unwrap();
    let work = Work::new(WorkKind::Restore);
    let done = engine::restore(&file, &backup, &work).await.unwrap();
    assert_eq!(done.result, file.display().to_string());
    assert_eq!(held(everything_of(&file).await), held(then));
    let kept = engine::Shelf::of_file(&file, None).list().unwrap();
    assert_eq!(
        kept.iter().map(|backup| (backup.reason, backup.bytes)).collect::<Vec<_>>(),
        [(BackupReason::Replaced, 20_000)]
    );
    // Ended at once, nothing is left beside it.
    let work = Work::new(WorkKind::Restore);
    work.cancel();
    let before = fs::read(&file).unwrap();
    assert!(matches!(engine::restore(&file, &backup, &work).await, Err(Trouble::Canceled)));
    assert_eq!(fs::read(&file).unwrap(), before);
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| !name.contains("partial") && !name.contains("restored")),
        "{names:?}"
    );
    book.end().await;
}

/// Wherever the putting in place was cut off, the next opening ends it, and never with the log of another file.
#[tokio::test]
async fn a_restore_that_was_cut_off_is_ended_by_the_next_opening() {
    let book = TestBook::new(Database::Sqlite).await;
    filled(&book).await;
    let then = book.sql.everything().await;
    let backup = made(&book).await;
    let backup = folder(&book.ok(ListBackups {}).await).join(backup.name);
    book.customer("Bea").await;
    let beside = |file: &Path, suffix: &str| file.with_file_name(format!("{}{suffix}", file.file_name().unwrap().to_str().unwrap()));
    // 0: nothing moved yet; 1: its log moved; 2: the book moved, too; 3: the restored one is in its place.
    for step in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("book.clientele");
        fs::copy(book.file(), &file).unwrap();
        fs::copy(beside(&book.file(), "-wal"), beside(&file, "-wal")).unwrap();
        fs::copy(&backup, beside(&file, "-restored")).unwrap();
        if step >= 1 {
            fs::rename(beside(&file, "-wal"), beside(&file, "-replaced-wal")).unwrap();
        }
        if step >= 2 {
            fs::rename(&file, beside(&file, "-replaced")).unwrap();
        }
        if step >= 3 {
            fs::rename(beside(&file, "-restored"), &file).unwrap();
        }
        let app = App::open(BookLocation::File(file.clone()), OpenOptions::default()).await.unwrap();
        app.close().await;
        assert_eq!(everything_of(&file).await, then, "{step}");
        let kept = engine::Shelf::of_file(&file, None).list().unwrap();
        assert_eq!(kept.len(), 1, "{step}");
        let kept = folder.path().join("backups").join(&kept[0].name);
        let names = Sql::connect(&BookLocation::File(kept))
            .await
            .texts("SELECT full_name FROM customer ORDER BY 1")
            .await;
        assert_eq!(names, ["Ann", "Bea", "Olga Owner"], "{step}");
    }
    book.end().await;
}

#[tokio::test]
async fn a_refused_password_restores_nothing() {
    let book = TestBook::new(Database::Sqlite).await;
    let backup = made(&book).await;
    assert_eq!(book.refused(RestoreBackup { name: backup.name }).await, Error::ConfirmationNeeded);
    book.end().await;
}
