//! Which book is open, and how to open the other.

use contract::{
    connection::BookPlace,
    desktop::{BookChoice, OpenPlace, StartupState},
};
use yew::prelude::*;

/// Which book is open.
#[derive(Clone, PartialEq)]
pub struct OpenedBook {
    /// Where it is and which it is.
    pub startup: StartupState,
    /// Opens the person's own book or the sample; ends the session.
    pub open: Callback<BookChoice>,
    /// Opens a book in another place; ends the session.
    pub open_place: Callback<OpenPlace>,
    /// Throws the sample away and opens the person's own book.
    pub discard_sample: Callback<()>,
}

impl OpenedBook {
    /// Whether the sample is open.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.startup.book == BookChoice::Sample
    }

    /// The server, if the book is on one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.startup.place {
            BookPlace::Server { connection } => Some(&connection.host),
            BookPlace::File { .. } => None,
        }
    }

    /// Where it is, without the folder of a file.
    #[must_use]
    pub fn short_location(&self) -> String {
        let location = &self.startup.location;
        if self.startup.is_on_server() {
            return location.clone();
        }
        let name = location.rsplit(['/', '\\']).next().unwrap_or(location);
        format!("{name} on this computer")
    }
}

/// Which book is open, once one is.
#[hook]
pub fn use_opened_book() -> Option<OpenedBook> {
    use_context()
}
