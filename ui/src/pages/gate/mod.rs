//! What stands before the app: starting, a book that cannot be opened, first run, sign-in and the lock.

mod first_run;
mod first_run_form;
mod frame;
mod lock_screen;
mod owner_form;
mod problem;
mod recovery;
mod sign_in;
mod starting;
mod strength;
mod throttle;

pub use first_run::FirstRun;
pub use lock_screen::LockScreen;
pub use problem::StartupProblemScreen;
pub use sign_in::SignIn;
pub use starting::{Starting, Unanswered};
pub use strength::use_strength;
