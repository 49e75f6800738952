//! How the window answers what the page asks about books: which there are, opening another, moving one.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use contract::{
    Error,
    connection::{BookPlace, ConnectionStep, StepAnswer},
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
    requests::{Access, Answer, failed, shell},
};

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
        Ok(shell(app).books.open_place(self).await)
    }
}

impl Answer for ForgetBook {
    const ACCESS: Access = Access::SignedInIfOpen;

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
        let is_typed = self.password.is_some();
        let found = secrets.find(&self.connection, self.password).await;
        let server = place::server(&self.connection, found.password);
        let left = engine::EXAMINED_WITHIN.saturating_sub(began.elapsed());
        let steps = engine::examine_within(&server, left).await;
        // What was typed for a try is not kept unless it is right, which a try without an end has not shown.
        if is_typed && !is_right(&steps) {
            secrets.distrust(&self.connection);
        }
        Ok(ConnectionTest {
            steps,
            keyring: found.keyring,
        })
    }
}

/// Whether a try came to its end, and every step went well.
fn is_right(steps: &[StepAnswer]) -> bool {
    let is_at_end = steps.last().is_some_and(|last| last.step == ConnectionStep::Book);
    is_at_end && steps.iter().all(|answer| answer.is_done)
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

impl Answer for MoveBook {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<WorkState, Error> {
        let books = &shell(app).books;
        let open = books.app().await?;
        let password = match &self.target {
            BookPlace::Server { connection } => books.secrets.find(connection, self.password).await.password,
            BookPlace::File { .. } => None,
        };
        let options = MoveOptions { dry_run: self.dry_run };
        open.begin_move(place::location(&self.target, password), options).await
    }
}

impl Answer for WatchBook {
    const ACCESS: Access = Access::Anyone;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_only_if_a_try_with_it_came_to_a_good_end() {
        let step = |step: ConnectionStep, is_done: bool| StepAnswer {
            step,
            is_done,
            detail: String::new(),
        };
        let signed_in = step(ConnectionStep::SignIn, true);
        assert!(is_right(&[signed_in.clone(), step(ConnectionStep::Book, true)]));
        assert!(!is_right(&[signed_in.clone(), step(ConnectionStep::Book, false)]));
        assert!(!is_right(&[signed_in, step(ConnectionStep::Rights, false)]));
        assert!(!is_right(&[]), "it was given up");
    }
}
