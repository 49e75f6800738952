//! Payments and what they pay.

use chrono::NaiveDate;

use crate::{CustomerId, FieldError, InvoiceId, Money, PaymentId, Timestamp, Validate, names, rules, wire};

names! {
    /// How was paid.
    pub enum PaymentMethod {
        /// Bank transfer.
        BankTransfer = "bank_transfer",
        /// Card.
        Card = "card",
        /// Direct debit.
        DirectDebit = "direct_debit",
        /// Cash.
        Cash = "cash",
        /// A payment service such as PayPal.
        PaymentService = "payment_service",
        /// Another way.
        Other = "other",
    }
}

names! {
    /// What became of a payment.
    pub enum PaymentStatus {
        /// The money is there. Never changed afterwards: refund it.
        Succeeded = "succeeded",
        /// Not there yet.
        Pending = "pending",
        /// It did not come.
        Failed = "failed",
    }
}

wire! {
    /// The part of a payment that pays an invoice.
    pub struct Allocation {
        /// The invoice.
        pub invoice_id: InvoiceId,
        /// Its number.
        pub invoice_number: Option<String>,
        /// How much of it.
        pub amount: Money,
    }

    /// A payment.
    pub struct Payment {
        /// The record.
        pub id: PaymentId,
        /// Who paid.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// How much.
        pub amount: Money,
        /// How much of it was given back.
        pub refunded: Money,
        /// How.
        pub method: PaymentMethod,
        /// Reference of the bank or the service.
        pub reference: Option<String>,
        /// The day it arrived, in the book's time zone.
        pub received_on: NaiveDate,
        /// What became of it.
        pub status: PaymentStatus,
        /// What it pays.
        pub allocations: Vec<Allocation>,
        /// What is left of it: credit of the customer.
        pub unallocated: Money,
        /// When it was recorded.
        pub created_at: Timestamp,
    }

    /// Records a received payment.
    pub struct RecordPayment {
        /// Who paid.
        pub customer_id: CustomerId,
        /// How much; more than nothing.
        pub amount: Money,
        /// How.
        pub method: PaymentMethod,
        /// Reference of the bank or the service.
        #[serde(default)]
        pub reference: Option<String>,
        /// The day it arrived; today, if it is not given. Not in the future.
        #[serde(default)]
        pub received_on: Option<NaiveDate>,
    }
}

crate::page!(
    /// Payments, newest first.
    PaymentPage of Payment,
    /// Sum of all that match, less refunds, one amount a currency.
    sum: Vec<Money>
);
crate::list_request!(
    /// Asks for payments.
    ListPayments
);

impl Validate for RecordPayment {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            self.amount.check("amount", 1, found);
            found.optional_text("reference", self.reference.as_deref(), rules::MAX_NAME);
            found.date("received_on", self.received_on);
        })
    }
}
