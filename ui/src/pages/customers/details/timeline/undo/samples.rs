//! Records and changes of them, for the tests of all nouns.

#![allow(clippy::unwrap_used)]

use contract::{change::Change, customer::Customer, license::License, subscription::Subscription};
use serde_json::{Value, json};

use super::Known;

pub const AT: &str = "2026-11-22T09:00:00.000Z";
pub const ID: &str = "0193a7c0-1111-7222-8333-444455556601";

/// A change of a record that is a license or whatever else.
pub fn change(number: u64, operation: &str, version: u32) -> Change {
    change_of(number, operation, "license", version)
}

/// The same of a record of this kind.
pub fn change_of(number: u64, operation: &str, noun: &str, version: u32) -> Change {
    serde_json::from_value(json!({
        "id": ID, "number": number, "at": AT, "actor": null, "operation": operation, "noun": noun,
        "subject_id": ID, "subject": "Studio", "customer_id": ID, "version": version, "fields": []
    }))
    .unwrap()
}

/// The same with one field more that was changed.
pub fn with(change: Change, field: &str, before: Value, after: Value) -> Change {
    let mut change = change;
    change
        .fields
        .push(serde_json::from_value(json!({"field": field, "before": before, "after": after})).unwrap());
    change
}

/// What is known at nine o’clock of the day.
pub fn known<'a>(customer: &'a Customer, licenses: &'a [License], subscriptions: &'a [Subscription]) -> Known<'a> {
    Known {
        customer,
        licenses,
        subscriptions,
        now: AT.parse().unwrap(),
        today: "2026-11-22".parse().unwrap(),
    }
}

/// An active subscription at version 4, billed until December, with other values where they are given.
pub fn subscription(other: Value) -> Subscription {
    let mut all = json!({
        "id": ID, "customer_id": ID, "customer_name": "Lena", "plan_id": ID, "plan_name": "Studio", "status": "active",
        "billing_cycle": "monthly", "price": {"amount": 2_900, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-09",
        "anchor": "2026-11-09", "current_period_start": "2026-11-09", "current_period_end": "2026-12-09", "trial_end": null,
        "billed_until": "2026-12-09", "cancel_at_period_end": false, "paused_at": null, "ended_at": null,
        "created_at": AT, "updated_at": AT, "version": 4
    });
    for (name, value) in other.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

/// A license that ends then, canceled or not.
pub fn license(expires_at: &str, is_canceled: bool) -> License {
    serde_json::from_value(json!({
        "id": ID, "customer_id": ID, "customer_name": "Lena", "plan_id": ID, "plan_name": "Studio", "subscription_id": null,
        "key": "7Q4M2", "status": if is_canceled { "canceled" } else { "active" }, "billing_cycle": "monthly",
        "price": {"amount": 100, "currency": "EUR"}, "quotas": [], "starts_at": AT, "expires_at": expires_at, "suspended_at": null,
        "canceled_at": is_canceled.then_some(AT), "created_at": AT, "updated_at": AT, "version": 2
    }))
    .unwrap()
}

/// A customer without anything.
pub fn customer() -> Customer {
    serde_json::from_value(json!({
        "id": ID, "email": "a@b.example", "full_name": "Lena", "company_name": null, "is_active": true, "is_admin": false,
        "created_at": AT, "updated_at": AT, "archived_at": null, "total_licenses": 1, "active_licenses": 0, "total_subscriptions": 0,
        "active_subscriptions": 0, "total_domains": 0, "total_payments": [], "total_invoices": 0, "outstanding_invoices": 0,
        "outstanding": [], "overdue": [], "last_payment_date": null, "licenses": [], "version": 1
    }))
    .unwrap()
}
