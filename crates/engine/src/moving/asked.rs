//! What a window asks of a move: to begin one in the background, and to remove what one has left.

use std::time::{Duration, Instant};

use contract::{
    Outcome,
    work::{WorkKind, WorkState},
};

use super::{MoveOptions, discard_move, move_book};
use crate::{
    app::App,
    book::BookLocation,
    error::Result,
    session,
    work::{Done, Trouble, Work},
};

/// How long an answer waits for the end of a move: whoever asked for it is shown how far it is.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);
/// How long it may take until it is known whether who asks may move the book. A keyring that was asked before may have taken a while.
const ALLOWED_WITHIN: Duration = Duration::from_secs(8);

impl App {
    /// Begins to move the book in the background. Whoever is signed in asks for it, and gives the password again unless it
    /// is only rehearsed. Whether it is refused is known in the answer, however long that takes; how the move ends only if
    /// that is soon.
    ///
    /// # Errors
    /// `WorkRuns`, if something else runs; `ConfirmationNeeded`.
    pub async fn begin_move(&self, target: BookLocation, options: MoveOptions) -> std::result::Result<WorkState, contract::Error> {
        let moving = move |app: Self, work: Work| async move {
            let moved = move_book(&app, &target, options, &work).await?;
            Ok(Done {
                result: moved.place,
                proof: moved.proof,
                reopen: !options.dry_run,
            })
        };
        self.begin_if_allowed(!options.dry_run, moving).await
    }

    /// Begins to remove in the background what a move that was canceled or broken off has left in a place: its end is the one of a
    /// move that is canceled. Whoever is signed in asks for it.
    ///
    /// # Errors
    /// `WorkRuns`, if something else runs.
    pub async fn begin_discard(&self, target: BookLocation) -> std::result::Result<WorkState, contract::Error> {
        let discarding = move |app: Self, _: Work| async move {
            discard_move(&app, &target).await?;
            Err(Trouble::Canceled)
        };
        self.begin_if_allowed(false, discarding).await
    }

    async fn begin_if_allowed<F>(
        &self,
        needs_password: bool,
        work: impl FnOnce(Self, Work) -> F,
    ) -> std::result::Result<WorkState, contract::Error>
    where
        F: Future<Output = std::result::Result<Done, Trouble>> + Send + 'static,
    {
        let began = Instant::now();
        let allowed = async {
            session::who(&self.0).await?;
            if needs_password {
                session::require_confirmation_of(&self.0).await
            } else {
                Ok(())
            }
        };
        let allowed: Result<()> = tokio::time::timeout(ALLOWED_WITHIN, allowed).await.unwrap_or_else(|_| {
            // A network that swallows what is sent would swallow the next one too.
            self.0.db.renew_since(began);
            let outcome = Outcome::NotDone;
            Err(contract::Error::Unavailable { outcome, key: None }.into())
        });
        allowed.map_err(|error| self.broken("move", error))?;
        let begun = self.begin_work(WorkKind::Move, ANSWERED_WITHIN, work).await;
        begun.map_err(|error| self.broken("move", error))
    }
}
