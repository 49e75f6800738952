//! Recurring revenue and what follows from it. One figure a currency: currencies are never added.
//!
//! **MRR** at the end of a day is what all billable subscriptions cost a month, without tax: a yearly price counts one
//! twelfth. Trials, paused, unpaid and ended subscriptions do not count; one that was canceled at the end of its period counts
//! until then (Stripe, <https://docs.stripe.com/billing/subscriptions/analytics>). Exact parts are summed, then rounded once.
//! **ARR** is twelve times the exact MRR.

mod billed;
mod cohort;
mod paying;

use chrono::NaiveDate;

pub use billed::*;
pub use cohort::*;
pub use paying::*;

use crate::{
    BillingCycle, Currency, CustomerId, FieldError, Money, PlanId, SubscriptionId, Validate, names, rules, rules::always_valid, wire,
};

wire! {
    /// Asks for recurring revenue.
    pub struct RecurringFiguresRequest {
        /// How many months, the running one included; 1 to 60.
        pub months: u32,
    }

    /// Recurring revenue, one entry a currency, the book's first.
    pub struct RecurringFigures {
        /// The day as of which it is.
        pub on: NaiveDate,
        /// By currency: those in which something recurs or recurred, and those in which somebody paid.
        pub currencies: Vec<RecurringOfCurrency>,
    }

    /// Recurring revenue in one currency.
    pub struct RecurringOfCurrency {
        /// Which.
        pub currency: Currency,
        /// Now.
        pub mrr: Money,
        /// Twelve times that, from exact parts.
        pub arr: Money,
        /// Billable subscriptions with a price.
        pub subscriptions: u64,
        /// Customers who have one.
        pub customers: u64,
        /// MRR ÷ those customers (average revenue per account).
        pub arpa: Option<Money>,
        /// ARPA ÷ the mean logo churn of the full months that are shown; missing without churn.
        pub lifetime_value: Option<Money>,
        /// Payments less refunds of all time.
        pub paid: Money,
        /// Customers who paid.
        pub payers: u64,
        /// `paid` ÷ `payers`: what customers were worth so far; missing if nobody paid.
        pub observed_value: Option<Money>,
        /// What changed by month, the oldest first.
        pub months: Vec<RecurringMonth>,
        /// By plan, the largest first; sums to `mrr`.
        pub plans: Vec<RecurringOfPlan>,
    }

    /// What changed in a month: `start + new + reactivation + expansion − contraction − churn = end`, to the minor unit.
    pub struct RecurringMonth {
        /// First day of the month.
        pub month: NaiveDate,
        /// Last day that counts: the end of the month, or today.
        pub until: NaiveDate,
        /// MRR at the end of the month before.
        pub start: Money,
        /// Of customers who had none ever before.
        pub new: Money,
        /// Of customers who had none at its start, but had before.
        pub reactivation: Money,
        /// Of customers who pay more.
        pub expansion: Money,
        /// Of customers who pay less.
        pub contraction: Money,
        /// Of customers who pay nothing any more.
        pub churn: Money,
        /// MRR at its end.
        pub end: Money,
        /// Customers at its start.
        pub customers_at_start: u64,
        /// Customers who were new.
        pub customers_new: u64,
        /// Customers who came back.
        pub customers_reactivated: u64,
        /// Customers who were there at its start and are gone at its end.
        pub customers_lost: u64,
        /// Customers at its end.
        pub customers_at_end: u64,
        /// Lost ÷ at its start, in millionths (opening base); missing without a base.
        pub logo_churn: Option<i64>,
        /// Lost ÷ (at its start + new + reactivated), in millionths: the definition of Stripe's dashboard.
        pub logo_churn_with_new: Option<i64>,
        /// (churn + contraction) ÷ start, in millionths.
        pub gross_churn: Option<i64>,
        /// (churn + contraction − expansion) ÷ start, in millionths; less than nothing where it grew.
        pub net_churn: Option<i64>,
    }

    /// Recurring revenue of a plan.
    pub struct RecurringOfPlan {
        /// Which.
        pub plan_id: PlanId,
        /// Its name.
        pub plan_name: String,
        /// Now.
        pub mrr: Money,
        /// Billable subscriptions.
        pub subscriptions: u64,
    }

    /// Asks what the recurring revenue of a day is made of.
    pub struct ListRecurring {
        /// In which currency.
        pub currency: Currency,
        /// At the end of which day; today, if it is not given.
        #[serde(default)]
        pub on: Option<NaiveDate>,
        /// Of this plan only.
        #[serde(default)]
        pub plan_id: Option<PlanId>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// A part of recurring revenue.
    pub struct RecurringItem {
        /// The subscription.
        pub subscription_id: SubscriptionId,
        /// Whose.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// The name of the plan.
        pub plan_name: String,
        /// How often it is billed.
        pub billing_cycle: BillingCycle,
        /// What it costs a cycle.
        pub price: Money,
        /// The same without tax, where prices are said with it: in a year of cycles, its part of the ARR.
        pub net: Money,
        /// Its part of the MRR: the parts of all rows sum to it.
        pub mrr: Money,
    }
}

crate::page!(
    /// What recurring revenue is made of, the largest first.
    RecurringPage of RecurringItem,
    /// The MRR that the rows sum to.
    mrr: Money
);

names! {
    /// How the recurring revenue of a customer changed in a month.
    pub enum MovementKind {
        /// Had none ever before.
        New = "new",
        /// Had none when the month began, but had before.
        Reactivation = "reactivation",
        /// Pays more.
        Expansion = "expansion",
        /// Pays less.
        Contraction = "contraction",
        /// Pays nothing any more.
        Churn = "churn",
    }
}

wire! {
    /// Asks whose recurring revenue changed in a month.
    pub struct ListMovements {
        /// In which currency.
        pub currency: Currency,
        /// A day of the month; not after the running one.
        pub month: NaiveDate,
        /// Of this kind only.
        #[serde(default)]
        pub kind: Option<MovementKind>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// A customer whose recurring revenue changed.
    pub struct MovementItem {
        /// Who.
        pub customer_id: CustomerId,
        /// The name.
        pub customer_name: String,
        /// How.
        pub kind: MovementKind,
        /// A month at its start, rounded.
        pub before: Money,
        /// At its end, rounded.
        pub after: Money,
        /// The part of the change; less than nothing where it fell. The parts of a kind sum to the figure of the kind.
        pub change: Money,
    }
}

crate::page!(
    /// Whose recurring revenue changed, the largest change first.
    MovementPage of MovementItem,
    /// What the rows sum to.
    sum: Money
);

wire! {
    /// Asks for what is owed, by age.
    #[derive(Default)]
    pub struct ReceivablesRequest {}

    /// What is owed by age, one entry a currency.
    pub struct Receivables {
        /// The day as of which it is.
        pub on: NaiveDate,
        /// By currency, the book's first.
        pub currencies: Vec<ReceivablesOfCurrency>,
    }

    /// What is owed in one currency.
    pub struct ReceivablesOfCurrency {
        /// In all.
        pub total: Money,
        /// By days past the due day, in order; sums to `total`.
        pub ages: Vec<ReceivableAge>,
    }

    /// What is owed for so long.
    pub struct ReceivableAge {
        /// Days past the due day at least; missing: not due yet.
        pub from_days: Option<u32>,
        /// At most; missing: no limit.
        pub to_days: Option<u32>,
        /// Open invoices.
        pub invoices: u64,
        /// What is left to pay on them.
        pub amount: Money,
        /// The first due day of these invoices, for `due_from` of their list.
        pub due_from: Option<NaiveDate>,
        /// The last one, for `due_until`.
        pub due_until: Option<NaiveDate>,
    }

    /// Asks what will be billed if nothing changes.
    pub struct ForecastRequest {
        /// How many months, the running one included; 1 to 12.
        pub months: u32,
    }

    /// What will be billed if nothing changes: each running subscription renews until it ends, at its price, without tax.
    pub struct Forecast {
        /// The months, in order.
        pub months: Vec<ForecastMonth>,
    }

    /// A month to come.
    pub struct ForecastMonth {
        /// First day of the month.
        pub month: NaiveDate,
        /// Periods that will be billed.
        pub renewals: u64,
        /// By currency, the book's first.
        pub currencies: Vec<RenewalsOfCurrency>,
    }

    /// What will be billed in one currency.
    pub struct RenewalsOfCurrency {
        /// Periods.
        pub renewals: u64,
        /// What they come to.
        pub amount: Money,
    }
}

wire! {
    /// Asks which renewals a month of the forecast is made of.
    pub struct ListRenewals {
        /// A day of the month, from the running one to eleven months later.
        pub month: NaiveDate,
        /// In this currency only.
        #[serde(default)]
        pub currency: Option<Currency>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// A period that will be billed.
    pub struct RenewalItem {
        /// Of which subscription.
        pub subscription_id: SubscriptionId,
        /// Whose.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// The name of the plan.
        pub plan_name: String,
        /// The first day of the period. What is due already counts in the running month.
        pub on: NaiveDate,
        /// What it comes to, without tax.
        pub amount: Money,
    }
}

crate::page!(
    /// Renewals, in the order of days.
    RenewalPage of RenewalItem,
    /// What the rows sum to.
    sums: Vec<RenewalsOfCurrency>
);

fn months_rule(months: u32, most: i64) -> Result<(), Vec<FieldError>> {
    rules::check(|found| found.range("months", months.into(), 1, most))
}

impl Validate for RecurringFiguresRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        months_rule(self.months, 60)
    }
}

impl Validate for ForecastRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        months_rule(self.months, 12)
    }
}

impl Validate for ListMovements {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("month", Some(self.month));
            found.limit(self.limit);
        })
    }
}

impl Validate for ListRenewals {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("month", Some(self.month));
            found.limit(self.limit);
        })
    }
}

impl Validate for ListRecurring {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("on", self.on);
            found.limit(self.limit);
        })
    }
}

always_valid!(ReceivablesRequest);
