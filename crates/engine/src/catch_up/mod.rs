//! Catching up: what is due since the last run is worked out, shown, and done once. Nothing runs in the background: the app
//! may be closed for weeks.
//!
//! What was done is kept by what, of which record and for which day, in the transaction that does it. So two desks at once, a
//! crash in the middle or a clock that is set back neither do a thing twice nor leave one out. The steps of an invoice are kept for
//! each time that it is owed: when a payment is taken off it or given back, they begin anew.

mod due;
mod first;
mod list;
mod plan;
mod queue;
mod rehearse;
mod reminders;
mod renewals;
mod run;
mod steps;
mod stops;
mod walk;

pub use first::First;
pub use queue::Queue;
pub use renewals::Renewals;
