//! How long a server may take over what it is asked while its book is opened.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use super::{OpenError, error::cause_at};
use crate::db::Db;

/// How long it may take over all of that together, if it falls silent. Whoever opens a book in the window may have waited for a keyring
/// before.
const ANSWERS_WITHIN: Duration = Duration::from_secs(9);
/// How long each single thing may take that is asked after others were answered: a server that is far away answers all of them, only
/// slowly, and with more patience its book opens.
const EACH_WITHIN: Duration = Duration::from_secs(5);

/// When a server has to have answered. What makes the tables or brings them up to date takes as long as it takes, and what is asked
/// after that has a limit of its own.
#[derive(Clone, Copy, Debug)]
pub struct Limit(Instant);

impl Limit {
    /// From now on.
    pub fn begin() -> Self {
        Self(Instant::now() + ANSWERS_WITHIN)
    }

    /// What the database answers, if it does so in time: where the network swallows what is sent, nothing would ever come. A file
    /// takes as long as it takes, because a disk does not fall silent as a network does.
    pub async fn of<T>(self, db: &Db, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, OpenError> {
        let answer = if db.is_server() { self.wait(asked).await? } else { asked.await };
        answer.map_err(|error| cause_at(db, &error))
    }

    /// What a server answers, if it does so in time.
    pub async fn wait<T>(self, asked: impl Future<Output = T>) -> Result<T, OpenError> {
        let until = self.0.max(Instant::now() + EACH_WITHIN);
        tokio::time::timeout_at(until, asked).await.map_err(|_| {
            tracing::warn!("the server does not answer");
            OpenError::Unreachable(format!("it did not answer within {} seconds", ANSWERS_WITHIN.as_secs()))
        })
    }

    /// Closes what could not be opened. A server that is silent is not waited for; a file is, because it is held until then.
    pub async fn close(self, db: Db) {
        if db.is_server() {
            let _ = tokio::time::timeout_at(self.0, db.close()).await;
        } else {
            let _ = db.close().await;
        }
    }
}

/// What the database answers to one thing that is asked by itself.
pub async fn in_time<T>(db: &Db, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, OpenError> {
    Limit::begin().of(db, asked).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_answers_slowly_is_waited_for_and_who_is_silent_is_not() {
        // Others were answered before, and that took all of the time.
        let over = Limit(Instant::now());
        let late = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            7
        };
        assert_eq!(over.wait(late).await.unwrap(), 7);
        let silent = over.wait(std::future::pending::<()>());
        let ended = tokio::time::timeout(EACH_WITHIN + Duration::from_secs(2), silent).await;
        assert!(matches!(ended, Ok(Err(OpenError::Unreachable(_)))), "{ended:?}");
    }
}
