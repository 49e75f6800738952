//! Opening a book: finding it, bringing its tables up to date, or saying why not.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use contract::Currency;
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::{
    clock::Clock,
    db::{self, Db},
    entity::{book, chain_head},
    random, zone,
};

/// Where a book is.
#[derive(Clone)]
pub enum BookLocation {
    /// A SQLite file.
    File(PathBuf),
    /// A schema of a Postgres server.
    Server {
        /// Connection string without a password.
        url: String,
        /// The password, if the server asks for one.
        password: Option<String>,
        /// The schema that holds the book's tables.
        schema: String,
    },
}

impl fmt::Debug for BookLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Server { schema, .. } => f.debug_struct("Server").field("schema", schema).finish_non_exhaustive(),
        }
    }
}

/// What a book that does not exist yet is made with.
#[derive(Clone, Debug)]
pub struct NewBook {
    /// The name.
    pub name: String,
    /// The currency of its figures.
    pub currency: Currency,
    /// The IANA time zone of its days; the computer's, if it is not given.
    pub time_zone: Option<String>,
    /// Whether it takes its time from the caller. For tests.
    pub is_test_clock: bool,
    /// Whether it holds sample data.
    pub is_sample: bool,
}

impl Default for NewBook {
    fn default() -> Self {
        Self {
            name: "Clientele".to_owned(),
            currency: Currency::EUR,
            time_zone: None,
            is_test_clock: false,
            is_sample: false,
        }
    }
}

/// How to open a book.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Make it, if there is none.
    pub create: Option<NewBook>,
    /// Stop the clock at this time. Refused for a book that was not made with a test clock.
    pub now: Option<contract::Timestamp>,
    /// Only look: a file that may be read but not written will do. Its tables must be up to date.
    pub read_only: bool,
}

/// Why a book could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// There is none.
    Missing,
    /// Another process holds it.
    Locked,
    /// It, or its folder, cannot be written.
    ReadOnly,
    /// It is something else.
    NotABook,
    /// It is damaged.
    Damaged,
    /// A newer app made it.
    Newer,
    /// The disk is full.
    DiskFull,
    /// The server does not answer or refuses the sign-in.
    Unreachable(String),
    /// The time can be set only in a book with a test clock.
    TestClock,
    /// The new book was to have a time zone that the IANA does not list.
    UnknownTimeZone,
    /// Something else.
    Other {
        /// What the log has it under.
        reference: String,
        /// What it is.
        detail: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "There is no book here. Check the path, or make a book with init.",
            Self::Locked => "Another process holds this book. Close it and try again.",
            Self::ReadOnly => "This book cannot be written. Check the rights of the file and of its folder.",
            Self::NotABook => "This file is not a Clientele book. Choose another file.",
            Self::Damaged => "This book is damaged. Restore the newest backup; keep this file.",
            Self::Newer => "A newer version of the app made this book. Update the app.",
            Self::DiskFull => "The disk is full. Make room and try again; nothing was lost.",
            Self::Unreachable(detail) => return write!(f, "The server cannot be used: {detail}"),
            Self::UnknownTimeZone => "There is no such time zone. Name one of the IANA's list, such as Europe/Berlin.",
            Self::TestClock => "The time can be set only in a book that was made with --test-clock.",
            Self::Other { reference, detail } => return write!(f, "The book cannot be opened ({reference}): {detail}"),
        })
    }
}

impl std::error::Error for OpenError {}

fn other(detail: &dyn fmt::Display) -> OpenError {
    let reference = random::reference();
    tracing::error!(%reference, %detail, "the book cannot be opened");
    OpenError::Other {
        reference,
        detail: detail.to_string(),
    }
}

/// Reads the cause of a database error from its code, never from its words.
fn cause(error: &sqlx::Error) -> OpenError {
    let code = error
        .as_database_error()
        .and_then(|error| error.code())
        .and_then(|code| code.parse::<i32>().ok());
    // Primary result codes: https://www.sqlite.org/rescode.html
    match code.map(|code| code & 0xff) {
        Some(5 | 6 | 15) => OpenError::Locked,
        Some(8) => OpenError::ReadOnly,
        Some(11) => OpenError::Damaged,
        Some(13) => OpenError::DiskFull,
        Some(14) => OpenError::ReadOnly,
        Some(26) => OpenError::NotABook,
        _ => other(error),
    }
}

fn db_cause(error: &DbErr) -> OpenError {
    match error {
        DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => cause(error),
        error => other(error),
    }
}

/// Opens the database of a book and brings its tables up to date.
pub async fn open(location: &BookLocation, options: &OpenOptions, clock: &Clock) -> Result<(Db, book::Model), OpenError> {
    if let Some(zone) = options.create.as_ref().and_then(|new| new.time_zone.as_deref())
        && zone.parse::<chrono_tz::Tz>().is_err()
    {
        return Err(OpenError::UnknownTimeZone);
    }
    let db = match location {
        BookLocation::File(path) if options.read_only => look_into(path).await?,
        BookLocation::File(path) => open_file(path, options.create.is_some()).await?,
        BookLocation::Server { url, password, schema } => open_server(url, password.as_deref(), schema, options.create.is_some()).await?,
    };
    if options.read_only {
        check_steps(&db, false).await?;
    } else {
        migrate(&db, options.create.is_some()).await?;
    }
    let book = match book::Entity::find().one(db.reader()).await.map_err(|error| db_cause(&error))? {
        Some(book) => book,
        None => match &options.create {
            Some(new) => make(&db, new, clock).await.map_err(|error| db_cause(&error))?,
            None => return Err(OpenError::NotABook),
        },
    };
    if book.format > migrations::FORMAT {
        return Err(OpenError::Newer);
    }
    if let Some(now) = options.now {
        if !book.is_test_clock {
            return Err(OpenError::TestClock);
        }
        clock.set(now);
    }
    Ok((db, book))
}

async fn open_file(path: &PathBuf, create: bool) -> Result<Db, OpenError> {
    let size = match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Some(found.len()),
        Ok(_) => return Err(OpenError::NotABook),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return Err(OpenError::ReadOnly),
        Err(error) => return Err(other(&error)),
    };
    if size.is_none() && !create {
        return Err(OpenError::Missing);
    }
    if size.is_some() && std::fs::OpenOptions::new().read(true).write(true).open(path).is_err() {
        return Err(OpenError::ReadOnly);
    }
    if size.is_some_and(|size| size > 0) {
        check_head(path)?;
    }
    if size.is_none() {
        private_file(path)?;
    }
    let db = Db::open_file(path, create).await.map_err(|error| cause(&error))?;
    let (mark, has_tables) = db::file_mark(db.reader()).await.map_err(|error| db_cause(&error))?;
    if (has_tables && mark != migrations::APPLICATION_ID) || (!has_tables && !create) {
        let _ = db.close().await;
        return Err(OpenError::NotABook);
    }
    Ok(db)
}

/// Refuses the file of another program before anything opens it: opening would change it, if only its journal mode.
fn check_head(path: &Path) -> Result<(), OpenError> {
    let mut head = [0; 72];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
    if read.is_err() || !head.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::NotABook);
    }
    // https://www.sqlite.org/fileformat.html: the schema cookie at 40, the application id at 68.
    let has_schema = head.get(40..44) != Some(&[0; 4]);
    let mark = head.get(68..72).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    if mark.map(i64::from) != Some(migrations::APPLICATION_ID) && has_schema && !has_log(path) {
        return Err(OpenError::NotABook);
    }
    Ok(())
}

/// The log beside a file.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Whether there is something in that log: what a process that died has left is not in the file yet.
fn has_log(path: &Path) -> bool {
    std::fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0)
}

/// Opens a file only to look into it.
async fn look_into(path: &Path) -> Result<Db, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing);
    }
    check_head(path)?;
    Db::look_into(path, log_of(path).exists()).await.map_err(|error| cause(&error))
}

/// Makes an empty file that only its owner can read, before anything is written into it.
fn private_file(path: &PathBuf) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            std::io::ErrorKind::NotFound => Err(OpenError::Missing),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Err(OpenError::ReadOnly),
            std::io::ErrorKind::StorageFull => Err(OpenError::DiskFull),
            _ => Err(other(&error)),
        },
    }
}

async fn open_server(url: &str, password: Option<&str>, schema: &str, create: bool) -> Result<Db, OpenError> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if schema.is_empty() || schema.len() > 60 || !schema.chars().all(valid) {
        return Err(OpenError::Unreachable(
            "a schema is named with small letters, digits and _".to_owned(),
        ));
    }
    // The parser's own message would repeat the string, with whatever was typed into it.
    let mut options =
        PgConnectOptions::from_str(url).map_err(|_| OpenError::Unreachable("the connection string cannot be read".to_owned()))?;
    if let Some(password) = password {
        options = options.password(password);
    }
    let says_mode = url
        .split_once('?')
        .is_some_and(|(_, query)| query.contains("sslmode=") || query.contains("ssl-mode="));
    if !says_mode && std::env::var_os("PGSSLMODE").is_none() && !is_this_computer(&options) {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    let db = Db::open_server(options, schema).await.map_err(|error| match error {
        sqlx::Error::Database(error) => OpenError::Unreachable(error.message().to_owned()),
        sqlx::Error::Io(error) => OpenError::Unreachable(error.to_string()),
        sqlx::Error::PoolTimedOut => OpenError::Unreachable("it did not answer within 5 seconds".to_owned()),
        error => other(&error),
    })?;
    if create {
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        db.writer().execute_unprepared(&sql).await.map_err(|error| db_cause(&error))?;
    }
    Ok(db)
}

/// Whether a connection does not leave the computer: nobody can listen to it or step into it.
fn is_this_computer(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host == "localhost"
        || host.starts_with('/')
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Refuses a book with steps that this app does not know and, unless it is to be made, a place without any.
async fn check_steps(db: &Db, create: bool) -> Result<(), OpenError> {
    let applied = Migrator::applied(db.reader()).await.map_err(|error| db_cause(&error))?;
    if applied.iter().any(|name| !Migrator::names().contains(name)) {
        return Err(OpenError::Newer);
    }
    if applied.is_empty() && !create {
        return Err(if db::is_server(db.reader()) {
            OpenError::Missing
        } else {
            OpenError::NotABook
        });
    }
    Ok(())
}

async fn migrate(db: &Db, create: bool) -> Result<(), OpenError> {
    check_steps(db, create).await?;
    Migrator::bring_up(db.writer()).await.map_err(|error| db_cause(&error))
}

async fn make(db: &Db, new: &NewBook, clock: &Clock) -> Result<book::Model, DbErr> {
    let now = clock.now();
    let fault = |error| DbErr::Custom(format!("{error:?}"));
    let transaction = db.begin().await?;
    chain_head::ActiveModel {
        only_row: Set(1),
        number: Set(0),
        hash: Set(vec![0; 32]),
    }
    .insert(&transaction)
    .await?;
    let book = book::ActiveModel {
        id: Set(random::Ids::default().new_id(now).map_err(fault)?),
        format: Set(migrations::FORMAT),
        only_row: Set(1),
        name: Set(new.name.clone()),
        currency: Set(new.currency.code().to_owned()),
        time_zone: Set(new.time_zone.clone().unwrap_or_else(zone::of_computer)),
        is_test_clock: Set(new.is_test_clock),
        is_sample: Set(new.is_sample),
        secret: Set(random::bytes::<32>().map_err(fault)?.to_vec()),
        expiring_days: Set(30),
        idle_lock_minutes: Set(10),
        created_at: Set(now.0),
        updated_at: Set(now.0),
        version: Set(1),
    }
    .insert(&transaction)
    .await?;
    crate::billing::make(&transaction, &new.name, now.0).await?;
    transaction.commit().await?;
    Ok(book)
}
