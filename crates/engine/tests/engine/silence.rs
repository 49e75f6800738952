//! A server that is not heard any more, without a word, or that is suddenly another one. A file has no network.

use std::time::{Duration, Instant};

use contract::{Error, Outcome, customer::ListCustomers, work::WorkStage};
use engine::{App, BookLocation, MoveOptions, OpenError, OpenOptions, examine};

use crate::support::*;

/// Longer than anything here may take; without a deadline of its own, it takes a quarter of an hour.
const LONG: Duration = Duration::from_secs(60);
/// Nobody waits for longer.
const LONGEST: Duration = Duration::from_secs(15);

/// What comes of what somebody waits for.
async fn in_time<T>(what: &str, longest: Duration, asked: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = tokio::time::timeout(LONG, asked).await.expect(what);
    assert!(began.elapsed() < longest, "{what}: {:?}", began.elapsed());
    answer
}

/// Waits until somebody waits for a table.
async fn waits_for(sql: &Sql, table: &str) {
    let waits = format!("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('{table}' AS regclass)");
    let began = Instant::now();
    while sql.number(&waits).await == 0 {
        assert!(began.elapsed() < LONG, "it never came to the table");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn is_not_done<T>(answer: &Result<T, Error>) -> bool {
    let told = answer.as_ref().err();
    told.is_some_and(|error| {
        matches!(
            error,
            Error::Unavailable {
                outcome: Outcome::NotDone,
                ..
            }
        )
    })
}

#[tokio::test]
async fn a_book_is_closed_in_time_where_nothing_is_heard_any_more() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        let upkeep = far.upkeep(false);
        tokio::time::sleep(Duration::from_millis(500)).await;
        network.fall_silent();
        // What is given up in the middle is waited for, too.
        let asking = tokio::spawn({
            let far = far.clone();
            async move { far.call(ListCustomers::default(), None).await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(upkeep);
        let began = Instant::now();
        tokio::time::timeout(LONG, far.close()).await.expect("closed");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        asking.abort();
    })
    .await;
}

#[tokio::test]
async fn a_desk_whose_connections_died_without_a_word_hears_of_changes_again() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        let upkeep = far.upkeep(false);
        let mut changes = far.changes_elsewhere();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        changes.borrow_and_update();
        // As after a night in which the computer slept.
        network.lose();
        book.customer("Ann").await;
        let began = Instant::now();
        tokio::time::timeout(LONG, changes.changed()).await.expect("told").unwrap();
        assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
        drop(upkeep);
        far.close().await;
    })
    .await;
}

#[tokio::test]
async fn work_is_canceled_although_the_server_is_not_heard_any_more() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        let folder = tempfile::tempdir().unwrap();
        let target = BookLocation::File(folder.path().join("book.clientele"));
        // It stops at this table, in the middle of a question.
        book.sql.run("BEGIN").await;
        book.sql.run("LOCK TABLE customer IN ACCESS EXCLUSIVE MODE").await;
        far.begin_move(target, MoveOptions { dry_run: true }).await.unwrap();
        waits_for(&book.sql, "customer").await;
        network.fall_silent();
        let work = far.work();
        assert!(work.state().stage.is_running());
        let began = Instant::now();
        work.cancel();
        let mut watch = work.watch();
        let ended = watch.wait_for(|state| !state.stage.is_running());
        let stage = tokio::time::timeout(LONG, ended).await.expect("ended").unwrap().stage;
        assert_eq!(stage, WorkStage::Canceled);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        book.sql.run("ROLLBACK").await;
        far.close().await;
        // Whoever was not heard of does not keep the others from writing for ever.
        drop(network);
        let began = Instant::now();
        while let Err(error) = book.call(new_customer("Bea")).await {
            assert!(began.elapsed() < LONG, "{error:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn opening_ends_where_nothing_is_heard_any_more_in_the_middle_of_it() {
    with_book(Database::Postgres, |book| async move {
        let (location, network) = book.over_a_network();
        // It asks for the steps of the tables and waits here.
        book.sql.run("BEGIN").await;
        book.sql.run("LOCK TABLE seaql_migrations IN ACCESS EXCLUSIVE MODE").await;
        let opening = tokio::spawn(App::open(location, OpenOptions::default()));
        waits_for(&book.sql, "seaql_migrations").await;
        network.fall_silent();
        // In the window a keyring may have been waited for before, and that for five seconds.
        let opened = in_time("opening", LONGEST - Duration::from_secs(5), opening).await.unwrap();
        assert!(matches!(opened, Err(OpenError::Unreachable(_))), "{opened:?}");
        book.sql.run("ROLLBACK").await;
    })
    .await;
}

#[tokio::test]
async fn a_check_ends_where_nothing_is_heard_any_more_in_the_middle_of_it() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        book.sql.run("BEGIN").await;
        book.sql.run("LOCK TABLE payment IN ACCESS EXCLUSIVE MODE").await;
        let checking = tokio::spawn({
            let far = far.clone();
            async move { far.verify().await }
        });
        waits_for(&book.sql, "payment").await;
        network.fall_silent();
        let checked = in_time("a check", LONGEST, checking).await.unwrap();
        assert!(is_not_done(&checked), "{checked:?}");
        book.sql.run("ROLLBACK").await;
        far.close().await;
    })
    .await;
}

#[tokio::test]
async fn whatever_is_asked_of_a_server_that_is_not_heard_is_answered_in_time() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        let location = far.location().clone();
        let BookLocation::Server(server) = &location else {
            panic!("it is on a server")
        };
        let folder = tempfile::tempdir().unwrap();
        let target = BookLocation::File(folder.path().join("book.clientele"));
        // So long that even whether somebody is still signed in has to be asked.
        tokio::time::sleep(Duration::from_millis(5_500)).await;
        network.fall_silent();
        let (opened, steps, checked, begun, written, read) = tokio::join!(
            in_time("opening", LONGEST, App::open(location.clone(), OpenOptions::default())),
            in_time("a try", LONGEST, examine(server)),
            in_time("a check", LONGEST, far.verify()),
            in_time("a move", LONGEST, far.begin_move(target, MoveOptions { dry_run: true })),
            in_time("a write", LONGEST, far.call(new_customer("Eve"), None)),
            in_time("a read", LONGEST, far.call(ListCustomers::default(), None))
        );
        assert!(matches!(opened, Err(OpenError::Unreachable(_))), "{opened:?}");
        assert!(steps.last().is_some_and(|step| !step.is_done), "{steps:?}");
        assert!(is_not_done(&checked) && is_not_done(&begun), "{checked:?} {begun:?}");
        assert!(matches!(written, Err(Error::Unavailable { .. })), "{written:?}");
        assert!(is_not_done(&read), "{read:?}");
        in_time("closing", LONGEST, far.close()).await;
    })
    .await;
}

/// Reads a list, and gives up the reading before.
async fn read(far: App) -> Result<(), Error> {
    far.call(ListCustomers::default(), Some("list".to_owned())).await.map(drop)
}

#[tokio::test]
async fn a_newer_read_waits_no_longer_because_the_older_one_cannot_be_ended() {
    with_book(Database::Postgres, |book| async move {
        let (far, network) = book.far().await;
        read(far.clone()).await.unwrap();
        network.fall_silent();
        let older = tokio::spawn(read(far.clone()));
        tokio::time::sleep(Duration::from_millis(500)).await;
        let newer = in_time("a read", Duration::from_millis(11_500), read(far.clone())).await;
        assert!(is_not_done(&newer), "{newer:?}");
        assert!(is_not_done(&older.await.unwrap()));
        far.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_becomes_another_one_while_the_book_is_open_is_not_written_to() {
    let other = TestBook::new(Database::Postgres).await;
    let theirs = other.location.clone();
    with_book(Database::Postgres, |book| async move {
        let (BookLocation::Server(own), BookLocation::Server(theirs)) = (&book.location, &theirs) else {
            panic!("both are on a server");
        };
        let rename = |from: &str, to: &str| format!("ALTER SCHEMA {from} RENAME TO {to}");
        let (far, network) = book.far().await;
        let kept = format!("{}_kept", own.schema);
        book.sql.run(&rename(&own.schema, &kept)).await;
        book.sql.run(&rename(&theirs.schema, &own.schema)).await;
        network.cut();
        let before = book.sql.everything().await;
        let refusal = in_time("a write", LONGEST, far.call(new_customer("Eve"), None)).await;
        assert_eq!(refusal.map(drop), Err(Error::Swapped));
        // Sooner than the page gives up asking whether the database is there.
        let refusal = in_time("a read", Duration::from_secs(4), far.call(ListCustomers::default(), None)).await;
        assert_eq!(refusal.map(drop), Err(Error::Swapped));
        // Rights that were looked at a while ago are looked at again.
        tokio::time::sleep(Duration::from_secs(6)).await;
        let rehearsal = MoveOptions { dry_run: true };
        let refusal = in_time("a move", LONGEST, far.begin_move(book.location.clone(), rehearsal)).await;
        assert_eq!(refusal.map(drop), Err(Error::Swapped));
        assert_eq!(book.sql.everything().await, before);
        let expecting = OpenOptions {
            expected: Some(far.identity().clone()),
            ..OpenOptions::default()
        };
        let opened = App::open(book.location.clone(), expecting).await;
        assert!(matches!(opened, Err(OpenError::Swapped)), "{opened:?}");
        // When the right one is there again, the desk goes on with it.
        book.sql.run(&rename(&own.schema, &theirs.schema)).await;
        book.sql.run(&rename(&kept, &own.schema)).await;
        far.call(new_customer("Bea"), None).await.unwrap();
        far.close().await;
    })
    .await;
    assert_eq!(other.sql.number("SELECT COUNT(*) FROM customer WHERE full_name = 'Eve'").await, 0);
    other.end().await;
}
