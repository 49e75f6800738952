//! Drives the built app in a real window as a person would: by the labels and roles on screen, with mouse and keyboard.
//!
//! `cargo xtask test e2e` builds the app, sets `CLIENTELE_APP` and runs the walks in `tests/`.

mod app;
mod axe;
mod desktop;
#[path = "../../crates/document/tests/document/drawn.rs"]
pub mod drawn;
mod element;
mod elsewhere;
mod painted;
pub mod papers;
mod picture;
mod process;
mod screen;
pub mod server;
pub mod stages;
mod steps;
mod webdriver;
mod window;

pub use app::{App, take_lost_page};
pub use axe::Violation;
pub use desktop::{Desktop, KeyringTrouble};
pub use element::{Element, Key};
pub use steps::{EMAIL, NAME, PASSWORD};
pub use window::Window;
