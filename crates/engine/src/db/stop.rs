//! Giving up what an operation asks: the progress handler of a file, a cancel request on a server.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{DbErr, RuntimeErr};
use sqlx::{Connection, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::sync::{Mutex, watch};

use super::has_no_connection;

/// How long the request to cancel a query may take.
const CANCELED_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Interrupts the queries of one operation. Copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// For those who wait and have nothing running yet.
    told: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    is_stopped: bool,
    /// By their tickets: an operation may ask several things at the same time.
    running: BTreeMap<u64, Running>,
    last: u64,
}

/// A query under way.
#[derive(Debug)]
pub(super) enum Running {
    File(Arc<AtomicBool>),
    Server(i32, Box<PgConnectOptions>, PgPool),
}

impl Stop {
    /// Interrupts what runs, and refuses what would follow.
    pub async fn stop(&self) {
        self.0.told.send_replace(true);
        let mut state = self.0.state.lock().await;
        state.is_stopped = true;
        // Once: a second request would meet what comes after it on the connection.
        for running in std::mem::take(&mut state.running).into_values() {
            match running {
                Running::File(stop) => stop.store(true, Ordering::Relaxed),
                Running::Server(process, options, pool) => {
                    // A network that swallows everything must not hold up who asks for something newer.
                    match tokio::time::timeout(CANCELED_WITHIN, cancel(process, &options, &pool)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => tracing::debug!(%error, "a query could not be canceled"),
                        Err(_) => tracing::debug!("a query could not be canceled in time"),
                    }
                }
            }
        }
    }

    /// Ends once it is stopped.
    pub(super) async fn stopped(&self) {
        let mut told = self.0.told.subscribe();
        // The other end is here: it is there for as long as this.
        drop(told.wait_for(|is_stopped| *is_stopped).await);
    }

    /// A query begins. Answers with its ticket.
    pub(super) async fn begin(&self, running: Running) -> Result<u64, DbErr> {
        let mut state = self.0.state.lock().await;
        if state.is_stopped {
            return Err(interrupted());
        }
        state.last += 1;
        let ticket = state.last;
        state.running.insert(ticket, running);
        Ok(ticket)
    }

    /// The query with this ticket has ended: whether it was stopped meanwhile. Waits for a cancel request that is under way: it must
    /// not meet the next query.
    pub(super) async fn end(&self, ticket: u64) -> bool {
        let mut state = self.0.state.lock().await;
        state.running.remove(&ticket);
        state.is_stopped
    }
}

async fn cancel(process: i32, options: &PgConnectOptions, pool: &PgPool) -> Result<(), sqlx::Error> {
    let query = sqlx::query("SELECT pg_cancel_backend($1)").bind(process);
    let mut connection = match PgConnection::connect_with(options).await {
        // The server has none to spare.
        Err(error) if has_no_connection(&error) => return query.execute(pool).await.map(|_| ()),
        connection => connection?,
    };
    query.execute(&mut connection).await?;
    connection.close().await
}

/// The same as an interrupted query: the operation is refused as not done.
pub(super) fn interrupted() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the query was given up for a newer one".to_owned()))
}
