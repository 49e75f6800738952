//! Learning that somebody else has written: a server tells it, a file is looked at.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Value};
use sqlx::postgres::{PgListener, PgPoolOptions};

use super::{Db, is_server, statement};

/// How often a file is looked at.
const LOOK: Duration = Duration::from_millis(400);
/// How long a server may be silent before it is asked: what it tells can be lost with a connection.
const SILENT: Duration = Duration::from_secs(5);
/// How long until a server that cannot be had is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// Sets the end of the change log; on a server everyone who listens is told, with the commit.
pub async fn note_change(connection: &impl ConnectionTrait, number: i64, hash: Vec<u8>) -> Result<(), DbErr> {
    let values: Vec<Value> = vec![number.into(), hash.into()];
    if is_server(connection) {
        let sql = "WITH head AS (UPDATE chain_head SET number = ?, hash = ? RETURNING number)
                   SELECT pg_notify('book_' || left(current_schema(), 50), CAST(number AS TEXT)) FROM head";
        connection.query_one_raw(statement(connection, sql, values)).await?;
    } else {
        let sql = "UPDATE chain_head SET number = ?, hash = ?";
        connection.execute_raw(statement(connection, sql, values)).await?;
    }
    Ok(())
}

/// See the module.
#[derive(Debug)]
pub struct Notices {
    db: Db,
    listens: Listens,
}

#[derive(Debug)]
enum Listens {
    /// What the file's connection for this said last.
    File(i64),
    Server(Option<Box<PgListener>>),
}

impl Notices {
    /// Begins to listen with the first wait.
    pub fn new(db: Db) -> Self {
        let listens = if db.is_server() { Listens::Server(None) } else { Listens::File(0) };
        Self { db, listens }
    }

    /// Waits until somebody, perhaps oneself, may have written.
    pub async fn wait(&mut self) {
        match &mut self.listens {
            Listens::File(last) => loop {
                tokio::time::sleep(LOOK).await;
                match data_version(&self.db).await {
                    Ok(version) if version == *last => {}
                    Ok(version) => {
                        *last = version;
                        return;
                    }
                    // What cannot be looked at is asked for.
                    Err(error) => {
                        tracing::debug!(%error, "looking at the file");
                        return;
                    }
                }
            },
            Listens::Server(listener) => {
                if listener.is_none() {
                    *listener = listen(&self.db).await;
                }
                let Some(listening) = listener else {
                    tokio::time::sleep(AGAIN).await;
                    return;
                };
                match tokio::time::timeout(SILENT, listening.try_recv()).await {
                    Ok(Ok(Some(_))) | Err(_) => {}
                    // The connection was lost; what was told meanwhile is found by asking.
                    Ok(Ok(None) | Err(_)) => *listener = None,
                }
            }
        }
    }

    /// The listener was found dead by other means.
    pub fn start_over(&mut self) {
        match &mut self.listens {
            Listens::File(last) => *last = 0,
            Listens::Server(listener) => *listener = None,
        }
    }
}

async fn data_version(db: &Db) -> Result<i64, sqlx::Error> {
    let (Some(pool), _) = db.origin() else {
        return Err(sqlx::Error::PoolClosed);
    };
    let mut connection = pool.acquire().await?;
    let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await;
    if version.is_err() {
        // The next look takes a new one.
        connection.close_on_drop();
    }
    version
}

async fn listen(db: &Db) -> Option<Box<PgListener>> {
    let (_, Some(options)) = db.origin() else { return None };
    let schema: String = db.schema()?.chars().take(50).collect();
    // A pool of its own: it must not take one of the connections that operations use.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(SILENT)
        .connect_lazy_with(options.clone());
    let listening = tokio::time::timeout(SILENT, async {
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(&format!("book_{schema}")).await?;
        Ok::<_, sqlx::Error>(listener)
    });
    match listening.await {
        Ok(Ok(listener)) => Some(Box::new(listener)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "listening to the server");
            None
        }
        Err(_) => None,
    }
}
