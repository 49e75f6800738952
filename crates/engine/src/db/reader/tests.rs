//! Readers, on both databases.

use super::*;
use crate::db::{Db, is_unavailable};

/// Counts for minutes.
const LONG: &str =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT CAST(COUNT(*) AS TEXT) FROM n";

async fn both(folder: &tempfile::TempDir) -> [Db; 2] {
    let server = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
    [
        Db::open_file(&folder.path().join("book.db"), true).await.unwrap(),
        Db::open_server(server.parse().unwrap(), "public").await.unwrap(),
    ]
}

#[tokio::test]
async fn closing_waits_for_a_query_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    for db in both(&folder).await {
        let (stop, of) = (Stop::default(), db.clone());
        let given = stop.clone();
        let long = tokio::spawn(async move { of.texts(LONG, Vec::new(), &given).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let closing = tokio::spawn(db.clone().close());
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!closing.is_finished(), "it waits");
        stop.stop().await;
        long.await.unwrap().unwrap_err();
        closing.await.unwrap().unwrap();
        let error = db.texts("SELECT '1'", Vec::new(), &Stop::default()).await.unwrap_err();
        assert!(is_unavailable(&error), "{error}");
    }
}

/// Handles of this process on the files in a folder.
#[cfg(target_os = "linux")]
fn handles(folder: &tempfile::TempDir) -> usize {
    let folder = folder.path().canonicalize().unwrap();
    let all = std::fs::read_dir("/proc/self/fd").unwrap();
    all.filter(|handle| {
        let target = handle.as_ref().ok().and_then(|handle| std::fs::read_link(handle.path()).ok());
        target.is_some_and(|target| target.starts_with(&folder))
    })
    .count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_is_read_for_too_long_is_said_to_be_open_and_closed_with_the_end_of_the_query() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_file(&folder.path().join("book.db"), true).await.unwrap();
    let (stop, of) = (Stop::default(), db.clone());
    let given = stop.clone();
    let long = tokio::spawn(async move { of.texts(LONG, Vec::new(), &given).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    db.close().await.unwrap_err();
    assert!(handles(&folder) > 0);
    stop.stop().await;
    long.await.unwrap().unwrap_err();
    assert_eq!(handles(&folder), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_was_closed_is_open_no_more_however_much_was_learned_of_it() {
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

    let folder = tempfile::tempdir().unwrap();
    for round in 0..10 {
        let db = Db::open_file(&folder.path().join(format!("{round}.db")), true).await.unwrap();
        // Learned of few rows, and more of it worth knowing since there are many.
        let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %) INSERT INTO t SELECT i % 7, i FROM n";
        let make = format!(
            "CREATE TABLE t (a, b); CREATE INDEX by_a ON t (a); CREATE INDEX by_b ON t (b); {}; ANALYZE; {}",
            rows.replacen('%', "10", 1),
            rows.replacen('%', "20000", 1)
        );
        db.writer().execute_unprepared(&make).await.unwrap();
        let asked = "SELECT CAST(b AS TEXT) FROM t WHERE a = 3 AND b = 5";
        db.texts(asked, Vec::new(), &Stop::default()).await.unwrap();
        db.reader()
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, asked))
            .await
            .unwrap();
        db.close().await.unwrap();
        assert_eq!(handles(&folder), 0);
    }
}

#[tokio::test]
async fn a_stopped_query_ends_at_once_and_its_reader_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for db in both(&folder).await {
        for _ in 0..8 {
            let stop = Stop::default();
            let (given, of) = (stop.clone(), db.clone());
            let long = tokio::spawn(async move { of.texts(LONG, Vec::new(), &given).await });
            tokio::time::sleep(Duration::from_millis(60)).await;
            let asked = Instant::now();
            stop.stop().await;
            let error = long.await.unwrap().unwrap_err();
            assert!(is_unavailable(&error), "{error}");
            assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
            assert!(db.texts("SELECT '1'", Vec::new(), &stop).await.is_err(), "it stays stopped");
        }
        let rows = db
            .texts("SELECT CAST(? AS TEXT)", vec!["still here".into()], &Stop::default())
            .await
            .unwrap();
        assert_eq!(rows, [[Some("still here".to_owned())]]);
        db.close().await.unwrap();
    }
}

/// Connections that are open and not used.
fn idle(db: &Db) -> usize {
    let (readers, _) = db.readers();
    readers.idle.lock().unwrap().len()
}

#[tokio::test]
async fn a_value_that_cannot_be_bound_costs_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    for db in both(&folder).await {
        db.texts("SELECT '1'", Vec::new(), &Stop::default()).await.unwrap();
        assert_eq!(idle(&db), 1);
        let error = db.texts("SELECT ?", vec![u64::MAX.into()], &Stop::default()).await.unwrap_err();
        assert!(matches!(error, DbErr::Type(_)), "{error}");
        assert_eq!(idle(&db), 1);
        db.close().await.unwrap();
    }
}

async fn assert_waits_in_time(db: Db) {
    let (readers, _) = db.readers();
    let taken = readers.free.acquire_many(READERS).await.unwrap();
    let (stop, of) = (Stop::default(), db.clone());
    let given = stop.clone();
    let waiting = tokio::spawn(async move { of.texts("SELECT '1'", Vec::new(), &given).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "it waits");
    let began = Instant::now();
    stop.stop().await;
    let error = waiting.await.unwrap().unwrap_err();
    assert!(is_unavailable(&error), "{error}");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let (began, never) = (Instant::now(), Stop::default());
    let asked = tokio::time::timeout(PLACE_WITHIN * 2, db.texts("SELECT '1'", Vec::new(), &never)).await;
    let error = asked.expect("it has a limit of its own").unwrap_err();
    assert!(is_unavailable(&error), "{error}");
    assert!(began.elapsed() >= PLACE_WITHIN, "{:?}", began.elapsed());
    drop(taken);
    db.texts("SELECT '1'", Vec::new(), &never).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn who_waits_for_a_place_is_stopped_or_given_up_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let [file, server] = both(&folder).await;
    // At the same time, because each waits for ten seconds.
    tokio::join!(assert_waits_in_time(file), assert_waits_in_time(server));
}

#[tokio::test]
async fn what_a_server_has_open_for_nobody_is_closed_and_what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    for db in both(&folder).await {
        db.texts("SELECT '1'", Vec::new(), &Stop::default()).await.unwrap();
        db.rest_unused(Duration::from_secs(60)).await;
        assert_eq!(idle(&db), 1, "it was used just now");
        tokio::time::sleep(Duration::from_millis(50)).await;
        db.rest_unused(Duration::from_millis(50)).await;
        assert_eq!(idle(&db), usize::from(!db.is_server()));
        db.rest().await;
        assert_eq!(idle(&db), 0);
        db.texts("SELECT '1'", Vec::new(), &Stop::default()).await.unwrap();
        db.close().await.unwrap();
    }
}
