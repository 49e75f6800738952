//! Catching up: what is due since the last run is worked out, shown, and done once. Nothing runs in the background: the app
//! may be closed for weeks.
//!
//! What was done is kept by what, of which record and for which day, in the transaction that does it. So two desks at once, a
//! crash in the middle or a clock that is set back neither do a thing twice nor leave one out.

mod due;
mod list;
mod plan;
mod rehearse;
mod reminders;
mod run;

pub use due::{Due, amount, renewals};
