//! The fields that choose a plan and how often it is paid for.

use std::rc::Rc;

use contract::{BillingCycle, plan::Plan};
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

/// Chooses a plan, with its prices.
pub fn plan_field(plans: &[Plan], plan: &Plan, error: Option<AttrValue>, on_change: Callback<String>) -> Html {
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
    html! {
        <SelectField
            label="Plan"
            name="plan_id"
            value={plan.id.to_string()}
            options={Rc::from(options)}
            help={plan.description.clone().map(AttrValue::from)}
            {error}
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
