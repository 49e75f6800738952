//! A connection to a server on which a reader asks: its own, or one that the pool lends it.

use std::sync::Arc;

use sqlx::{Connection, PgConnection, PgPool, Postgres, pool::PoolConnection};

use super::{ANSWERS_WITHIN, Reader};

/// See the module.
pub(super) enum Held {
    Own {
        connection: PgConnection,
        /// Counted: it tells that this one is open.
        _open: Arc<()>,
    },
    Lent(Lent),
}

/// One that the pool has back after one query, and that is closed if anything is left of that query: also where nobody has waited
/// for its end, because a request to cancel it would meet what a transaction does there next.
pub(super) struct Lent {
    connection: PoolConnection<Postgres>,
    is_free: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.is_free {
            self.connection.close_on_drop();
        }
    }
}

impl Held {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        match self {
            Self::Own { connection, .. } => connection,
            Self::Lent(lent) => &mut lent.connection,
        }
    }

    /// What can be kept after a query. One that is not free any more is closed, whoever it belongs to. One of the pool is closed also
    /// where the query was canceled: it may have been so by its time, and a cancel request is still on its way.
    pub(super) fn kept(self, is_free: bool, is_stopped: bool) -> Option<Self> {
        match self {
            Self::Own { .. } => is_free.then_some(self),
            Self::Lent(mut lent) => {
                lent.is_free = is_free && !is_stopped;
                None
            }
        }
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Own { connection, .. } => connection.close().await,
            Self::Lent(_) => Ok(()),
        }
    }
}

/// One that the pool has free.
pub(super) async fn lent(pool: &PgPool) -> Option<Reader> {
    let mut connection = pool.try_acquire()?;
    let asked = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(&mut *connection);
    let process = tokio::time::timeout(ANSWERS_WITHIN, asked).await;
    // One that does not answer is closed.
    let is_free = false;
    let lent = Lent { connection, is_free };
    match process {
        Ok(Ok(process)) => Some(Reader::Server(Held::Lent(lent), process)),
        Ok(Err(_)) | Err(_) => None,
    }
}
