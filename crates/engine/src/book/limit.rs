//! How long a server that was reached may take over what it is asked while its book is opened.

use std::time::Duration;

use sea_orm::DbErr;

use super::{OpenError, error::cause_at};
use crate::db::Db;

/// Longer than a server lets a statement run: what takes so long is not heard any more.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// What the database answers to one thing, if it does so in time: where the network swallows what is sent, nothing would ever
/// come. A file takes as long as it takes, because a disk does not fall silent as a network does.
pub async fn in_time<T>(db: &Db, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, OpenError> {
    if !db.is_server() {
        return asked.await.map_err(|error| cause_at(db, &error));
    }
    match tokio::time::timeout(ANSWERED_WITHIN, asked).await {
        Ok(answer) => answer.map_err(|error| cause_at(db, &error)),
        Err(_) => {
            tracing::warn!("the server does not answer any more");
            Err(OpenError::Unreachable("it did not answer within 30 seconds".to_owned()))
        }
    }
}
