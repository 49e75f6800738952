//! How the window answers what the page asks of it; what it asks about books is in `book_requests.rs`. A request without an
//! answer does not compile.

use std::future::Future;

use contract::{
    Error,
    desktop::{
        CopyText, DiscardSample, Done, GetPreferences, OpenBook, OpenDocument, OpenedDocument, Preferences, ReportPageFailure,
        RetryStartup, SaveDocument, SaveText, SavedDocument, SavedText, SetPreferences, Startup, StartupState,
    },
};
use tauri::{AppHandle, Manager, Runtime, State};

use crate::{Shell, document, log, saved, window};

/// A request that the window answers.
pub trait Answer: contract::Request {
    /// Answers it.
    fn answer<R: Runtime>(self, app: &AppHandle<R>) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

pub(crate) fn shell<R: Runtime>(app: &AppHandle<R>) -> State<'_, Shell> {
    app.state()
}

pub(crate) fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Internal {
        reference: log::failure(&error.to_string()),
    }
}

impl Answer for Startup {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(shell(app).books.state().await)
    }
}

impl Answer for RetryStartup {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        let books = &shell(app).books;
        Ok(if self.make_new {
            books.make_new().await
        } else {
            books.ensure_open().await
        })
    }
}

impl Answer for OpenBook {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(shell(app).books.open(self.book).await)
    }
}

impl Answer for DiscardSample {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        shell(app).books.discard_sample().await.map_err(|error| failed(&error))
    }
}

impl Answer for GetPreferences {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Preferences, Error> {
        Ok(shell(app).settings.preferences())
    }
}

impl Answer for SetPreferences {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Preferences, Error> {
        shell(app)
            .settings
            .keep_preferences(&self.preferences)
            .map_err(|error| failed(&error))?;
        if let Some(window) = app.get_webview_window(window::LABEL)
            && let Err(error) = window::dress(&window, self.preferences.theme)
        {
            tracing::warn!(%error, "the window keeps its colors");
        }
        Ok(self.preferences)
    }
}

impl Answer for CopyText {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Done, Error> {
        shell(app)
            .clipboard
            .put(app, self.text, self.secret)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Done {})
    }
}

impl Answer for SaveText {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<SavedText, Error> {
        let fields = contract::Validate::validate(&self).err();
        if let Some(fields) = fields {
            return Err(Error::Invalid { fields });
        }
        let path = saved::folder(app).and_then(|folder| saved::write(&folder, &self.name, &self.text));
        let path = path.map_err(|error| failed(&error))?;
        Ok(SavedText {
            path: path.display().to_string(),
        })
    }
}

impl Answer for SaveDocument {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<SavedDocument, Error> {
        document::save(app, self.document).await
    }
}

impl Answer for OpenDocument {
    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<OpenedDocument, Error> {
        document::show(app, self.document).await
    }
}

impl Answer for ReportPageFailure {
    async fn answer<R: Runtime>(self, _: &AppHandle<R>) -> Result<Done, Error> {
        log::failure(contract::text::clip(&self.message, 2000));
        Ok(Done {})
    }
}
