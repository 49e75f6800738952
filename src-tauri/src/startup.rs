//! Opening a book, or saying why not; one attempt at a time, and everything else waits for its end.

use std::{io, path::PathBuf, sync::Arc};

use contract::{
    Error, Outcome,
    connection::BookPlace,
    desktop::{BookChoice, OpenPlace, OwnerSignIn, StartupProblem, StartupState},
    work::WorkProblem,
};
use engine::{App, Upkeep};
use tokio::sync::{Mutex as Turn, watch};

use crate::{
    folder::DataFolder,
    going_back,
    known::Known,
    lock::{LockError, WindowLocks},
    opening::Opening,
    place,
    refusal::Refusal,
    sample,
    secrets::Secrets,
    settings::Settings,
};

/// How it stands with the book.
#[derive(Clone)]
enum Book {
    Opening,
    Open(App, StartupState, Arc<Upkeep>),
    Closed(StartupState),
}

/// What is to be open.
#[derive(Clone)]
struct Wanted {
    choice: BookChoice,
    /// Where the person's own book is.
    place: BookPlace,
    /// Whether a book is made on a server that has none.
    make_new: bool,
    /// Whether another book than before is taken.
    anew: bool,
}

/// The person's own book, wherever it is, and the sample book; one of them is open.
pub struct Books {
    folder: DataFolder,
    settings: Arc<Settings>,
    /// The books that are remembered.
    pub known: Known,
    /// The passwords of servers.
    pub secrets: Arc<Secrets>,
    now: watch::Sender<Book>,
    /// What the last attempt was for; held while an attempt runs.
    turn: Turn<Wanted>,
    locks: WindowLocks,
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
        let known = Known::read(folder.known(), &folder.book(BookChoice::Own));
        let first = Wanted {
            choice: settings.book(),
            place: known.current(),
            make_new: false,
            anew: false,
        };
        Self {
            folder,
            settings,
            known,
            secrets: Arc::default(),
            now: watch::Sender::new(Book::Opening),
            turn: Turn::new(first),
            locks: WindowLocks::default(),
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
        self.secrets.ask_anew();
        turn.choice = choice;
        let state = self.reopen(&turn).await;
        self.remember(self.settings.keep_book(choice));
        state
    }

    /// Opens the person's book in another place. If that fails, the book that was open is still the one of the next start.
    pub async fn open_place(&self, request: OpenPlace) -> StartupState {
        let mut turn = self.turn.lock().await;
        *turn = Wanted {
            choice: BookChoice::Own,
            place: request.place.clone(),
            make_new: request.make_new,
            anew: request.anew,
        };
        let connection = match &request.place {
            BookPlace::Server { connection } => Some(connection),
            BookPlace::File { .. } => None,
        };
        self.secrets.ask_anew();
        let before = match (connection, request.password) {
            (Some(connection), Some(typed)) => self.secrets.give(connection, typed),
            _ => None,
        };
        // A server says that the owner is needed only to whom it has let in; when it was asked as the owner, that says nothing.
        let is_first = request.owner.is_none();
        let mut state = self.reopen_with(&turn, request.owner).await;
        turn.make_new = false;
        turn.anew = false;
        if state.ready {
            self.remember(self.settings.keep_book(BookChoice::Own));
        }
        let is_right = state.ready || (is_first && state.problem == Some(StartupProblem::OwnerNeeded));
        match (connection, request.keep, before) {
            (Some(connection), Some(true), _) if is_right => state.keyring = self.secrets.keep(connection).await,
            (Some(connection), Some(false), _) if is_right => state.not_removed = self.secrets.take_off(connection).await,
            // What was typed is not right; what was known before may be.
            (Some(connection), _, Some(before)) if state.problem == Some(StartupProblem::SignIn) => {
                self.secrets.give(connection, before);
            }
            _ => {}
        }
        state
    }

    /// Makes a new book of the person's own where the one that was there is gone, and opens it.
    pub async fn make_new(&self) -> StartupState {
        let mut turn = self.turn.lock().await;
        if let Some(state) = self.opened() {
            return state;
        }
        self.remember(self.settings.keep_whether_made(false));
        turn.choice = BookChoice::Own;
        self.reopen(&turn).await
    }

    /// Puts a backup in the place of the person's own file, if that does not open, and opens it.
    pub async fn go_back(&self, backup: &str) -> StartupState {
        let turn = self.turn.lock().await;
        if let Some(state) = self.opened() {
            return state;
        }
        let problem = match &*self.now.borrow() {
            Book::Closed(state) => state.problem,
            Book::Opening | Book::Open(..) => None,
        };
        let file = going_back::file_of(turn.choice, &turn.place).filter(|_| problem.is_some_and(going_back::is_offered));
        self.end(self.now.send_replace(Book::Opening)).await;
        let put_back = match (file, self.locks.take_folder(&self.folder.lock()).await) {
            (None, _) => Err(WorkProblem::Missing),
            (_, Err(_)) => Err(WorkProblem::InUse),
            (Some(file), Ok(())) => going_back::put_back(file, backup).await,
        };
        let state = self.reopen(&turn).await;
        StartupState {
            recovery: put_back.err(),
            ..state
        }
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
            Book::Opening => {
                let wanted = self.turn.lock().await.clone();
                self.state_of(&wanted, Some(Refusal::other("the attempt was given up")))
            }
        }
    }

    /// Opens the book that was asked for last, unless one is open: a start that comes late changes nothing.
    pub async fn ensure_open(&self) -> StartupState {
        let turn = self.turn.lock().await;
        match self.opened() {
            Some(state) => state,
            None => self.reopen(&turn).await,
        }
    }

    /// Throws the sample book away. The person's own book is opened, if it is not open already.
    ///
    /// # Errors
    /// If a file of the sample cannot be removed.
    pub async fn discard_sample(&self) -> io::Result<StartupState> {
        let mut turn = self.turn.lock().await;
        let was_open = turn.choice == BookChoice::Sample;
        if was_open {
            self.end(self.now.send_replace(Book::Opening)).await;
            self.locks.let_go_of_file();
        }
        let removed = sample::discard(&self.folder.book(BookChoice::Sample));
        turn.choice = BookChoice::Own;
        self.remember(self.settings.keep_book(BookChoice::Own));
        let open = if was_open { None } else { self.opened() };
        let state = match open {
            Some(state) => state,
            None => self.reopen(&turn).await,
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

    /// The open book.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while none is open.
    pub async fn app(&self) -> Result<App, Error> {
        match self.settled().await {
            Book::Open(app, ..) => Ok(app),
            Book::Closed(_) | Book::Opening => Err(Error::Unavailable {
                outcome: Outcome::NotDone,
                key: None,
            }),
        }
    }

    /// Closes the book, so that nothing waits to be written, and lets another window have it.
    pub async fn close(&self) {
        let turn = self.turn.lock().await;
        let state = StartupState {
            ready: false,
            ..self.state_of(&turn, None)
        };
        self.end(self.now.send_replace(Book::Closed(state))).await;
        self.locks.let_go();
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
    async fn reopen(&self, wanted: &Wanted) -> StartupState {
        self.reopen_with(wanted, None).await
    }

    /// The same, with whoever owns the tables of a book on a server: for this attempt, and kept nowhere.
    async fn reopen_with(&self, wanted: &Wanted, owner: Option<OwnerSignIn>) -> StartupState {
        self.end(self.now.send_replace(Book::Opening)).await;
        let (book, state) = match self.attempt(wanted, owner).await {
            Ok(app) => {
                let state = self.state_of(wanted, None);
                tracing::info!(book = wanted.choice.as_str(), "opened");
                // A book on a server is shared: whoever looks after the server has its backups.
                let has_daily_backups = wanted.choice == BookChoice::Own && !state.is_on_server();
                let upkeep = Arc::new(app.upkeep(has_daily_backups));
                (Book::Open(app, state.clone(), upkeep), state)
            }
            Err(refusal) => {
                // What is not open here may be opened by another window.
                self.locks.let_go_of_file();
                tracing::warn!(
                    book = wanted.choice.as_str(),
                    problem = refusal.problem.as_str(),
                    reference = refusal.reference.as_deref(),
                    "not opened"
                );
                let state = self.state_of(wanted, Some(refusal));
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

    async fn attempt(&self, wanted: &Wanted, owner: Option<OwnerSignIn>) -> Result<App, Refusal> {
        self.folder.make().map_err(|error| Refusal::of_io(&error))?;
        self.locks.take_folder(&self.folder.lock()).await?;
        let file = self.file_of(wanted);
        // Before anything of it is touched. What else keeps the lock from being had keeps the book from being opened, in words of
        // its own.
        if let Err(LockError::Held) = self.locks.take_file(file.as_deref().filter(|file| file.exists())).await {
            return Err(LockError::Held.into());
        }
        let sample = self.folder.book(BookChoice::Sample);
        let own = match wanted.choice {
            BookChoice::Own => Some(self.opening(wanted, owner).await),
            BookChoice::Sample => None,
        };
        // In a task of its own: a panic while opening must not leave the window waiting for ever.
        let opening = tauri::async_runtime::spawn(async move {
            match own {
                Some(own) => own.open().await,
                None => sample::open(sample).await,
            }
        });
        let opened = match opening.await {
            Ok(opened) => opened,
            Err(error) => Err(Refusal::other(&error.to_string())),
        };
        let opened = match opened {
            Ok(app) => self.hold_file(app, file).await,
            refused => refused,
        };
        if wanted.choice == BookChoice::Own {
            match &opened {
                Ok(app) => self.note_opened(&wanted.place, app),
                Err(refusal) => self.note_refused(&wanted.place, refusal),
            }
        }
        opened
    }

    async fn opening(&self, wanted: &Wanted, owner: Option<OwnerSignIn>) -> Opening {
        match &wanted.place {
            BookPlace::File { path } if self.known.is_own_file(&wanted.place) => Opening::OwnFile {
                path: path.into(),
                was_made: self.settings.was_made(),
            },
            BookPlace::File { path } => Opening::File(path.into()),
            BookPlace::Server { connection } => Opening::Server {
                secret: self.secrets.find(connection, None).await,
                expected: self.known.identity(&wanted.place).filter(|_| !wanted.anew),
                backups: place::backups(&self.folder.server_backups(), connection),
                connection: Box::new(connection.clone()),
                make_new: wanted.make_new,
                owner,
            },
        }
    }

    fn note_opened(&self, place: &BookPlace, app: &App) {
        if self.known.is_own_file(place) {
            self.remember(self.settings.keep_whether_made(true));
        }
        match self.known.opened(place, app.identity(), app.now()) {
            Ok(gone) => self.forget_passwords(gone),
            Err(error) => self.remember(Err(error)),
        }
    }

    fn note_refused(&self, place: &BookPlace, refusal: &Refusal) {
        if let (BookPlace::Server { connection }, StartupProblem::SignIn) = (place, refusal.problem) {
            self.secrets.distrust(connection);
        }
    }

    /// Holds the file of a book that has been opened, also where the file was made by that.
    async fn hold_file(&self, app: App, file: Option<PathBuf>) -> Result<App, Refusal> {
        match self.locks.take_file(file.as_deref()).await {
            Ok(()) => Ok(app),
            Err(error) => {
                app.close().await;
                Err(error.into())
            }
        }
    }

    /// The file that is to be open, if the book is one.
    fn file_of(&self, wanted: &Wanted) -> Option<PathBuf> {
        match wanted.choice {
            BookChoice::Own => going_back::file_of(wanted.choice, &wanted.place),
            BookChoice::Sample => Some(self.folder.book(BookChoice::Sample)),
        }
    }

    fn state_of(&self, wanted: &Wanted, refusal: Option<Refusal>) -> StartupState {
        let place = match wanted.choice {
            BookChoice::Own => wanted.place.clone(),
            BookChoice::Sample => BookPlace::File {
                path: self.folder.book(BookChoice::Sample).display().to_string(),
            },
        };
        let of = |read: fn(&Refusal) -> Option<String>| refusal.as_ref().and_then(read);
        StartupState {
            ready: refusal.is_none(),
            problem: refusal.as_ref().map(|refusal| refusal.problem),
            location: place.to_string(),
            place,
            book: wanted.choice,
            session: None,
            tls: refusal.as_ref().and_then(|refusal| refusal.tls),
            keyring: refusal.as_ref().and_then(|refusal| refusal.keyring),
            not_removed: None,
            detail: of(|refusal| refusal.detail.clone()),
            makes_new: wanted.make_new,
            backups: refusal.as_ref().map_or_else(Vec::new, |refusal| {
                going_back::offered(wanted.choice, &wanted.place, refusal.problem)
            }),
            recovery: None,
            reference: of(|refusal| refusal.reference.clone()),
            log_folder: self.folder.log().display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}
