//! Recurring revenue by plan.

use chrono::NaiveDate;
use contract::recurring::{RecurringOfCurrency, RecurringOfPlan};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::MILLION,
    parts::{figure, head},
    proof::Proof,
};
use crate::format;

/// Recurring revenue by plan.
#[derive(Properties, PartialEq)]
pub struct PlansPanelProps {
    /// The figures of the currency.
    pub own: RecurringOfCurrency,
    /// The day as of which they are.
    pub on: NaiveDate,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// Recurring revenue by plan; the plans sum to the MRR.
#[component]
pub fn PlansPanel(props: &PlansPanelProps) -> Html {
    let own = &props.own;
    let proof = |mrr, plan| Proof::Recurring { mrr, on: props.on, plan };
    let largest = own.plans.iter().map(|plan| plan.mrr.amount).max().unwrap_or(0);
    let row = |plan: &RecurringOfPlan| {
        let list = proof(plan.mrr, Some((plan.plan_id, plan.plan_name.clone())));
        let part = contract::money::scale(MILLION, plan.mrr.amount, own.mrr.amount);
        let share = if part.is_some() {
            let division = format!("{} ÷ {} = {}", format::money(plan.mrr), format::money(own.mrr), format::ratio(part));
            figure(
                format::ratio(part),
                "Open the subscriptions",
                list.clone().divided(division),
                &props.on_prove,
            )
        } else {
            html! { <span class="muted">{ format::ratio(None) }</span> }
        };
        html! {
            <tr key={plan.plan_id.to_string()}>
                <th scope="row"><bdi>{ &plan.plan_name }</bdi>{ meter(plan.mrr.amount, largest, "") }</th>
                <td class="n opt">{ figure(format::count(plan.subscriptions), "Open the subscriptions", list.clone().counted(plan.subscriptions), &props.on_prove) }</td>
                <td class="n">{ share }</td>
                <td class="n">{ figure(format::money(plan.mrr), "Open the subscriptions", list, &props.on_prove) }</td>
            </tr>
        }
    };
    html! {
        <section class="panel" aria-label="Recurring revenue by plan">
            { head(Meaning::ByPlan, "Recurring revenue by plan", html! {}) }
            <table class="dtable stats__plans" aria-label="Recurring revenue by plan">
                <thead><tr>
                    <th scope="col">{ "Plan" }</th>
                    <th scope="col" class="n opt">{ "Subscriptions" }</th>
                    <th scope="col" class="n">{ "Share" }</th>
                    <th scope="col" class="n">{ "A month" }</th>
                </tr></thead>
                <tbody>{ for own.plans.iter().map(row) }</tbody>
                <tfoot><tr>
                    <td>{ "= MRR" }</td>
                    <td class="n opt">{ figure(format::count(own.subscriptions), "Open the subscriptions", proof(own.mrr, None).counted(own.subscriptions), &props.on_prove) }</td>
                    <td class="n"></td>
                    <td class="n">{ figure(format::money(own.mrr), "Open the subscriptions", proof(own.mrr, None), &props.on_prove) }</td>
                </tr></tfoot>
            </table>
        </section>
    }
}

/// A part of the largest as a bar; the number beside it says the same.
pub fn meter(part: i64, largest: i64, class: &'static str) -> Html {
    let wide = contract::money::scale(1_000, part.max(0), largest.max(1)).unwrap_or(0);
    html! {
        <svg class={classes!("meter", class)} viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={wide.max(i64::from(part > 0) * 6).to_string()} height="10" />
        </svg>
    }
}
