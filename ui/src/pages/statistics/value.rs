//! What a customer is worth: on average, by formula, and so far.

use chrono::NaiveDate;
use contract::{customer::CustomerSort, recurring::RecurringOfCurrency};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::mean,
    parts::{figure, head},
    proof::Proof,
};
use crate::{
    components::Figure,
    format,
    pages::customers::{Filter, use_pick},
};

/// `€58.33 ÷ 25%`: the division behind the lifetime value, if there is one.
pub fn division(own: &RecurringOfCurrency) -> Option<String> {
    let (churn, _) = mean(&own.months, |month| month.logo_churn);
    let (arpa, churn) = (own.arpa?, churn.filter(|churn| *churn > 0)?);
    own.lifetime_value
        .map(|_| format!("{} ÷ {}", format::money(arpa), format::ratio_fine(churn)))
}

/// What a customer is worth.
#[derive(Properties, PartialEq)]
pub struct ValuePanelProps {
    /// The figures of the currency.
    pub own: RecurringOfCurrency,
    /// The day as of which they are.
    pub on: NaiveDate,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// What a customer is worth.
#[component]
pub fn ValuePanel(props: &ValuePanelProps) -> Html {
    let own = &props.own;
    let pick = use_pick();
    let mrr = || Proof::Recurring {
        mrr: own.mrr,
        on: props.on,
        plan: None,
    };
    let (_, full) = mean(&own.months, |month| month.logo_churn);
    let arpa = own
        .arpa
        .map(|arpa| figure(format::money(arpa), "Open the subscriptions", mrr(), &props.on_prove));
    let by_formula = own.lifetime_value.map(|value| {
        let title = "Open the subscriptions of the average";
        figure(format::money(value), title, mrr(), &props.on_prove)
    });
    let observed = own.observed_value.map(|value| {
        let on_press = Callback::from(move |()| {
            pick.emit(Filter {
                sort: CustomerSort::Revenue,
                ..Filter::default()
            });
        });
        html! { <Figure text={format::money(value)} title="Open the customers by revenue" {on_press} /> }
    });
    let none = || html! { <span class="muted">{ format::NOTHING }</span> };
    html! {
        <section class="panel" aria-label="Customer value">
            { head(Meaning::LifetimeFormula, "Customer value", html! {}) }
            <ul class="rows rows--flush stats__rows">
                { row(Meaning::Arpa, format!("{} ÷ {} customers", format::money(own.mrr), format::count(own.customers)), arpa.unwrap_or_else(none)) }
                { row(
                    Meaning::LifetimeFormula,
                    division(own).map_or_else(|| "No churn yet: nothing to divide by".to_owned(), |division| format!("{division} a month, mean of {full}")),
                    by_formula.unwrap_or_else(none),
                ) }
                { row(Meaning::LifetimeObserved, "Payments less refunds ÷ who paid".to_owned(), observed.unwrap_or_else(none)) }
            </ul>
        </section>
    }
}

/// A figure with its definition and how it comes about.
pub fn row(meaning: Meaning, note: String, value: Html) -> Html {
    html! {
        <li>
            <div class="grow">
                <span class="stats__name"><span class="medium">{ meaning.name() }</span>{ meaning.button() }</span>
                <span class="muted stats__how">{ note }</span>
            </div>
            <span class="num">{ value }</span>
        </li>
    }
}
