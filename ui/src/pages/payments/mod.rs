//! Payments: recording them, giving them back, and the account of a customer.

mod dialog;
mod pays;
pub mod record;
mod record_form;
mod refund;
mod refunds;
mod statement;

pub use dialog::RecordPaymentDialog;
pub use refund::RefundDialog;
pub use refunds::Refunds;
pub use statement::StatementDialog;
