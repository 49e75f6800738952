//! The sample book: made at its first opening, entered without a password, thrown away at will.

use std::{
    io,
    path::{Path, PathBuf},
};

use contract::{Error, desktop::StartupProblem};
use engine::{App, NewBook, demo};
use uuid::Uuid;

use crate::{lock, opening::open_or_make, refusal::Refusal};

/// Enough to scroll, search and sort; few enough to be there at once.
const CUSTOMERS: u32 = 500;
/// Which sample of all that could be drawn.
const SEED: u64 = 1;

/// Opens the sample with its owner signed in, and makes it if it is not there or was left unfinished.
pub async fn open(path: PathBuf) -> Result<App, Refusal> {
    if path.exists() {
        let app = open_or_make(path.clone(), new_book()).await?;
        match app.enter_sample().await {
            Ok(()) => return Ok(app),
            // Its owner is written last: the app ended while the sample was being made.
            Err(Error::SignedOut) => {
                app.close().await;
                remove(&path).map_err(|error| Refusal::of_io(&error))?;
            }
            Err(Error::Forbidden { .. }) => {
                app.close().await;
                return Err(Refusal::plain(StartupProblem::NotABook));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let app = open_or_make(path, new_book()).await?;
    // Nobody has to know it: the sample is entered without.
    let password = format!("{}{}", Uuid::now_v7().simple(), Uuid::now_v7().simple());
    demo::fill(&app, CUSTOMERS, SEED, &password).await?;
    app.enter_sample().await?;
    Ok(app)
}

fn new_book() -> NewBook {
    NewBook {
        name: "Sample company".to_owned(),
        is_sample: true,
        ..NewBook::default()
    }
}

/// Throws the sample away, with the lock of the window that had it open.
///
/// # Errors
/// If a file of it cannot be removed.
pub fn discard(book: &Path) -> io::Result<()> {
    let lock = lock::of_file(book);
    remove(book)?;
    remove_file(&lock)
}

/// Removes a book and what is kept beside it, but for the lock of the window, which may be making it anew.
fn remove(book: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal", "-lock"] {
        let mut name = book.as_os_str().to_owned();
        name.push(suffix);
        remove_file(Path::new(&name))?;
    }
    Ok(())
}

/// Removes a file, if it is there.
fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
