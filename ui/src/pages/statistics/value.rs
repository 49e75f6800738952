//! What a customer is worth: on average, by formula, and so far.

use chrono::NaiveDate;
use contract::recurring::RecurringOfCurrency;
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::mean,
    parts::{figure, head},
    proof::Proof,
};
use crate::format;

/// `€58.33 ÷ 25%`: the division behind the lifetime value, if there is one. Both are rounded here, so that it comes near the value
/// and not always to it.
pub fn division(own: &RecurringOfCurrency) -> Option<String> {
    let (churn, _) = mean(&own.months, |month| month.logo_churn);
    let (arpa, churn) = (own.arpa?, churn.filter(|churn| *churn > 0)?);
    own.lifetime_value
        .map(|_| format!("{} ÷ {}", format::money(arpa), format::ratio_fine(churn)))
}

/// What the lifetime value is made of: what recurs, divided by customers and by churn.
pub fn lifetime(own: &RecurringOfCurrency, mrr: Proof) -> Proof {
    let value = own.lifetime_value.map_or_else(|| format::NOTHING.to_owned(), format::money);
    match division(own) {
        None => mrr,
        Some(division) => mrr.divided(format!(
            "{} ÷ {}, {division} churn a month ≈ {value}",
            format::money(own.mrr),
            format::counted(own.customers, "customer")
        )),
    }
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
    let mrr = || Proof::Recurring {
        mrr: own.mrr,
        on: props.on,
        plan: None,
    };
    let (_, full) = mean(&own.months, |month| month.logo_churn);
    let customers = format::counted(own.customers, "customer");
    let average = own
        .arpa
        .map(|arpa| format!("{} ÷ {customers} = {}", format::money(own.mrr), format::money(arpa)));
    let arpa = own.arpa.zip(average).map(|(arpa, division)| {
        figure(
            format::money(arpa),
            "Open the subscriptions",
            mrr().divided(division),
            &props.on_prove,
        )
    });
    let by_formula = own.lifetime_value.map(|value| {
        let title = "Open the subscriptions of the average";
        figure(format::money(value), title, lifetime(own, mrr()), &props.on_prove)
    });
    let observed = own.observed_value.map(|value| {
        let division = format!(
            "{} ÷ {} = {}",
            format::money(own.paid),
            format::counted(own.payers, "customer"),
            format::money(value)
        );
        let proof = Proof::all_paid(own).divided(division);
        figure(format::money(value), "Open the customers who paid", proof, &props.on_prove)
    });
    let paying = Proof::Customers {
        mrr: own.mrr,
        on: props.on,
        joined: None,
    };
    let arpa_of = html! {
        <>
            { format!("{} ÷ ", format::money(own.mrr)) }
            { figure(format::count(own.customers), "Open the customers", paying.counted(own.customers), &props.on_prove) }
            { " customers" }
        </>
    };
    let payers = Proof::all_paid(own).counted(own.payers);
    let observed_of = html! {
        <>
            { "Payments less refunds ÷ " }
            { figure(format::count(own.payers), "Open the customers who paid", payers, &props.on_prove) }
            { " who paid" }
        </>
    };
    let none = || html! { <span class="muted">{ format::NOTHING }</span> };
    html! {
        <section class="panel" aria-label="Customer value">
            { head(Meaning::LifetimeFormula, "Customer value", html! {}) }
            <ul class="rows rows--flush stats__rows">
                { row(Meaning::Arpa, arpa_of, arpa.unwrap_or_else(none)) }
                { row(
                    Meaning::LifetimeFormula,
                    html! { { division(own).map_or_else(|| "No churn yet: nothing to divide by".to_owned(), |division| format!("≈ {division}, mean of {full}")) } },
                    by_formula.unwrap_or_else(none),
                ) }
                { row(Meaning::LifetimeObserved, observed_of, observed.unwrap_or_else(none)) }
            </ul>
        </section>
    }
}

/// A figure with its definition and how it comes about.
pub fn row(meaning: Meaning, note: Html, value: Html) -> Html {
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
