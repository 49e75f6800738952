//! An open book.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use contract::Timestamp;
use tokio::sync::{Mutex, RwLock};

use crate::{
    book::{self, BookLocation, OpenError, OpenOptions},
    call::{self, Answer},
    clock::Clock,
    db::Db,
    random::Ids,
    session::{Session, Waits},
};

/// An open book: at most one administrator is signed in to it. Copies share it.
#[derive(Clone, Debug)]
pub struct App(pub(crate) Arc<Inner>);

/// What the copies share.
#[derive(Debug)]
pub struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub session: RwLock<Session>,
    /// New identifiers.
    pub ids: Ids,
    /// Waits after wrong tries, by the monotonic clock.
    pub waits: Waits,
    /// One password is hashed at a time: each takes tens of megabytes.
    pub hashing: Mutex<()>,
    /// The next instant at which a stored status falls behind the clock; `i64::MIN` when it is not known.
    pub next_due: AtomicI64,
    /// The newest read of each key that reads were asked with.
    pub newest: std::sync::Mutex<std::collections::HashMap<String, crate::db::Stop>>,
    /// The settings that every operation needs, as of their last reading.
    pub book: RwLock<crate::entity::book::Model>,
    location: BookLocation,
    #[cfg(feature = "record")]
    pub record: crate::record::Record,
}

impl App {
    /// Opens a book, makes it if asked to, and brings its tables up to date.
    ///
    /// # Errors
    /// Why it cannot be opened; nothing was changed then.
    pub async fn open(location: BookLocation, options: OpenOptions) -> Result<Self, OpenError> {
        let clock = Clock::default();
        let (db, book) = book::open(&location, &options, &clock).await?;
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            session: RwLock::new(Session::default()),
            ids: Ids::default(),
            waits: Waits::default(),
            hashing: Mutex::new(()),
            next_due: AtomicI64::new(i64::MIN),
            newest: std::sync::Mutex::default(),
            book: RwLock::new(book),
            location,
            #[cfg(feature = "record")]
            record: crate::record::Record::default(),
        })))
    }

    /// Answers an operation. `key` makes a write happen at most once: asked again with it, the first answer is given. A read
    /// with a key gives up the one before it with the same key, which is then refused as `Unavailable`: only the newest counts.
    ///
    /// The work goes on in a task of its own: dropping the future does not stop it half way.
    ///
    /// # Errors
    /// Why it was not done.
    pub async fn call<O: Answer>(&self, request: O, key: Option<String>) -> Result<O::Output, contract::Error> {
        call::call(self, request, key).await
    }

    /// Answers an operation given by its name and its request in JSON, with the JSON text of its output.
    ///
    /// # Errors
    /// Why it was not done; `Invalid` names the field that has the wrong shape.
    pub async fn call_json(&self, name: &str, request: serde_json::Value, key: Option<String>) -> Result<String, contract::Error> {
        call::by_name(self, name, request, key).await
    }

    /// Where the book is.
    #[must_use]
    pub fn location(&self) -> &BookLocation {
        &self.0.location
    }

    /// The time of the book: the computer's, or the one that was set.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Stops the clock of a book that was made with a test clock.
    ///
    /// # Errors
    /// `Forbidden` for any other book.
    pub async fn set_now(&self, now: Timestamp) -> Result<(), contract::Error> {
        if !self.0.book.read().await.is_test_clock {
            return Err(contract::Error::Forbidden {
                reason: contract::Forbidden::TestClock,
            });
        }
        self.0.clock.set(now);
        self.0.next_due.store(i64::MIN, Ordering::Relaxed);
        Ok(())
    }

    /// Closes the book. Operations that are under way end first.
    pub async fn close(self) {
        if let Err(error) = self.0.db.clone().close().await {
            tracing::warn!(%error, "closing the book");
        }
    }
}
