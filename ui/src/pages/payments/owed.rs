//! What becomes of an invoice that is paid less, in words.

use contract::{Money, invoice::InvoiceStatus};

use crate::format;

/// What becomes of an invoice, as it stands now, off which so much of what pays it is taken.
pub fn without(taken: Money, number: &str, status: InvoiceStatus) -> String {
    let amount = format::money(taken);
    match status {
        InvoiceStatus::Paid => format!("{amount} of {number} is owed again, and its reminders begin anew."),
        InvoiceStatus::Uncollectible => format!("{number} was given up and stays so, with {amount} more of it unpaid."),
        InvoiceStatus::Draft | InvoiceStatus::Open | InvoiceStatus::Void => format!("{amount} more of {number} is owed."),
    }
}
