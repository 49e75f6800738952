//! How a SQLite file is opened so that what was acknowledged is kept.

use std::{path::Path, time::Duration};

use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::cache;

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

/// How a file is opened to work in it.
pub(super) fn file_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("temp_store", "MEMORY")
        .pragma("secure_delete", "ON")
        .pragma("cache_size", cache::WRITER)
}

/// A pool whose connections to a file are read back before anything is done on them.
pub(super) fn checked_pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| Box::pin(check_pragmas(connection)))
}

/// Reads the settings of a connection to a file back.
pub(super) async fn check_pragmas(connection: &mut sqlx::SqliteConnection) -> Result<(), sqlx::Error> {
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
}

/// A pool of the one connection on which a file is looked at. It is opened with the first look and stays the same one: what it
/// says of the file counts from its own last look.
pub(super) fn watching_pool(pool: SqlitePoolOptions, options: SqliteConnectOptions) -> SqlitePool {
    pool.max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options)
}

/// Writes down what a connection learned of the tables, for the plans of later queries. Not left to the driver, which would do
/// it on every connection that closes: a reader is refused, and a connection whose closing fails is only on its way to be closed
/// when it is said to be (sqlx 0.9.0). The file is taken away or replaced by then, with what belongs to it by its name.
pub(super) async fn learn(writer: &SqlitePool) {
    if let Err(error) = sqlx::query("PRAGMA optimize").execute(writer).await {
        tracing::debug!(%error, "what was learned of the tables is not written down");
    }
}
