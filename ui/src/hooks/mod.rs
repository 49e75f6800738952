//! Behavior that pages and components share.

mod base;
mod book_changes;
mod confirmation;
mod draft;
mod elsewhere;
mod formats;
mod hotkey;
mod latest;
mod link;
mod list;
mod media;
mod modal;
mod mutation;
mod now;
mod opened_book;
mod painted;
mod preferences;
mod query;
mod request;
mod session;
mod toasts;
mod work;

pub use base::{Base, use_base};
pub use book_changes::{BookChanges, BookChangesProvider, use_book_changes};
pub use confirmation::{ConfirmationPrompt, use_confirmation};
#[cfg(test)]
pub use draft::DraftStep;
pub use draft::{Draft, DraftHandle, record_field, row_field, rows_mark, switch, use_draft};
pub use elsewhere::use_changes_elsewhere;
pub use formats::use_formats;
pub use hotkey::{HotkeyScope, open_dialogs, use_hotkey, use_hotkey_in};
pub use latest::{use_latest, use_submit, use_unique_id};
pub use link::{LinkProvider, use_link};
pub use list::{List, Listing, Rows, load, use_list, use_whole_list};
pub use media::use_media;
pub use modal::{cover, use_backdrop, use_modal};
pub use mutation::{Mutation, use_mutation};
pub use now::use_now;
pub use opened_book::{OpenedBook, use_opened_book};
pub use painted::use_painted;
pub use preferences::{PreferencesHandle, use_preferences};
pub use query::{Query, QueryHandle, use_query, use_query_if};
pub use request::use_request;
pub use session::{SessionHandle, is_shut_out, use_return, use_session};
pub use toasts::{Toast, ToastId, Toasts, ToastsProvider, use_toasts};
pub use work::{Moving, WorkHandle, WorkProvider, use_end_of_work, use_work};
