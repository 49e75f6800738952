//! What was billed by plan.

use contract::{
    Currency,
    recurring::{BilledByPlan, BilledByPlanRequest, BilledOfPlan},
};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::MILLION,
    parts::{figure, head},
    plans::meter,
    proof::{Proof, WITHOUT_PLAN},
};
use crate::{
    components::{EmptyState, FailedState, Icon, SkeletonRows},
    format,
    hooks::{Query, use_query},
};

/// What was billed by plan.
#[derive(Properties, PartialEq)]
pub struct BilledPanelProps {
    /// In which currency.
    pub currency: Currency,
    /// In how many months.
    pub months: u32,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// What was billed by plan in the period; the plans sum to all that was billed.
#[component]
pub fn BilledPanel(props: &BilledPanelProps) -> Html {
    let query = use_query(BilledByPlanRequest {
        currency: props.currency,
        months: props.months,
    });
    let content = match &query.state {
        Query::Loading => html! { <SkeletonRows label="Loading what was billed" rows={4} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={query.reload.clone()} /> },
        Query::Ready(billed) if billed.documents == 0 => html! {
            <EmptyState icon={Icon::Receipt} title="Nothing was billed" text="Final invoices of this period will stand here by the plan that they bill." />
        },
        Query::Ready(billed) => table(billed, &props.on_prove),
    };
    html! {
        <section class="panel" aria-label="Billed revenue by plan">
            { head(Meaning::BilledByPlan, "Billed revenue by plan", html! { <span class="muted">{ format!("last {} months", props.months) }</span> }) }
            { content }
        </section>
    }
}

fn table(billed: &BilledByPlan, on_prove: &Callback<Proof>) -> Html {
    let proof = |amount, plan| Proof::Billed {
        amount,
        from: billed.from,
        until: billed.until,
        plan,
    };
    let largest = billed.plans.iter().map(|plan| plan.billed.amount).max().unwrap_or(0);
    let row = |plan: &BilledOfPlan| {
        let name = plan.plan_name.clone().unwrap_or_else(|| WITHOUT_PLAN.to_owned());
        let list = proof(plan.billed, Some((plan.plan_id, name.clone())));
        let share = (billed.total.amount > 0).then(|| contract::money::scale(MILLION, plan.billed.amount, billed.total.amount));
        html! {
            <tr key={plan.plan_id.map_or_else(String::new, |id| id.to_string())}>
                <th scope="row"><bdi>{ name }</bdi>{ meter(plan.billed.amount, largest, "") }</th>
                <td class="n opt">{ figure(format::count(plan.documents), "Open the documents", list.clone().counted(plan.documents), on_prove) }</td>
                <td class="n"><span class="muted">{ format::ratio(share.flatten()) }</span></td>
                <td class="n">{ figure(format::money(plan.billed), "Open the documents", list, on_prove) }</td>
            </tr>
        }
    };
    let all = proof(billed.total, None);
    html! {
        <table class="dtable stats__plans" aria-label="Billed revenue by plan">
            <thead><tr>
                <th scope="col">{ "Plan" }</th>
                <th scope="col" class="n opt">{ "Documents" }</th>
                <th scope="col" class="n">{ "Share" }</th>
                <th scope="col" class="n">{ "Billed" }</th>
            </tr></thead>
            <tbody>{ for billed.plans.iter().map(row) }</tbody>
            <tfoot><tr>
                <td>{ "= Billed" }</td>
                <td class="n opt">{ figure(format::count(billed.documents), "Open the documents", all.clone().counted(billed.documents), on_prove) }</td>
                <td class="n"></td>
                <td class="n">{ figure(format::money(billed.total), "Open the documents", all, on_prove) }</td>
            </tr></tfoot>
        </table>
    }
}
