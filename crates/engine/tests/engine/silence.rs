//! A server that is not heard any more, without a word, or that is suddenly another one. A file has no network.

use std::time::{Duration, Instant};

use contract::{Error, customer::ListCustomers, work::WorkStage};
use engine::{App, BookLocation, MoveOptions, OpenError, OpenOptions};

use crate::support::*;

/// Longer than anything here may take; without a deadline of its own, it takes a quarter of an hour.
const LONG: Duration = Duration::from_secs(60);

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
        let waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('customer' AS regclass)";
        let began = Instant::now();
        while book.sql.number(waits).await == 0 {
            assert!(began.elapsed() < LONG, "it never came to the table");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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
        let waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('seaql_migrations' AS regclass)";
        let began = Instant::now();
        while book.sql.number(waits).await == 0 {
            assert!(began.elapsed() < LONG, "it never came to the table");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        network.fall_silent();
        let opened = tokio::time::timeout(LONG, opening).await.expect("ended").unwrap();
        assert!(matches!(opened, Err(OpenError::Unreachable(_))), "{opened:?}");
        book.sql.run("ROLLBACK").await;
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
        let refusal = far.call(new_customer("Eve"), None).await;
        assert!(matches!(refusal, Err(Error::Unavailable { .. })), "{refusal:?}");
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
