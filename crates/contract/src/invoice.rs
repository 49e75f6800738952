//! Invoices: drafted, finalized, and from then on never changed.

use chrono::NaiveDate;

use crate::{
    Currency, CustomerId, FieldError, InvoiceId, Money, PaymentId, Problem, Quantity, SubscriptionId, TaxCategory, TaxGroup, TaxTreatment,
    Timestamp, Validate, credit_note::CreditNote, money::MAX_AMOUNT, names, party::Party, rules, rules::Found, wire,
};

names! {
    /// The state of an invoice. Overdue and partly paid are computed, not stored.
    pub enum InvoiceStatus {
        /// Can still be changed; has no number.
        Draft = "draft",
        /// Final, something is left to pay.
        Open = "open",
        /// Final and paid or credited in full.
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
        /// The last day until which its payment is promised: no step of the reminders is due until it is over.
        pub promised_until: Option<NaiveDate>,
        /// Sum of the lines.
        pub net: Money,
        /// Tax on it.
        pub tax: Money,
        /// Net, tax and rounding.
        pub total: Money,
        /// What was paid of it.
        pub paid: Money,
        /// What was credited of it.
        pub credited: Money,
        /// What is left to pay.
        pub payable: Money,
        /// Whether something is left to pay and the due day is past.
        pub is_overdue: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }

    /// A line of an invoice or a credit note.
    pub struct InvoiceLine {
        /// Its place, from 1.
        pub position: u32,
        /// What is billed.
        pub text: String,
        /// How much of it; less than nothing where something is taken off.
        pub quantity: Quantity,
        /// What one costs, in minor units; with tax, if the prices of the invoice include it.
        pub unit_price: i64,
        /// What the line comes to without tax, in minor units.
        pub net: i64,
        /// Category of its tax.
        pub tax_category: TaxCategory,
        /// Rate of its tax, in millionths.
        pub tax_rate: u32,
        /// First day of the time that is billed.
        pub period_start: Option<NaiveDate>,
        /// First day after it.
        pub period_end: Option<NaiveDate>,
    }

    /// What paid an invoice.
    pub struct InvoicePayment {
        /// The payment.
        pub payment_id: PaymentId,
        /// The day it arrived.
        pub received_on: NaiveDate,
        /// How much of it pays this invoice.
        pub amount: Money,
    }

    /// An invoice with everything that stands on it.
    pub struct InvoiceDetails {
        /// The invoice.
        pub invoice: Invoice,
        /// Its lines.
        pub lines: Vec<InvoiceLine>,
        /// Its tax.
        pub taxes: Vec<TaxGroup>,
        /// What the payable amount was rounded by.
        pub rounding: Money,
        /// Whether unit prices include tax.
        pub prices_include_tax: bool,
        /// Whether the buyer accounts for the tax.
        pub reverse_charge: bool,
        /// A text below the lines.
        pub note: Option<String>,
        /// Who sells: as it was at the finalization, on a draft as it is now.
        pub seller: Party,
        /// Who buys: the same.
        pub buyer: Party,
        /// How the customer is taxed by now; as the billing settings say, if there is none. The lines stay as they are.
        pub tax_treatment: Option<TaxTreatment>,
        /// What paid it.
        pub payments: Vec<InvoicePayment>,
        /// What was credited of it.
        pub credit_notes: Vec<CreditNote>,
    }

    /// A line that is to be billed.
    pub struct NewLine {
        /// What is billed; 1 to 500 characters.
        pub text: String,
        /// How much, more than nothing and at most 1 000 000; one, if it is not given. Less than nothing in as many lines as the
        /// draft has that take something off.
        #[serde(default)]
        pub quantity: Quantity,
        /// What one costs, in minor units, 0 or more.
        pub unit_price: i64,
        /// Category of its tax; as the customer is taxed, else that of the billing settings, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tax_category: Option<TaxCategory>,
        /// Rate of its tax in millionths; the same, if neither is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tax_rate: Option<u32>,
        /// First day of the time that is billed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub period_start: Option<NaiveDate>,
        /// First day after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub period_end: Option<NaiveDate>,
    }

    /// Drafts an invoice.
    pub struct CreateInvoice {
        /// Who buys.
        pub customer_id: CustomerId,
        /// Its currency; the book's, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub currency: Option<Currency>,
        /// Its lines, at most 200; a draft may have none yet.
        #[serde(default)]
        pub lines: Vec<NewLine>,
        /// A text below the lines.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
        /// Whether unit prices include tax; as the billing settings say, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prices_include_tax: Option<bool>,
        /// Whether the buyer accounts for the tax: every line is then of that category, without tax.
        #[serde(default)]
        pub reverse_charge: bool,
    }

    /// Changes a draft; what is absent stays.
    pub struct UpdateInvoice {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
        /// All of its lines.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lines: Option<Vec<NewLine>>,
        /// A text below the lines; null clears it.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub note: Option<Option<String>>,
        /// Whether unit prices include tax.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prices_include_tax: Option<bool>,
        /// Whether the buyer accounts for the tax.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reverse_charge: Option<bool>,
    }

    /// Asks what an invoice would come to, without drafting it.
    pub struct PreviewInvoice {
        /// Who would buy, for lines that do not say how they are taxed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub customer_id: Option<CustomerId>,
        /// Its currency; the book's, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub currency: Option<Currency>,
        /// Its lines, at most 200.
        pub lines: Vec<NewLine>,
        /// Whether unit prices include tax.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prices_include_tax: Option<bool>,
        /// Whether the buyer accounts for the tax.
        #[serde(default)]
        pub reverse_charge: bool,
    }

    /// What lines come to.
    pub struct InvoicePreview {
        /// The lines.
        pub lines: Vec<InvoiceLine>,
        /// Their tax.
        pub taxes: Vec<TaxGroup>,
        /// Sum of the lines.
        pub net: Money,
        /// Sum of the tax.
        pub tax: Money,
        /// What the payable amount is rounded by.
        pub rounding: Money,
        /// Net, tax and rounding.
        pub total: Money,
    }

    /// Asks for an invoice with everything that stands on it.
    pub struct GetInvoice {
        /// Which.
        pub id: InvoiceId,
    }

    /// Removes a draft.
    pub struct DeleteInvoice {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
    }

    /// A draft that is gone.
    pub struct DeletedInvoice {
        /// Which it was.
        pub id: InvoiceId,
    }

    /// Makes a draft final: it gets its number and is never changed again.
    pub struct FinalizeInvoice {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
        /// The day of issue: today, if it is not given. Not in the future, and not before the last of its series.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub issued_on: Option<NaiveDate>,
        /// The last day to pay in time; by the billing settings, if it is not given. Not before the day of issue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due_on: Option<NaiveDate>,
    }

    /// Voids a final invoice of which nothing was paid or credited: it keeps its number and is owed no more.
    pub struct VoidInvoice {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
    }

    /// Gives an open invoice up, or takes that back.
    pub struct SetInvoiceUncollectible {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
        /// False takes it back.
        pub uncollectible: bool,
    }
}

names! {
    /// A kind of numbered document.
    pub enum DocumentKind {
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit_note",
    }
}

wire! {
    /// Asks whether the numbers of final documents are without a gap.
    #[derive(Default)]
    pub struct NumberReport {}

    /// One series of numbers.
    pub struct Series {
        /// Of which documents.
        pub kind: DocumentKind,
        /// The numbers, with `#` in the place of the number: `2026-#`.
        pub name: String,
        /// Documents in it.
        pub count: u64,
        /// The first number of this book: 1, unless another program has given those before.
        pub first: u64,
        /// The last number that was given.
        pub last: u64,
        /// Numbers from the first to the last that no document has; the first hundred.
        pub missing: Vec<u64>,
        /// Numbers before the first; the first hundred.
        pub before_first: Vec<String>,
        /// Numbers whose day of issue lies before that of the number before; the first hundred.
        pub out_of_order: Vec<String>,
        /// The day of the last issue.
        pub last_issued_on: Option<NaiveDate>,
    }

    /// Every series, checked.
    pub struct NumberReportResult {
        /// The series of which a number was given, invoices first, by name.
        pub series: Vec<Series>,
        /// As of when.
        pub at: Timestamp,
    }
}

names! {
    /// What a list of invoices is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum InvoiceSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The number; drafts last.
        Number = "number",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// The state.
        Status = "status",
        /// The day of issue; drafts last.
        IssuedOn = "issued_on",
        /// The last day to pay; drafts last.
        DueOn = "due_on",
        /// What it comes to.
        Total = "total",
        /// What is left to pay.
        Payable = "payable",
    }
}

crate::page!(
    /// Invoices, newest first.
    InvoicePage of Invoice
);
crate::list_request!(
    /// Asks for invoices.
    ListInvoices by InvoiceSort,
    /// In this state only.
    status: Option<InvoiceStatus>,
    /// Only those that are overdue, or only the others.
    is_overdue: Option<bool>,
    /// Of this subscription only.
    subscription_id: Option<SubscriptionId>,
    /// Due on this day or later.
    due_from: Option<NaiveDate>,
    /// Due on this day or before.
    due_until: Option<NaiveDate>,
    /// In this currency only.
    currency: Option<Currency>
);

/// The most lines of an invoice.
pub const MAX_LINES: u32 = 200;
/// The longest text of a line.
pub const MAX_LINE_TEXT: u32 = 500;
/// The longest note.
pub const MAX_NOTE: u32 = 1_000;

/// Checks lines. Only a draft that has such lines already may take something off: a change of a subscription made them.
fn lines_rule(found: &mut Found, lines: &[NewLine], can_take_off: bool) {
    found.range("lines", i64::try_from(lines.len()).unwrap_or(i64::MAX), 0, i64::from(MAX_LINES));
    for (at, line) in lines.iter().enumerate() {
        let field = |name: &str| format!("lines[{at}].{name}");
        found.text(&field("text"), &line.text, MAX_LINE_TEXT);
        let is_taken_off = can_take_off && line.quantity.0 < 0;
        let (min, max) = if is_taken_off {
            (-Quantity::MAX.0, -1)
        } else {
            (1, Quantity::MAX.0)
        };
        found.range(&field("quantity"), line.quantity.0, min, max);
        found.range(&field("unit_price"), line.unit_price, 0, MAX_AMOUNT);
        if let Some(rate) = line.tax_rate {
            line.tax_category
                .unwrap_or(TaxCategory::Standard)
                .check_rate(&field("tax_rate"), rate, found);
        }
        found.date(&field("period_start"), line.period_start);
        found.date(&field("period_end"), line.period_end);
        if let (Some(start), Some(end)) = (line.period_start, line.period_end)
            && end <= start
        {
            found.push(&field("period_end"), Problem::DateOutOfOrder);
        }
    }
}

impl Validate for CreateInvoice {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            lines_rule(found, &self.lines, false);
            found.optional_text("note", self.note.as_deref(), MAX_NOTE);
        })
    }
}

impl Validate for UpdateInvoice {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            lines_rule(found, self.lines.as_deref().unwrap_or_default(), true);
            found.optional_text("note", self.note.as_ref().and_then(|note| note.as_deref()), MAX_NOTE);
        })
    }
}

impl Validate for PreviewInvoice {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| lines_rule(found, &self.lines, true))
    }
}

impl Validate for FinalizeInvoice {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("issued_on", self.issued_on);
            found.date("due_on", self.due_on);
            if let (Some(issued), Some(due)) = (self.issued_on, self.due_on)
                && due < issued
            {
                found.push("due_on", Problem::DateOutOfOrder);
            }
        })
    }
}

rules::always_valid!(GetInvoice, DeleteInvoice, VoidInvoice, SetInvoiceUncollectible, NumberReport);
