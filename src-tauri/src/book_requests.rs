//! How the window answers what the page asks about books: which there are, opening another, moving one.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use contract::{
    Error,
    connection::BookPlace,
    desktop::{
        BookSignal, ChooseFile, ChosenFile, ConnectionTest, DiscardMove, Done, FilePurpose, FindServer, ForgetBook, FoundServer,
        KnownBooks, ListBooks, MoveBook, NoteBookName, OpenPlace, StartupState, TestConnection, WatchBook, WorkState,
    },
    session::Password,
};
use engine::MoveOptions;
use tauri::{AppHandle, Runtime};

use crate::{
    chooser::{self, Question},
    place,
    requests::{Access, Answer, failed, shell, with_session},
    startup::Books,
};

/// How long a server may take until it counts as not there. Whoever looks for it looks again soon.
const FOUND_WITHIN: Duration = Duration::from_secs(4);
/// How long a page waits for news before it asks again.
const NEWS_WITHIN: Duration = Duration::from_secs(15);

impl Answer for ListBooks {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<KnownBooks, Error> {
        Ok(shell(app).books.known.list())
    }
}

impl Answer for OpenPlace {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(with_session(app, shell(app).books.open_place(self).await).await)
    }
}

impl Answer for ForgetBook {
    const ACCESS: Access = Access::SignedInIfOpen;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<KnownBooks, Error> {
        let forgotten = shell(app).books.forget(&self.place).await;
        forgotten.map_err(|error| failed(&error))
    }
}

impl Answer for NoteBookName {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Done, Error> {
        let named = shell(app).books.known.named(&self.name);
        named.map_err(|error| failed(&error))?;
        Ok(Done {})
    }
}

impl Answer for TestConnection {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<ConnectionTest, Error> {
        // The keyring may take a while, too.
        let began = Instant::now();
        let secrets = &shell(app).books.secrets;
        secrets.ask_anew();
        let found = secrets.find(&self.connection, self.password).await;
        let server = place::server(&self.connection, found.password);
        let left = engine::EXAMINED_WITHIN.saturating_sub(began.elapsed());
        Ok(ConnectionTest {
            steps: engine::examine_within(&server, left).await,
            keyring: found.keyring,
        })
    }
}

impl Answer for FindServer {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, _: &AppHandle<R>) -> Result<FoundServer, Error> {
        let server = place::server(&self.connection, None);
        Ok(FoundServer {
            is_there: engine::is_there(&server, FOUND_WITHIN).await,
        })
    }
}

impl Answer for ChooseFile {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<ChosenFile, Error> {
        let chosen = chooser::ask(app, question(self.purpose)).await.map_err(|error| failed(&error))?;
        let path = match chosen {
            // The answer is text: what is none could not be opened later.
            Some(path) => Some(text(&path)?),
            None => None,
        };
        Ok(ChosenFile { path })
    }
}

fn question(purpose: FilePurpose) -> Question {
    let (title, kind, endings): (_, _, &[&str]) = match purpose {
        FilePurpose::Book | FilePurpose::NewBook => ("Choose a book", "Books", &["db"]),
        FilePurpose::Authority => ("Choose the certificate of the authority", "Certificates", &["pem", "crt", "cer"]),
        FilePurpose::Certificate => ("Choose your certificate", "Certificates", &["pem", "crt", "cer"]),
        FilePurpose::Key => ("Choose the key of your certificate", "Keys", &["pem", "key"]),
    };
    let is_new = purpose == FilePurpose::NewBook;
    Question {
        title: if is_new { "Where the book goes" } else { title },
        is_new,
        folder: None,
        name: is_new.then(|| "book.db".to_owned()),
        kind,
        endings,
    }
}

fn text(path: &Path) -> Result<String, Error> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| failed(&"the name of the file is no text"))
}

/// The password of a place, typed or known: somebody has acted, so the keyring is asked for it again.
async fn password_of(books: &Books, place: &BookPlace, typed: Option<Password>) -> Option<Password> {
    books.secrets.ask_anew();
    match place {
        BookPlace::Server { connection } => books.secrets.find(connection, typed).await.password,
        BookPlace::File { .. } => None,
    }
}

impl Answer for MoveBook {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<WorkState, Error> {
        let books = &shell(app).books;
        let open = books.app().await?;
        let password = password_of(books, &self.target, self.password).await;
        let options = MoveOptions { dry_run: self.dry_run };
        let begun = open.begin_move(place::location(&self.target, password.clone()), options).await?;
        // The book is opened there with it afterwards.
        if let (BookPlace::Server { connection }, Some(password)) = (&self.target, password) {
            books.secrets.give(connection, password);
        }
        Ok(begun)
    }
}

impl Answer for DiscardMove {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<WorkState, Error> {
        let books = &shell(app).books;
        let open = books.app().await?;
        let password = password_of(books, &self.target, self.password).await;
        open.begin_discard(place::location(&self.target, password)).await
    }
}

impl Answer for WatchBook {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<BookSignal, Error> {
        // The book itself is not held meanwhile: it may be closed.
        let mut newest = shell(app).books.app().await?.changes_elsewhere();
        let number = |newest: i64| u64::try_from(newest).unwrap_or(0);
        let first = number(*newest.borrow_and_update());
        // Also by a lower one: a book that was put back is another one.
        let is_behind = self.known.is_some_and(|known| known != first);
        let is_news = is_behind || matches!(tokio::time::timeout(NEWS_WITHIN, newest.changed()).await, Ok(Ok(())));
        let number = number(*newest.borrow());
        Ok(BookSignal { number, is_news })
    }
}
