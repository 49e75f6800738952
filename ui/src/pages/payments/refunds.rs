//! What was given back.

use contract::payment::Refund;
use yew::prelude::*;

use crate::{format, hooks::Rows};

/// What was given back to a customer.
pub fn refunds(rows: &Rows<Refund>) -> Html {
    html! {
        <div class="panel">
            <table class="dtable" aria-label="Refunds">
                <thead><tr><th scope="col">{ "Refunded" }</th><th scope="col">{ "Reason" }</th><th scope="col" class="n">{ "Amount" }</th></tr></thead>
                <tbody>{ for rows.items.iter().map(row) }</tbody>
            </table>
        </div>
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
