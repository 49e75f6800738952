//! How long a database is waited for.

use std::{
    future::pending,
    io,
    pin::pin,
    time::{Duration, Instant},
};

use sea_orm::{ConnAcquireErr, DatabaseTransaction, DbErr};
use sqlx::{Connection, PgConnection};

use super::{Db, has_no_connection, of_driver, pool::ANSWERS_WITHIN};

/// How long a server is waited for with one statement. It ends each by itself after twenty seconds (`statement_timeout`): one
/// that has said nothing by now is not heard.
pub(super) const SILENT_FOR: Duration = Duration::from_secs(25);
/// How long a transaction may take to begin, with the connection that may have to be made for it. A server begins one at once.
const BEGUN_WITHIN: Duration = Duration::from_secs(8);
/// How long a server may take to say why it takes no connection.
const SAID_WITHIN: Duration = Duration::from_secs(1);
/// What takes longer is watched over: it is asked all the while whether the server is heard.
const WATCHED_AFTER: Duration = Duration::from_secs(1);
/// How often that is asked, and how long the answer may take.
const ASKED_EVERY: Duration = Duration::from_secs(3);
const HEARD_WITHIN: Duration = Duration::from_secs(5);

/// What comes of work that takes as long as it takes, for as long as the server is heard on a connection that has nothing else to
/// do: where the network swallows what is sent, the work itself would find that out much later.
pub(super) async fn while_heard_on<T>(connection: &mut PgConnection, work: impl Future<Output = T>) -> Result<T, sqlx::Error> {
    tokio::select! {
        biased;
        done = work => Ok(done),
        error = silence(connection) => Err(error),
    }
}

/// Comes when the server is not heard any more.
async fn silence(connection: &mut PgConnection) -> sqlx::Error {
    loop {
        tokio::time::sleep(ASKED_EVERY).await;
        if let Err(error) = soon(sqlx::query("SELECT 1").execute(&mut *connection)).await {
            tracing::warn!(%error, "the server says nothing any more");
            return error;
        }
    }
}

/// What a server answers at once or not at all.
async fn soon<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(HEARD_WITHIN, asked)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

impl Db {
    /// What the database answers to one statement. A server that says nothing is given up, as one that was lost, and with it the
    /// connections to it: what was sent may have arrived in part, and the server waits for the rest and holds what it has
    /// locked, for as long as the connection is open.
    pub async fn answered<T>(&self, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.within(SILENT_FOR, asked).await
    }

    /// The same where a transaction begins, which needs no time.
    pub(super) async fn begun<T>(&self, begins: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.within(BEGUN_WITHIN, begins).await
    }

    /// The same error, unless a pool's time was over and the server says that it has no connection to spare: it is heard, and what
    /// is open to it is kept. A pool tries until its time is over, and then says nothing but that (sqlx 0.9.0).
    pub async fn told(&self, error: DbErr) -> DbErr {
        let (_, Some(options)) = self.origin() else { return error };
        if !matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) {
            return error;
        }
        match tokio::time::timeout(SAID_WITHIN, PgConnection::connect_with(options)).await {
            Ok(Err(said)) if has_no_connection(&said) => of_driver(said),
            Ok(Ok(connection)) => {
                // Nobody waits for its end.
                let _ = connection.close_hard().await;
                error
            }
            _ => error,
        }
    }

    /// What comes of work of many statements, if the server is heard all the while, on a connection of its own for that. A file is
    /// always heard.
    pub async fn while_heard<T>(&self, work: impl Future<Output = T>) -> Result<T, DbErr> {
        let (_, Some(options)) = self.origin() else { return Ok(work.await) };
        let silence = async {
            tokio::time::sleep(WATCHED_AFTER).await;
            match soon(PgConnection::connect_with(options)).await {
                Ok(mut connection) => silence(&mut connection).await,
                // It is heard, and has no room for one more.
                Err(sqlx::Error::Database(_)) => pending().await,
                Err(error) => error,
            }
        };
        let began = Instant::now();
        tokio::select! {
            biased;
            done = work => Ok(done),
            error = silence => {
                self.renew_since(began);
                Err(of_driver(error))
            }
        }
    }

    /// Ends a transaction and leaves nothing of it. A server has nothing to wait for then.
    pub async fn roll_back(&self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        self.within(ANSWERS_WITHIN, transaction.rollback()).await
    }

    async fn within<T>(&self, limit: Duration, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if !self.is_server() {
            return asked.await;
        }
        let began = Instant::now();
        let mut asked = pin!(asked);
        if let Ok(answer) = tokio::time::timeout(limit, asked.as_mut()).await {
            return answer;
        }
        tracing::warn!("the server says nothing any more");
        // Before what was asked is dropped and its connection goes back.
        self.renew_since(began);
        Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }
}
