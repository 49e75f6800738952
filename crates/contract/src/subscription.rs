//! Subscriptions: what is billed again and again.

use chrono::NaiveDate;

use crate::{
    BillingCycle, CreditNoteId, CustomerId, FieldError, InvoiceId, Money, PlanId, SubscriptionId, Timestamp, Validate,
    invoice::InvoiceLine, money::MAX_AMOUNT, names, rules, rules::always_valid, wire,
};

names! {
    /// The state of a subscription (the states of Stripe's subscriptions, less those of automatic collection).
    pub enum SubscriptionStatus {
        /// Not billed yet.
        Trialing = "trialing",
        /// Billed and paid.
        Active = "active",
        /// Billed, payment overdue.
        PastDue = "past_due",
        /// Billed, payment overdue for so long that the licenses are suspended.
        Unpaid = "unpaid",
        /// Not billed for a while.
        Paused = "paused",
        /// Over.
        Canceled = "canceled",
    }
}

names! {
    /// When a cancellation takes effect.
    pub enum CancelAt {
        /// At once.
        Now = "now",
        /// When the running period ends.
        PeriodEnd = "period_end",
    }
}

wire! {
    /// A subscription.
    pub struct Subscription {
        /// The record.
        pub id: SubscriptionId,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Of which plan.
        pub plan_id: PlanId,
        /// The name of that plan.
        pub plan_name: String,
        /// Its state.
        pub status: SubscriptionStatus,
        /// How often it is billed.
        pub billing_cycle: BillingCycle,
        /// What one unit costs a cycle, as it was agreed.
        pub price: Money,
        /// Units.
        pub quantity: u32,
        /// First day, the trial included.
        pub starts_on: NaiveDate,
        /// The day from which all periods are counted.
        pub anchor: NaiveDate,
        /// First day of the running period.
        pub current_period_start: NaiveDate,
        /// First day after the running period.
        pub current_period_end: NaiveDate,
        /// First day after the trial.
        pub trial_end: Option<NaiveDate>,
        /// First day that was not billed yet.
        pub billed_until: NaiveDate,
        /// Whether it ends with the running period.
        pub cancel_at_period_end: bool,
        /// Since when it is paused.
        pub paused_at: Option<Timestamp>,
        /// Since when it is over.
        pub ended_at: Option<Timestamp>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }

    /// Cancels a subscription.
    pub struct CancelSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
        /// When it takes effect.
        pub at: CancelAt,
    }

    /// Starts a subscription.
    pub struct CreateSubscription {
        /// Whose.
        pub customer_id: CustomerId,
        /// Of which plan; on sale.
        pub plan_id: PlanId,
        /// How often it is billed.
        pub billing_cycle: BillingCycle,
        /// Units, 1 to 1 000 000.
        #[serde(default = "one")]
        pub quantity: u32,
        /// First day: today, if it is not given; may lie up to two years back or one ahead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub starts_on: Option<NaiveDate>,
        /// Days before it is billed, 0 to 365; as the plan says, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub trial_days: Option<u32>,
        /// What one unit costs a cycle, in minor units of the plan's currency; the plan's price, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub price: Option<i64>,
        /// Whether a license is made with it.
        #[serde(default)]
        pub create_license: bool,
    }

    /// Changes plan, cycle or quantity of a running subscription, and settles the running period by the day.
    pub struct ChangeSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
        /// To this plan; on sale, in the same currency.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub plan_id: Option<PlanId>,
        /// To this cycle; periods are counted anew from the day of the change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub billing_cycle: Option<BillingCycle>,
        /// To so many units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub quantity: Option<u32>,
        /// First day of the new terms: today, if it is not given. Within the running period, not before the last change nor before
        /// it went on after a pause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub on: Option<NaiveDate>,
    }

    /// Asks what a change would come to, without making it.
    pub struct PreviewSubscriptionChange {
        /// Which.
        pub id: SubscriptionId,
        /// To this plan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub plan_id: Option<PlanId>,
        /// To this cycle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub billing_cycle: Option<BillingCycle>,
        /// To so many units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub quantity: Option<u32>,
        /// First day of the new terms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub on: Option<NaiveDate>,
    }

    /// What a change comes to.
    pub struct SubscriptionChangePreview {
        /// First day of the new terms.
        pub on: NaiveDate,
        /// First day after the period that is settled.
        pub until: NaiveDate,
        /// What is taken off and added for the rest of it.
        pub lines: Vec<InvoiceLine>,
        /// Without tax.
        pub net: Money,
        /// Tax.
        pub tax: Money,
        /// In all; less than nothing is credited.
        pub total: Money,
        /// What the subscription costs a cycle from then on, without proration.
        pub next: Money,
    }

    /// A changed subscription, and what came of it.
    pub struct ChangedSubscription {
        /// The subscription as it is now.
        pub subscription: Subscription,
        /// What it came to: as the preview said.
        pub settled: SubscriptionChangePreview,
        /// The invoice that was made for it, if there was something to bill: open or a draft, as the billing settings say.
        pub invoice_id: Option<InvoiceId>,
        /// The credit notes that were issued for it, if there was something to give back.
        pub credit_note_ids: Vec<CreditNoteId>,
    }

    /// Stops billing a subscription for a while. Meanwhile nobody is reminded of its invoices, and it is neither suspended nor
    /// canceled for them.
    pub struct PauseSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }

    /// Bills a paused subscription again: the rest of the running period from today on, then as before.
    pub struct ResumeSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }

    /// Takes the cancellation of a subscription back.
    pub struct RestoreSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that the cancellation answered with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }
}

names! {
    /// What a list of subscriptions is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum SubscriptionSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// The folded name of the plan.
        PlanName = "plan_name",
        /// The state.
        Status = "status",
        /// The price a cycle of all units.
        Price = "price",
        /// The first day.
        StartsOn = "starts_on",
        /// The first day that was not billed yet.
        BilledUntil = "billed_until",
    }
}

crate::page!(
    /// Subscriptions, newest first.
    SubscriptionPage of Subscription
);
crate::list_request!(
    /// Asks for subscriptions.
    ListSubscriptions by SubscriptionSort,
    /// In this state only.
    status: Option<SubscriptionStatus>
);
always_valid!(CancelSubscription, RestoreSubscription, PauseSubscription, ResumeSubscription);

/// The most units.
pub const MAX_QUANTITY: u32 = 1_000_000;

fn one() -> u32 {
    1
}

impl Validate for CreateSubscription {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.range("quantity", self.quantity.into(), 1, MAX_QUANTITY.into());
            found.date("starts_on", self.starts_on);
            found.optional_range("trial_days", self.trial_days.map(i64::from), 0, 365);
            found.optional_range("price", self.price, 0, MAX_AMOUNT);
        })
    }
}

fn change_rule(quantity: Option<u32>, on: Option<NaiveDate>) -> Result<(), Vec<FieldError>> {
    rules::check(|found| {
        found.optional_range("quantity", quantity.map(i64::from), 1, MAX_QUANTITY.into());
        found.date("on", on);
    })
}

impl Validate for ChangeSubscription {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        change_rule(self.quantity, self.on)
    }
}

impl Validate for PreviewSubscriptionChange {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        change_rule(self.quantity, self.on)
    }
}
