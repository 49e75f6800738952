//! What a server was found to hold when its book was opened. The name of a host can come to lead elsewhere while a book is
//! open, as to a cluster with a copy of last week: whoever connects anew has to find the same cluster and the same book.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use sqlx::{PgConnection, Row};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Db, not_allowed, server_code};
use crate::book::Identity;

/// There is no such table (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const NO_TABLE: &str = "42P01";

/// How long something else counts that was found: whoever asks has it looked for anew within seconds.
const COUNTS: Duration = Duration::from_secs(15);

/// What has to be found; anything will do until a book was. Copies share it.
#[derive(Clone, Debug, Default)]
pub struct Expected(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    identity: RwLock<Option<Identity>>,
    /// When something else was found last, unless the right one was found since.
    other: watch::Sender<Option<Instant>>,
}

impl Expected {
    /// From now on this has to be found, or anything will do again.
    pub fn set(&self, identity: Option<Identity>) {
        *self.0.identity.write().unwrap_or_else(PoisonError::into_inner) = identity;
        self.0.other.send_replace(None);
    }

    /// Whether something else was found just now.
    fn is_other(&self) -> bool {
        self.0.other.borrow().is_some_and(|at| at.elapsed() < COUNTS)
    }

    /// Comes when something else is found, at this instant or later.
    async fn other_since(&self, began: Instant) {
        let _ = self.0.other.subscribe().wait_for(|at| at.is_some_and(|at| at >= began)).await;
    }

    /// Fails if a new connection leads to anything else. The error is one of a database that cannot be had.
    pub async fn check(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let expected = self.0.identity.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(expected) = expected else { return Ok(()) };
        let mut found = look(connection, expected.system.is_some()).await;
        if found.as_ref().is_err_and(|error| not_allowed(error).is_some()) {
            // The right to ask for the cluster can be taken away. The book itself still tells.
            found = look(connection, false).await;
        }
        let is_expected = match found {
            Ok(Some(found)) => found.book == expected.book && (found.system.is_none() || found.system == expected.system),
            // A place without the tables of a book is not the one that was opened.
            Ok(None) => false,
            Err(error) if server_code(&error) == NO_TABLE => false,
            Err(error) => return Err(error),
        };
        self.0.other.send_replace((!is_expected).then(Instant::now));
        if is_expected {
            Ok(())
        } else {
            let words = "this is not the server, or not the book, that was opened; nothing is read or written there";
            Err(sqlx::Error::Io(std::io::Error::other(words)))
        }
    }
}

impl Db {
    /// Whether a new connection led to another server, or another book, than the one that was opened, just now.
    pub fn is_swapped(&self) -> bool {
        self.expected().is_some_and(Expected::is_other)
    }

    /// Comes when a connection that is made from then on leads there; of a file it never does.
    pub async fn swapped_since(&self, began: Instant) {
        match self.expected() {
            Some(expected) => expected.other_since(began).await,
            None => std::future::pending().await,
        }
    }
}

/// What a connection leads to, with the number of the cluster if that is asked for; nothing, if there is no book.
async fn look(connection: &mut PgConnection, with_cluster: bool) -> Result<Option<Identity>, sqlx::Error> {
    let sql = if with_cluster {
        "SELECT CAST(id AS TEXT), (SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()) FROM book"
    } else {
        "SELECT CAST(id AS TEXT), CAST(NULL AS TEXT) FROM book"
    };
    // Not prepared: a connection is asked once, and this way with one message.
    let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (book, system): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Uuid::parse_str(&book).ok().map(|book| Identity { book, system }))
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Executor};

    use super::*;

    #[tokio::test]
    async fn only_a_connection_to_the_same_cluster_and_the_same_book_is_taken() {
        let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let system: String = sqlx::query_scalar("SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let expected = Expected::default();
        expected.check(&mut connection).await.expect("nothing is expected yet");
        let identity = |book, system: Option<&str>| {
            Some(Identity {
                book,
                system: system.map(str::to_owned),
            })
        };
        let book = Uuid::now_v7();
        expected.set(identity(book, None));
        // Of this connection alone, and in front of every schema.
        connection.execute("SET search_path = pg_temp").await.unwrap();
        assert!(expected.check(&mut connection).await.is_err(), "no table");
        connection.execute("CREATE TEMP TABLE book (id UUID)").await.unwrap();
        assert!(expected.check(&mut connection).await.is_err(), "no book");
        sqlx::query("INSERT INTO book VALUES ($1)")
            .bind(book)
            .execute(&mut connection)
            .await
            .unwrap();
        for (identity, is_same) in [
            (None, true),
            (identity(book, None), true),
            (identity(book, Some(&system)), true),
            (identity(book, Some("1")), false),
            (identity(Uuid::nil(), Some(&system)), false),
            (identity(Uuid::nil(), None), false),
        ] {
            expected.set(identity.clone());
            let checked = expected.check(&mut connection).await;
            assert_eq!(checked.is_ok(), is_same, "{identity:?} {checked:?}");
            assert_eq!(expected.is_other(), !is_same, "{identity:?}");
            if let Err(error) = checked {
                let error = sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(Arc::new(error)));
                assert!(crate::db::is_unavailable(&error), "{error}");
            }
        }
        connection.close().await.unwrap();
    }
}
