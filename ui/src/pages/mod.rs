//! Pages: they know operations; what they are made of does not.

pub mod customers;
pub mod dashboard;
pub mod gate;
mod lists;
pub mod plans;
pub mod settings;
pub mod statistics;
