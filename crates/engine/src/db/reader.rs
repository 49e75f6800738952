//! Readers whose query can be interrupted: the driver's progress handler on a file, a cancel request on a server.

mod held;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement, Value};
use sqlx::{
    Connection, PgConnection, PgPool, Row, SqliteConnection,
    postgres::{PgArguments, PgConnectOptions, PgRow},
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow},
};
use tokio::sync::{AcquireError, Notify, Semaphore, SemaphorePermit};

use self::held::{Held, lent};
use super::{
    answer::SILENT_FOR,
    arguments::{for_file, for_server},
    expected::Expected,
    file::check_pragmas,
    has_no_connection, numbered,
    pool::{ANSWERS_WITHIN, READERS},
    question::Wanted,
    server_code,
    stop::{Running, Stop, interrupted},
};

/// A row of texts.
pub type Texts = Vec<Option<String>>;

/// Steps of SQLite's machine between two looks at whether to stop: about 50 microseconds.
const STEPS: i32 = 1_000;

/// How many statements a server is asked at the same time, of lists and of all other reads together: it has its connections for all
/// desks. Neither kind can take the last place of the other.
const AT_SERVER: u32 = READERS + 1;
/// What a server says of a query that was canceled.
const CANCELED: &str = "57014";
/// How long the queries that run are waited for when their connections are closed.
const ENDED_WITHIN: Duration = Duration::from_secs(5);
/// How long one of the desk's own connections is waited for where the server has none to spare, and how often the server is asked
/// meanwhile.
const OWN_WITHIN: Duration = ANSWERS_WITHIN;
const ASKED_AGAIN: Duration = Duration::from_millis(200);
/// How long a place among those who read is waited for, as long as for a connection of a pool.
const PLACE_WITHIN: Duration = Duration::from_secs(10);

fn broken(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

fn not_had(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

/// The book was closed.
fn closed() -> DbErr {
    not_had(sqlx::Error::PoolClosed)
}

/// A connection.
enum Reader {
    File(SqliteConnection, Arc<AtomicBool>),
    Server(Held, i32),
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
    /// With the pool that lends one where the server has none to spare.
    Server(PgConnectOptions, Expected, PgPool),
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
    /// For all other rows.
    others: Semaphore,
    /// For both together. It is taken last, and nobody who has it waits for one of the others.
    together: Semaphore,
    /// With when each was used last. The newest is taken first, so that those that are too many are used no more.
    idle: std::sync::Mutex<Vec<(Reader, Instant)>>,
    /// Told when one comes back.
    comes_back: Notify,
    /// Held by each connection to a server that is open.
    open: Arc<()>,
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

    pub fn of_server(options: PgConnectOptions, expected: Expected, pool: PgPool) -> Self {
        Self::new(Options::Server(options, expected, pool))
    }

    fn new(options: Options) -> Self {
        let together = if matches!(options, Options::Server(..)) {
            AT_SERVER
        } else {
            2 * READERS
        };
        let places = |number: u32| Semaphore::new(usize::try_from(number).unwrap_or(1));
        Self {
            options,
            free: places(READERS),
            others: places(READERS),
            together: places(together),
            idle: std::sync::Mutex::default(),
            comes_back: Notify::new(),
            open: Arc::default(),
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
            Options::Server(options, expected, _) => {
                let open = async {
                    let mut connection = PgConnection::connect_with(options).await?;
                    expected.check(&mut connection).await?;
                    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
                    let own = Held::Own {
                        connection,
                        _open: Arc::clone(&self.open),
                    };
                    Ok(Reader::Server(own, process))
                };
                let opened = tokio::time::timeout(ANSWERS_WITHIN, open).await;
                opened.unwrap_or(Err(sqlx::Error::PoolTimedOut))
            }
        }
    }

    /// One that nobody uses, or a new one. Where the server has none to spare, one that this desk has open is waited for, if there is
    /// any: the next that another read gives back, or that the pool has free.
    async fn reader(&self, stop: &Stop) -> Result<Reader, DbErr> {
        let began = Instant::now();
        loop {
            let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
            if let Some((reader, _)) = idle {
                return Ok(reader);
            }
            let error = match self.open().await {
                Ok(reader) => return Ok(reader),
                Err(error) => error,
            };
            let Options::Server(_, _, pool) = &self.options else {
                return Err(not_had(error));
            };
            if !has_no_connection(&error) {
                return Err(not_had(error));
            }
            if let Some(lent) = lent(pool).await {
                return Ok(lent);
            }
            let is_none_open = Arc::strong_count(&self.open) == 1 && pool.size() == 0;
            if is_none_open || began.elapsed() >= OWN_WITHIN {
                return Err(not_had(error));
            }
            tokio::select! {
                biased;
                () = stop.stopped() => return Err(interrupted()),
                () = self.comes_back.notified() => {}
                () = tokio::time::sleep(ASKED_AGAIN) => {}
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
    async fn place<'a>(&'a self, places: &'a Semaphore, stop: &Stop) -> Result<[SemaphorePermit<'a>; 2], DbErr> {
        let both = async { Ok::<_, AcquireError>([places.acquire().await?, self.together.acquire().await?]) };
        tokio::select! {
            biased;
            () = stop.stopped() => Err(interrupted()),
            place = tokio::time::timeout(PLACE_WITHIN, both) => match place {
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
        let _free = self.place(places, stop).await?;
        let reader = self.reader(stop).await?;
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
            (Reader::Server(mut held, process), Given::Server(arguments), Options::Server(options, _, pool)) => {
                match stop.begin(Running::Server(process, Box::new(options.clone()), pool.clone())).await {
                    Ok(ticket) => {
                        let asked = async {
                            let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments);
                            let connection = held.connection();
                            match wanted {
                                Wanted::One => query.fetch_optional(connection).await.map(|row| row.into_iter().collect()),
                                Wanted::All => query.fetch_all(connection).await,
                            }
                        };
                        let answer = tokio::time::timeout(SILENT_FOR, asked).await;
                        let rows = answer.unwrap_or(Err(sqlx::Error::PoolTimedOut));
                        let is_lost = matches!(&rows, Err(error) if error.as_database_error().is_none());
                        // A request to cancel that has not ended the query, or a second one, can arrive late; and a broken connection is not used
                        // again.
                        let is_canceled = matches!(&rows, Err(error) if server_code(error) == CANCELED);
                        let requests = stop.end(ticket).await;
                        let is_stopped = requests > 0;
                        let is_free = !is_lost && (!is_stopped || (is_canceled && requests == 1));
                        let kept = held.kept(is_free, is_stopped).map(|held| Reader::Server(held, process));
                        (kept, rows.map(Found::Server).map_err(broken))
                    }
                    Err(refused) => (held.kept(true, false).map(|held| Reader::Server(held, process)), Err(refused)),
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
        if let Some(reader) = reader {
            idle.push((reader, Instant::now()));
            self.comes_back.notify_one();
        }
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
        let ended = async { tokio::join!(self.free.acquire_many(READERS), self.others.acquire_many(READERS)) };
        let all = tokio::time::timeout(ENDED_WITHIN, ended).await;
        self.free.close();
        self.others.close();
        self.together.close();
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
