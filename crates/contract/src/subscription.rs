//! Subscriptions: what is billed again and again.

use chrono::NaiveDate;

use crate::{BillingCycle, CustomerId, Money, PlanId, SubscriptionId, Timestamp, names, rules::always_valid, wire};

names! {
    /// The state of a subscription (the states of Stripe's subscriptions, less those of automatic collection).
    pub enum SubscriptionStatus {
        /// Not billed yet.
        Trialing = "trialing",
        /// Billed and paid.
        Active = "active",
        /// Billed, payment overdue.
        PastDue = "past_due",
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
        /// The day from which all periods are counted.
        pub anchor: NaiveDate,
        /// First day of the running period.
        pub current_period_start: NaiveDate,
        /// First day after the running period.
        pub current_period_end: NaiveDate,
        /// First day after the trial.
        pub trial_end: Option<NaiveDate>,
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

    /// Takes the cancellation of a subscription back.
    pub struct RestoreSubscription {
        /// Which.
        pub id: SubscriptionId,
        /// The version that the cancellation answered with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }
}

crate::page!(
    /// Subscriptions, newest first.
    SubscriptionPage of Subscription
);
crate::list_request!(
    /// Asks for subscriptions.
    ListSubscriptions
);
always_valid!(CancelSubscription, RestoreSubscription);
