//! How long a database is waited for.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use sea_orm::{ConnAcquireErr, DatabaseTransaction, DbErr};

use super::{Db, pool::ANSWERS_WITHIN};

/// How long a server is waited for with one statement. It ends each by itself after twenty seconds (`statement_timeout`): one
/// that has said nothing by now is not heard.
pub(super) const SILENT_FOR: Duration = Duration::from_secs(25);

impl Db {
    /// What the database answers to one statement. A server that says nothing is given up, as one that was lost, and with it the
    /// connections to it: what was sent may have arrived in part, and the server waits for the rest and holds what it has
    /// locked, for as long as the connection is open.
    pub async fn answered<T>(&self, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.within(SILENT_FOR, asked).await
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
