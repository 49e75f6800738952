//! Money and dates as the book and the computer's locale have them.

use yew::prelude::*;

use crate::{format::Formats, hooks::use_session};

/// The formats of the open book: its currency and time zone.
#[hook]
pub fn use_formats() -> Formats {
    let session = use_session();
    Formats::new(session.state.currency, &session.state.time_zone)
}
