//! What was given back.

use contract::{
    CustomerId,
    payment::{ListRefunds, Refund},
};
use yew::prelude::*;

use crate::{
    components::{FailedState, SkeletonRows},
    format,
    hooks::{Query, use_list},
};

/// What was given back to a customer.
#[derive(Properties, PartialEq)]
pub struct RefundsProps {
    /// To whom.
    pub customer_id: CustomerId,
}

/// What was given back to a customer. Nothing of it is shown as long as there is none.
#[component]
pub fn Refunds(props: &RefundsProps) -> Html {
    let list = use_list(ListRefunds {
        customer_id: Some(props.customer_id),
        ..ListRefunds::default()
    });
    match &list.state {
        Query::Loading => html! { <div class="panel"><SkeletonRows label="Loading refunds" rows={1} /></div> },
        Query::Failed(error) => html! { <div class="panel"><FailedState error={error.clone()} on_retry={list.reload.clone()} /></div> },
        Query::Ready(rows) if rows.items.is_empty() => html! { <span hidden={true}></span> },
        Query::Ready(_) => {
            let content = crate::pages::lists::listed(
                &list,
                "Loading refunds",
                || html! {},
                |rows| {
                    html! {
                        <div class="panel">
                            <table class="dtable" aria-label="Refunds">
                                <thead><tr><th scope="col">{ "Refunded" }</th><th scope="col">{ "Reason" }</th><th scope="col" class="n">{ "Amount" }</th></tr></thead>
                                <tbody>{ for rows.items.iter().map(row) }</tbody>
                            </table>
                        </div>
                    }
                },
            );
            html! { <section class="stack" aria-label="Refunds"><h3 class="medium">{ "Refunds" }</h3>{ content }</section> }
        }
    }
}

fn row(refund: &Refund) -> Html {
    html! {
        <tr key={refund.id.to_string()}>
            <td><span class="num">{ format::date(refund.refunded_on) }</span></td>
            <td>{ match &refund.reason {
                Some(reason) => html! { <bdi class="data wrap">{ reason }</bdi> },
                None => html! { <span class="muted">{ "None given" }</span> },
            } }</td>
            <td class="n"><span class="money medium">{ format::money(contract::Money::new(-refund.amount.amount, refund.amount.currency)) }</span></td>
        </tr>
    }
}
