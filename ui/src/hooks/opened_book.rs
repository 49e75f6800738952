//! Which book is open, and how to open the other.

use contract::desktop::{BookChoice, StartupState};
use yew::prelude::*;

/// Which book is open.
#[derive(Clone, PartialEq)]
pub struct OpenedBook {
    /// Where it is and which it is.
    pub startup: StartupState,
    /// Opens the person's own book or the sample; ends the session.
    pub open: Callback<BookChoice>,
    /// Throws the sample away and opens the person's own book.
    pub discard_sample: Callback<()>,
}

impl OpenedBook {
    /// Whether the sample is open.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.startup.book == BookChoice::Sample
    }

    /// The name of the file or server, without its folder.
    #[must_use]
    pub fn short_location(&self) -> &str {
        self.startup.location.rsplit(['/', '\\']).next().unwrap_or(&self.startup.location)
    }
}

/// Which book is open, once one is.
#[hook]
pub fn use_opened_book() -> Option<OpenedBook> {
    use_context()
}
