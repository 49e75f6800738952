//! How the vendor bills: settings, numbers, and where customers are billed.

mod address;
mod logo;
pub mod number;
mod report;
mod settings;

pub use address::{buyer, treatment};
pub use settings::{SUBJECT, check_complete, load, make, seller, stored, tidy};
