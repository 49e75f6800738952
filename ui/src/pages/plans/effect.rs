//! The side of the dialog that says what saving will do.

use contract::{
    Currency, Money,
    plan::{CreatePlan, Plan},
};
use yew::prelude::*;

use super::words;
use crate::{components::Icon, format};

/// What is typed, beside the plan as it is.
#[derive(Properties, PartialEq)]
pub struct EffectsProps {
    /// The plan as it is; none for a new one.
    pub plan: Option<Plan>,
    /// What is typed, if it can be read.
    pub typed: Option<CreatePlan>,
    /// Whether it is to be on sale.
    pub is_sold: bool,
}

/// What saving will do.
#[component]
pub fn Effects(props: &EffectsProps) -> Html {
    let effects = match (&props.typed, &props.plan) {
        (None, _) => Vec::new(),
        (Some(typed), None) => of_new(typed),
        (Some(typed), Some(plan)) => of_change(plan, typed, props.is_sold),
    };
    let nothing = match (&props.typed, &props.plan) {
        (None, _) => "It needs a name, a code and at least one price.",
        (Some(_), _) => "Nothing is changed yet.",
    };
    html! {
        <aside class="split__aside outcome" aria-label="What will happen" aria-live="polite">
            <h3 class="medium">{ "When you save" }</h3>
            if effects.is_empty() {
                <p class="muted">{ nothing }</p>
            } else {
                <ol class="timeline">
                    { for effects.into_iter().map(|effect| html! {
                        <li key={effect.what.clone()}>{ effect.icon.view() }<div><p>{ effect.what }</p><small>{ effect.more }</small></div></li>
                    }) }
                </ol>
            }
        </aside>
    }
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
struct Effect {
    icon: Icon,
    what: String,
    more: String,
}

fn effect(icon: Icon, what: impl Into<String>, more: impl Into<String>) -> Effect {
    Effect {
        icon,
        what: what.into(),
        more: more.into(),
    }
}

fn of_new(typed: &CreatePlan) -> Vec<Effect> {
    let offered = |price: Option<i64>, cycle: &'static str| {
        price.map(|amount| format!("{} a {cycle}", format::money(Money::new(amount, typed.currency))))
    };
    let prices: Vec<String> = [offered(typed.price_monthly, "month"), offered(typed.price_yearly, "year")]
        .into_iter()
        .flatten()
        .collect();
    let mut effects = vec![effect(Icon::Tag, format!("{} goes on sale", typed.name), prices.join(" or "))];
    if typed.trial_days > 0 {
        effects.push(effect(
            Icon::Clock,
            format!("{} of trial", words::trial(typed.trial_days)),
            "before the first period of a subscription",
        ));
    }
    effects.push(effect(
        Icon::Key,
        "A license allows",
        words::limits(typed.max_activations, typed.max_users, typed.max_domains),
    ));
    effects
}

fn of_change(plan: &Plan, typed: &CreatePlan, is_sold: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (cycle, before, after) in [
        ("Monthly", plan.price_monthly, typed.price_monthly),
        ("Yearly", plan.price_yearly, typed.price_yearly),
    ] {
        effects.extend(price(cycle, before, after, plan.currency));
    }
    if !effects.is_empty() {
        effects.push(effect(
            Icon::Repeat,
            "Subscriptions keep their price",
            "as it was agreed when they began",
        ));
    }
    if (plan.max_activations, plan.max_users, plan.max_domains) != (typed.max_activations, typed.max_users, typed.max_domains) {
        effects.push(effect(
            Icon::Key,
            "Licenses keep their quotas",
            "quotas are copied when a license is added",
        ));
    }
    if plan.trial_days != typed.trial_days {
        effects.push(effect(
            Icon::Clock,
            format!("Trial: {}", words::trial(typed.trial_days).to_lowercase()),
            "for new subscriptions",
        ));
    }
    if plan.name != typed.name || plan.code != typed.code {
        effects.push(effect(
            Icon::Pencil,
            "It is called differently",
            "everywhere, also for licenses that exist",
        ));
    }
    if plan.description != typed.description {
        let what = if typed.description.is_some() {
            "It is described differently"
        } else {
            "It has no description any more"
        };
        effects.push(effect(Icon::Pencil, what, "where a plan is chosen"));
    }
    if plan.reminders != typed.reminders {
        effects.push(effect(
            Icon::Clock,
            match &typed.reminders {
                None => "Unpaid invoices follow the billing settings".to_owned(),
                Some(steps) => format!(
                    "Unpaid invoices: {}",
                    contract::words::count(steps.len().try_into().unwrap_or(0), "step")
                ),
            },
            "of all its subscriptions, from the next catch-up on",
        ));
    }
    match (plan.is_active, is_sold) {
        (true, false) => effects.push(effect(Icon::Power, "It goes off sale", "licenses that exist go on")),
        (false, true) => effects.push(effect(Icon::Power, "It goes on sale again", "licenses can be added")),
        _ => {}
    }
    effects
}

fn price(cycle: &str, before: Option<i64>, after: Option<i64>, currency: Currency) -> Option<Effect> {
    let money = |amount| format::money(Money::new(amount, currency));
    match (before, after) {
        (before, after) if before == after => None,
        (Some(before), Some(after)) => Some(effect(
            Icon::Tag,
            format!("{cycle} price becomes {}", money(after)),
            format!("{} until now, for new licenses", money(before)),
        )),
        (None, Some(after)) => Some(effect(
            Icon::Tag,
            format!("{cycle} is offered at {}", money(after)),
            "for new licenses",
        )),
        (_, None) => Some(effect(Icon::Tag, format!("{cycle} is not offered any more"), "to new licenses")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_description_is_no_name() {
        let plan: Plan = serde_json::from_value(json!({
            "id": "0193a7c0-1111-7222-8333-444455556601", "code": "studio", "name": "Studio", "description": null, "currency": "EUR",
            "price_monthly": 2_900, "price_yearly": null, "trial_days": 0, "max_activations": null, "max_users": null, "max_domains": null,
            "reminders": null, "is_active": true, "active_licenses": 0, "created_at": "2026-11-22T09:00:00.000Z",
            "updated_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap();
        let typed = |name: &str, description: Option<&str>| CreatePlan {
            code: plan.code.clone(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            currency: plan.currency,
            price_monthly: plan.price_monthly,
            price_yearly: None,
            trial_days: 0,
            max_activations: None,
            max_users: None,
            max_domains: None,
            reminders: None,
        };
        let said = |typed: &CreatePlan| {
            of_change(&plan, typed, true)
                .into_iter()
                .map(|effect| effect.what)
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&typed("Studio", Some("For small teams"))), ["It is described differently"]);
        assert_eq!(said(&typed("Studio One", None)), ["It is called differently"]);
    }
}
