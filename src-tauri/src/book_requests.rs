//! How the window answers what the page asks about books: which there are, opening another, moving one.

use std::{path::Path, time::Duration};

use contract::{
    Error, Outcome,
    connection::BookPlace,
    desktop::{
        BookSignal, ChooseFile, ChosenFile, ConnectionTest, Done, FilePurpose, ForgetBook, KnownBooks, ListBooks, MoveBook, NoteBookName,
        OpenPlace, StartupState, TestConnection, WatchBook, WorkState,
    },
};
use engine::MoveOptions;
use tauri::{AppHandle, Runtime};

use crate::{
    chooser::{self, Question},
    place,
    requests::{Answer, failed, shell},
};

/// How long a page waits for news before it asks again.
const NEWS_WITHIN: Duration = Duration::from_secs(15);
/// After so long a move that was not refused has begun.
const BEGUN_WITHIN: Duration = Duration::from_millis(500);
/// How long a try of a connection may take, with all its steps.
const TRIED_WITHIN: Duration = Duration::from_secs(18);

impl Answer for ListBooks {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<KnownBooks, Error> {
        Ok(shell(app).books.known.list())
    }
}

impl Answer for OpenPlace {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(shell(app).books.open_place(self).await)
    }
}

impl Answer for ForgetBook {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<KnownBooks, Error> {
        let books = &shell(app).books;
        books.known.forget(&self.place).map_err(|error| failed(&error))?;
        if let BookPlace::Server { connection } = &self.place {
            books.secrets.forget(connection).await;
        }
        Ok(books.known.list())
    }
}

impl Answer for NoteBookName {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Done, Error> {
        let named = shell(app).books.known.named(&self.name);
        named.map_err(|error| failed(&error))?;
        Ok(Done {})
    }
}

impl Answer for TestConnection {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<ConnectionTest, Error> {
        let secrets = &shell(app).books.secrets;
        let is_typed = self.password.is_some();
        let found = secrets.find(&self.connection, self.password).await;
        let server = place::server(&self.connection, found.password);
        let tried = tokio::time::timeout(TRIED_WITHIN, engine::examine(&server)).await;
        let steps = tried.map_err(|_| Error::Unavailable {
            outcome: Outcome::NotDone,
            key: None,
        })?;
        // What was typed for a try is not kept, unless it is right.
        if is_typed && steps.iter().any(|answer| !answer.is_done) {
            secrets.distrust(&self.connection);
        }
        Ok(ConnectionTest {
            steps,
            keyring: found.keyring,
        })
    }
}

impl Answer for ChooseFile {
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

impl Answer for MoveBook {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<WorkState, Error> {
        let books = &shell(app).books;
        let open = books.app().await?;
        let password = match &self.target {
            BookPlace::Server { connection } => books.secrets.find(connection, self.password).await.password,
            BookPlace::File { .. } => None,
        };
        let options = MoveOptions { dry_run: self.dry_run };
        let (moving, target) = (open.clone(), place::location(&self.target, password));
        let begun = tauri::async_runtime::spawn(async move { moving.begin_move(target, options).await });
        // The page shows how far it is, so it need not wait for the end of a short move.
        match tokio::time::timeout(BEGUN_WITHIN, begun).await {
            Ok(begun) => begun.map_err(|error| failed(&error))?,
            Err(_) => Ok(open.work().state()),
        }
    }
}

impl Answer for WatchBook {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<BookSignal, Error> {
        // The book itself is not held meanwhile: it may be closed.
        let mut newest = shell(app).books.app().await?.changes_elsewhere();
        let number = |newest: i64| u64::try_from(newest).unwrap_or(0);
        let first = number(*newest.borrow_and_update());
        let is_behind = self.known.is_some_and(|known| known < first);
        let is_news = is_behind || matches!(tokio::time::timeout(NEWS_WITHIN, newest.changed()).await, Ok(Ok(())));
        let number = number(*newest.borrow());
        Ok(BookSignal { number, is_news })
    }
}
