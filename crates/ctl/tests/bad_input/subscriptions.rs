//! Subscriptions: begun, changed, paused.

use super::{
    Case,
    Want::{Conflict, Field, NotFound},
};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // create_subscription
    ("missing", "create_subscription", r#"{"plan_id":"$team","billing_cycle":"monthly"}"#, Field("customer_id", "required")),
    ("unknown customer", "create_subscription", r#"{"customer_id":"$nobody","plan_id":"$team","billing_cycle":"monthly"}"#, NotFound("customer")),
    ("deleted customer", "create_subscription", r#"{"customer_id":"$gone","plan_id":"$team","billing_cycle":"monthly"}"#, NotFound("customer")),
    ("administrator", "create_subscription", r#"{"customer_id":"$admin","plan_id":"$team","billing_cycle":"monthly"}"#, Conflict("administrator")),
    ("unknown plan", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$nobody","billing_cycle":"monthly"}"#, NotFound("plan")),
    ("plan not on sale", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$oldplan","billing_cycle":"monthly"}"#, Conflict("plan_not_sold")),
    ("cycle not offered", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$basic","billing_cycle":"yearly"}"#, Conflict("cycle_not_offered")),
    ("unknown cycle", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"weekly"}"#, Field("billing_cycle", "wrong_shape")),
    ("none", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","quantity":0}"#, Field("quantity", "out_of_range")),
    ("negative", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","quantity":-1}"#, Field("quantity", "wrong_shape")),
    ("too many days", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","trial_days":366}"#, Field("trial_days", "out_of_range")),
    ("negative", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","price":-1}"#, Field("price", "out_of_range")),
    ("no such day", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","starts_on":"2026-02-29"}"#, Field("starts_on", "wrong_shape")),
    ("unknown field", "create_subscription", r#"{"customer_id":"$ann","plan_id":"$team","billing_cycle":"monthly","status":"active"}"#, Field("status", "unknown_field")),
    // preview_subscription_change, change_subscription
    ("unknown id", "preview_subscription_change", r#"{"id":"$nobody","quantity":2}"#, NotFound("subscription")),
    ("nothing new", "preview_subscription_change", r#"{"id":"$subscription","quantity":1}"#, Conflict("nothing_to_change")),
    ("canceled", "preview_subscription_change", r#"{"id":"$canceledsubscription","quantity":2}"#, Conflict("subscription_state")),
    ("not an id", "change_subscription", r#"{"id":"team","quantity":2}"#, Field("id", "wrong_shape")),
    ("old version", "change_subscription", r#"{"id":"$subscription","version":9,"quantity":2}"#, Conflict("changed_meanwhile")),
    ("none", "change_subscription", r#"{"id":"$subscription","quantity":0}"#, Field("quantity", "out_of_range")),
    ("plan not on sale", "change_subscription", r#"{"id":"$subscription","plan_id":"$oldplan"}"#, Conflict("plan_not_sold")),
    ("cycle not offered", "change_subscription", r#"{"id":"$subscription","plan_id":"$basic","billing_cycle":"yearly"}"#, Conflict("cycle_not_offered")),
    ("before the last change", "change_subscription", r#"{"id":"$changedtoday","quantity":3,"on":"2026-03-14"}"#, Field("on", "too_early")),
    ("a day to come", "change_subscription", r#"{"id":"$changedtoday","quantity":3,"on":"2026-03-16"}"#, Field("on", "too_late")),
    ("no such day", "change_subscription", r#"{"id":"$changedtoday","quantity":3,"on":"2026-02-29"}"#, Field("on", "wrong_shape")),
    ("the same once more", "change_subscription", r#"{"id":"$changedtoday","quantity":2}"#, Conflict("nothing_to_change")),
    ("canceled", "change_subscription", r#"{"id":"$canceledsubscription","quantity":2}"#, Conflict("subscription_state")),
    // pause_subscription, resume_subscription
    ("canceled", "pause_subscription", r#"{"id":"$canceledsubscription"}"#, Conflict("subscription_state")),
    ("old version", "pause_subscription", r#"{"id":"$subscription","version":9}"#, Conflict("changed_meanwhile")),
    ("not paused", "resume_subscription", r#"{"id":"$subscription"}"#, Conflict("subscription_state")),
    ("unknown id", "resume_subscription", r#"{"id":"$nobody"}"#, NotFound("subscription")),
];
