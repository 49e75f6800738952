//! Payments: what they pay, what is left of them, what was given back.

mod allocate;
mod credit;
mod list;
mod record;
mod refund;
mod release;
mod statement;

pub use allocate::release_from_invoice;
