//! A server that has no connection to spare for a desk, and how many a desk takes. A role that may have only so many stands for
//! such a server.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::task::JoinHandle;

use super::{Db, Stop, Wanted, is_crowded, statement};

/// Nothing here may be waited for that long.
const LONG: Duration = Duration::from_secs(8);
/// A query that takes three seconds.
const SLOW: &str = "SELECT '1' FROM pg_sleep(3)";
/// A query that takes as long as a server lets it.
const ENDLESS: &str = "SELECT '1' FROM pg_sleep(60)";

/// How something is read.
type Read = fn(&Db, &'static str, &Stop) -> JoinHandle<bool>;
/// Both kinds of reads.
const KINDS: [Read; 2] = [list, other];

/// Somebody else on the server, and the role of a desk.
struct Crowd {
    other: PgConnection,
    role: String,
}

impl Crowd {
    /// The role may have so many connections; all that it wants, below zero.
    async fn new(name: &str, limit: i32) -> (Self, Db) {
        let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let role = format!("{name}_{}", std::process::id());
        let other = PgConnection::connect(&url).await.unwrap();
        let mut crowd = Self { other, role };
        crowd
            .run(&format!("CREATE ROLE {} LOGIN CONNECTION LIMIT {limit}", crowd.role))
            .await;
        let options: PgConnectOptions = url.parse().unwrap();
        let db = Db::open_server(options.username(&crowd.role), "public").await.unwrap();
        (crowd, db)
    }

    async fn run(&mut self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.other).await.unwrap();
    }

    /// How many connections the desk has open.
    async fn open(&mut self) -> i64 {
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE usename = $1";
        sqlx::query_scalar(sql)
            .bind(self.role.clone())
            .fetch_one(&mut self.other)
            .await
            .unwrap()
    }

    async fn end(mut self, db: Db) {
        db.close().await.unwrap();
        let began = Instant::now();
        while self.open().await > 0 {
            assert!(began.elapsed() < LONG, "connections are left open");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.run(&format!("DROP ROLE {}", self.role)).await;
        self.other.close().await.unwrap();
    }
}

/// A list, as it is read.
fn list(db: &Db, sql: &'static str, stop: &Stop) -> JoinHandle<bool> {
    let (db, stop) = (db.clone(), stop.clone());
    tokio::spawn(async move { db.texts(sql, Vec::new(), &stop).await.is_ok() })
}

/// Another read.
fn other(db: &Db, sql: &'static str, stop: &Stop) -> JoinHandle<bool> {
    let (db, stop) = (db.clone(), stop.clone());
    let asked = statement(&db.reader(), sql, Vec::new());
    tokio::spawn(async move { db.asked(asked, Wanted::One, &stop).await.is_ok() })
}

/// What comes of it, which takes no long time.
async fn soon<T>(what: &str, done: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONG, done).await.expect(what)
}

#[tokio::test]
async fn a_desk_takes_nine_connections_in_a_burst_with_the_one_that_listens() {
    let (mut crowd, db) = Crowd::new("burst", -1).await;
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(db.begin().await.unwrap());
    }
    let stop = Stop::default();
    let reads: Vec<_> = (0..8)
        .flat_map(|_| [list(&db, ENDLESS, &stop), other(&db, ENDLESS, &stop)])
        .collect();
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(crowd.open().await, 8);
    soon("stopped", stop.stop()).await;
    for read in reads {
        assert!(!soon("ended", read).await.unwrap());
    }
    for transaction in begun {
        transaction.rollback().await.unwrap();
    }
    crowd.end(db).await;
}

#[tokio::test]
async fn neither_lists_nor_other_reads_wait_for_slow_ones_of_the_other_kind() {
    let (crowd, db) = Crowd::new("kinds", -1).await;
    let [list, other] = KINDS;
    for (slow, fast) in [(list, other), (other, list)] {
        let (stop, never) = (Stop::default(), Stop::default());
        let reads: Vec<_> = (0..5).map(|_| slow(&db, ENDLESS, &stop)).collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(soon("the other kind", fast(&db, "SELECT '1'", &never)).await.unwrap());
        soon("stopped", stop.stop()).await;
        for read in reads {
            assert!(!soon("ended", read).await.unwrap());
        }
    }
    crowd.end(db).await;
}

#[tokio::test]
async fn a_read_goes_on_over_the_pool_or_the_next_reader_that_is_free() {
    let (mut crowd, db) = Crowd::new("reads", 2).await;
    let never = Stop::default();
    let slow = list(&db, SLOW, &never);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(crowd.open().await, 2);
    // The pool has one that nobody uses, and has it back: it is what a transaction begins on next.
    for read in KINDS {
        assert!(soon("lent", read(&db, "SELECT '1'", &never)).await.unwrap());
    }
    assert!(!slow.is_finished());
    let transaction = soon("given back", db.begin()).await.unwrap();
    let waiting = other(&db, "SELECT '1'", &never);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished() && !slow.is_finished(), "both are in use");
    assert!(soon("the slow one", slow).await.unwrap());
    assert!(soon("after it", waiting).await.unwrap());
    transaction.rollback().await.unwrap();
    // A query is canceled, although that takes a connection.
    let stop = Stop::default();
    let endless = list(&db, ENDLESS, &stop);
    tokio::time::sleep(Duration::from_millis(300)).await;
    soon("stopped", stop.stop()).await;
    assert!(!soon("ended", endless).await.unwrap());
    crowd.end(db).await;
}

#[tokio::test]
async fn a_lent_connection_is_closed_where_a_cancel_request_may_still_reach_it() {
    for (sql, is_stopped) in [(ENDLESS, true), (SLOW, false)] {
        let (mut crowd, db) = Crowd::new("lent", 2).await;
        let both = [db.begin().await.unwrap(), db.begin().await.unwrap()];
        for transaction in both {
            transaction.rollback().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let stop = Stop::default();
        let read = list(&db, sql, &stop);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(crowd.open().await, 2, "both are of the pool");
        if is_stopped {
            soon("stopped", stop.stop()).await;
            assert!(!soon("ended", read).await.unwrap());
        } else {
            // Nobody waits for it any more, and it can still be stopped.
            read.abort();
        }
        let began = Instant::now();
        while crowd.open().await > 1 {
            assert!(began.elapsed() < LONG, "it is used again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        crowd.end(db).await;
    }
}

#[tokio::test]
async fn a_transaction_begins_on_what_comes_back_to_the_pool_or_in_the_place_of_an_idle_reader() {
    let (crowd, db) = Crowd::new("begins", 1).await;
    let first = db.begin().await.unwrap();
    let (of, began) = (db.clone(), Instant::now());
    let second = tokio::spawn(async move { of.begin().await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!second.is_finished(), "it waits");
    first.rollback().await.unwrap();
    soon("the second", second).await.unwrap().unwrap().rollback().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    crowd.end(db).await;

    let (mut crowd, db) = Crowd::new("room", 2).await;
    assert!(list(&db, "SELECT '1'", &Stop::default()).await.unwrap());
    let first = db.begin().await.unwrap();
    assert_eq!(crowd.open().await, 2, "one of them reads, and rests");
    soon("the second", db.begin()).await.unwrap().rollback().await.unwrap();
    first.rollback().await.unwrap();
    crowd.end(db).await;
}

#[tokio::test]
async fn only_a_desk_that_has_none_open_is_told_that_there_are_too_many() {
    let (mut crowd, db) = Crowd::new("none", 1).await;
    crowd.run(&format!("ALTER ROLE {} CONNECTION LIMIT 0", crowd.role)).await;
    assert!(soon("the open one", list(&db, "SELECT '1'", &Stop::default())).await.unwrap());
    crowd
        .run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'",
            crowd.role
        ))
        .await;
    let error = soon("a read", db.texts("SELECT '1'", Vec::new(), &Stop::default()))
        .await
        .unwrap_err();
    assert!(is_crowded(&error), "{error}");
    db.renew();
    let error = tokio::time::timeout(LONG * 2, db.begin()).await.expect("a write").unwrap_err();
    assert!(is_crowded(&error), "{error}");
    crowd.run(&format!("ALTER ROLE {} CONNECTION LIMIT 1", crowd.role)).await;
    soon("there is room", db.begin()).await.unwrap().rollback().await.unwrap();
    crowd.end(db).await;
}
