//! What lives as long as the app.

use std::sync::Arc;

use crate::{clipboard::Clipboard, folder::DataFolder, settings::Settings, startup::Books};

/// The open book and what the window remembers.
#[derive(Debug)]
pub struct Shell {
    /// The book that is open, or why none is.
    pub books: Books,
    /// What is remembered between two starts.
    pub settings: Arc<Settings>,
    /// What was copied last.
    pub clipboard: Clipboard,
}

impl Shell {
    /// A shell over a folder; opens nothing yet.
    #[must_use]
    pub fn new(folder: DataFolder) -> Self {
        let settings = Arc::new(Settings::read(folder.settings()));
        Self {
            books: Books::new(folder, Arc::clone(&settings)),
            settings,
            clipboard: Clipboard::default(),
        }
    }
}
