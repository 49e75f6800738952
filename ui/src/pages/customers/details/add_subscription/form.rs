//! What is typed for a new subscription, as a request or as the rules it breaks.

use chrono::NaiveDate;
use contract::{
    BillingCycle, CustomerId, FieldError, PlanId, Problem, Validate,
    plan::Plan,
    subscription::{CreateSubscription, Subscription},
};

use super::plan_choice;
use crate::{
    format,
    hooks::{Draft, switch},
};

/// A fresh draft.
pub fn begin(today: NaiveDate) -> Draft {
    Draft::new([
        ("billing_cycle", BillingCycle::Monthly.as_str().to_owned()),
        ("quantity", "1".to_owned()),
        ("starts_on", today.to_string()),
        ("create_license", switch(true)),
    ])
}

/// A fresh draft of one that is over and is sold again: at the price of today and without another trial.
pub fn again(today: NaiveDate, over: &Subscription) -> Draft {
    Draft::new([
        ("plan_id", over.plan_id.to_string()),
        ("billing_cycle", over.billing_cycle.as_str().to_owned()),
        ("quantity", over.quantity.to_string()),
        ("starts_on", today.to_string()),
        ("trial_days", "0".to_owned()),
        ("create_license", switch(true)),
    ])
}

/// The chosen plan, or the one that stands there until one is chosen; none if it is not sold any more.
pub fn plan<'a>(draft: &Draft, first: Option<PlanId>, plans: &'a [Plan]) -> Option<&'a Plan> {
    let chosen = draft.get("plan_id").parse::<PlanId>().ok();
    plan_choice::of_id(plans, chosen.or(first))
}

/// The chosen cycle, or the one that the plan does offer.
pub fn cycle(draft: &Draft, plan: &Plan) -> BillingCycle {
    let wanted = BillingCycle::parse(draft.get("billing_cycle")).unwrap_or(BillingCycle::Monthly);
    plan_choice::offered(plan, wanted)
}

/// What is typed, whole.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft, customer: CustomerId, plan: &Plan) -> Result<CreateSubscription, Vec<FieldError>> {
    let mut unread = Vec::new();
    let mut take = |field: &str, problem: Problem| {
        unread.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let quantity = draft.text("quantity").map(|typed| format::parse_count(&typed));
    if quantity.is_none_or(|quantity| quantity.is_none()) {
        take(
            "quantity",
            Problem::OutOfRange {
                min: 1,
                max: contract::subscription::MAX_QUANTITY.into(),
            },
        );
    }
    let price = draft.text("price").map(|typed| format::read_money(&typed, plan.currency));
    if let Some(Err(problem)) = &price {
        take("price", problem.clone());
    }
    let starts_on = draft.text("starts_on").map(|typed| format::parse_date(&typed));
    if starts_on.is_some_and(|day| day.is_none()) {
        take(
            "starts_on",
            Problem::WrongShape {
                detail: "Enter a date like 2026-11-22".to_owned(),
            },
        );
    }
    let trial_days = draft.text("trial_days").map(|typed| format::parse_count(&typed));
    if trial_days.is_some_and(|days| days.is_none()) {
        take("trial_days", Problem::OutOfRange { min: 0, max: 365 });
    }
    let request = CreateSubscription {
        customer_id: customer,
        plan_id: plan.id,
        billing_cycle: cycle(draft, plan),
        quantity: quantity.flatten().unwrap_or(1),
        starts_on: starts_on.flatten(),
        trial_days: trial_days.flatten(),
        price: price.and_then(Result::ok),
        create_license: draft.is_on("create_license"),
    };
    for broken in request.validate().err().unwrap_or_default() {
        if !unread.iter().any(|known| known.field == broken.field) {
            let is_price = broken.field == "price";
            unread.push(if is_price {
                format::in_amounts(broken, plan.currency)
            } else {
                broken
            });
        }
    }
    if unread.is_empty() { Ok(request) } else { Err(unread) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn studio() -> Plan {
        serde_json::from_value(json!({
            "id": "0193a7c0-1111-7222-8333-444455556601", "code": "studio", "name": "Studio", "description": null, "currency": "EUR",
            "price_monthly": null, "price_yearly": 29_900, "trial_days": 14, "max_activations": null, "max_users": null, "max_domains": null,
            "reminders": null, "is_active": true, "active_licenses": 0, "created_at": "2026-11-22T09:00:00.000Z",
            "updated_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    fn customer() -> CustomerId {
        "0193a7c0-1111-7222-8333-444455556602".parse().unwrap()
    }

    fn typed(fields: &[(&'static str, &str)]) -> Draft {
        let fresh = begin("2026-11-22".parse().unwrap());
        let value = |name: &'static str| {
            let typed = fields.iter().find(|(field, _)| *field == name);
            (
                name,
                typed.map_or_else(|| fresh.get(name).to_owned(), |(_, text)| (*text).to_owned()),
            )
        };
        Draft::new(["billing_cycle", "quantity", "price", "starts_on", "trial_days", "create_license"].map(value))
    }

    #[test]
    fn the_plan_is_the_chosen_one_or_that_which_stood_there_first_and_never_another() {
        let other = Plan {
            id: "0193a7c0-1111-7222-8333-444455556609".parse().unwrap(),
            ..studio()
        };
        let sold = [other.clone(), studio()];
        let chosen = Draft::new([("plan_id", studio().id.to_string())]);
        assert_eq!(plan(&chosen, Some(other.id), &sold), Some(&sold[1]));
        assert_eq!(plan(&chosen, Some(other.id), &sold[..1]), None);
        let untouched = begin("2026-11-22".parse().unwrap());
        assert_eq!(plan(&untouched, Some(studio().id), &sold), Some(&sold[1]));
        assert_eq!(plan(&untouched, Some(studio().id), &sold[..1]), None);
    }

    #[test]
    fn what_is_sold_again_is_the_same_plan_without_another_trial() {
        let (id, at) = (studio().id, "2025-11-22T09:00:00.000Z");
        let over: Subscription = serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "plan_id": id, "plan_name": "Studio", "status": "canceled",
            "billing_cycle": "yearly", "price": {"amount": 100, "currency": "EUR"}, "quantity": 3, "starts_on": "2025-11-22",
            "anchor": "2025-11-22", "billed_until": "2026-11-22", "current_period_start": "2025-11-22",
            "current_period_end": "2026-11-22", "trial_end": null, "cancel_at_period_end": false, "paused_at": null, "ended_at": at,
            "created_at": at, "updated_at": at, "version": 2
        }))
        .unwrap();
        let draft = again("2026-12-01".parse().unwrap(), &over);
        assert_eq!(plan(&draft, None, &[studio()]), Some(&studio()));
        let request = read(&draft, customer(), &studio()).unwrap();
        assert_eq!(
            (request.plan_id, request.billing_cycle, request.quantity),
            (id, BillingCycle::Yearly, 3)
        );
        // The price of today.
        assert_eq!(
            (request.starts_on, request.trial_days, request.price),
            ("2026-12-01".parse().ok(), Some(0), None)
        );
    }

    #[test]
    fn what_is_not_typed_is_as_the_plan_says() {
        let request = read(&typed(&[]), customer(), &studio()).unwrap();
        assert_eq!(
            (request.quantity, request.price, request.trial_days, request.create_license),
            (1, None, None, true)
        );
        assert_eq!(request.starts_on, "2026-11-22".parse().ok());
        // The only cycle that it offers.
        assert_eq!(request.billing_cycle, BillingCycle::Yearly);
    }

    #[test]
    fn what_cannot_be_read_is_told_at_its_field() {
        let draft = typed(&[
            ("quantity", "none"),
            ("price", "1.234,567"),
            ("trial_days", "400"),
            ("starts_on", "soon"),
        ]);
        let broken = read(&draft, customer(), &studio()).unwrap_err();
        let mut fields: Vec<&str> = broken.iter().map(|error| error.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["price", "quantity", "starts_on", "trial_days"]);
    }

    #[test]
    fn a_price_of_its_own_and_a_day_back_are_sent() {
        let draft = typed(&[
            ("quantity", "1,250"),
            ("price", "19.50"),
            ("trial_days", "0"),
            ("starts_on", "2026-01-31"),
        ]);
        let request = read(&draft, customer(), &studio()).unwrap();
        assert_eq!((request.quantity, request.price, request.trial_days), (1_250, Some(1_950), Some(0)));
        assert_eq!(request.starts_on, "2026-01-31".parse().ok());
    }
}
