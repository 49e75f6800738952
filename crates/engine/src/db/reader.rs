//! Readers whose query can be interrupted: the driver's progress handler on a file, a cancel request on a server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement, Value};
use sqlx::{
    Connection, PgConnection, Row, SqliteConnection,
    postgres::{PgArguments, PgConnectOptions, PgRow},
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    answer::SILENT_FOR,
    arguments::{for_file, for_server},
    expected::Expected,
    file::check_pragmas,
    numbered,
    pool::{ANSWERS_WITHIN, READERS},
    question::Wanted,
    server_code,
    stop::{Running, Stop, interrupted},
};

/// A row of texts.
pub type Texts = Vec<Option<String>>;

/// Steps of SQLite's machine between two looks at whether to stop: about 50 microseconds.
const STEPS: i32 = 1_000;

/// Statements of other reads than lists that a server is asked at the same time; a file has as many readers for them as for lists.
const AT_SERVER: u32 = 5;
/// What a server says of a query that was canceled.
const CANCELED: &str = "57014";
/// How long the queries that run are waited for when their connections are closed.
const ENDED_WITHIN: Duration = Duration::from_secs(5);
/// How long a place among those who read is waited for, as long as for a connection of a pool.
const PLACE_WITHIN: Duration = Duration::from_secs(10);

fn broken(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
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

/// What a connection is asked.
struct Asked {
    /// As the database takes it.
    sql: String,
    values: Vec<Value>,
    wanted: Wanted,
}

/// Its values, as the driver takes them.
enum Given {
    File(SqliteArguments),
    Server(PgArguments),
}

/// What it answers.
enum Found {
    File(Vec<SqliteRow>),
    Server(Vec<PgRow>),
}

/// A few connections, opened when they are needed.
pub struct Readers {
    options: Options,
    /// For texts. Whatever else is read, the lists need not wait for it.
    free: Semaphore,
    /// For all other rows, as many as stand beside it.
    others: Semaphore,
    most_others: u32,
    /// With when each was used last. The newest is taken first, so that those that are too many are used no more.
    idle: std::sync::Mutex<Vec<(Reader, Instant)>>,
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
        let most_others = if matches!(options, Options::Server(..)) {
            AT_SERVER
        } else {
            READERS
        };
        let places = |number: u32| Semaphore::new(usize::try_from(number).unwrap_or(1));
        Self {
            options,
            free: places(READERS),
            others: places(most_others),
            most_others,
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
        let sql = if matches!(self.options, Options::Server(..)) {
            numbered(sql)
        } else {
            sql.to_owned()
        };
        let wanted = Wanted::All;
        let found: Result<Vec<Texts>, sqlx::Error> = match self.fetch(&self.free, Asked { sql, values, wanted }, stop).await? {
            Found::File(rows) => rows.iter().map(texts_of_file).collect(),
            Found::Server(rows) => rows.iter().map(texts_of_server).collect(),
        };
        found.map_err(broken)
    }

    /// The rows of a statement.
    pub async fn rows(&self, statement: Statement, wanted: Wanted, stop: &Stop) -> Result<Vec<QueryResult>, DbErr> {
        let asked = Asked {
            sql: statement.sql,
            values: statement.values.map(|values| values.0).unwrap_or_default(),
            wanted,
        };
        Ok(match self.fetch(&self.others, asked, stop).await? {
            Found::File(rows) => rows.into_iter().map(QueryResult::from).collect(),
            Found::Server(rows) => rows.into_iter().map(QueryResult::from).collect(),
        })
    }

    /// A place among those who read, unless that takes too long or is given up.
    async fn place<'a>(places: &'a Semaphore, stop: &Stop) -> Result<SemaphorePermit<'a>, DbErr> {
        tokio::select! {
            biased;
            () = stop.stopped() => Err(interrupted()),
            place = tokio::time::timeout(PLACE_WITHIN, places.acquire()) => match place {
                Ok(place) => place.map_err(|_| closed()),
                Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            },
        }
    }

    async fn fetch(&self, places: &Semaphore, Asked { sql, values, wanted }: Asked, stop: &Stop) -> Result<Found, DbErr> {
        // Before a connection is taken, which would be lost with a value that cannot be bound.
        let given = match self.options {
            Options::Server(..) => Given::Server(for_server(values)?),
            Options::File(_) | Options::Seen(_) => Given::File(for_file(values)?),
        };
        let _free = Self::place(places, stop).await?;
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let reader = match idle {
            Some((reader, _)) => reader,
            None => self
                .open()
                .await
                .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?,
        };
        let (reader, found) = match (reader, given, &self.options) {
            (Reader::File(mut connection, flag), Given::File(arguments), _) => {
                flag.store(false, Ordering::Relaxed);
                let found = match stop.begin(Running::File(Arc::clone(&flag))).await {
                    Ok(ticket) => {
                        let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments);
                        let rows = match wanted {
                            Wanted::One => query.fetch_optional(&mut connection).await.map(|row| row.into_iter().collect()),
                            Wanted::All => query.fetch_all(&mut connection).await,
                        };
                        stop.end(ticket).await;
                        rows.map(Found::File).map_err(broken)
                    }
                    Err(refused) => Err(refused),
                };
                (Some(Reader::File(connection, flag)), found)
            }
            (Reader::Server(mut connection, process), Given::Server(arguments), Options::Server(options, _)) => {
                match stop.begin(Running::Server(process, Box::new(options.clone()))).await {
                    Ok(ticket) => {
                        let asked = async {
                            let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments);
                            match wanted {
                                Wanted::One => query.fetch_optional(&mut connection).await.map(|row| row.into_iter().collect()),
                                Wanted::All => query.fetch_all(&mut connection).await,
                            }
                        };
                        let answer = tokio::time::timeout(SILENT_FOR, asked).await;
                        let rows = answer.unwrap_or(Err(sqlx::Error::PoolTimedOut));
                        let is_lost = matches!(&rows, Err(error) if error.as_database_error().is_none());
                        // A cancel request that has not ended a query can arrive late; and a broken connection is not used again.
                        let is_canceled = matches!(&rows, Err(error) if server_code(error) == CANCELED);
                        let is_stopped = stop.end(ticket).await;
                        let is_free = !is_lost && (is_canceled || !is_stopped);
                        let reader = is_free.then_some(Reader::Server(connection, process));
                        (reader, rows.map(Found::Server).map_err(broken))
                    }
                    Err(refused) => (Some(Reader::Server(connection, process)), Err(refused)),
                }
            }
            // All three are of one kind.
            (reader, ..) => (Some(reader), Err(interrupted())),
        };
        if let Some(reader) = self.give_back(reader) {
            reader.close().await;
        }
        found
    }

    /// Keeps a connection for the next query. Answers with it if there will be none.
    fn give_back(&self, reader: Option<Reader>) -> Option<Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.free.is_closed() {
            return reader;
        }
        idle.extend(reader.map(|reader| (reader, Instant::now())));
        None
    }

    /// Closes the connections that nobody uses, with the memory that they have.
    pub async fn rest(self: Arc<Self>) {
        self.rest_unused(Duration::ZERO).await;
    }

    /// The same of those that nobody has used for so long. In a task of its own: one whose closing is given up in the middle would be
    /// open for longer than the book.
    pub async fn rest_unused(self: Arc<Self>, unused: Duration) {
        let resting = tokio::spawn(async move {
            let Ok(_free) = self.free.acquire().await else { return };
            for reader in self.take_unused(unused) {
                reader.close().await;
            }
        });
        if let Err(error) = resting.await {
            tracing::debug!(%error, "readers do not rest");
        }
    }

    fn take_unused(&self, unused: Duration) -> Vec<Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (old, used): (Vec<_>, Vec<_>) = std::mem::take(&mut *idle).into_iter().partition(|(_, at)| at.elapsed() >= unused);
        *idle = used;
        old.into_iter().map(|(reader, _)| reader).collect()
    }

    /// Closes every connection once the query on it has ended, and refuses further ones. False, if one has not ended in time, or
    /// if its file may be open for another reason: it is closed later, by itself.
    pub async fn close(&self) -> bool {
        let ended = async { tokio::join!(self.free.acquire_many(READERS), self.others.acquire_many(self.most_others)) };
        let all = tokio::time::timeout(ENDED_WITHIN, ended).await;
        self.free.close();
        self.others.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let mut closed = matches!(all, Ok((Ok(_), Ok(_))));
        for (reader, _) in idle {
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

#[cfg(test)]
mod tests;
