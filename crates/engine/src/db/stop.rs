//! Giving up what an operation asks: the progress handler of a file, a cancel request on a server.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{DbErr, RuntimeErr};
use sqlx::{Connection, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::sync::{Mutex, watch};

use super::{answer::SILENT_FOR, has_no_connection};

/// How long the request to cancel a query may take.
const CANCELED_WITHIN: Duration = Duration::from_secs(2);
/// When a query is asked again to end. A request that comes before the server has begun the query is lost.
const ASKED_AGAIN: Duration = Duration::from_millis(100);
/// How often at most: as long as the answer to a query is waited for.
const AGAIN: u128 = SILENT_FOR.as_millis() / ASKED_AGAIN.as_millis();

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
    running: BTreeMap<u64, Query>,
    last: u64,
}

#[derive(Debug)]
struct Query {
    running: Running,
    /// How often it was asked to end.
    requests: u32,
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
        if self.request().await {
            let again = self.clone();
            tokio::spawn(async move {
                for _ in 0..AGAIN {
                    tokio::time::sleep(ASKED_AGAIN).await;
                    if !again.request().await {
                        break;
                    }
                }
            });
        }
    }

    /// Asks what runs to end. Answers whether anything of it runs at a server.
    async fn request(&self) -> bool {
        let mut state = self.0.state.lock().await;
        state.is_stopped = true;
        let mut is_at_server = false;
        for query in state.running.values_mut() {
            query.requests += 1;
            match &query.running {
                Running::File(stop) => stop.store(true, Ordering::Relaxed),
                Running::Server(process, options, pool) => {
                    is_at_server = true;
                    // A network that swallows everything must not hold up who asks for something newer.
                    match tokio::time::timeout(CANCELED_WITHIN, cancel(*process, options, pool)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => tracing::debug!(%error, "a query could not be canceled"),
                        Err(_) => tracing::debug!("a query could not be canceled in time"),
                    }
                }
            }
        }
        is_at_server
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
        state.running.insert(ticket, Query { running, requests: 0 });
        Ok(ticket)
    }

    /// The query with this ticket has ended: how often it was asked to meanwhile. Waits for a request that is under way: it must not
    /// meet the next query.
    pub(super) async fn end(&self, ticket: u64) -> u32 {
        let mut state = self.0.state.lock().await;
        state.running.remove(&ticket).map_or(0, |query| query.requests)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::server_code;

    #[tokio::test]
    async fn a_query_that_the_server_had_not_begun_when_it_was_given_up_ends_all_the_same() {
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let options: PgConnectOptions = server.parse().unwrap();
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let (stop, pool) = (Stop::default(), PgPool::connect_lazy_with(options.clone()));
        let ticket = stop.begin(Running::Server(process, Box::new(options), pool)).await.unwrap();
        stop.stop().await;
        // The first request has been there by then.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let slept = tokio::time::timeout(Duration::from_secs(10), sqlx::query("SELECT pg_sleep(60)").execute(&mut connection));
        let error = slept.await.expect("it ends").unwrap_err();
        assert_eq!(server_code(&error), "57014");
        assert!(stop.end(ticket).await > 1);
        assert!(!stop.request().await, "nothing is asked to end any more");
    }
}
