//! The books that this computer remembers: where they are, and what each is known by again. Never a password.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::{
    Timestamp,
    connection::{BookPlace, Connection},
    desktop::{KnownBook, KnownBooks},
};
use engine::Identity;
use serde::{Deserialize, Serialize};

use crate::settings::{set_aside, write_whole};

/// So many books are remembered.
const MOST: usize = 12;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The person's own book now; the file of this computer, if there is none.
    current: Option<BookPlace>,
    books: Vec<Remembered>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Remembered {
    place: BookPlace,
    name: Option<String>,
    /// A server is another one if this is not what it says.
    identity: Option<Identity>,
    opened_at: Timestamp,
}

/// The books that are remembered, and the file that does so.
#[derive(Debug)]
pub struct Known {
    path: PathBuf,
    /// The file of the book that belongs to this computer.
    own: BookPlace,
    kept: Mutex<Kept>,
}

impl Known {
    /// Reads the file. One that cannot be read is set aside: the books themselves are not touched by that.
    #[must_use]
    pub fn read(path: PathBuf, own_file: &Path) -> Self {
        let kept = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                set_aside(&path, &error);
                Kept::default()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the list of books cannot be read");
                }
                Kept::default()
            }
        };
        Self {
            path,
            own: BookPlace::File {
                path: own_file.display().to_string(),
            },
            kept: Mutex::new(kept),
        }
    }

    /// Where the person's own book is.
    #[must_use]
    pub fn current(&self) -> BookPlace {
        self.kept().current.clone().unwrap_or_else(|| self.own.clone())
    }

    /// Whether a place is the file that belongs to this computer.
    #[must_use]
    pub fn is_own_file(&self, place: &BookPlace) -> bool {
        self.own.is_same(place)
    }

    /// What the book in a place is known by again.
    #[must_use]
    pub fn identity(&self, place: &BookPlace) -> Option<Identity> {
        let kept = self.kept();
        let found = kept.books.iter().find(|book| book.place.is_same(place))?;
        found.identity.clone()
    }

    /// A book was opened and is the person's own from now on. Answers with the connections that are not remembered any more: to the
    /// same place as somebody else, or to books that have fallen off the list.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn opened(&self, place: &BookPlace, identity: &Identity, at: Timestamp) -> io::Result<Vec<Connection>> {
        let mut before = self.servers();
        self.change(|mut kept| {
            let (mut same, others): (Vec<_>, Vec<_>) = kept.books.into_iter().partition(|book| book.place.is_same(place));
            let name = same
                .pop()
                .filter(|book| book.identity.as_ref() == Some(identity))
                .and_then(|book| book.name);
            kept.books = vec![Remembered {
                place: place.clone(),
                name,
                identity: Some(identity.clone()),
                opened_at: at,
            }];
            kept.books.extend(others.into_iter().take(MOST - 1));
            // The folder of the app may move, and its own file with it.
            kept.current = Some(place.clone()).filter(|place| !self.own.is_same(place));
            kept
        })?;
        let now = self.servers();
        before.retain(|connection| !now.contains(connection));
        Ok(before)
    }

    /// The connections of all books on servers that are remembered.
    #[must_use]
    pub fn servers(&self) -> Vec<Connection> {
        let kept = self.kept();
        let servers = kept.books.iter().filter_map(|book| match &book.place {
            BookPlace::Server { connection } => Some(connection.clone()),
            BookPlace::File { .. } => None,
        });
        servers.collect()
    }

    /// Keeps the name of the current book.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn named(&self, name: &str) -> io::Result<()> {
        let current = self.current();
        self.change(|mut kept| {
            if let Some(book) = kept.books.iter_mut().find(|book| book.place.is_same(&current)) {
                book.name = Some(name.to_owned());
            }
            kept
        })
    }

    /// Takes a book off the list.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing is changed.
    pub fn forget(&self, place: &BookPlace) -> io::Result<()> {
        self.change(|mut kept| {
            kept.books.retain(|book| !book.place.is_same(place));
            if kept.current.as_ref().is_some_and(|current| current.is_same(place)) {
                kept.current = None;
            }
            kept
        })
    }

    /// The list for the page.
    #[must_use]
    pub fn list(&self) -> KnownBooks {
        let current = self.current();
        let books = self.kept().books.clone();
        let mut items: Vec<KnownBook> = books
            .into_iter()
            .map(|book| KnownBook {
                is_current: book.place.is_same(&current),
                place: book.place,
                name: book.name,
                opened_at: book.opened_at,
            })
            .collect();
        items.sort_by_key(|book| !book.is_current);
        KnownBooks {
            items,
            own_file: self.own.to_string(),
        }
    }

    fn change(&self, change: impl FnOnce(Kept) -> Kept) -> io::Result<()> {
        let mut kept = self.kept();
        let changed = change(kept.clone());
        if changed != *kept {
            write_whole(&self.path, &serde_json::to_vec_pretty(&changed)?)?;
            *kept = changed;
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn file(path: &str) -> BookPlace {
        BookPlace::File { path: path.to_owned() }
    }

    fn server(user: &str, schema: &str) -> BookPlace {
        BookPlace::Server {
            connection: Connection {
                host: "db.example".to_owned(),
                port: contract::connection::PORT,
                database: "books".to_owned(),
                user: user.to_owned(),
                schema: schema.to_owned(),
                tls: contract::connection::TlsChoice::Verified,
                authority: None,
                certificate: None,
                accepted_host: None,
            },
        }
    }

    fn identity(number: u128) -> Identity {
        Identity {
            book: uuid::Uuid::from_u128(number),
            system: None,
        }
    }

    fn read(folder: &tempfile::TempDir) -> Known {
        Known::read(folder.path().join("books.json"), Path::new("/own.db"))
    }

    #[test]
    fn the_newest_is_first_and_found_again_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let known = read(&folder);
        assert_eq!(known.current(), file("/own.db"));
        known.opened(&file("/a.db"), &identity(1), Timestamp(1)).unwrap();
        known.named("Alder Hosting").unwrap();
        known.opened(&file("/own.db"), &identity(2), Timestamp(2)).unwrap();
        known.opened(&file("/a.db"), &identity(1), Timestamp(3)).unwrap();
        let again = read(&folder);
        assert_eq!(again.current(), file("/a.db"));
        assert_eq!(again.identity(&file("/own.db")), Some(identity(2)));
        let items = again.list().items;
        let shown: Vec<_> = items
            .iter()
            .map(|book| (book.place.to_string(), book.name.as_deref(), book.is_current))
            .collect();
        assert_eq!(
            shown,
            [
                ("/a.db".to_owned(), Some("Alder Hosting"), true),
                ("/own.db".to_owned(), None, false)
            ]
        );
    }

    #[test]
    fn the_file_of_this_computer_is_found_where_the_app_keeps_it_now() {
        let folder = tempfile::tempdir().unwrap();
        read(&folder).opened(&file("/own.db"), &identity(1), Timestamp(1)).unwrap();
        let moved = Known::read(folder.path().join("books.json"), Path::new("/elsewhere/own.db"));
        assert_eq!(moved.current(), file("/elsewhere/own.db"));
    }

    #[test]
    fn another_book_in_the_same_place_has_no_name_yet() {
        let folder = tempfile::tempdir().unwrap();
        let known = read(&folder);
        known.opened(&file("/a.db"), &identity(1), Timestamp(1)).unwrap();
        known.named("Alder Hosting").unwrap();
        known.opened(&file("/a.db"), &identity(7), Timestamp(2)).unwrap();
        assert_eq!(known.list().items[0].name, None);
    }

    #[test]
    fn a_forgotten_book_is_not_the_current_one_and_the_list_does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let known = read(&folder);
        for number in 0..20 {
            known
                .opened(&file(&format!("/{number}.db")), &identity(number), Timestamp(1))
                .unwrap();
        }
        assert_eq!(known.list().items.len(), MOST);
        known.forget(&file("/19.db")).unwrap();
        assert_eq!((known.current(), known.identity(&file("/19.db"))), (file("/own.db"), None));
        assert_eq!(known.list().items.len(), MOST - 1);
    }

    #[test]
    fn what_is_not_remembered_any_more_is_told_so_that_its_password_can_go_too() {
        let folder = tempfile::tempdir().unwrap();
        let known = read(&folder);
        let opened = |place: &BookPlace| -> Vec<String> {
            let gone = known.opened(place, &identity(1), Timestamp(1)).unwrap();
            gone.into_iter().map(|gone| format!("{} {}", gone.user, gone.schema)).collect()
        };
        assert!(opened(&server("ann", "one")).is_empty());
        assert!(opened(&server("ann", "one")).is_empty(), "it is still the same");
        assert_eq!(opened(&server("bob", "one")), ["ann one"], "the same book as somebody else");
        for number in 0..MOST - 1 {
            assert!(opened(&file(&format!("/{number}.db"))).is_empty());
        }
        assert_eq!(known.servers().len(), 1);
        assert_eq!(opened(&file("/one too many.db")), ["bob one"]);
        assert!(known.servers().is_empty());
    }

    #[test]
    fn a_damaged_list_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.json");
        std::fs::write(&path, "{\"current\":7}").unwrap();
        assert_eq!(read(&folder).current(), file("/own.db"));
        assert!(!path.exists() && folder.path().join("books.json.damaged").exists());
    }
}
