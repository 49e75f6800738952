//! How the window answers what the page asks of it; what it asks about books is in `book_requests.rs`. A request without an
//! answer does not compile.

use std::future::Future;

use contract::{
    Error,
    desktop::{
        CopyText, DiscardSample, Done, GetPreferences, OpenBook, OpenDocument, OpenedDocument, Preferences, ReportPageFailure,
        RetryStartup, SaveDocument, SaveText, SavedDocument, SavedText, SetPreferences, Startup, StartupState,
    },
    session::CurrentSession,
};
use tauri::{AppHandle, Manager, Runtime, State};

use crate::{Shell, document, log, saved, window};

/// So much of what the page says of its failure goes into the log.
const MOST_OF_A_MESSAGE: usize = 300;

/// Who may ask the window for something. What the engine answers it checks itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone: the screens before the sign-in need it.
    Anyone,
    /// Whoever is signed in, with a session that is not locked.
    SignedIn,
    /// The same as long as a book is open. Without one there is nobody who could sign in, and what is shown is of no customer.
    SignedInIfOpen,
}

/// A request that the window answers.
pub trait Answer: contract::Request {
    /// Who may ask.
    const ACCESS: Access;

    /// Answers it.
    fn answer<R: Runtime>(self, app: &AppHandle<R>) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

pub(crate) fn shell<R: Runtime>(app: &AppHandle<R>) -> State<'_, Shell> {
    app.state()
}

/// Refuses whoever may not ask.
///
/// # Errors
/// That nobody is signed in, or that the session is locked; that no book is open, if one has to be.
pub(crate) async fn admit<R: Runtime>(app: &AppHandle<R>, access: Access) -> Result<(), Error> {
    if access == Access::Anyone {
        return Ok(());
    }
    match shell(app).books.app().await {
        Ok(open) => open.check_signed_in().await,
        Err(_) if access == Access::SignedInIfOpen => Ok(()),
        Err(closed) => Err(closed),
    }
}

/// Says who is signed in to the book as well. The page asks that first, and can show nothing until it knows.
pub(crate) async fn with_session<R: Runtime>(app: &AppHandle<R>, state: StartupState) -> StartupState {
    let session = match shell(app).books.app().await {
        Ok(open) if state.ready => open.call(CurrentSession {}, None).await.ok(),
        _ => None,
    };
    StartupState { session, ..state }
}

pub(crate) fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Internal {
        reference: log::failure(&error.to_string()),
    }
}

impl Answer for Startup {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(with_session(app, shell(app).books.state().await).await)
    }
}

impl Answer for RetryStartup {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        let books = &shell(app).books;
        if !self.by_itself {
            books.secrets.ask_anew();
        }
        let state = match self.backup {
            Some(backup) => books.go_back(&backup).await,
            None if self.make_new => books.make_new().await,
            None => books.ensure_open().await,
        };
        Ok(with_session(app, state).await)
    }
}

impl Answer for OpenBook {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        Ok(with_session(app, shell(app).books.open(self.book).await).await)
    }
}

impl Answer for DiscardSample {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<StartupState, Error> {
        let state = shell(app).books.discard_sample().await.map_err(|error| failed(&error))?;
        Ok(with_session(app, state).await)
    }
}

impl Answer for GetPreferences {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Preferences, Error> {
        Ok(shell(app).settings.preferences())
    }
}

impl Answer for SetPreferences {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<Preferences, Error> {
        let theme = shell(app).settings.preferences().theme;
        shell(app)
            .settings
            .keep_preferences(&self.preferences)
            .map_err(|error| failed(&error))?;
        if theme != self.preferences.theme
            && let Some(window) = app.get_webview_window(window::LABEL)
            && let Err(error) = window::dress(&window, self.preferences.theme)
        {
            tracing::warn!(%error, "the window keeps its colors");
        }
        Ok(self.preferences)
    }
}

impl Answer for CopyText {
    const ACCESS: Access = Access::SignedInIfOpen;

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
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<SavedText, Error> {
        let path = saved::folder(app).and_then(|folder| saved::write(&folder, &self.name, &self.text));
        let path = path.map_err(|error| failed(&error))?;
        Ok(SavedText {
            path: path.display().to_string(),
        })
    }
}

impl Answer for SaveDocument {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<SavedDocument, Error> {
        document::save(app, self.document).await
    }
}

impl Answer for OpenDocument {
    const ACCESS: Access = Access::SignedIn;

    async fn answer<R: Runtime>(self, app: &AppHandle<R>) -> Result<OpenedDocument, Error> {
        document::show(app, self.document).await
    }
}

impl Answer for ReportPageFailure {
    const ACCESS: Access = Access::Anyone;

    async fn answer<R: Runtime>(self, _: &AppHandle<R>) -> Result<Done, Error> {
        let message = contract::text::clip(&self.message, MOST_OF_A_MESSAGE);
        log::failure(&format!("the page stopped at {}: {message}", self.place));
        Ok(Done {})
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use tauri::test::mock_builder;

    use super::*;
    use crate::folder::DataFolder;

    #[test]
    fn without_an_open_book_nobody_can_be_asked_to_sign_in() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        std::fs::write(&data, "a file where the folder would be").unwrap();
        let app = mock_builder().build(crate::context()).unwrap();
        app.manage(Shell::new(DataFolder::at(&data)));
        let admitted = |access: Access| tauri::async_runtime::block_on(admit(app.handle(), access));
        let state = tauri::async_runtime::block_on(app.state::<Shell>().books.ensure_open());
        assert!(!state.ready);
        assert_eq!(admitted(Access::Anyone), Ok(()));
        assert_eq!(admitted(Access::SignedInIfOpen), Ok(()));
        assert!(matches!(admitted(Access::SignedIn), Err(Error::Unavailable { .. })));

        std::fs::remove_file(&data).unwrap();
        let state = tauri::async_runtime::block_on(app.state::<Shell>().books.ensure_open());
        assert!(state.ready);
        assert_eq!(admitted(Access::Anyone), Ok(()));
        assert_eq!(admitted(Access::SignedInIfOpen), Err(Error::SignedOut));
        assert_eq!(admitted(Access::SignedIn), Err(Error::SignedOut));
        tauri::async_runtime::block_on(app.state::<Shell>().books.close());
    }
}
