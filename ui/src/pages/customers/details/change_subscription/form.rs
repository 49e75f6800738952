//! What is typed for a change of a subscription, as a question or as the rules it breaks.

use chrono::NaiveDate;
use contract::{
    BillingCycle, FieldError, PlanId, Problem, Validate,
    plan::Plan,
    subscription::{ChangeSubscription, ChangedSubscription, MAX_QUANTITY, PreviewSubscriptionChange, Subscription, SubscriptionStatus},
};

use super::plan_choice;
use crate::{format, hooks::Draft};

/// A fresh draft: everything as it is.
pub fn begin(subscription: &Subscription, today: NaiveDate) -> Draft {
    Draft::new([
        ("plan_id", subscription.plan_id.to_string()),
        ("billing_cycle", subscription.billing_cycle.as_str().to_owned()),
        ("quantity", subscription.quantity.to_string()),
        ("on", today.max(subscription.starts_on).to_string()),
    ])
}

/// The plans that it can be changed to, and its own.
pub fn choices(plans: &[Plan], subscription: &Subscription) -> Vec<Plan> {
    let is_choice = |plan: &&Plan| plan.id == subscription.plan_id || (plan.is_active && plan.currency == subscription.price.currency);
    plans.iter().filter(is_choice).cloned().collect()
}

/// The chosen plan; none if it is not sold any more.
pub fn plan<'a>(draft: &Draft, plans: &'a [Plan]) -> Option<&'a Plan> {
    plan_choice::of_id(plans, draft.get("plan_id").parse::<PlanId>().ok())
}

/// The chosen cycle, or the one that the plan does offer.
pub fn cycle(draft: &Draft, plan: &Plan, subscription: &Subscription) -> BillingCycle {
    let wanted = BillingCycle::parse(draft.get("billing_cycle")).unwrap_or(subscription.billing_cycle);
    // What is agreed can be kept, also when the plan does not offer it any more.
    if plan.id == subscription.plan_id && wanted == subscription.billing_cycle {
        return wanted;
    }
    plan_choice::offered(plan, wanted)
}

/// What is typed as a question; nothing where nothing differs.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft, subscription: &Subscription, plan: &Plan) -> Result<Option<PreviewSubscriptionChange>, Vec<FieldError>> {
    let mut unread = Vec::new();
    let mut take = |field: &str, problem: Problem| {
        unread.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let quantity = format::parse_count(draft.get("quantity"));
    if quantity.is_none() {
        take(
            "quantity",
            Problem::OutOfRange {
                min: 1,
                max: MAX_QUANTITY.into(),
            },
        );
    }
    let on = draft.text("on").map(|typed| format::parse_date(&typed));
    if on.is_some_and(|day| day.is_none()) {
        let detail = "Enter a date like 2026-11-22".to_owned();
        take("on", Problem::WrongShape { detail });
    }
    let cycle = cycle(draft, plan, subscription);
    let request = PreviewSubscriptionChange {
        id: subscription.id,
        plan_id: (plan.id != subscription.plan_id).then_some(plan.id),
        billing_cycle: (cycle != subscription.billing_cycle).then_some(cycle),
        quantity: quantity.filter(|quantity| *quantity != subscription.quantity),
        on: on.flatten(),
    };
    unread.extend(request.validate().err().unwrap_or_default());
    if !unread.is_empty() {
        return Err(unread);
    }
    let is_change = request.plan_id.is_some() || request.billing_cycle.is_some() || request.quantity.is_some();
    Ok(is_change.then_some(request))
}

/// The change that was asked about.
pub fn change(asked: &PreviewSubscriptionChange, version: u32) -> ChangeSubscription {
    ChangeSubscription {
        id: asked.id,
        version: Some(version),
        plan_id: asked.plan_id,
        billing_cycle: asked.billing_cycle,
        quantity: asked.quantity,
        on: asked.on,
    }
}

/// The change that leads back to what was before, if it does so exactly: within the trial, of which nothing is billed. Another
/// plan or cycle takes what the plan says today, so that has to be what was agreed.
pub fn back(changed: &ChangedSubscription, before: &Subscription, plans: &[Plan]) -> Option<ChangeSubscription> {
    let now = &changed.subscription;
    let is_trial = [before.status, now.status]
        .iter()
        .all(|status| *status == SubscriptionStatus::Trialing);
    let is_settled = changed.invoice_id.is_some() || !changed.credit_note_ids.is_empty();
    let is_resold = now.plan_id != before.plan_id || now.billing_cycle != before.billing_cycle;
    let is_as_agreed = |plan: &Plan| {
        let is_same = plan.is_active && plan.updated_at <= before.created_at;
        plan.id == before.plan_id && is_same && plan.price(before.billing_cycle) == Some(before.price)
    };
    if !is_trial || is_settled || (is_resold && !plans.iter().any(is_as_agreed)) {
        return None;
    }
    Some(ChangeSubscription {
        id: now.id,
        version: Some(now.version),
        plan_id: (now.plan_id != before.plan_id).then_some(before.plan_id),
        billing_cycle: (now.billing_cycle != before.billing_cycle).then_some(before.billing_cycle),
        quantity: (now.quantity != before.quantity).then_some(before.quantity),
        on: None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn plan_of(number: u32, monthly: Option<i64>) -> Plan {
        serde_json::from_value(json!({
            "id": format!("0193a7c0-1111-7222-8333-44445555660{number}"), "code": "studio", "name": "Studio", "description": null,
            "currency": "EUR", "price_monthly": monthly, "price_yearly": 29_900, "trial_days": 0, "max_activations": null,
            "max_users": null, "max_domains": null, "reminders": null, "is_active": true, "active_licenses": 0,
            "created_at": "2026-11-22T09:00:00.000Z", "updated_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    fn subscription() -> Subscription {
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "plan_id": id, "plan_name": "Studio", "status": "active",
            "billing_cycle": "monthly", "price": {"amount": 2_900, "currency": "EUR"}, "quantity": 3, "starts_on": "2026-11-09",
            "anchor": "2026-11-09", "current_period_start": "2026-11-09", "current_period_end": "2026-12-09", "trial_end": null,
            "billed_until": "2026-12-09", "cancel_at_period_end": false, "paused_at": null, "ended_at": null,
            "created_at": "2026-11-22T09:00:00.000Z", "updated_at": "2026-11-22T09:00:00.000Z", "version": 4
        }))
        .unwrap()
    }

    fn typed(fields: &[(&'static str, String)]) -> Draft {
        let fresh = begin(&subscription(), "2026-11-22".parse().unwrap());
        let value = |name: &'static str| {
            let typed = fields.iter().find(|(field, _)| *field == name);
            (name, typed.map_or_else(|| fresh.get(name).to_owned(), |(_, text)| text.clone()))
        };
        Draft::new(["plan_id", "billing_cycle", "quantity", "on"].map(value))
    }

    #[test]
    fn a_plan_that_goes_off_sale_is_no_choice_but_its_own_is() {
        let sold_no_more = |number| Plan {
            is_active: false,
            ..plan_of(number, Some(2_900))
        };
        let other = typed(&[("plan_id", plan_of(2, None).id.to_string())]);
        let both = choices(&[sold_no_more(1), plan_of(2, None)], &subscription());
        assert_eq!(plan(&other, &both), Some(&both[1]));
        let own = choices(&[sold_no_more(1), sold_no_more(2)], &subscription());
        assert_eq!(plan(&other, &own), None);
        assert_eq!(plan(&typed(&[]), &own), Some(&own[0]));
    }

    #[test]
    fn what_another_has_changed_meanwhile_is_not_set_back() {
        use yew::Reducible;
        let newer = Subscription {
            quantity: 5,
            version: 5,
            ..subscription()
        };
        let today = "2026-11-22".parse().unwrap();
        let draft = std::rc::Rc::new(begin(&newer, today));
        let draft = draft.reduce(crate::hooks::DraftStep::Type("billing_cycle", "yearly".to_owned()));
        let asked = read(&draft, &newer, &plan_of(1, Some(2_900))).unwrap().unwrap();
        assert_eq!((asked.billing_cycle, asked.quantity), (Some(BillingCycle::Yearly), None));
        assert_eq!(change(&asked, newer.version).version, Some(5));
    }

    #[test]
    fn as_it_is_there_is_nothing_to_ask() {
        assert_eq!(read(&typed(&[]), &subscription(), &plan_of(1, Some(2_900))), Ok(None));
    }

    #[test]
    fn only_what_differs_is_asked() {
        let asked = read(&typed(&[("quantity", "5".to_owned())]), &subscription(), &plan_of(1, Some(2_900)));
        let asked = asked.unwrap().unwrap();
        assert_eq!((asked.plan_id, asked.billing_cycle, asked.quantity), (None, None, Some(5)));
        assert_eq!(change(&asked, 4).version, Some(4));
        // The other plan has no monthly price.
        let asked = read(&typed(&[]), &subscription(), &plan_of(2, None)).unwrap().unwrap();
        assert_eq!(asked.billing_cycle, Some(BillingCycle::Yearly));
        assert!(asked.plan_id.is_some());
    }

    #[test]
    fn what_is_agreed_stays_although_the_plan_does_not_offer_it_any_more() {
        assert_eq!(read(&typed(&[]), &subscription(), &plan_of(1, None)), Ok(None));
    }

    #[test]
    fn no_units_and_no_day_are_told_at_their_fields() {
        let draft = typed(&[("quantity", "0".to_owned()), ("on", "soon".to_owned())]);
        let broken = read(&draft, &subscription(), &plan_of(1, Some(2_900))).unwrap_err();
        let fields: Vec<&str> = broken.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["on", "quantity"]);
    }

    #[test]
    fn a_change_in_a_trial_leads_back_where_the_plan_still_says_what_was_agreed() {
        let before = Subscription {
            status: SubscriptionStatus::Trialing,
            ..subscription()
        };
        let changed = |status: SubscriptionStatus, is_resold: bool, invoice: Option<&str>| ChangedSubscription {
            subscription: Subscription {
                status,
                version: 5,
                quantity: 4,
                plan_id: if is_resold { plan_of(2, Some(5_900)).id } else { before.plan_id },
                ..before.clone()
            },
            settled: serde_json::from_value(json!({
                "on": "2026-11-22", "until": "2026-12-09", "lines": [], "net": {"amount": 0, "currency": "EUR"},
                "tax": {"amount": 0, "currency": "EUR"}, "total": {"amount": 0, "currency": "EUR"}, "next": {"amount": 0, "currency": "EUR"}
            }))
            .unwrap(),
            invoice_id: invoice.map(|id| id.parse().unwrap()),
            credit_note_ids: Vec::new(),
        };
        let trialing = SubscriptionStatus::Trialing;
        let sold = [plan_of(1, Some(2_900))];
        let found = back(&changed(trialing, true, None), &before, &sold).unwrap();
        assert_eq!(
            (found.version, found.plan_id, found.billing_cycle),
            (Some(5), Some(before.plan_id), None)
        );
        assert_eq!((found.quantity, found.on), (Some(3), None));
        // More of the same keeps its price, whatever the plan says today.
        let dearer = [plan_of(1, Some(3_900))];
        assert_eq!(back(&changed(trialing, false, None), &before, &dearer).unwrap().plan_id, None);
        let later = [Plan {
            updated_at: "2026-11-22T09:00:00.001Z".parse().unwrap(),
            ..plan_of(1, Some(2_900))
        }];
        let sold_no_more = [Plan {
            is_active: false,
            ..plan_of(1, Some(2_900))
        }];
        for plans in [&dearer, &later, &sold_no_more] {
            assert_eq!(back(&changed(trialing, true, None), &before, plans), None);
        }
        // The trial is over, or something was billed for it.
        assert_eq!(back(&changed(SubscriptionStatus::Active, false, None), &before, &sold), None);
        let invoice = Some("0193a7c0-1111-7222-8333-444455556601");
        assert_eq!(back(&changed(trialing, false, invoice), &before, &sold), None);
    }
}
