//! Licenses: a key that a customer may use until it expires.

use crate::{BillingCycle, CustomerId, LicenseId, Money, PlanId, SubscriptionId, Timestamp, names, rules::always_valid, wire};

names! {
    /// What a license is worth now. The first that applies, in this order: canceled, suspended, expired, expiring, active.
    pub enum LicenseStatus {
        /// In force.
        Active = "active",
        /// In force, and ends within the book's `expiring_days`.
        Expiring = "expiring",
        /// Its time is over.
        Expired = "expired",
        /// Out of force for a while.
        Suspended = "suspended",
        /// Out of force for good.
        Canceled = "canceled",
    }
}

names! {
    /// What a quota counts.
    pub enum QuotaKind {
        /// Devices on which the license is activated.
        Activations = "activations",
        /// Users.
        Users = "users",
        /// Domains.
        Domains = "domains",
    }
}

wire! {
    /// How much of something a license allows.
    pub struct Quota {
        /// Of what.
        pub kind: QuotaKind,
        /// How many are used.
        pub used: u32,
        /// How many are allowed; missing: no limit.
        pub limit: Option<u32>,
    }

    /// A license.
    pub struct License {
        /// The record.
        pub id: LicenseId,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Of which plan.
        pub plan_id: PlanId,
        /// The name of that plan.
        pub plan_name: String,
        /// The subscription that pays for it.
        pub subscription_id: Option<SubscriptionId>,
        /// The key: five groups of five symbols.
        pub key: String,
        /// What it is worth now.
        pub status: LicenseStatus,
        /// How often it is paid for.
        pub billing_cycle: BillingCycle,
        /// What it costs a cycle.
        pub price: Money,
        /// What it allows.
        pub quotas: Vec<Quota>,
        /// From when it counts.
        pub starts_at: Timestamp,
        /// Until when, that instant not included.
        pub expires_at: Option<Timestamp>,
        /// Since when it is suspended.
        pub suspended_at: Option<Timestamp>,
        /// Since when it is canceled.
        pub canceled_at: Option<Timestamp>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }

    /// Sells a license.
    pub struct AddLicense {
        /// To whom.
        pub customer_id: CustomerId,
        /// Of which plan; it must be on sale.
        pub plan_id: PlanId,
        /// How often it is paid for; the plan must have that price.
        pub billing_cycle: BillingCycle,
        /// Whether a subscription renews it.
        #[serde(default)]
        pub create_subscription: bool,
    }

    /// Cancels a license, and with it the subscription that no other license needs.
    pub struct CancelLicense {
        /// Which.
        pub id: LicenseId,
        /// The version that was read; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
        /// The version of its subscription that was read, where that is canceled with it; when it is not given, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subscription_version: Option<u32>,
    }

    /// Takes the cancellation of a license back.
    pub struct RestoreLicense {
        /// Which.
        pub id: LicenseId,
        /// The version that the cancellation answered with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }
}

names! {
    /// What a list of licenses is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum LicenseSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// The folded name of the plan.
        PlanName = "plan_name",
        /// The stored state: active ones, expired ones, and so on.
        Status = "status",
        /// The price a cycle.
        Price = "price",
        /// When it ends; those that do not last.
        ExpiresAt = "expires_at",
    }
}

crate::page!(
    /// Licenses, newest first.
    LicensePage of License
);
crate::list_request!(
    /// Asks for licenses.
    ListLicenses by LicenseSort,
    /// Only those of this status.
    status: Option<LicenseStatus>
);
always_valid!(AddLicense, CancelLicense, RestoreLicense);
