//! Having the open book to oneself for a while, to move it or to put another one in its place. Whoever asks for that lets go of a
//! file for a moment, in which somebody else may be faster.

use std::{sync::Arc, time::Duration};

use contract::work::WorkProblem;
use tokio::sync::MutexGuard;

use crate::{
    app::{App, Inner},
    backup::restore,
    book::BookLocation,
    lock::Hold,
    work::Trouble,
};

/// How long until a file that was lost to somebody else is asked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// A file that is held alone and takes no changes. Of a book on a server nothing is held here: who writes asks the server.
#[derive(Debug)]
pub struct Alone<'a> {
    app: &'a App,
    hold: MutexGuard<'a, Hold>,
}

impl App {
    /// Holds a file alone. From here on it takes no changes until that has ended.
    ///
    /// # Errors
    /// `InUse`, if others have it open, or if it takes no changes already.
    pub(crate) async fn alone(&self) -> Result<Alone<'_>, Trouble> {
        self.alone_unless(Inner::is_closed_to_writes).await
    }

    /// The same to move it, also where it takes no changes because it has perhaps moved.
    ///
    /// # Errors
    /// `InUse`, as above.
    pub(crate) async fn alone_to_move(&self) -> Result<Alone<'_>, Trouble> {
        self.alone_unless(Inner::is_closed_to_moves).await
    }

    async fn alone_unless(&self, is_closed: fn(&Inner) -> bool) -> Result<Alone<'_>, Trouble> {
        let mut hold = self.0.hold.lock().await;
        let in_use = || Trouble::plain(WorkProblem::InUse);
        // It was moved or restored and waits to be opened anew, or it was lost to somebody else.
        if is_closed(&self.0) {
            return Err(in_use());
        }
        if !matches!(self.location(), BookLocation::File(_)) {
            return Ok(Alone { app: self, hold });
        }
        // Before it is let go of: what is saved after that could be saved into a file that is not the book any more.
        self.0.close_to_writes(true);
        let held = hold.alone().await;
        match held {
            Ok(is_alone) if self.is_the_book(&hold) => {
                if is_alone {
                    return Ok(Alone { app: self, hold });
                }
                self.0.close_to_writes(false);
                Err(in_use())
            }
            // Opened anew it is what the other one has made of it, who has to be able to hold it alone for that.
            Ok(_) => {
                hold.let_go();
                Err(in_use())
            }
            Err(error) => {
                drop(hold);
                self.hold_again();
                Err(error.into())
            }
        }
    }

    /// Whether the file that is open is the book, and no other one waits to take its place. Only while it is held.
    fn is_the_book(&self, hold: &Hold) -> bool {
        match self.location() {
            BookLocation::File(book) => hold.is_of_the_opened() && !restore::is_waiting(book),
            BookLocation::Server(_) => true,
        }
    }

    /// Takes changes again once the file is held together with others again and is still the book. Until then whoever holds it
    /// alone may put another one in its place.
    fn hold_again(&self) {
        let inner = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(AGAIN).await;
                let Some(app) = inner.upgrade().map(App) else { return };
                let mut hold = app.0.hold.lock().await;
                if hold.with_others().await.is_err() {
                    continue;
                }
                if app.is_the_book(&hold) {
                    app.0.close_to_writes(false);
                } else {
                    hold.let_go();
                }
                return;
            }
        });
    }
}

impl Alone<'_> {
    /// Holds the file together with others again. `goes_on`: whether the book takes changes again.
    ///
    /// # Errors
    /// `InUse`, if somebody else was faster; it takes changes again when that one is done, if the book is still the same then.
    pub async fn end(mut self, goes_on: bool) -> Result<(), Trouble> {
        match self.hold.with_others().await {
            Ok(()) => {
                if goes_on {
                    self.app.0.close_to_writes(false);
                }
                Ok(())
            }
            Err(error) => {
                if goes_on {
                    self.app.hold_again();
                }
                Err(error.into())
            }
        }
    }
}
