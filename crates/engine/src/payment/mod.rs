//! Payments.

mod list;
mod record;
