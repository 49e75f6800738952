//! Who is signed in.

use contract::{
    Error,
    session::{SessionStage, SessionState},
};
use yew::prelude::*;

/// Who is signed in, and how to change that.
#[derive(Clone, PartialEq)]
pub struct SessionHandle {
    /// What the book waits for, and the book's name, currency and time zone.
    pub state: SessionState,
    /// Takes the answer of `sign_in`, `unlock` and the like.
    pub on_change: Callback<SessionState>,
    /// Locks the session.
    pub lock: Callback<()>,
    /// Ends the session.
    pub sign_out: Callback<()>,
}

/// Who is signed in. Only inside the app, where there is a session.
#[hook]
pub fn use_session() -> SessionHandle {
    use_context().unwrap_or_else(|| SessionHandle {
        state: SessionState {
            stage: SessionStage::SignedOut,
            administrator: None,
            book_name: String::new(),
            currency: contract::Currency::EUR,
            time_zone: "UTC".to_owned(),
            idle_lock_minutes: 10,
            retry_after: 0,
            test_clock: false,
        },
        on_change: Callback::noop(),
        lock: Callback::noop(),
        sign_out: Callback::noop(),
    })
}

/// Whether something was refused only because the session was locked or over: that says nothing any more when it is back.
#[must_use]
pub fn is_shut_out(error: &Error) -> bool {
    matches!(error, Error::Locked | Error::SignedOut)
}

/// Calls back when the session is taken up again.
#[hook]
pub fn use_return(on_return: Callback<()>) {
    let is_in = use_session().state.stage == SessionStage::SignedIn;
    let was_in = use_mut_ref(|| is_in);
    use_effect_with(is_in, move |is_in| {
        if !was_in.replace(*is_in) && *is_in {
            on_return.emit(());
        }
    });
}
