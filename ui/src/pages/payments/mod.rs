//! Payments: recording them, taking them off an invoice, giving them back, and the account of a customer.

mod dialog;
mod owed;
mod pays;
pub mod record;
mod record_form;
mod refund;
mod refunds;
mod statement;
pub mod take_off;

pub use dialog::RecordPaymentDialog;
pub use refund::RefundDialog;
pub use refunds::refunds;
pub use statement::StatementDialog;
pub use take_off::TakeOffDialog;
