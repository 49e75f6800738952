//! An open book.

use std::{
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use contract::Timestamp;
use tokio::sync::{Mutex, RwLock};

use crate::{
    book::{self, BookLocation, Identity, OpenError, OpenOptions, Opened},
    call::{self, Answer},
    catch_up::Queue,
    clock::Clock,
    customer::Fences,
    db::Db,
    desk, files,
    lock::Hold,
    random::Ids,
    session::{Session, Waits},
    stats,
    work::Work,
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
    /// Held by who moves what fell due.
    pub sweep: Arc<Mutex<()>>,
    /// Counts the beginning and the end of each such commit that somebody waits for: it is odd while one is under way.
    pub moves: AtomicU64,
    /// What the next run of the catch-up goes on with.
    pub catch_up: std::sync::Mutex<Option<Queue>>,
    /// What was last worked out of the whole book.
    pub kept: stats::Kept,
    /// The newest read of each key that reads were asked with.
    pub newest: std::sync::Mutex<std::collections::HashMap<String, (u64, crate::db::Stop)>>,
    /// Rows of the lists of customers whose places are known.
    pub fences: std::sync::Mutex<Fences>,
    /// The settings that every operation needs, as of their last reading.
    pub book: RwLock<crate::entity::book::Model>,
    /// The hold of the file; of a server nothing is held.
    pub hold: Mutex<Hold>,
    /// This desk among the others.
    pub desk: desk::Own,
    /// What runs in the background, or ran last.
    pub work: std::sync::Mutex<Work>,
    /// Where backups go, if not beside the file.
    pub backups: Option<PathBuf>,
    /// Why the backup of the day was not made when it was tried last.
    pub backup_trouble: std::sync::Mutex<Option<contract::backup::BackupTrouble>>,
    closed_to_writes: AtomicBool,
    unheard: std::sync::Mutex<Vec<BookLocation>>,
    identity: Identity,
    location: BookLocation,
    #[cfg(feature = "record")]
    pub record: crate::record::Record,
}

impl Inner {
    /// Whether the book is being moved or restored from here, or has perhaps moved.
    pub fn is_closed_to_writes(&self) -> bool {
        self.is_closed_to_moves() || !self.unheard().is_empty()
    }

    /// The same for a move, which finds out what became of an earlier one.
    pub fn is_closed_to_moves(&self) -> bool {
        self.closed_to_writes.load(Ordering::SeqCst)
    }

    /// Where the book has perhaps moved: the end of a move to there was not heard. Changed here, there would be two books.
    pub fn unheard(&self) -> std::sync::MutexGuard<'_, Vec<BookLocation>> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses changes from now on, or takes them again.
    pub fn close_to_writes(&self, closed: bool) {
        self.closed_to_writes.store(closed, Ordering::SeqCst);
    }
}

impl App {
    /// Opens a book, makes it if asked to, and brings its tables up to date.
    ///
    /// # Errors
    /// Why it cannot be opened; nothing was changed then.
    pub async fn open(location: BookLocation, options: OpenOptions) -> Result<Self, OpenError> {
        let clock = Clock::default();
        // By which name it is opened must not make a difference: what belongs to a file is found by its own.
        let location = match location {
            BookLocation::File(path) => BookLocation::File(files::behind_links(&path)),
            server @ BookLocation::Server(_) => server,
        };
        // On the heap: it would fill a tenth of the stack of whoever opens a book, and of each who waits for that.
        let Opened { db, book, hold, identity } = Box::pin(book::open(&location, &options, &clock)).await?;
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            session: RwLock::new(Session::default()),
            ids: Ids::default(),
            waits: Waits::default(),
            hashing: Mutex::new(()),
            next_due: AtomicI64::new(i64::MIN),
            sweep: Arc::default(),
            moves: AtomicU64::new(0),
            catch_up: std::sync::Mutex::default(),
            kept: stats::Kept::default(),
            newest: std::sync::Mutex::default(),
            fences: std::sync::Mutex::default(),
            book: RwLock::new(book),
            hold: Mutex::new(hold),
            desk: desk::Own::default(),
            work: std::sync::Mutex::default(),
            backups: options.backups,
            backup_trouble: std::sync::Mutex::default(),
            closed_to_writes: AtomicBool::new(false),
            unheard: std::sync::Mutex::default(),
            identity,
            location,
            #[cfg(feature = "record")]
            record: crate::record::Record::default(),
        })))
    }

    /// Answers an operation. `key` makes a write happen at most once: asked again with it, the first answer is given. A read
    /// with a key gives up the one before it with the same key, which is then refused as `Unavailable`: only the newest counts. Of
    /// keys that end in a dot and a number, and are the same before it, the one with the largest number is the newest.
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

    /// What the book is known by again, for [`OpenOptions::expected`].
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.0.identity
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

    /// Closes the book. Operations that are under way end first; work in the background is canceled. A server that does not
    /// answer is not waited for.
    pub async fn close(self) {
        self.end_work().await;
        *self.0.session.write().await = Session::default();
        desk::leave(&self.0).await;
        if let Err(error) = self.0.db.clone().close().await {
            // The last to close a file takes away what belongs to it by its name. So nobody may put another one in its place
            // until that is done: it stays held for as long as somebody has this book.
            tracing::warn!(%error, "closing the book");
            return;
        }
        // Work that has not ended yet has the hold in hand, and lets go of it with the book.
        if let Ok(mut hold) = self.0.hold.try_lock() {
            *hold = Hold::none();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{NewBook, db::Stop};

    #[tokio::test]
    async fn a_file_is_held_until_nobody_reads_it_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.db");
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(path.clone()), options).await.unwrap();
        let (db, stop) = (app.0.db.clone(), Stop::default());
        let given = stop.clone();
        // Counts for minutes.
        let sql =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT CAST(COUNT(*) AS TEXT) FROM n";
        let reading = tokio::spawn(async move { db.texts(sql, Vec::new(), &given).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let closing = tokio::spawn(app.close());
        let taken = Hold::take_alone(&path).await;
        assert!(matches!(taken, Err(OpenError::Locked)), "{taken:?}");
        stop.stop().await;
        reading.await.unwrap().unwrap_err();
        closing.await.unwrap();
        Hold::take_alone(&path).await.unwrap();
    }
}
