//! What a period costs, with its tax, before anything is sold.

use contract::{
    CustomerId, Quantity,
    invoice::{NewLine, PreviewInvoice},
    plan::Plan,
};
use yew::prelude::*;

use crate::{
    format,
    hooks::{Query, use_query},
};

/// What is sold.
#[derive(Properties, PartialEq)]
pub struct CostProps {
    /// To whom.
    pub customer: CustomerId,
    /// The plan, in whose currency it is billed.
    pub plan: Plan,
    /// The price for one and a period, without tax, in minor units.
    pub price: i64,
    /// How many.
    pub quantity: u32,
    /// The period: `month`.
    pub cycle: &'static str,
}

/// What a period costs, with its tax: as the invoice will say.
#[component]
pub fn Cost(props: &CostProps) -> Html {
    let preview = use_query(PreviewInvoice {
        customer_id: Some(props.customer),
        currency: Some(props.plan.currency),
        lines: vec![NewLine {
            text: props.plan.name.clone(),
            quantity: Quantity::whole(props.quantity),
            unit_price: props.price,
            tax_category: None,
            tax_rate: None,
            period_start: None,
            period_end: None,
        }],
        prices_include_tax: None,
        reverse_charge: false,
    });
    let row = |name: String, amount: String, class: Option<&'static str>| html! { <div class={class} key={name.clone()}><dt>{ name }</dt><dd class="money">{ amount }</dd></div> };
    let each = format::money(contract::Money::new(props.price, props.plan.currency));
    let what = format!("{} × {}", format::count(props.quantity.into()), each);
    match (&preview.state, &preview.reload_error) {
        (Query::Ready(known), None) => html! {
            <dl class="facts">
                { row(what, format::money(known.net), None) }
                { row("Tax".to_owned(), format::money(known.tax), None) }
                { row(format!("Each {}", props.cycle), format::money(known.total), Some("facts__total")) }
            </dl>
        },
        (Query::Loading, _) => html! { <dl class="facts">{ row(what, format::NOTHING.to_owned(), None) }</dl> },
        (Query::Failed(error), _) | (Query::Ready(_), Some(error)) => {
            let said = contract::words::error(error);
            html! { <p class="muted">{ format!("What it costs with tax is not known: {}. {}", said.title, said.advice) }</p> }
        }
    }
}
