//! Opening a book, or saying why not; one attempt at a time, and everything else waits for its end.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contract::{
    Error, Outcome,
    desktop::{BookChoice, StartupProblem, StartupState},
};
use engine::{App, BookLocation, NewBook, OpenError, OpenOptions, Upkeep};
use tokio::sync::{Mutex as Turn, watch};

use crate::{
    folder::DataFolder,
    lock::{BookLock, LockError},
    refusal::Refusal,
    sample,
    settings::Settings,
};

/// How it stands with the book.
#[derive(Clone)]
enum Book {
    Opening,
    Open(App, StartupState, Arc<Upkeep>),
    Closed(StartupState),
}

/// The person's own book and the sample book; one of them is open.
pub struct Books {
    folder: DataFolder,
    settings: Arc<Settings>,
    now: watch::Sender<Book>,
    /// Which book the last attempt was for; held while an attempt runs.
    turn: Turn<BookChoice>,
    lock: Mutex<Option<BookLock>>,
}

impl std::fmt::Debug for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Books").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Books {
    /// Books of a folder. Until [`Books::ensure_open`] opens the one that was open last, everything waits.
    #[must_use]
    pub fn new(folder: DataFolder, settings: Arc<Settings>) -> Self {
        let first = settings.book();
        Self {
            folder,
            settings,
            now: watch::Sender::new(Book::Opening),
            turn: Turn::new(first),
            lock: Mutex::new(None),
        }
    }

    /// Where the books are.
    #[must_use]
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Closes what is open, which ends its session, and opens a book.
    pub async fn open(&self, choice: BookChoice) -> StartupState {
        let mut turn = self.turn.lock().await;
        *turn = choice;
        let state = self.reopen(choice).await;
        self.remember(self.settings.keep_book(choice));
        state
    }

    /// Makes a new book of the person's own where the one that was there is gone, and opens it.
    pub async fn make_new(&self) -> StartupState {
        let mut turn = self.turn.lock().await;
        if let Some(state) = self.opened() {
            return state;
        }
        self.remember(self.settings.keep_whether_made(false));
        *turn = BookChoice::Own;
        self.reopen(BookChoice::Own).await
    }

    /// That something cannot be remembered is no reason to withhold the book.
    fn remember(&self, kept: io::Result<()>) {
        if let Err(error) = kept {
            tracing::warn!(%error, "the settings cannot be written");
        }
    }

    /// How the opening ended; waits for a running attempt.
    pub async fn state(&self) -> StartupState {
        match self.settled().await {
            Book::Open(_, state, _) | Book::Closed(state) => state,
            Book::Opening => self.state_of(BookChoice::Own, Some(Refusal::other("the attempt was given up"))),
        }
    }

    /// Opens the book that was asked for last, unless one is open: a start that comes late changes nothing.
    pub async fn ensure_open(&self) -> StartupState {
        let turn = self.turn.lock().await;
        match self.opened() {
            Some(state) => state,
            None => self.reopen(*turn).await,
        }
    }

    /// Throws the sample book away. The person's own book is opened, if it is not open already.
    ///
    /// # Errors
    /// If a file of the sample cannot be removed.
    pub async fn discard_sample(&self) -> io::Result<StartupState> {
        let mut turn = self.turn.lock().await;
        let was_open = *turn == BookChoice::Sample;
        if was_open {
            self.end(self.now.send_replace(Book::Opening)).await;
        }
        let removed = sample::remove(&self.folder.book(BookChoice::Sample));
        *turn = BookChoice::Own;
        self.remember(self.settings.keep_book(BookChoice::Own));
        let open = if was_open { None } else { self.opened() };
        let state = match open {
            Some(state) => state,
            None => self.reopen(BookChoice::Own).await,
        };
        removed.map(|()| state)
    }

    /// Answers an operation from the open book.
    ///
    /// # Errors
    /// The refusal of the engine, or [`Error::Unavailable`] while no book is open.
    pub async fn call(&self, name: &'static str, request: serde_json::Value, key: Option<String>) -> Result<String, Error> {
        match self.settled().await {
            Book::Open(app, ..) => app.call_json(name, request, key).await,
            Book::Closed(_) | Book::Opening => Err(Error::Unavailable {
                outcome: Outcome::NotDone,
                key,
            }),
        }
    }

    /// Closes the book, so that nothing waits to be written, and lets another window have it.
    pub async fn close(&self) {
        let turn = self.turn.lock().await;
        let state = StartupState {
            ready: false,
            ..self.state_of(*turn, None)
        };
        self.end(self.now.send_replace(Book::Closed(state))).await;
        *self.held() = None;
    }

    async fn settled(&self) -> Book {
        let mut now = self.now.subscribe();
        now.wait_for(|book| !matches!(book, Book::Opening))
            .await
            .map_or(Book::Opening, |book| book.clone())
    }

    fn opened(&self) -> Option<StartupState> {
        match &*self.now.borrow() {
            Book::Open(_, state, _) => Some(state.clone()),
            Book::Opening | Book::Closed(_) => None,
        }
    }

    /// Only with the turn in hand.
    async fn reopen(&self, choice: BookChoice) -> StartupState {
        self.end(self.now.send_replace(Book::Opening)).await;
        let (book, state) = match self.attempt(choice).await {
            Ok(app) => {
                let state = self.state_of(choice, None);
                tracing::info!(book = choice.as_str(), "opened");
                let upkeep = Arc::new(app.upkeep(choice == BookChoice::Own));
                (Book::Open(app, state.clone(), upkeep), state)
            }
            Err(refusal) => {
                tracing::warn!(
                    book = choice.as_str(),
                    problem = refusal.problem.as_str(),
                    reference = refusal.reference.as_deref(),
                    "not opened"
                );
                let state = self.state_of(choice, Some(refusal));
                (Book::Closed(state.clone()), state)
            }
        };
        self.now.send_replace(book);
        state
    }

    async fn end(&self, book: Book) {
        if let Book::Open(app, _, upkeep) = book {
            drop(upkeep);
            app.close().await;
        }
    }

    async fn attempt(&self, choice: BookChoice) -> Result<App, Refusal> {
        self.folder.make().map_err(|error| Refusal::of_io(&error))?;
        self.take_lock().await?;
        let path = self.folder.book(choice);
        let was_made = self.settings.was_made();
        // In a task of its own: a panic while opening must not leave the window waiting for ever.
        let opening = tauri::async_runtime::spawn(async move {
            match choice {
                // A new book in the place of one that is gone would look as if everything had been lost.
                BookChoice::Own if was_made => Ok(App::open(BookLocation::File(path), OpenOptions::default()).await.map_err(gone)?),
                BookChoice::Own => open_or_make(path, NewBook::default()).await,
                BookChoice::Sample => sample::open(path).await,
            }
        });
        match opening.await {
            Ok(opened) => {
                if opened.is_ok() && choice == BookChoice::Own {
                    self.remember(self.settings.keep_whether_made(true));
                }
                opened
            }
            Err(error) => Err(Refusal::other(&error.to_string())),
        }
    }

    async fn take_lock(&self) -> Result<(), Refusal> {
        if self.held().is_some() {
            return Ok(());
        }
        let lock = BookLock::take(&self.folder.lock()).await.map_err(|error| match error {
            LockError::Held => Refusal::plain(StartupProblem::Locked),
            LockError::Io(error) => Refusal::of_io(&error),
        })?;
        *self.held() = Some(lock);
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Option<BookLock>> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_of(&self, choice: BookChoice, refusal: Option<Refusal>) -> StartupState {
        StartupState {
            ready: refusal.is_none(),
            problem: refusal.as_ref().map(|refusal| refusal.problem),
            location: self.folder.book(choice).display().to_string(),
            book: choice,
            reference: refusal.and_then(|refusal| refusal.reference),
            log_folder: self.folder.log().display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// There was a book: that it is missing now is told apart from a folder that cannot be made.
fn gone(error: OpenError) -> Refusal {
    match error {
        OpenError::Missing => Refusal::plain(StartupProblem::Gone),
        error => error.into(),
    }
}

/// Opens a book, or makes it if there is none.
pub(crate) async fn open_or_make(path: PathBuf, new: NewBook) -> Result<App, Refusal> {
    let options = OpenOptions {
        create: Some(new),
        ..OpenOptions::default()
    };
    Ok(App::open(BookLocation::File(path), options).await?)
}
