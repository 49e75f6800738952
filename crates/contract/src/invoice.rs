//! Invoices.

use chrono::NaiveDate;

use crate::{CustomerId, InvoiceId, Money, SubscriptionId, Timestamp, names, wire};

names! {
    /// The state of an invoice. Overdue and partly paid are computed, not stored.
    pub enum InvoiceStatus {
        /// Can still be changed; has no number.
        Draft = "draft",
        /// Final, something is left to pay.
        Open = "open",
        /// Final and paid.
        Paid = "paid",
        /// Final and void: kept, owed no more.
        Void = "void",
        /// Final, owed, not expected any more.
        Uncollectible = "uncollectible",
    }
}

wire! {
    /// An invoice.
    pub struct Invoice {
        /// The record.
        pub id: InvoiceId,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// What it bills.
        pub subscription_id: Option<SubscriptionId>,
        /// Its number; drafts have none.
        pub number: Option<String>,
        /// Its state.
        pub status: InvoiceStatus,
        /// The day it was issued.
        pub issued_on: Option<NaiveDate>,
        /// The last day to pay it in time.
        pub due_on: Option<NaiveDate>,
        /// Sum of the lines.
        pub net: Money,
        /// Tax on it.
        pub tax: Money,
        /// Net and tax.
        pub total: Money,
        /// What was paid of it.
        pub paid: Money,
        /// What is left to pay.
        pub payable: Money,
        /// Whether something is left to pay and the due day is past.
        pub is_overdue: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }
}

crate::page!(
    /// Invoices, newest first.
    InvoicePage of Invoice
);
crate::list_request!(
    /// Asks for invoices.
    ListInvoices
);
