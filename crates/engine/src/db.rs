//! The database: opening it safely, and the few things that SQLite and Postgres do differently. No other file of the
//! engine names one of them.

mod bulk;
mod index;
mod reader;
mod words;

use std::{path::Path, sync::Arc, time::Duration};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use sqlx::{
    Row,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use bulk::{begin_load, end_load};
pub use index::{candidates, enter_index, enter_many, index_faults, leave_index};
pub use reader::{Stop, Texts};
pub use words::{by_index, contains, day, id_text, instant, json_text, only_if, walk_limit};

use reader::Readers;

/// Readers of a file beside its one writer.
const READERS: u32 = 3;
/// Connections to a server.
const SERVER_CONNECTIONS: u32 = 6;
/// Slots of a figure on a server.
const SLOTS: i64 = 16;

/// The settings that every connection to a file is read back for, with the values that keep what was acknowledged.
pub const PRAGMAS: &[(&str, &str)] = &[
    ("journal_mode", "wal"),
    ("synchronous", "2"),
    ("foreign_keys", "1"),
    ("busy_timeout", "5000"),
    ("trusted_schema", "0"),
    ("cell_size_check", "1"),
    ("mmap_size", "0"),
    ("temp_store", "2"),
    ("secure_delete", "1"),
];

/// An open database.
#[derive(Clone, Debug)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    stoppable: Arc<Readers>,
    copier: Arc<Readers>,
}

impl Db {
    /// Opens a file, or makes it.
    pub async fn open_file(path: &Path, create: bool) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON")
            .pragma("mmap_size", "0")
            .pragma("temp_store", "MEMORY")
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-8192")
            .optimize_on_close(true, None);
        let pool = |max: u32, options: SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(max)
                .test_before_acquire(false)
                .acquire_timeout(Duration::from_secs(10))
                .idle_timeout(None)
                .max_lifetime(None)
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        for (name, want) in PRAGMAS {
                            let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}")))
                                .fetch_one(&mut *connection)
                                .await?;
                            let found = row
                                .try_get::<i64, _>(0)
                                .map(|number| number.to_string())
                                .or_else(|_| row.try_get::<String, _>(0))?;
                            if found != *want {
                                return Err(sqlx::Error::Configuration(format!("{name} is {found}, not {want}").into()));
                            }
                        }
                        Ok(())
                    })
                })
                .connect_with(options)
        };
        let write = pool(1, options.clone()).await?;
        let copier = Arc::new(Readers::of_file(options.clone()));
        let options = options.pragma("query_only", "ON");
        let read = pool(READERS, options.clone()).await?;
        Ok(Self {
            write: write.into(),
            read: read.into(),
            stoppable: Arc::new(Readers::of_file(options)),
            copier,
        })
    }

    /// Opens a file only to read it; nothing is written, not even beside it.
    pub async fn look_into(path: &Path, has_log: bool) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            // Without a log nobody writes, and SQLite needs no shared memory beside the file.
            .immutable(!has_log)
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON")
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.clone())
            .await?;
        let connection: DatabaseConnection = pool.into();
        Ok(Self {
            write: connection.clone(),
            read: connection,
            stoppable: Arc::new(Readers::of_file(options.clone())),
            copier: Arc::new(Readers::of_file(options)),
        })
    }

    /// Opens a server. `schema` is where the book's tables are.
    pub async fn open_server(options: PgConnectOptions, schema: &str) -> Result<Self, sqlx::Error> {
        let options = options.options([
            ("search_path", schema),
            ("statement_timeout", "20000"),
            ("lock_timeout", "10000"),
            ("idle_in_transaction_session_timeout", "60000"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(SERVER_CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(5))
            // A transaction whose BEGIN was canceled would be left open on its connection.
            .before_acquire(|connection, _| {
                Box::pin(async move {
                    use sqlx::Connection;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await?;
        let pool: DatabaseConnection = pool.into();
        Ok(Self {
            write: pool.clone(),
            read: pool,
            stoppable: Arc::new(Readers::of_server(options.clone())),
            copier: Arc::new(Readers::of_server(options)),
        })
    }

    /// For what needs no transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The rows of a query whose columns are all text, which `stop` interrupts.
    pub async fn texts(&self, sql: &str, values: Vec<Value>, stop: &Stop) -> Result<Vec<Texts>, DbErr> {
        self.stoppable.texts(sql, values, stop).await
    }

    /// Copies a file book, as it is at this instant, into a new file, unless `stop` interrupts it.
    pub async fn copy_file(&self, target: &Path, stop: &Stop) -> Result<(), DbErr> {
        let target = target.to_str().ok_or_else(|| DbErr::Custom("the path is not Unicode".to_owned()))?;
        self.copier.texts("VACUUM INTO ?", vec![target.into()], stop).await.map(|_| ())
    }

    /// For migrations and bulk work.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a write. On a file it holds the one write lock from the start, so that it cannot fail half way.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                access_mode: is_server(&self.write).then_some(AccessMode::ReadWrite),
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await
    }

    /// Begins a read of several statements that all see the book as it is at the first.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = if is_server(&self.read) {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            }
        } else {
            TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..Default::default()
            }
        };
        self.read.begin_with_options(options).await
    }

    /// Closes every connection.
    pub async fn close(self) -> Result<(), DbErr> {
        let shared = is_server(&self.write);
        self.stoppable.close().await;
        self.copier.close().await;
        self.read.close().await?;
        if shared { Ok(()) } else { self.write.close().await }
    }
}

/// Whether a connection leads to a server.
pub fn is_server(connection: &impl ConnectionTrait) -> bool {
    connection.get_database_backend() == DbBackend::Postgres
}

/// A statement with `?` for its values, on either database. The text must hold no `?` of another meaning.
pub fn statement(connection: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres {
        return Statement::from_sql_and_values(backend, sql, values);
    }
    Statement::from_sql_and_values(backend, numbered(sql), values)
}

/// The same text with `$1`, `$2`, … for its `?`.
fn numbered(sql: &str) -> String {
    let mut numbered = String::with_capacity(sql.len() + 16);
    for (at, piece) in sql.split('?').enumerate() {
        if at > 0 {
            numbered.push_str(&format!("${at}"));
        }
        numbered.push_str(piece);
    }
    numbered
}

/// Lets others who work on the same thing wait until this transaction ends. A file has one writer anyway.
pub async fn serialize(connection: &impl ConnectionTrait, thing: &str) -> Result<(), DbErr> {
    if is_server(connection) {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";
        connection.execute_raw(statement(connection, sql, vec![thing.into()])).await?;
    }
    Ok(())
}

/// The end of a query that locks the rows it reads until this transaction ends.
pub fn for_update(connection: &impl ConnectionTrait) -> &'static str {
    if is_server(connection) { " FOR UPDATE" } else { "" }
}

/// A sum of whole numbers as a whole number: Postgres makes it a decimal.
pub fn sum(connection: &impl ConnectionTrait, expression: &str) -> String {
    if is_server(connection) {
        format!("CAST(COALESCE(SUM({expression}), 0) AS BIGINT)")
    } else {
        format!("COALESCE(SUM({expression}), 0)")
    }
}

/// Which slot of the figures this connection writes to.
pub async fn slot(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    if !is_server(connection) {
        return Ok(0);
    }
    let sql = format!("SELECT CAST(pg_backend_pid() % {SLOTS} AS BIGINT) AS slot");
    let row = connection.query_one_raw(statement(connection, &sql, Vec::new())).await?;
    row.map_or(Ok(0), |row| row.try_get("", "slot"))
}

/// Whether an error says that a lock or the database could not be had, rather than that something is wrong with it. Told
/// by the code of the error, never by its words, which a server translates.
pub fn is_unavailable(error: &DbErr) -> bool {
    let error = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => error,
        _ => return false,
    };
    if matches!(**error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) {
        return true;
    }
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    match code.parse::<i32>() {
        // https://www.sqlite.org/rescode.html: busy, locked, interrupted, full; at most four digits.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 9 | 13),
        // https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization, deadlock, lock, cancel, shutdown.
        _ => ["40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03"].contains(&code.as_ref()) || code.starts_with("08"),
    }
}

/// What a database check of the file says: `ok`, or what is wrong.
pub async fn check_file(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let mut found = Vec::new();
    if is_server(connection) {
        return Ok(found);
    }
    for row in connection
        .query_all_raw(statement(connection, "PRAGMA integrity_check(20)", Vec::new()))
        .await?
    {
        let text: String = row.try_get_by_index(0)?;
        if text != "ok" {
            found.push(text);
        }
    }
    for row in connection
        .query_all_raw(statement(connection, "PRAGMA foreign_key_check", Vec::new()))
        .await?
    {
        found.push(format!(
            "{} points to a missing row of {}",
            row.try_get_by_index::<String>(0)?,
            row.try_get_by_index::<String>(2)?
        ));
    }
    Ok(found)
}

/// What a file says of itself before anything is read: its mark and whether it has tables. The list of steps, which comes
/// before the mark, is none: it is all that is there when the making of a book was cut off, and then it is made again.
pub async fn file_mark(connection: &DatabaseConnection) -> Result<(i64, bool), DbErr> {
    let number = |row: Option<sea_orm::QueryResult>| row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0));
    let mark = number(
        connection
            .query_one_raw(statement(connection, "PRAGMA application_id", Vec::new()))
            .await?,
    )?;
    let tables = number(
        connection
            .query_one_raw(statement(
                connection,
                "SELECT COUNT(*) FROM sqlite_master WHERE tbl_name <> 'seaql_migrations'",
                Vec::new(),
            ))
            .await?,
    )?;
    Ok((mark, tables > 0))
}

/// The version of the linked SQLite.
pub fn sqlite_version() -> &'static str {
    libsqlite3_sys::SQLITE_VERSION.to_str().unwrap_or("unknown")
}
