//! A server that was swapped while its book is open: whoever asks is told so, and not that nothing answers.

use std::time::{Duration, Instant};

use contract::{Effect, Outcome};
use tokio::task::{JoinError, JoinHandle};

use super::{Answer, Failure};
use crate::{app::App, error::Error};

/// How long a read is waited for after another server was found: on a connection that is still open to the right one it is answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(1);

/// The end of a task. A read is not waited for to its end where new connections lead elsewhere: it would try for seconds to make one.
/// Of a write only its end tells what became of it.
pub async fn or_end<O: Answer, T>(
    app: &App,
    began: Instant,
    mut task: JoinHandle<Result<T, Failure>>,
) -> Result<Result<T, Failure>, JoinError> {
    if O::EFFECT != Effect::Read {
        return task.await;
    }
    tokio::select! {
        biased;
        ended = &mut task => return ended,
        () = app.0.db.swapped_since(began) => {}
    }
    let ended = tokio::time::timeout(ANSWERED_WITHIN, task).await;
    ended.unwrap_or(Ok(Err(Failure(Error::Refused(contract::Error::Swapped)))))
}

/// What is told where nothing was done because the database could not be had.
pub fn told(app: &App, refusal: contract::Error) -> contract::Error {
    match refusal {
        contract::Error::Unavailable {
            outcome: Outcome::NotDone, ..
        } if app.0.db.is_swapped() => contract::Error::Swapped,
        refusal => refusal,
    }
}
