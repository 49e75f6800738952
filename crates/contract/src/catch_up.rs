//! Catching up: what is due since the last run is worked out, shown, and done once.

use chrono::NaiveDate;

use crate::{CatchUpRunId, CustomerId, FieldError, InvoiceId, Money, Timestamp, Validate, names, rules, wire};

names! {
    /// What is due.
    pub enum DueKind {
        /// A period of a subscription is billed.
        Renewal = "renewal",
        /// A customer is reminded of an invoice.
        Reminder = "reminder",
        /// The licenses of a subscription are suspended, because an invoice is not paid.
        Suspension = "suspension",
        /// A subscription is canceled, because an invoice is not paid.
        Cancellation = "cancellation",
    }
}

wire! {
    /// Something that is due.
    pub struct DueItem {
        /// What.
        pub kind: DueKind,
        /// Whose.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// The plan or the number of the invoice.
        pub subject: String,
        /// The invoice, if it is about one.
        pub invoice_id: Option<InvoiceId>,
        /// The last day until which the payment of that invoice was promised.
        pub promised_until: Option<NaiveDate>,
        /// The day on which it fell due: by the schedule or, if that is later, the day after such a promise. What takes a service
        /// away falls due on the day after the first reminder at the earliest.
        pub on: NaiveDate,
        /// What it comes to: the price of the period without tax, or what is left to pay of the invoice.
        pub amount: Money,
    }

    /// How much of a kind.
    pub struct DueCount {
        /// What.
        pub kind: DueKind,
        /// How many.
        pub count: u64,
        /// What they come to, one amount a currency.
        pub amounts: Vec<Money>,
    }

    /// Asks what is due.
    pub struct PlanCatchUp {
        /// Up to and including this day: today, if it is not given; at most a year ahead, to see what will come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<NaiveDate>,
    }

    /// What is due.
    pub struct CatchUpPlan {
        /// How much of each kind.
        pub counts: Vec<DueCount>,
        /// The first 200 of each kind, in the order in which they are done.
        pub items: Vec<DueItem>,
        /// Up to and including this day.
        pub until: NaiveDate,
        /// Invoices of these that become final at once, if everything is known that the law asks for: none, if renewals stay drafts.
        pub become_final: u64,
        /// Those of them that will have no address of the buyer, which the law asks for but for small amounts.
        pub lack_address: u64,
        /// The newest run.
        pub last_run: Option<CatchUpRun>,
    }

    /// Asks what the runs of the days to come would do, if nobody paid and nothing else was done.
    #[derive(Default)]
    pub struct RehearseCatchUp {
        /// Up to and including this day: a month ahead, if it is not given; not further.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<NaiveDate>,
    }

    /// What the runs of the days to come would do. They were done on the book as it is, day by day, and taken back: so what
    /// follows from them is part of it, such as a reminder of an invoice that is not made yet.
    pub struct Rehearsal {
        /// How much of each kind.
        pub counts: Vec<DueCount>,
        /// The first 200 of each kind, in the order in which they are done.
        pub items: Vec<DueItem>,
        /// Up to and including this day.
        pub until: NaiveDate,
        /// Whether that is the day that was asked for, done in full. Where very much is due, it ends sooner, also within a day.
        pub is_whole: bool,
    }

    /// Does what is due, at most 200 at a time.
    #[derive(Default)]
    pub struct RunCatchUp {}

    /// A run.
    pub struct CatchUpRun {
        /// The record.
        pub id: CatchUpRunId,
        /// When it was.
        pub at: Timestamp,
        /// Who ran it.
        pub actor: Option<String>,
        /// What was done.
        pub counts: Vec<DueCount>,
        /// Whether more is due: run it again.
        pub has_more: bool,
    }
}

crate::page!(
    /// Runs, newest first.
    CatchUpRunPage of CatchUpRun
);

wire! {
    /// Asks for runs.
    #[derive(Default)]
    pub struct ListCatchUpRuns {
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }
}

wire! {
    /// Asks whom a run reminded of what.
    pub struct ListCatchUpReminders {
        /// The run.
        pub run_id: CatchUpRunId,
    }

    /// A reminder that a run noted. The app sends nothing: a person writes to the customer.
    pub struct CatchUpReminder {
        /// Of which invoice.
        pub invoice_id: InvoiceId,
        /// Its number.
        pub number: String,
        /// The day that stands on it.
        pub issued_on: NaiveDate,
        /// When it is to be paid.
        pub due_on: NaiveDate,
        /// What is left to pay by now; nothing, if it is not open any more.
        pub open: Money,
        /// Which reminder of this invoice it is, from 1, and from 1 again where it is owed again after it was paid. Those that a later
        /// one stood for do not count.
        pub level: u32,
        /// Whom to write to.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Where to write to.
        pub email: String,
    }

    /// The reminders of a run.
    pub struct CatchUpReminders {
        /// The invoice due first first; without those of customers who are archived or deleted by now.
        pub items: Vec<CatchUpReminder>,
        /// The name of the vendor, to sign with.
        pub seller: String,
    }
}

impl Validate for PlanCatchUp {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.date("until", self.until))
    }
}

impl Validate for RehearseCatchUp {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.date("until", self.until))
    }
}

impl Validate for ListCatchUpRuns {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.limit(self.limit))
    }
}

rules::always_valid!(RunCatchUp, ListCatchUpReminders);
