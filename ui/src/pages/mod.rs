//! Pages: they know operations; what they are made of does not.

pub mod catch_up;
pub mod conflict;
pub mod customers;
pub mod dashboard;
pub mod documents;
pub mod gate;
pub mod invoices;
pub mod list_page;
mod lists;
pub mod payments;
pub mod plans;
pub mod records;
pub mod reminders;
pub mod settings;
pub mod statistics;
