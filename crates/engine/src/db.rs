//! The database: opening it safely, and the few things that SQLite and Postgres do differently. No other file of the
//! engine names one of them.

mod answer;
mod arguments;
mod bulk;
mod cache;
mod catalog;
#[cfg(test)]
mod crowded;
mod expected;
mod file;
mod index;
mod maintenance;
mod notice;
mod pool;
mod question;
mod reader;
mod rows;
mod size;
mod stop;
#[cfg(test)]
mod tests;
mod words;

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement, Value};

pub use bulk::{analyze, begin_load, end_load};
#[cfg(test)]
pub use catalog::Kind;
pub use catalog::{OF_THE_PLACE, Table};
pub use file::PRAGMAS;
pub use index::{Candidates, candidates, enter_index, enter_many, index_faults, leave_index, make_anew};
pub use maintenance::{Exclusive, swap_schemas};
pub use notice::{Notices, note_change};
pub use pool::Db;
pub use question::Wanted;
pub use reader::Texts;
pub use rows::{Cell, Rows};
pub use stop::Stop;
pub use words::{APART, by_index, contains, day, end_of_log, id_digits, id_text, instant, is_of, json_text, of_live, only_if, walk_limit};

/// Slots of a figure on a server.
const SLOTS: i64 = 16;
/// The role may not do this; and there is no schema in which it may make anything
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const NOT_ALLOWED: &[&str] = &["42501", "3F000"];
/// What SQLite says where there is no room: `SQLITE_FULL`, and `SQLITE_IOERR_SHMSIZE` where it is the memory beside the file,
/// shared by all who have it open, that cannot be made or grow. That is a file, too, and the first that is made anew when a
/// book opens.
const NO_ROOM: &[i32] = &[13, 4874];
/// A server has no connection to spare, or none for this user or this database
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const NO_CONNECTION: &str = "53300";
/// The primary codes of a file that is damaged: `SQLITE_CORRUPT` and, where the damage is in its head, `SQLITE_NOTADB`.
const DAMAGED_FILE: &[i32] = &[11, 26];
/// A page or an index of a server is damaged.
const DAMAGED_SERVER: &[&str] = &["XX001", "XX002"];

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

/// The row of the book with `free`: 1 unless somebody migrates, moves or restores the book. On a server nobody begins to
/// do so until this transaction ends.
pub fn book_to_write(connection: &impl ConnectionTrait) -> &'static str {
    if is_server(connection) {
        "SELECT b.*, CASE WHEN pg_try_advisory_xact_lock_shared(hashtextextended('clientele ' || current_schema(), 0)) THEN 1 ELSE 0 END AS free
         FROM book b"
    } else {
        "SELECT b.*, 1 AS free FROM book b"
    }
}

/// How often and how far apart a write asks whether it is the only one.
const ALONE_TRIES: u32 = 100;
const ALONE_PAUSE: Duration = Duration::from_millis(20);

/// Waits until no other write of the book is under way, and lets none begin until this transaction ends; false if that took too
/// long. A file has one writer anyway.
pub async fn write_alone(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if is_server(connection) {
        let sql =
            "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('clientele ' || current_schema(), 0)) THEN 1 ELSE 0 END AS free";
        // Asked for again and again: whoever waits for it in the queue would keep every other write from its shared part.
        for _ in 0..ALONE_TRIES {
            let row = connection.query_one_raw(statement(connection, sql, Vec::new())).await?;
            if row.map_or(Ok(0), |row| row.try_get::<i32>("", "free"))? == 1 {
                return Ok(true);
            }
            tokio::time::sleep(ALONE_PAUSE).await;
        }
        return Ok(false);
    }
    Ok(true)
}

/// The error of the driver, if it is one.
fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// The code of a server's error: five characters (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn server_code(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    if code.len() == 5 { code.into_owned() } else { String::new() }
}

/// The code of a file's error. The driver gives it with what SQLite says beyond the primary one, which are its lowest eight
/// bits; it has at most four digits (<https://www.sqlite.org/rescode.html>).
pub fn file_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    if code.len() < 5 { code.parse().ok() } else { None }
}

/// An error of the driver as one of the database.
pub fn of_driver(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

/// What a server says to a role that has no right to something; nothing, if anything else is the matter.
pub fn not_allowed(error: &sqlx::Error) -> Option<&str> {
    let is_meant = NOT_ALLOWED.contains(&server_code(error).as_str());
    let error = error.as_database_error().filter(|_| is_meant)?;
    Some(error.message())
}

/// Whether a transaction was given up because of another one: it left nothing, and doing it again may succeed.
pub fn is_contested(error: &DbErr) -> bool {
    driver_error(error).is_some_and(|error| ["40001", "40P01"].contains(&server_code(error).as_str()))
}

/// Whether the connection to a server was lost, or could not be had.
pub fn is_lost(error: &DbErr) -> bool {
    let Some(error) = driver_error(error) else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        error => {
            let code = server_code(error);
            ["57P01", "57P02", "57P03"].contains(&code.as_str()) || code.starts_with("08")
        }
    }
}

/// Whether the disk has no room left, of this computer or of the server; the transaction is given up whole.
pub fn is_full(error: &DbErr) -> bool {
    driver_error(error).is_some_and(has_no_room)
}

/// The same of an error of the driver.
pub fn has_no_room(error: &sqlx::Error) -> bool {
    file_code(error).is_some_and(|code| NO_ROOM.contains(&code)) || server_code(error) == "53100"
}

/// Whether a server has no connection to spare.
pub fn is_crowded(error: &DbErr) -> bool {
    driver_error(error).is_some_and(has_no_connection)
}

/// The same of an error of the driver.
fn has_no_connection(error: &sqlx::Error) -> bool {
    server_code(error) == NO_CONNECTION
}

/// What a database says of a part of itself that is damaged; nothing, if anything else is the matter.
pub fn damage(error: &DbErr) -> Option<&str> {
    let error = driver_error(error)?;
    let is_damaged = match file_code(error) {
        Some(code) => DAMAGED_FILE.contains(&(code & 0xff)),
        None => DAMAGED_SERVER.contains(&server_code(error).as_str()),
    };
    let error = error.as_database_error().filter(|_| is_damaged)?;
    Some(error.message())
}

/// Whether an error says that a lock or the database could not be had, rather than that something is wrong with it. Told
/// by the code of the error, never by its words, which a server translates.
pub fn is_unavailable(error: &DbErr) -> bool {
    // A read that a newer one has replaced has no error of the driver.
    if is_lost(error) || is_contested(error) || matches!(error, DbErr::Conn(RuntimeErr::Internal(_))) {
        return true;
    }
    let Some(error) = driver_error(error) else { return false };
    match file_code(error) {
        // Busy, locked, interrupted.
        Some(code) => matches!(code & 0xff, 5 | 6 | 9),
        // Lock, cancel, too many connections.
        None => ["55P03", "57014", NO_CONNECTION].contains(&server_code(error).as_str()),
    }
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

/// Whether somebody migrates, moves or restores the book.
pub async fn is_maintained(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if !is_server(connection) {
        return Ok(false);
    }
    // A lock is told in two halves of 32 bits (https://www.postgresql.org/docs/current/view-pg-locks.html).
    let sql = "SELECT CASE WHEN EXISTS (
                 SELECT 1 FROM pg_locks, (SELECT hashtextextended('clientele ' || current_schema(), 0) AS key) AS own
                 WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND CAST(classid AS BIGINT) = (own.key >> 32) & 4294967295 AND CAST(objid AS BIGINT) = own.key & 4294967295
               ) THEN 1 ELSE 0 END AS held";
    let row = connection.query_one_raw(statement(connection, sql, Vec::new())).await?;
    row.map_or(Ok(false), |row| row.try_get::<i32>("", "held").map(|held| held == 1))
}
