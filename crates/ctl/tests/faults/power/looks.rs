//! What is found again and again, looked at once where the same comes of it. Most steps of a write leave what is not committed in
//! the log of the database, which comes back with the same bytes after all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::{
    campaigns::{
        campaign::{at_once, beside_each_other},
        deeds::copy_folder,
    },
    common::{Place, block_on},
};

/// The database of a folder, and its log.
const BOOK: &str = "book.db";
const LOG: &str = "book.db-wal";
/// Bytes with which a database says what it is.
const HEADER: usize = 100;
/// Bytes that are compared as one.
const PIECE: usize = 4_096;

/// Looks at what is found, several at the same time.
pub struct Looks<E> {
    examine: E,
    outcomes: Outcomes,
    waiting: Vec<(Place, String)>,
}

impl<E: Fn(&Place, &str) + Sync> Looks<E> {
    /// With what looks at a book, and is told what was said before it was found so.
    pub fn new(examine: E) -> Self {
        Self {
            examine,
            outcomes: Outcomes::default(),
            waiting: Vec::new(),
        }
    }

    /// Takes what is found. Whether everything that was found until now was looked at, or something of which the same comes.
    pub fn find(&mut self, folder: TempDir, said: &str) -> bool {
        if self.outcomes.is_new(folder.path(), said) {
            self.waiting.push((Place::File(folder), said.to_owned()));
            if self.waiting.len() >= at_once() {
                self.look();
            }
        }
        self.waiting.is_empty()
    }

    /// Looks at what is left. Answers with how many outcomes there were.
    pub fn end(&mut self) -> usize {
        self.look();
        self.outcomes.known.len()
    }

    fn look(&mut self) {
        let (waiting, examine) = (std::mem::take(&mut self.waiting), &self.examine);
        beside_each_other(waiting, &|(place, said): (Place, String)| examine(&place, &said));
    }
}

/// What has come of folders until now.
#[derive(Default)]
struct Outcomes {
    known: BTreeSet<Vec<usize>>,
    /// Pieces of files, by which outcomes are told: few, because most of a file is the same each time.
    pieces: BTreeMap<Vec<u8>, usize>,
}

impl Outcomes {
    /// Whether something comes of a folder that has come of none before. The same comes of two where the same was said before; where
    /// a program sees the same of the database before it opens it; and where every file is the same when the database itself has
    /// worked off its log, as it does for whoever opens it next.
    fn is_new(&mut self, folder: &Path, said: &str) -> bool {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(folder, copy.path());
        come_back(&copy.path().join(BOOK));
        let mut outcome = Vec::new();
        self.add(said.as_bytes(), &mut outcome);
        let book = fs::read(folder.join(BOOK)).unwrap_or_default();
        self.add(&book[..book.len().min(HEADER)], &mut outcome);
        let log = fs::metadata(folder.join(LOG)).map_or(0, |log| 1 + u8::from(log.len() > 0));
        self.add(&[log], &mut outcome);
        let mut paths = BTreeSet::new();
        collect(copy.path(), &mut paths);
        for path in paths {
            let name = path.strip_prefix(copy.path()).unwrap();
            self.add(name.as_os_str().as_encoded_bytes(), &mut outcome);
            // One file with two names is not the same as two files.
            let names = fs::metadata(folder.join(name)).map_or(0, |found| found.nlink());
            self.add(&names.to_le_bytes(), &mut outcome);
            self.add(&[u8::from(path.is_dir())], &mut outcome);
            if !path.is_dir() {
                self.add(&fs::read(&path).unwrap(), &mut outcome);
            }
        }
        self.known.insert(outcome)
    }

    fn add(&mut self, bytes: &[u8], outcome: &mut Vec<usize>) {
        outcome.push(bytes.len());
        for piece in bytes.chunks(PIECE) {
            let next = self.pieces.len();
            let number = self.pieces.get(piece).copied().unwrap_or(next);
            if number == next {
                self.pieces.insert(piece.to_vec(), next);
            }
            outcome.push(number);
        }
    }
}

/// Everything below a folder.
fn collect(folder: &Path, paths: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        }
        paths.insert(path);
    }
}

/// Lets a database work off its log. What is none, or is spoiled, stays what it is.
fn come_back(book: &Path) {
    if !book.exists() {
        return;
    }
    block_on(async {
        let Ok(mut connection) = SqliteConnection::connect(&format!("sqlite://{}", book.display())).await else {
            return;
        };
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut connection).await;
        let _ = connection.close().await;
    });
}
