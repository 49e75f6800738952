//! What happens to connections when those who use them go away, which ones are used at all, and what their errors mean.

use std::{
    borrow::Cow,
    fmt,
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use sqlx::{
    Connection, PgConnection, SqliteConnection,
    error::{DatabaseError, ErrorKind},
    postgres::PgConnectOptions,
    sqlite::SqliteSynchronous,
};

use super::{
    Db, PRAGMAS, Stop, damage,
    file::{check_pragmas, file_options},
    is_full, is_unavailable, of_driver,
    reader::Readers,
};
use crate::book::{OpenError, error::cause};

/// Looks at the beginning of a transaction so often, and gives it up then.
async fn give_up<T>(begins: impl Future<Output = T>, looks: u32) {
    let mut begins = pin!(begins);
    for _ in 0..looks {
        if poll_fn(|context| Poll::Ready(begins.as_mut().poll(context).is_ready())).await {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transaction_that_is_given_up_while_it_begins_is_left_open_nowhere() {
    let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
    let options: PgConnectOptions = url.parse().unwrap();
    let name = format!("given_up_{}", std::process::id());
    let folder = tempfile::tempdir().unwrap();
    let both = [
        Db::open_file(&folder.path().join("book.db"), true).await.unwrap(),
        Db::open_server(options.application_name(&name), "public").await.unwrap(),
    ];
    for db in both {
        for looks in 1..=6 {
            give_up(db.begin(), looks).await;
            give_up(db.snapshot(), looks).await;
            give_up(db.rows_at_once(), looks).await;
            give_up(db.rows_to_write(), looks).await;
        }
        // The one writer of a file is free again.
        db.begin().await.unwrap().commit().await.unwrap();
        if db.is_server() {
            let mut other = PgConnection::connect(&url).await.unwrap();
            let count = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
            let began = Instant::now();
            loop {
                let open: i64 = sqlx::query_scalar(count).bind(name.clone()).fetch_one(&mut other).await.unwrap();
                if open == 0 {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(5), "{open} transactions are left open");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other.close().await.unwrap();
        }
        db.close().await.unwrap();
    }
}

/// What each connection to a file is read back for, as it has to be and as it would lose or let through something.
const SETTINGS: [(&str, &str, &str); 9] = [
    ("journal_mode", "wal", "DELETE"),
    ("synchronous", "2", "NORMAL"),
    ("foreign_keys", "1", "OFF"),
    ("busy_timeout", "5000", "100"),
    ("trusted_schema", "0", "ON"),
    ("cell_size_check", "1", "OFF"),
    ("mmap_size", "0", "65536"),
    ("temp_store", "2", "FILE"),
    ("secure_delete", "1", "OFF"),
];

#[tokio::test]
async fn a_connection_to_a_file_with_any_other_setting_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(SETTINGS.map(|(name, right, _)| (name, right)).as_slice(), PRAGMAS);
    for (name, right, wrong) in SETTINGS {
        let options = file_options(&folder.path().join(name)).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        check_pragmas(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let mut connection = SqliteConnection::connect_with(&options.pragma(name, wrong)).await.unwrap();
        let refusal = check_pragmas(&mut connection).await.unwrap_err().to_string();
        assert!(
            refusal.contains(&format!("{name} is ")) && refusal.ends_with(&format!(", not {right}")),
            "{refusal}"
        );
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn each_connection_to_a_book_is_read_back_before_anything_is_done_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let db = Db::open_file(&path, true).await.unwrap();
    let (right, lax) = (file_options(&path), file_options(&path).synchronous(SqliteSynchronous::Normal));
    let (writer, reader) = (db.writer(), db.reader());
    let pools = [
        writer.get_sqlite_connection_pool(),
        reader.get_sqlite_connection_pool(),
        db.origin().0.unwrap(),
    ];
    for (at, pool) in pools.into_iter().enumerate() {
        let pool = pool.options().clone();
        pool.clone().connect_with(right.clone()).await.unwrap().close().await;
        // Tried again for as long as a connection may take, which is seconds.
        let soon = pool.acquire_timeout(Duration::from_millis(500));
        assert!(soon.connect_with(lax.clone()).await.is_err(), "the pool {at}");
    }
    for (options, is_used) in [(right, true), (lax, false)] {
        let readers = Readers::of_file(options);
        let read = readers.texts("SELECT '1'", Vec::new(), &Stop::default()).await;
        assert_eq!(read.is_ok(), is_used, "{read:?}");
        assert!(readers.close().await);
    }
    db.close().await.unwrap();
}

/// An error of a database that has only its code.
#[derive(Debug)]
struct Coded(&'static str);

impl fmt::Display for Coded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Coded {}

impl DatabaseError for Coded {
    fn message(&self) -> &str {
        "on purpose"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn errors_are_told_apart_by_their_codes_and_what_sqlite_says_beyond_them() {
    // Whether it is a full disk, damage, or something to try again. Everything else has a reference to the log.
    let full = ["13", "4874", "53100"];
    let damaged = ["11", "267", "523", "779", "26", "XX001", "XX002"];
    let again = ["5", "261", "517", "6", "262", "9", "55P03", "57014", "53300", "57P01", "40001"];
    let other = ["1", "10", "266", "778", "1555", "4618", "5386", "XX000", "23505"];
    for code in full.into_iter().chain(damaged).chain(again).chain(other) {
        let error = of_driver(sqlx::Error::Database(Box::new(Coded(code))));
        let told = (is_full(&error), damage(&error), is_unavailable(&error));
        let is_damaged = damaged.contains(&code).then_some("on purpose");
        assert_eq!(told, (full.contains(&code), is_damaged, again.contains(&code)), "{code}");
        let opening = cause(&sqlx::Error::Database(Box::new(Coded(code))));
        assert_eq!(matches!(opening, OpenError::DiskFull), full.contains(&code), "{code}: {opening:?}");
    }
}
