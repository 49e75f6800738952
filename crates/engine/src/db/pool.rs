//! Opening SQLite and Postgres so that what was acknowledged is kept.

use std::{
    path::Path,
    pin::pin,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait, Value,
};
use sqlx::{
    Connection, PgPool, Row, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{
    cache,
    expected::Expected,
    file::{checked_pool, file_options, learn, watching_pool},
    reader::{Readers, Texts},
    stop::Stop,
};
use crate::book::Identity;

/// Readers of a file beside its one writer.
pub(super) const READERS: u32 = 3;
/// Connections to a server for what changes something or needs several statements at one instant.
const SERVER_CONNECTIONS: u32 = 4;

/// How often it is looked whether a connection has come back to the pool while the server gives no other, and how long a
/// transaction may take to begin on that one.
const LOOKS: Duration = Duration::from_millis(200);
const BEGINS_WITHIN: Duration = Duration::from_secs(1);
/// After so many looks idle readers are closed: the server has room then.
const ROOM_AFTER: u32 = 5;
/// How long a new connection to a server may take, and one that comes back to say that it is free.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// The least time between two renewals.
const RENEWED_AFTER: Duration = Duration::from_secs(2);
/// How long connections to a server are waited for when they are closed.
const CLOSED_WITHIN: Duration = Duration::from_secs(3);

/// An open database. Copies share it.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    now: RwLock<Pools>,
    kind: Origin,
}

struct Pools {
    write: DatabaseConnection,
    read: DatabaseConnection,
    stoppable: Arc<Readers>,
    copier: Arc<Readers>,
    renewed: Option<Instant>,
    is_closed: bool,
}

enum Origin {
    /// With the connection on which the file is looked at.
    File(SqlitePool),
    Server {
        options: Box<PgConnectOptions>,
        schema: String,
        expected: Expected,
    },
}

/// Says nothing of the options, which hold a password.
impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("is_server", &self.is_server()).finish_non_exhaustive()
    }
}

impl Db {
    fn new(write: DatabaseConnection, read: DatabaseConnection, (stoppable, copier): (Readers, Readers), kind: Origin) -> Self {
        let now = RwLock::new(Pools {
            write,
            read,
            stoppable: Arc::new(stoppable),
            copier: Arc::new(copier),
            renewed: None,
            is_closed: false,
        });
        Self(Arc::new(Shared { now, kind }))
    }

    /// Opens a file, or makes it.
    pub async fn open_file(path: &Path, create: bool) -> Result<Self, sqlx::Error> {
        let options = file_options(path).create_if_missing(create);
        let write = checked_pool(1).connect_with(options.clone()).await?;
        let only_reads = options.clone().pragma("query_only", "ON").pragma("cache_size", cache::READER);
        let read = checked_pool(READERS).connect_with(only_reads.clone()).await?;
        let copies = options.pragma("cache_size", cache::COPIER);
        let readers = (Readers::of_file(only_reads.clone()), Readers::of_file(copies));
        let watching = watching_pool(checked_pool(1), only_reads.pragma("cache_size", cache::WATCHER));
        Ok(Self::new(write.into(), read.into(), readers, Origin::File(watching)))
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
        let readers = (Readers::of_seen_file(options.clone()), Readers::of_seen_file(options.clone()));
        Ok(Self::new(
            connection.clone(),
            connection,
            readers,
            Origin::File(watching_pool(SqlitePoolOptions::new(), options)),
        ))
    }

    /// Opens a server. `schema` is where the book's tables are.
    pub async fn open_server(options: PgConnectOptions, schema: &str) -> Result<Self, sqlx::Error> {
        let options = options.options([
            ("search_path", schema),
            ("statement_timeout", "20000"),
            ("lock_timeout", "10000"),
            // Whoever waits in the middle of a transaction is not there any more, and others wait for what it has locked.
            ("idle_in_transaction_session_timeout", "20000"),
            ("tcp_keepalives_idle", "30"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
        ]);
        let expected = Expected::default();
        let pool = server_pool(&expected).connect_with(options.clone()).await?;
        let readers = || Readers::of_server(options.clone(), expected.clone(), pool.clone());
        let readers = (readers(), readers());
        let kind = Origin::Server {
            options: Box::new(options),
            schema: schema.to_owned(),
            expected,
        };
        let pool: DatabaseConnection = pool.into();
        Ok(Self::new(pool.clone(), pool, readers, kind))
    }

    /// Whether it is a server.
    pub fn is_server(&self) -> bool {
        matches!(self.0.kind, Origin::Server { .. })
    }

    /// The schema of the book, on a server.
    pub fn schema(&self) -> Option<&str> {
        match &self.0.kind {
            Origin::Server { schema, .. } => Some(schema),
            Origin::File(_) => None,
        }
    }

    /// What every connection to a server that is made from now on has to find there; anything, until a book was found.
    pub fn expect(&self, identity: Option<Identity>) {
        if let Some(expected) = self.expected() {
            expected.set(identity);
        }
    }

    pub(super) fn expected(&self) -> Option<&Expected> {
        match &self.0.kind {
            Origin::Server { expected, .. } => Some(expected),
            Origin::File(_) => None,
        }
    }

    /// The one connection on which a file is looked at, or how a server is reached for listening.
    pub(super) fn origin(&self) -> (Option<&SqlitePool>, Option<&PgConnectOptions>) {
        match &self.0.kind {
            Origin::File(watching) => (Some(watching), None),
            Origin::Server { options, .. } => (None, Some(options)),
        }
    }

    /// Lets go of every connection to a server and takes new ones from now on: after a restart, or where the network
    /// swallows what is sent, those that are open answer late or never. What runs on them ends by itself.
    pub fn renew(&self) {
        self.renew_since(Instant::now());
    }

    /// The same, unless that was done since `began`: what began then was on connections that are given up already.
    pub fn renew_since(&self, began: Instant) {
        let Origin::Server { options, expected, .. } = &self.0.kind else {
            return;
        };
        let mut now = self.0.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.is_closed || now.renewed.is_some_and(|at| at >= began || at.elapsed() < RENEWED_AFTER) {
            return;
        }
        let pool = server_pool(expected).connect_lazy_with(options.as_ref().clone());
        let readers = || Arc::new(Readers::of_server(options.as_ref().clone(), expected.clone(), pool.clone()));
        let (stoppable, copier) = (readers(), readers());
        let pool: DatabaseConnection = pool.into();
        let old = std::mem::replace(
            &mut *now,
            Pools {
                write: pool.clone(),
                read: pool,
                stoppable,
                copier,
                renewed: Some(Instant::now()),
                is_closed: false,
            },
        );
        // From here on: what comes back to it is closed and not used again.
        drop(old.read.get_postgres_connection_pool().close());
        tokio::spawn(async move { old.read.close().await });
    }

    pub(super) fn readers(&self) -> (Arc<Readers>, Arc<Readers>) {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&now.stoppable), Arc::clone(&now.copier))
    }

    /// The rows of a query whose columns are all text, which `stop` interrupts.
    pub async fn texts(&self, sql: &str, values: Vec<Value>, stop: &Stop) -> Result<Vec<Texts>, DbErr> {
        self.readers().0.texts(sql, values, stop).await
    }

    /// Copies a file book, as it is at this instant, into a new file, unless `stop` interrupts it.
    pub async fn copy_file(&self, target: &Path, stop: &Stop) -> Result<(), DbErr> {
        let target = target.to_str().ok_or_else(|| DbErr::Custom("the path is not Unicode".to_owned()))?;
        let copier = self.readers().1;
        let copied = copier.texts("VACUUM INTO ?", vec![target.into()], stop).await;
        copier.rest().await;
        copied.map(|_| ())
    }

    /// What a database check of a file book says, unless `stop` interrupts it: nothing, or what is wrong.
    pub async fn check_file(&self, stop: &Stop) -> Result<Vec<String>, DbErr> {
        if self.is_server() {
            return Ok(Vec::new());
        }
        // The check goes by what this connection last knew of the search index, and takes what others wrote since for damage
        // (SQLite 3.51, `fts5IntegrityMethod`). To read a row first, in the same statement, brings it up to date.
        let whole = "SELECT wrong.integrity_check FROM (SELECT COUNT(*) FROM (SELECT rowid FROM customer_index LIMIT 1)) AS known
            CROSS JOIN pragma_integrity_check AS wrong WHERE wrong.integrity_check <> 'ok'";
        let dangling = "SELECT DISTINCT \"table\" || ' points to a missing row of ' || parent FROM pragma_foreign_key_check";
        let copier = self.readers().1;
        let asked = async {
            let mut found = Vec::new();
            for sql in [whole, dangling] {
                found.extend(copier.texts(sql, Vec::new(), stop).await?.into_iter().flatten().flatten());
            }
            Ok::<_, DbErr>(found)
        };
        let found = asked.await;
        copier.rest().await;
        found
    }

    pub(super) fn pools(&self) -> (DatabaseConnection, DatabaseConnection) {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        (now.write.clone(), now.read.clone())
    }

    /// For what needs no transaction.
    pub fn reader(&self) -> DatabaseConnection {
        self.pools().1
    }

    /// For migrations and bulk work.
    pub fn writer(&self) -> DatabaseConnection {
        self.pools().0
    }

    /// Begins a write. On a file it holds the one write lock from the start, so that it cannot fail half way.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = || TransactionOptions {
            access_mode: self.is_server().then_some(AccessMode::ReadWrite),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        self.begin_with(&self.writer(), options).await
    }

    /// Begins a read of several statements that all see the book as it is at the first.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = || {
            if self.is_server() {
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
            }
        };
        self.begin_with(&self.reader(), options).await
    }

    async fn begin_with(
        &self,
        connection: &DatabaseConnection,
        options: impl Fn() -> TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let begin = || {
            let (db, connection, options) = (self.clone(), connection.clone(), options());
            in_any_case(async move { db.begun(connection.begin_with_options(options)).await })
        };
        let begun = if self.is_server() {
            self.begun_on_own(connection.get_postgres_connection_pool(), &begin).await
        } else {
            begin().await
        };
        match begun.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))? {
            Ok(transaction) => Ok(transaction),
            Err(error) => Err(self.told(error).await),
        }
    }

    /// What comes of a beginning, or of another one on a connection that has come back to the pool meanwhile: who has begun to wait
    /// for the server to give one does not see that (sqlx 0.9.0). The one that is not waited for any more ends by itself.
    async fn begun_on_own<T, F: Future<Output = T>>(&self, pool: &PgPool, begin: impl Fn() -> F) -> T {
        // Who finds one there needs only the way to the server and back.
        let looks_first_after = if pool.num_idle() > 0 { BEGINS_WITHIN } else { LOOKS };
        let mut first = pin!(begin());
        loop {
            let again = async {
                for looks in 1_u32.. {
                    tokio::time::sleep(if looks == 1 { looks_first_after } else { LOOKS }).await;
                    if pool.num_idle() > 0 {
                        break;
                    }
                    if looks == ROOM_AFTER {
                        tokio::spawn(self.readers().0.rest());
                    }
                }
                tokio::time::timeout(BEGINS_WITHIN, begin()).await
            };
            tokio::select! {
                biased;
                begun = first.as_mut() => return begun,
                begun = again => if let Ok(begun) = begun {
                    return begun;
                },
            }
        }
    }

    /// Brings what a file has in its log into the file itself, so that the file alone is the book. Fails while another
    /// connection is in the way.
    pub async fn settle(&self) -> Result<(), sqlx::Error> {
        if self.is_server() {
            return Ok(());
        }
        let connection = self.writer();
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(connection.get_sqlite_connection_pool())
            .await?;
        match row.try_get::<i64, _>(0)? {
            0 => Ok(()),
            _ => Err(sqlx::Error::Configuration("the log cannot be brought into the file".into())),
        }
    }

    /// Closes every connection, each once what runs on it has ended. Those to a server are waited for a little while only. Fails
    /// if a file is still being read: whoever holds it has to go on holding it.
    pub async fn close(self) -> Result<(), DbErr> {
        self.0.now.write().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        if !self.is_server() {
            return self.close_each().await;
        }
        // Where the network swallows what is sent, neither a query ends nor the test that a connection has to pass before it is
        // put back, and a pool waits for both for as long as the system does: a quarter of an hour.
        tokio::time::timeout(CLOSED_WITHIN, self.close_each()).await.unwrap_or_else(|_| {
            tracing::warn!("connections to the server are left to end by themselves");
            Ok(())
        })
    }

    async fn close_each(&self) -> Result<(), DbErr> {
        let (write, read) = self.pools();
        let (stoppable, copier) = self.readers();
        let (lists, copies, pool) = tokio::join!(stoppable.close(), copier.close(), read.close());
        pool?;
        if let Origin::File(watching) = &self.0.kind {
            watching.close().await;
            learn(write.get_sqlite_connection_pool()).await;
            write.close().await?;
        }
        if lists && copies {
            Ok(())
        } else {
            Err(DbErr::Conn(RuntimeErr::Internal("a file is still being read".to_owned())))
        }
    }
}

/// Begins something on a connection, in a task of its own. Who gives up a transaction while it begins would put the connection
/// back with the transaction open, and without anybody knowing (sqlx 0.9.0 counts a transaction of a server only once its BEGIN
/// was answered): whoever takes it next would work inside of it. So it begins in any case, and is rolled back if nobody waits.
pub(super) async fn in_any_case<T: Send + 'static>(begins: impl Future<Output = T> + Send + 'static) -> Result<T, sqlx::Error> {
    tokio::spawn(begins).await.map_err(|_| sqlx::Error::WorkerCrashed)
}

fn server_pool(expected: &Expected) -> PgPoolOptions {
    let expected = expected.clone();
    PgPoolOptions::new()
        .max_connections(SERVER_CONNECTIONS)
        .test_before_acquire(false)
        .acquire_timeout(ANSWERS_WITHIN)
        .after_connect(move |connection, _| {
            let expected = expected.clone();
            Box::pin(async move { expected.check(connection).await })
        })
        // One that was given up in the middle of a question may wait for an answer that never comes: it is closed then, and the
        // server lets go of what it held for it.
        .after_release(|connection, _| {
            Box::pin(async move {
                let free = tokio::time::timeout(ANSWERS_WITHIN, connection.ping()).await;
                free.map_err(|_| sqlx::Error::PoolTimedOut)?.map(|()| true)
            })
        })
}
