//! What backups that were killed leave, and restores on a server: it goes, and nothing else does.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use contract::{
    backup::{ListBackups, MakeBackup, RestoreBackup},
    session::{ConfirmPassword, SignIn},
    work::{WorkKind, WorkProblem, WorkStage},
};
use engine::{App, BackupError, BookLocation, OpenOptions, Trouble, Work};

use crate::{
    backups::{ended, made, restored},
    support::*,
};

/// The schema that a restore is filling just now, and its comment.
async fn being_filled(sql: &Sql, book: &str) -> (String, String) {
    let asked = format!(
        "SELECT nspname::text || ' ' || COALESCE(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace
         WHERE starts_with(nspname::text, '{book}_restored_')"
    );
    let began = Instant::now();
    loop {
        if let Some(found) = sql.texts(&asked).await.pop() {
            let (name, comment) = found.split_once(' ').unwrap();
            return (name.to_owned(), comment.to_owned());
        }
        assert!(began.elapsed() < Duration::from_secs(120), "no schema is being filled");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Makes a schema with this comment and a table.
async fn lay(sql: &Sql, schema: &str, comment: &str) {
    let make =
        format!("CREATE SCHEMA {schema}; COMMENT ON SCHEMA {schema} IS '{comment}'; CREATE TABLE {schema}.customer AS SELECT 1 AS id");
    sql.run(&make).await;
}

/// Makes a backup and looks at nothing else.
async fn back_up(book: &TestBook) {
    let state = ended(book, book.ok(MakeBackup {}).await).await;
    assert_eq!((state.stage, state.problem), (WorkStage::Done, None), "{state:?}");
}

/// Waits until a schema is gone.
async fn gone(sql: &Sql, schema: &str) {
    let began = Instant::now();
    while is_there(sql, schema).await {
        assert!(began.elapsed() < Duration::from_secs(120), "it is still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn is_there(sql: &Sql, schema: &str) -> bool {
    sql.number(&format!("SELECT COUNT(*) FROM pg_namespace WHERE nspname = '{schema}'"))
        .await
        == 1
}

async fn only_what_was_left_goes(book: TestBook) {
    let BookLocation::Server(server) = book.location.clone() else {
        panic!("it is on a server")
    };
    let (own, sql) = (server.schema, &book.sql);
    book.customer("Ann").await;
    let backup = made(&book).await.name;
    let folder = PathBuf::from(book.ok(ListBackups {}).await.folder.unwrap());
    let options = OpenOptions {
        backups: Some(folder),
        ..options()
    };
    let desk = App::open(book.location.clone(), options).await.unwrap();
    let owner = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    desk.call(owner, None).await.unwrap();

    // Another desk looks while one is being filled, and leaves it.
    let (state, (filled, mark)) = tokio::join!(restored(&book, &backup), async {
        let found = being_filled(sql, &own).await;
        desk.call(ListBackups {}, None).await.unwrap();
        found
    });
    desk.close().await;
    let kept = state.result.unwrap();
    assert!(mark.ends_with(&format!(" {own}")), "{mark}");
    assert!(!is_there(sql, &filled).await, "it is the book now");

    let left = format!("{own}_restored_0123abcd");
    let of_others = [
        // What comes before is cut, so that two books may have it in common.
        (format!("{own}_restored_89abcdef"), format!("{mark}_two")),
        (format!("{own}_restored_fedcba98"), String::new()),
        (format!("{own}_two_restored_0123abcd"), mark.clone()),
        (format!("{own}_replaced_20261122_0123abcd"), mark.clone()),
    ];
    for (schema, comment) in &of_others {
        lay(sql, schema, comment).await;
    }
    lay(sql, &left, &mark).await;
    // Somebody holds the book alone, and may be filling it.
    sql.run("BEGIN").await;
    sql.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele ' || current_schema(), 0))")
        .await;
    back_up(&book).await;
    assert!(is_there(sql, &left).await);
    sql.run("ROLLBACK").await;
    // The next backup, the next restore, the next look at the list.
    back_up(&book).await;
    assert!(!is_there(sql, &left).await);
    lay(sql, &left, &mark).await;
    let also_kept = restored(&book, &backup).await.result.unwrap();
    assert!(!is_there(sql, &left).await);
    lay(sql, &left, &mark).await;
    book.ok(ListBackups {}).await;
    gone(sql, &left).await;

    for schema in of_others.iter().map(|(schema, _)| schema).chain([&kept, &also_kept]) {
        let rows = sql.number(&format!("SELECT COUNT(*) FROM {schema}.customer")).await;
        assert!(rows > 0, "{schema}");
        sql.run(&format!("DROP SCHEMA {schema} CASCADE")).await;
    }
    book.customer("Bea").await;
    book.verified().await;
}

#[tokio::test]
async fn what_killed_restores_have_left_on_a_server_goes_and_nothing_else() {
    with_book(Database::Postgres, only_what_was_left_goes).await;
}

#[tokio::test]
async fn what_killed_restores_have_left_goes_soon_after_the_book_was_opened_in_a_window() {
    with_book(Database::Postgres, |book| async move {
        let BookLocation::Server(server) = book.location.clone() else {
            panic!("it is on a server")
        };
        let (own, sql) = (server.schema, &book.sql);
        let left = format!("{own}_restored_0123abcd");
        lay(sql, &left, &format!("made by a restore of Clientele in the place of {own}")).await;
        let desk = book.again().await;
        assert!(is_there(sql, &left).await, "opening itself does not wait for it");
        let upkeep = desk.upkeep(false);
        gone(sql, &left).await;
        drop(upkeep);
        desk.close().await;
        book.customer("Ann").await;
    })
    .await;
}

#[tokio::test]
async fn a_restore_that_is_canceled_where_nobody_is_heard_says_what_it_leaves_and_that_goes_by_itself() {
    with_book(Database::Postgres, |book| async move {
        let (location, network) = book.over_a_network();
        let BookLocation::Server(server) = &location else {
            panic!("it is on a server")
        };
        let (own, sql) = (server.schema.clone(), &book.sql);
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            backups: Some(folder.path().to_owned()),
            ..options()
        };
        let far = App::open(location, options).await.unwrap();
        let owner = SignIn {
            email: OWNER_EMAIL.to_owned(),
            password: OWNER_PASSWORD.into(),
        };
        far.call(owner, None).await.unwrap();
        let is_over = |state: &contract::work::WorkState| !state.stage.is_running();
        far.call(MakeBackup {}, None).await.unwrap();
        far.work().watch().wait_for(is_over).await.unwrap();
        let name = far.call(ListBackups {}, None).await.unwrap().items.remove(0).name;
        let password = OWNER_PASSWORD.into();
        far.call(ConfirmPassword { password }, None).await.unwrap();

        let restoring = tokio::spawn({
            let far = far.clone();
            async move { far.call(RestoreBackup { name }, None).await }
        });
        let (filled, _) = being_filled(sql, &own).await;
        let work = far.work();
        work.watch().wait_for(|state| state.stage == WorkStage::Copying).await.unwrap();
        network.fall_silent();
        work.cancel();
        // How it began is of no account here.
        let _begun = restoring.await.unwrap();
        work.watch().wait_for(is_over).await.unwrap();
        let state = work.state();
        assert_eq!(
            (state.stage, state.problem),
            (WorkStage::Failed, Some(WorkProblem::RemovedLater)),
            "{state:?}"
        );
        assert_eq!(state.detail.as_ref(), Some(&filled));
        assert!(is_there(sql, &filled).await);
        far.close().await;

        // The server hears that its desk is gone, and the next look takes away what was left.
        drop(network);
        let began = Instant::now();
        while is_there(sql, &filled).await {
            assert!(began.elapsed() < Duration::from_secs(120), "it is still there");
            book.ok(ListBackups {}).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        book.customer("Bea").await;
        book.verified().await;
    })
    .await;
}

on_both! {
    async fn a_record_that_was_left_alone_keeps_no_backup_from_its_name(book: TestBook) {
        let folder = tempfile::tempdir().unwrap();
        let path = |more: &str| folder.path().join(format!("copy.clientele{more}"));
        let (target, record, flawed) = (path(""), path(".json"), path(".flawed.json"));
        let write = async || book.app.write_backup(&target, &Work::new(WorkKind::Backup)).await;
        let proof = write().await.unwrap();
        assert!(proof.iter().any(|table| table.table == "customer" && table.rows == 1), "{proof:?}");

        // Every night the copy is taken elsewhere, and its record is not.
        fs::remove_file(&target).unwrap();
        assert_eq!(write().await.unwrap(), proof);
        assert!(target.exists() && record.exists());

        // Where there are no links, a copy is moved to an empty file of its name. Killed before that, its writer has left all three.
        let left = path(".0123abcd.partial");
        fs::rename(&target, &left).unwrap();
        fs::write(&target, "").unwrap();
        assert_eq!(write().await.unwrap(), proof);
        assert!(!left.exists() && fs::metadata(&target).unwrap().len() > 0);

        // A record of a copy of a book that did not pass its check, and one that is none.
        fs::copy(&record, &flawed).unwrap();
        fs::remove_file(&target).unwrap();
        assert_eq!(write().await.unwrap(), proof);
        assert!(!flawed.exists());
        fs::write(&flawed, "of somebody else").unwrap();
        fs::remove_file(&target).unwrap();
        assert_eq!(write().await.unwrap(), proof);
        assert_eq!(fs::read(&flawed).unwrap(), b"of somebody else");

        // Somebody stands between the two names, and an earlier one was killed there.
        fs::remove_file(&target).unwrap();
        fs::write(&left, "left").unwrap();
        let living = path(".11111111.partial");
        fs::write(&living, "whole").unwrap();
        let mark = fs::File::create(path(".11111111.partial-lock")).unwrap();
        mark.try_lock().unwrap();
        let refused = write().await;
        assert!(matches!(&refused, Err(Trouble::Problem(WorkProblem::Exists, name)) if *name == record.display().to_string()), "{refused:?}");
        assert!(record.exists() && living.exists() && !target.exists());
        drop(mark);
        assert_eq!(write().await.unwrap(), proof);
        assert!(!left.exists() && !living.exists());
    }
}

/// By the record of another copy it would be taken for one that was altered, and nobody could go back to it.
#[tokio::test]
async fn beside_a_copy_without_a_record_there_is_none_of_another_copy() {
    let book = TestBook::new(Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |more: &str| folder.path().join(format!("copy.clientele{more}"));
    let (target, record, flawed, flawed_record) = (path(""), path(".json"), path(".flawed"), path(".flawed.json"));
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    };
    let only = |file: &PathBuf| vec![file.clone()];
    book.app.write_backup(&target, &Work::new(WorkKind::Backup)).await.unwrap();
    let kept = fs::read(&record).unwrap();
    book.customer("Ann").await;

    // The copy was taken elsewhere and its record was not, nor was that of an earlier one of a book that did not pass its check.
    fs::remove_file(&target).unwrap();
    fs::write(&flawed_record, &kept).unwrap();
    book.app.backup(&target).await.unwrap();
    assert_eq!(names(), only(&target));
    let other = tempfile::tempdir().unwrap();
    let restored = other.path().join("book.clientele");
    engine::restore(&restored, &target, &Work::new(WorkKind::Restore)).await.unwrap();

    // Where there are no links, a record is moved to an empty file of its name. Killed before that, its writer has left it.
    fs::remove_file(&target).unwrap();
    fs::write(&record, "").unwrap();
    book.app.backup(&target).await.unwrap();
    assert_eq!(names(), only(&target));

    // What is no record stays, and the copy is not made.
    fs::remove_file(&target).unwrap();
    fs::write(&record, "of somebody else").unwrap();
    let refused = book.app.backup(&target).await;
    assert!(
        matches!(&refused, Err(BackupError::RecordExists(name)) if *name == record),
        "{refused:?}"
    );
    assert_eq!(fs::read(&record).unwrap(), b"of somebody else");
    assert_eq!(names(), only(&record));

    // Nor is it where somebody stands between the two names of a copy with a record.
    fs::write(&record, &kept).unwrap();
    let living = path(".11111111.partial");
    fs::write(&living, "whole").unwrap();
    let mark = fs::File::create(path(".11111111.partial-lock")).unwrap();
    mark.try_lock().unwrap();
    let refused = book.app.backup(&target).await;
    assert!(
        matches!(&refused, Err(BackupError::RecordExists(name)) if *name == record),
        "{refused:?}"
    );
    assert!(record.exists() && living.exists() && !target.exists());
    drop(mark);
    book.app.backup(&target).await.unwrap();
    assert_eq!(names(), only(&target));

    // Of a book that does not pass its check the other name counts.
    fs::remove_file(&target).unwrap();
    fs::write(&flawed_record, "of somebody else").unwrap();
    book.sql.run("UPDATE figure SET amount = amount + 1").await;
    let refused = book.app.backup(&target).await;
    assert!(
        matches!(&refused, Err(BackupError::RecordExists(name)) if *name == flawed_record),
        "{refused:?}"
    );
    assert_eq!(names(), only(&flawed_record));
    fs::write(&flawed_record, &kept).unwrap();
    let made = book.app.backup(&target).await;
    assert!(
        matches!(&made, Err(BackupError::Flawed { kept, .. }) if *kept == flawed),
        "{made:?}"
    );
    assert_eq!(names(), only(&flawed));
    book.end().await;
}

#[tokio::test]
async fn a_record_among_the_backups_stays_while_somebody_writes_its_copy() {
    let book = TestBook::new(Database::Sqlite).await;
    let shelf = engine::Shelf::of_file(&book.file(), None);
    shelf.make().unwrap();
    let path = |more: &str| shelf.folder.join(format!("book 2026-11-21 090000Z daily.clientele{more}"));
    let (record, left, living) = (path(".json"), path(".0123abcd.partial"), path(".11111111.partial"));
    for file in [&record, &left, &living] {
        fs::write(file, "half").unwrap();
    }
    let mark = fs::File::create(path(".11111111.partial-lock")).unwrap();
    mark.try_lock().unwrap();
    shelf.sweep();
    assert!(record.exists() && living.exists() && !left.exists());
    drop(mark);
    shelf.sweep();
    assert!(!record.exists() && !living.exists());
    book.end().await;
}
