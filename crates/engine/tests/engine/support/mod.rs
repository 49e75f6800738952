//! A fresh book for each test, on either database.

mod make;
mod network;
mod refused;
mod shape;
mod sql;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use contract::{Timestamp, session::FirstRun};
use engine::{Answer, App, BookLocation, NewBook, OpenError, OpenOptions, Server};
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub use make::*;
pub use network::over_a_network;
pub use refused::*;
pub use shape::*;
pub use sql::*;

/// When every test begins: a Sunday in November, ten o'clock in Berlin, where the books are.
pub const START: &str = "2026-11-22T09:00:00.000Z";
pub const OWNER_EMAIL: &str = "owner@example.com";
pub const OWNER_PASSWORD: &str = "correct horse battery staple";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// A book that is gone when the test ends. Copies share it.
#[derive(Clone)]
pub struct TestBook {
    pub app: App,
    pub database: Database,
    pub location: BookLocation,
    pub sql: Sql,
    folder: Option<Arc<TempDir>>,
}

impl TestBook {
    /// A book without an administrator.
    pub async fn empty(database: Database) -> Self {
        let (location, folder) = place(database).await;
        let backups = folder.as_ref().map(|folder| folder.path().join("backups"));
        let app = App::open(location.clone(), OpenOptions { backups, ..options() }).await.unwrap();
        let sql = Sql::connect(&location).await;
        Self {
            app,
            database,
            location,
            sql,
            folder: folder.map(Arc::new),
        }
    }

    /// A book in Berlin whose owner is signed in.
    pub async fn new(database: Database) -> Self {
        let book = Self::empty(database).await;
        book.call(owner()).await.unwrap();
        book
    }

    /// Asks for an operation, which may be refused with what it lists and nothing else.
    pub async fn call<O: Answer>(&self, request: O) -> Result<O::Output, contract::Error> {
        let answer = self.app.call(request, None).await;
        answer.inspect_err(|error| check_listed(O::NAME, error))
    }

    /// Asks for an operation that has to succeed.
    pub async fn ok<O: Answer>(&self, request: O) -> O::Output {
        match self.call(request).await {
            Ok(output) => output,
            Err(error) => panic!("{} was refused: {error:?}", O::NAME),
        }
    }

    /// Asks for an operation that has to be refused.
    pub async fn refused<O: Answer>(&self, request: O) -> contract::Error {
        match self.call(request).await {
            Ok(_) => panic!("{} was not refused", O::NAME),
            Err(error) => error,
        }
    }

    /// The same by name, with the answer as JSON.
    pub async fn json(&self, name: &str, request: serde_json::Value) -> Result<serde_json::Value, contract::Error> {
        let answer = self.app.call_json(name, request, None).await;
        let text = answer.inspect_err(|error| check_listed(name, error))?;
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// Sets the clock.
    pub async fn at(&self, time: &str) {
        self.app.set_now(at(time)).await.unwrap();
    }

    /// The same book, opened by another process.
    pub async fn again(&self) -> App {
        App::open(self.location.clone(), options()).await.unwrap()
    }

    /// The file, on SQLite.
    pub fn file(&self) -> PathBuf {
        match &self.location {
            BookLocation::File(path) => path.clone(),
            BookLocation::Server(_) => panic!("a book on a server has no file"),
        }
    }

    /// Fails if anything in the book contradicts anything else.
    pub async fn verified(&self) {
        let verification = self.app.verify().await.unwrap();
        assert_eq!(verification.findings, [], "{:?}", self.database);
    }

    pub async fn end(self) {
        self.app.close().await;
        self.sql.end(&self.location).await;
        drop(self.folder);
    }
}

/// Runs a test with a book, and removes the book whatever comes of it.
pub async fn with_book<F: Future<Output = ()> + Send + 'static>(database: Database, test: impl FnOnce(TestBook) -> F) {
    let book = TestBook::new(database).await;
    let result = tokio::spawn(test(book.clone())).await;
    book.end().await;
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// Makes two tests of each function: one for each database.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($book:ident: TestBook) $body:block)*) => {
        $(async fn $name($book: $crate::support::TestBook) $body)*
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                $crate::support::with_book($crate::support::Database::Sqlite, super::$name).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                $crate::support::with_book($crate::support::Database::Postgres, super::$name).await;
            })*
        }
    };
}

pub fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub fn owner() -> FirstRun {
    FirstRun {
        full_name: "Olga Owner".to_owned(),
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
        book_name: None,
        currency: None,
        time_zone: Some("Europe/Berlin".to_owned()),
    }
}

pub fn options() -> OpenOptions {
    OpenOptions {
        create: Some(NewBook {
            time_zone: Some("UTC".to_owned()),
            is_test_clock: true,
            ..NewBook::default()
        }),
        now: Some(at(START)),
        ..OpenOptions::default()
    }
}

/// Opening a book that is there, as it is.
pub async fn reopen(path: &Path) -> Result<App, OpenError> {
    App::open(BookLocation::File(path.to_owned()), OpenOptions::default()).await
}

pub fn server() -> String {
    std::env::var("CLIENTELE_TEST_POSTGRES")
        .unwrap_or_else(|_| panic!("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` starts a throwaway Postgres and sets it"))
}

/// A place for a new book. On SQLite it begins as a copy of one whose tables are made already.
pub async fn place(database: Database) -> (BookLocation, Option<TempDir>) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    match database {
        Database::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("book.clientele");
            tokio::fs::write(&path, template().await).await.unwrap();
            (BookLocation::File(path), Some(folder))
        }
        Database::Postgres => {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let schema = format!("test_{}_{number}", std::process::id());
            let location = BookLocation::Server(Server::parse(&server(), &schema).unwrap());
            (location, Some(tempfile::tempdir().unwrap()))
        }
    }
}

async fn template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.clientele");
            let app = App::open(BookLocation::File(path.clone()), options()).await.unwrap();
            app.close().await;
            std::fs::read(path).unwrap()
        })
        .await
}
