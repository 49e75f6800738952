//! Credit notes: what takes a final invoice back, in full or in part.

use chrono::NaiveDate;

use crate::{
    CreditNoteId, CustomerId, FieldError, InvoiceId, Money, Problem, TaxGroup, Timestamp, Validate, invoice::InvoiceLine,
    money::MAX_AMOUNT, names, party::Party, rules, wire,
};

names! {
    /// Why an invoice is credited.
    pub enum CreditReason {
        /// It was billed twice.
        Duplicate = "duplicate",
        /// What was delivered was not what was ordered.
        ProductUnsatisfactory = "product_unsatisfactory",
        /// The order was changed.
        OrderChange = "order_change",
        /// The order was canceled.
        OrderCancellation = "order_cancellation",
        /// It was billed wrongly.
        BillingError = "billing_error",
        /// Another reason.
        Other = "other",
    }
}

wire! {
    /// A credit note. Never changed.
    pub struct CreditNote {
        /// The record.
        pub id: CreditNoteId,
        /// The invoice that it credits.
        pub invoice_id: InvoiceId,
        /// The number of that invoice.
        pub invoice_number: String,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Its own number.
        pub number: String,
        /// The day it was issued.
        pub issued_on: NaiveDate,
        /// Why.
        pub reason: CreditReason,
        /// What is credited without tax.
        pub net: Money,
        /// Tax on it.
        pub tax: Money,
        /// What is credited in all.
        pub total: Money,
        /// When it was made.
        pub created_at: Timestamp,
    }

    /// A credit note with everything that stands on it.
    pub struct CreditNoteDetails {
        /// The credit note.
        pub credit_note: CreditNote,
        /// What is credited, in the lines of the invoice.
        pub lines: Vec<InvoiceLine>,
        /// Its tax.
        pub taxes: Vec<TaxGroup>,
        /// What the credited amount was rounded by.
        pub rounding: Money,
        /// The day the invoice was issued.
        pub invoice_issued_on: NaiveDate,
        /// Whether unit prices include tax.
        pub prices_include_tax: bool,
        /// Who sells: as it was when it was issued.
        pub seller: Party,
        /// Who buys: the same.
        pub buyer: Party,
    }

    /// The part of a line that is credited.
    pub struct CreditedLine {
        /// The line of the invoice, from 1.
        pub position: u32,
        /// How much of its net amount, in minor units: at least 1, at most what is left of it.
        pub net: i64,
    }

    /// Credits a final invoice. What was paid beyond the rest becomes credit of the customer.
    pub struct CreditInvoice {
        /// Which invoice.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
        /// The parts that are credited; all that is left, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lines: Option<Vec<CreditedLine>>,
        /// Why.
        pub reason: CreditReason,
        /// The day of issue: today, if it is not given. Not in the future, and not before the last of its series.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub issued_on: Option<NaiveDate>,
    }

    /// Asks for a credit note with everything that stands on it.
    pub struct GetCreditNote {
        /// Which.
        pub id: CreditNoteId,
    }
}

names! {
    /// What a list of credit notes is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum CreditNoteSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The number.
        Number = "number",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// The day of issue.
        IssuedOn = "issued_on",
        /// What is credited.
        Total = "total",
    }
}

crate::page!(
    /// Credit notes, newest first.
    CreditNotePage of CreditNote
);
crate::list_request!(
    /// Asks for credit notes.
    ListCreditNotes by CreditNoteSort,
    /// Of this invoice only.
    invoice_id: Option<InvoiceId>
);

impl Validate for CreditInvoice {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("issued_on", self.issued_on);
            let Some(lines) = &self.lines else { return };
            if lines.is_empty() {
                found.push("lines", Problem::Required);
            }
            for (at, line) in lines.iter().enumerate() {
                found.range(&format!("lines[{at}].net"), line.net, 1, MAX_AMOUNT);
                if lines.iter().take(at).any(|before| before.position == line.position) {
                    found.push(
                        &format!("lines[{at}].position"),
                        Problem::Exclusive {
                            other: "position".to_owned(),
                        },
                    );
                }
            }
        })
    }
}

rules::always_valid!(GetCreditNote);
