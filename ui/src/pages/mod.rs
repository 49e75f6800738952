//! Pages: they know operations; what they are made of does not.

pub mod customers;
pub mod dashboard;
pub mod gate;
pub mod invoices;
mod lists;
pub mod payments;
pub mod plans;
pub mod settings;
