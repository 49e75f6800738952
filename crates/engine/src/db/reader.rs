//! Readers whose query can be interrupted: the driver's progress handler on a file, a cancel request on a server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{DbErr, RuntimeErr, Value};
use sqlx::{
    Arguments, Connection, PgConnection, Row, SqliteConnection,
    postgres::{PgArguments, PgConnectOptions},
    sqlite::{SqliteArguments, SqliteConnectOptions},
};
use tokio::sync::{Mutex, Semaphore};

use super::{
    answer::SILENT_FOR,
    expected::Expected,
    numbered,
    pool::{ANSWERS_WITHIN, READERS, check_pragmas},
};

/// A row of texts.
pub type Texts = Vec<Option<String>>;

/// Steps of SQLite's machine between two looks at whether to stop: about 50 microseconds.
const STEPS: i32 = 1_000;

/// How long the request to cancel a query may take.
const CANCELED_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);
/// How long the queries that run are waited for when their connections are closed.
const ENDED_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Interrupts the queries of one operation. Copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_stopped: bool,
    running: Option<Running>,
}

/// A query under way.
#[derive(Debug)]
enum Running {
    File(Arc<AtomicBool>),
    Server(i32, Box<PgConnectOptions>),
}

impl Stop {
    /// Interrupts what runs, and refuses what would follow.
    pub async fn stop(&self) {
        let mut state = self.0.lock().await;
        state.is_stopped = true;
        match &state.running {
            Some(Running::File(stop)) => stop.store(true, Ordering::Relaxed),
            Some(Running::Server(process, options)) => {
                // A network that swallows everything must not hold up who asks for something newer.
                match tokio::time::timeout(CANCELED_WITHIN, cancel(*process, options)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::debug!(%error, "a query could not be canceled"),
                    Err(_) => tracing::debug!("a query could not be canceled in time"),
                }
            }
            None => {}
        }
    }

    async fn begin(&self, running: Running) -> Result<(), DbErr> {
        let mut state = self.0.lock().await;
        if state.is_stopped {
            return Err(interrupted());
        }
        state.running = Some(running);
        Ok(())
    }

    /// Whether it was stopped meanwhile. Waits for a cancel request that is under way: it must not meet the next query.
    async fn end(&self) -> bool {
        let mut state = self.0.lock().await;
        state.running = None;
        state.is_stopped
    }
}

async fn cancel(process: i32, options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    sqlx::query("SELECT pg_cancel_backend($1)")
        .bind(process)
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// The same as an interrupted query: the operation is refused as not done.
fn interrupted() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the query was given up for a newer one".to_owned()))
}

/// The book was closed.
fn closed() -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::PoolClosed)))
}

/// A connection.
enum Reader {
    File(SqliteConnection, Arc<AtomicBool>),
    Server(PgConnection, i32),
}

impl Reader {
    /// False, if a file may be open for a while longer.
    async fn close(self) -> bool {
        let (is_file, closed) = match self {
            Self::File(connection, stop) => {
                // What is done on closing must not be interrupted, too: the file would be open for longer than this waits.
                stop.store(false, Ordering::Relaxed);
                (true, connection.close().await)
            }
            Self::Server(connection, _) => (false, connection.close().await),
        };
        match closed {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "closing a reader");
                !is_file
            }
        }
    }
}

#[derive(Debug)]
enum Options {
    File(SqliteConnectOptions),
    /// One that is only looked into: nothing is written, so nothing has to last.
    Seen(SqliteConnectOptions),
    Server(PgConnectOptions, Expected),
}

/// A few connections, opened when they are needed.
pub struct Readers {
    options: Options,
    free: Semaphore,
    idle: std::sync::Mutex<Vec<Reader>>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl Readers {
    pub fn of_file(options: SqliteConnectOptions) -> Self {
        Self::new(Options::File(options))
    }

    pub fn of_seen_file(options: SqliteConnectOptions) -> Self {
        Self::new(Options::Seen(options))
    }

    pub fn of_server(options: PgConnectOptions, expected: Expected) -> Self {
        Self::new(Options::Server(options, expected))
    }

    fn new(options: Options) -> Self {
        Self {
            options,
            free: Semaphore::new(usize::try_from(READERS).unwrap_or(1)),
            idle: std::sync::Mutex::default(),
        }
    }

    async fn open(&self) -> Result<Reader, sqlx::Error> {
        match &self.options {
            Options::File(options) | Options::Seen(options) => {
                let mut connection = SqliteConnection::connect_with(options).await?;
                if matches!(self.options, Options::File(_)) {
                    check_pragmas(&mut connection).await?;
                }
                let stop = Arc::new(AtomicBool::new(false));
                let seen = Arc::clone(&stop);
                connection
                    .lock_handle()
                    .await?
                    .set_progress_handler(STEPS, move || !seen.load(Ordering::Relaxed));
                Ok(Reader::File(connection, stop))
            }
            Options::Server(options, expected) => {
                let open = async {
                    let mut connection = PgConnection::connect_with(options).await?;
                    expected.check(&mut connection).await?;
                    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
                    Ok(Reader::Server(connection, process))
                };
                let opened = tokio::time::timeout(ANSWERS_WITHIN, open).await;
                opened.unwrap_or(Err(sqlx::Error::PoolTimedOut))
            }
        }
    }

    /// The rows of a query with `?` for its values, whose columns are all text.
    pub async fn texts(&self, sql: &str, values: Vec<Value>, stop: &Stop) -> Result<Vec<Texts>, DbErr> {
        let query = |error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
        let _free = self.free.acquire().await.map_err(|_| closed())?;
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self
                .open()
                .await
                .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?,
        };
        let (reader, rows) = match reader {
            Reader::File(mut connection, flag) => {
                flag.store(false, Ordering::Relaxed);
                let arguments = for_file(values)?;
                let rows = match stop.begin(Running::File(Arc::clone(&flag))).await {
                    Ok(()) => {
                        let rows = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), arguments)
                            .fetch_all(&mut connection)
                            .await;
                        stop.end().await;
                        rows.and_then(|rows| rows.iter().map(texts_of_file).collect()).map_err(query)
                    }
                    Err(refused) => Err(refused),
                };
                (Some(Reader::File(connection, flag)), rows)
            }
            Reader::Server(mut connection, process) => {
                let Options::Server(options, _) = &self.options else {
                    return Err(interrupted());
                };
                stop.begin(Running::Server(process, Box::new(options.clone()))).await?;
                let asked = sqlx::query_with(sqlx::AssertSqlSafe(numbered(sql)), for_server(values)?).fetch_all(&mut connection);
                let answer = tokio::time::timeout(SILENT_FOR, asked).await;
                let rows = answer.unwrap_or(Err(sqlx::Error::PoolTimedOut));
                let is_lost = matches!(&rows, Err(error) if error.as_database_error().is_none());
                let rows = rows.and_then(|rows| rows.iter().map(texts_of_server).collect()).map_err(query);
                // A cancel request can arrive late; and a broken connection is not used again.
                let is_stopped = stop.end().await;
                ((!is_stopped && !is_lost).then_some(Reader::Server(connection, process)), rows)
            }
        };
        if let Some(reader) = self.give_back(reader) {
            reader.close().await;
        }
        rows
    }

    /// Keeps a connection for the next query. Answers with it if there will be none.
    fn give_back(&self, reader: Option<Reader>) -> Option<Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.free.is_closed() {
            return reader;
        }
        idle.extend(reader);
        None
    }

    /// Closes every connection once the query on it has ended, and refuses further ones. False, if one has not ended in time, or
    /// if its file may be open for another reason: it is closed later, by itself.
    pub async fn close(&self) -> bool {
        let all = tokio::time::timeout(ENDED_WITHIN, self.free.acquire_many(READERS)).await;
        self.free.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let mut closed = matches!(all, Ok(Ok(_)));
        for reader in idle {
            closed &= reader.close().await;
        }
        closed
    }
}

fn texts_of_file(row: &sqlx::sqlite::SqliteRow) -> Result<Texts, sqlx::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}

fn texts_of_server(row: &sqlx::postgres::PgRow) -> Result<Texts, sqlx::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}

/// Adds values of the kinds that lists ask by.
macro_rules! arguments {
    ($name:ident, $arguments:ty) => {
        fn $name(values: Vec<Value>) -> Result<$arguments, DbErr> {
            let mut arguments = <$arguments>::default();
            for value in values {
                let added = match value {
                    Value::Bool(value) => arguments.add(value),
                    Value::BigInt(value) => arguments.add(value),
                    Value::String(value) => arguments.add(value),
                    Value::Uuid(value) => arguments.add(value),
                    Value::ChronoDate(value) => arguments.add(value),
                    other => return Err(DbErr::Type(format!("{other:?} cannot be asked by"))),
                };
                added.map_err(|error| DbErr::Type(error.to_string()))?;
            }
            Ok(arguments)
        }
    };
}
arguments!(for_file, SqliteArguments);
arguments!(for_server, PgArguments);

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::db::{Db, is_unavailable};

    /// Counts for minutes.
    const LONG: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT CAST(COUNT(*) AS TEXT) FROM n";

    async fn both(folder: &tempfile::TempDir) -> [Db; 2] {
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
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
}
