//! Payments and what they pay.

use chrono::NaiveDate;

use crate::{
    Currency, CustomerId, FieldError, InvoiceId, Money, PaymentId, Problem, RefundId, Timestamp, Validate,
    invoice::{Invoice, InvoiceStatus},
    names, rules, wire,
};

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
        /// How it stands. One that is paid is owed again where something is taken off it.
        pub invoice_status: InvoiceStatus,
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
        /// What it pays, in the order in which it did: a refund takes from the end.
        pub allocations: Vec<Allocation>,
        /// What is left of it: credit of the customer.
        pub unallocated: Money,
        /// When it was recorded.
        pub created_at: Timestamp,
        /// Number of changes.
        pub version: u32,
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
        /// Which invoices it pays, at most 100; the open ones, the one due first first, if it is not given. One that was given up is
        /// paid only where it is named. What is left is credit of the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub allocations: Option<Vec<NewAllocation>>,
    }

    /// A part of a payment that is to pay an invoice.
    pub struct NewAllocation {
        /// The invoice, open or given up, and of the same customer.
        pub invoice_id: InvoiceId,
        /// How much, at least 1 and at most what is left to pay.
        pub amount: Money,
    }

    /// Pays an invoice that is open or given up from what earlier payments left, the oldest first.
    pub struct ApplyCredit {
        /// The invoice.
        pub invoice_id: InvoiceId,
        /// How much; as much as there is and is needed, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
        /// What is left of this payment is used before what is left of others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub payment_id: Option<PaymentId>,
        /// The version of the invoice that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }

    /// What was used of a customer's credit.
    pub struct AppliedCredit {
        /// The invoice as it is now.
        pub invoice: Invoice,
        /// How much was used.
        pub used: Money,
        /// The payment that gave all of it; nothing, if it took several.
        pub payment_id: Option<PaymentId>,
    }

    /// Takes a payment off an invoice, all that pays it or a part. It is credit of the customer from then on, and the invoice is
    /// open again with it.
    pub struct ReleaseAllocation {
        /// What pays the invoice.
        pub payment_id: PaymentId,
        /// The invoice.
        pub invoice_id: InvoiceId,
        /// How much, at least 1 and at most what pays the invoice; all of that, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
        /// The version of the invoice that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }

    /// What was taken off an invoice.
    pub struct ReleasedAllocation {
        /// The invoice as it is now.
        pub invoice: Invoice,
        /// How much was taken off.
        pub released: Money,
    }

    /// Gives a payment back, all or part of it: first what no invoice took, then what the last invoice took, which is then
    /// open again.
    pub struct RefundPayment {
        /// Which.
        pub id: PaymentId,
        /// How much, at least 1 and at most what is left of it.
        pub amount: Money,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// The day it was given back: today, if it is not given. Not in the future, and not before the payment arrived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub refunded_on: Option<NaiveDate>,
    }

    /// What was given back. Never changed.
    pub struct Refund {
        /// The record.
        pub id: RefundId,
        /// Of which payment.
        pub payment_id: PaymentId,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// How much.
        pub amount: Money,
        /// Why.
        pub reason: Option<String>,
        /// The day it was given back.
        pub refunded_on: NaiveDate,
        /// When it was recorded.
        pub created_at: Timestamp,
    }

    /// Asks for a statement of account.
    pub struct GetStatement {
        /// Whose.
        pub customer_id: CustomerId,
        /// In which currency.
        pub currency: Currency,
        /// First day; the very first, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<NaiveDate>,
        /// Last day; today, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<NaiveDate>,
    }

    /// What a customer was billed and paid, day by day.
    pub struct Statement {
        /// Whose.
        pub customer_id: CustomerId,
        /// First day.
        pub from: Option<NaiveDate>,
        /// Last day.
        pub to: NaiveDate,
        /// What was owed before the first day; less than nothing is credit.
        pub opening: Money,
        /// What happened, in the order of days.
        pub lines: Vec<StatementLine>,
        /// What is owed after the last day.
        pub closing: Money,
        /// Every currency in which the customer was billed or has paid, whatever became of it, the book's first: each has an account.
        pub currencies: Vec<Currency>,
    }

    /// A line of a statement.
    pub struct StatementLine {
        /// The day.
        pub on: NaiveDate,
        /// What happened.
        pub kind: StatementKind,
        /// Number of the document, or reference of the payment.
        pub reference: Option<String>,
        /// What it adds to what is owed; less than nothing takes off.
        pub amount: Money,
        /// What is owed after it.
        pub balance: Money,
    }
}

names! {
    /// What a line of a statement is about.
    pub enum StatementKind {
        /// An invoice was issued.
        Invoice = "invoice",
        /// An invoice was voided.
        Void = "void",
        /// An invoice was given up: what was left to pay of it is written off, or more of it than before.
        Uncollectible = "uncollectible",
        /// Of what was written off something is owed again, or was paid or credited after all.
        Reinstated = "reinstated",
        /// A credit note was issued.
        CreditNote = "credit_note",
        /// A payment arrived.
        Payment = "payment",
        /// A payment was given back.
        Refund = "refund",
    }
}

names! {
    /// What a list of payments is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum PaymentSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The day it arrived.
        ReceivedOn = "received_on",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// How much.
        Amount = "amount",
        /// How was paid.
        Method = "method",
        /// What became of it.
        Status = "status",
    }
}

crate::page!(
    /// Payments, newest first.
    PaymentPage of Payment,
    /// Sum of all that match, less refunds, one amount a currency. Nothing, where a search finds more than are counted.
    sum: Vec<Money>,
    /// What is left of all that match: credit, one amount a currency. Nothing, where a search finds more than are counted.
    credit: Vec<Money>
);
names! {
    /// What a list of refunds is sorted by. Ties by `created_at`, then `id`.
    pub enum RefundSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The day it was given back.
        RefundedOn = "refunded_on",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// How much.
        Amount = "amount",
    }
}

crate::page!(
    /// Refunds, newest first.
    RefundPage of Refund
);
crate::list_request!(
    /// Asks for refunds.
    ListRefunds by RefundSort
);
crate::list_request!(
    /// Asks for payments.
    ListPayments by PaymentSort,
    /// In this state only.
    status: Option<PaymentStatus>
);

impl Validate for RecordPayment {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            self.amount.check("amount", 1, found);
            found.optional_text("reference", self.reference.as_deref(), rules::MAX_NAME);
            found.date("received_on", self.received_on);
            let Some(allocations) = &self.allocations else { return };
            found.range("allocations", i64::try_from(allocations.len()).unwrap_or(i64::MAX), 0, 100);
            let mut sum = 0_i64;
            for (at, part) in allocations.iter().enumerate() {
                let amount = format!("allocations[{at}].amount");
                part.amount.check(&amount, 1, found);
                if part.amount.currency != self.amount.currency {
                    found.push(&format!("{amount}.currency"), wrong_currency(self.amount.currency));
                }
                if allocations.iter().take(at).any(|before| before.invoice_id == part.invoice_id) {
                    found.push(
                        &format!("allocations[{at}].invoice_id"),
                        Problem::Exclusive {
                            other: "invoice_id".to_owned(),
                        },
                    );
                }
                sum = sum.saturating_add(part.amount.amount);
            }
            if sum > self.amount.amount {
                found.push(
                    "allocations",
                    Problem::OutOfRange {
                        min: 0,
                        max: self.amount.amount,
                    },
                );
            }
        })
    }
}

/// The refusal of an amount in another currency than the one that belongs here.
#[must_use]
pub fn wrong_currency(expected: Currency) -> Problem {
    Problem::WrongCurrency {
        expected: expected.code().to_owned(),
    }
}

impl Validate for ApplyCredit {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if let Some(amount) = &self.amount {
                amount.check("amount", 1, found);
            }
        })
    }
}

impl Validate for ReleaseAllocation {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if let Some(amount) = &self.amount {
                amount.check("amount", 1, found);
            }
        })
    }
}

impl Validate for RefundPayment {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            self.amount.check("amount", 1, found);
            found.optional_text("reason", self.reason.as_deref(), 500);
            found.date("refunded_on", self.refunded_on);
        })
    }
}

impl Validate for GetStatement {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("from", self.from);
            found.date("to", self.to);
            if let (Some(from), Some(to)) = (self.from, self.to)
                && to < from
            {
                found.push("to", Problem::DateOutOfOrder);
            }
        })
    }
}
