//! The fields that choose a plan and how often it is paid for.

use std::rc::Rc;

use contract::{BillingCycle, PlanId, plan::Plan};
use yew::prelude::*;

use super::status;
use crate::{
    components::{Segmented, SegmentedOption, SelectField, SelectOption},
    format,
    pages::plans::words,
};

/// The wanted cycle, or the one that the plan does offer.
pub fn offered(plan: &Plan, wanted: BillingCycle) -> BillingCycle {
    if plan.price(wanted).is_some() {
        return wanted;
    }
    let other = BillingCycle::ALL.iter().copied().find(|cycle| plan.price(*cycle).is_some());
    other.unwrap_or(wanted)
}

/// The plan that stands there until one is chosen: the first of those that were on sale when they were read. It stays that one
/// when another comes before it.
#[hook]
pub fn use_first(plans: &[Plan]) -> Option<PlanId> {
    let first = use_mut_ref(|| None::<PlanId>);
    let id = (*first.borrow()).or_else(|| plans.first().map(|plan| plan.id));
    first.replace(id);
    id
}

/// The plan of this id; none if it is not sold any more.
pub fn of_id(plans: &[Plan], id: Option<PlanId>) -> Option<&Plan> {
    plans.iter().find(|plan| Some(plan.id) == id)
}

/// Chooses a plan, with its prices. Where the chosen one is not sold any more, none stands in its place: nothing is bought that
/// nobody has chosen.
pub fn plan_field(plans: &[Plan], plan: Option<&Plan>, error: Option<AttrValue>, on_change: Callback<String>) -> Html {
    let options: Vec<SelectOption> = plans
        .iter()
        .map(|plan| {
            let prices: Vec<String> = BillingCycle::ALL
                .iter()
                .filter_map(|cycle| Some(status::price(plan.price(*cycle)?, *cycle)))
                .collect();
            SelectOption::new(plan.id.to_string(), format!("{} – {}", plan.name, prices.join(", ")))
        })
        .collect();
    let is_gone = plan.is_none();
    let gone = is_gone.then_some(AttrValue::Static("The chosen plan is no longer sold. Choose another."));
    html! {
        <SelectField
            label="Plan"
            name="plan_id"
            value={plan.map(|plan| plan.id.to_string()).unwrap_or_default()}
            options={Rc::from(options)}
            placeholder={is_gone.then_some(AttrValue::Static("Choose a plan"))}
            help={plan.and_then(|plan| plan.description.clone()).map(AttrValue::from)}
            error={gone.or(error)}
            autofocus={true}
            {on_change}
        />
    }
}

/// Chooses how often it is paid for, among what the plan offers.
pub fn cycle_field(plan: &Plan, cycle: BillingCycle, on_change: Callback<BillingCycle>) -> Html {
    let missing = |of: BillingCycle| format!("{} has no price for a {}. Set one under Plans.", plan.name, status::cycle_noun(of));
    let option = |of: BillingCycle, label: &'static str| {
        let option = SegmentedOption::new(of.as_str(), label);
        match plan.price(of) {
            Some(price) => option.count(format::money(price)),
            None => option.unavailable(missing(of)),
        }
    };
    let options = vec![option(BillingCycle::Monthly, "Monthly"), option(BillingCycle::Yearly, "Yearly")];
    let help = match BillingCycle::ALL.iter().find(|of| plan.price(**of).is_none()) {
        Some(of) => Some(missing(*of)),
        None => words::saving(plan.price_monthly, plan.price_yearly, plan.currency),
    };
    let on_change = Callback::from(move |value: AttrValue| {
        if let Some(cycle) = BillingCycle::parse(&value) {
            on_change.emit(cycle);
        }
    });
    html! {
        <div class="field">
            <span class="field__label">{ "Billing cycle" }</span>
            <Segmented label="Billing cycle" {options} value={cycle.as_str()} is_wide={true} {on_change} />
            if let Some(help) = help { <p class="field__help">{ help }</p> }
        </div>
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn plan(number: u32) -> Plan {
        serde_json::from_value(json!({
            "id": format!("0193a7c0-1111-7222-8333-44445555660{number}"), "code": "studio", "name": "Studio", "description": null,
            "currency": "EUR", "price_monthly": 2_900, "price_yearly": 29_900, "trial_days": 0, "max_activations": null,
            "max_users": null, "max_domains": null, "reminders": null, "is_active": true, "active_licenses": 0,
            "created_at": "2026-11-22T09:00:00.000Z", "updated_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    #[test]
    fn a_plan_that_is_not_sold_any_more_gives_way_to_none() {
        let sold = [plan(1), plan(2)];
        let chosen = Some(sold[1].id);
        assert_eq!(of_id(&sold, chosen), Some(&sold[1]));
        assert_eq!(of_id(&sold[..1], chosen), None);
        assert_eq!(of_id(&sold, None), None);
    }
}
