//! The four figures at the top.

use chrono::NaiveDate;
use contract::{Money, recurring::RecurringOfCurrency};
use yew::prelude::*;

use super::{
    churn::{behind, gone_of},
    definitions::Meaning,
    numbers::Base,
    parts::{card_money, figure},
    proof::{Moved, Proof},
    value::{self, division},
};
use crate::{components::Icon, format};

/// The four figures.
#[derive(Properties, PartialEq)]
pub struct CardsProps {
    /// The figures of the currency.
    pub own: RecurringOfCurrency,
    /// The day as of which they are.
    pub on: NaiveDate,
    /// How churn is defined.
    pub base: Base,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// The four figures; each opens what it is made of.
#[component]
pub fn Cards(props: &CardsProps) -> Html {
    let (own, on_prove) = (&props.own, &props.on_prove);
    let mrr = || Proof::Recurring {
        mrr: own.mrr,
        on: props.on,
        plan: None,
    };
    let arr = Proof::Yearly {
        arr: own.arr,
        on: props.on,
    };
    let money = |amount: Money, opens: &str, proof: Proof| {
        let (text, whole) = card_money(amount);
        figure(
            text,
            whole.map_or_else(|| opens.to_owned(), |whole| format!("{whole}. {opens}")),
            proof,
            on_prove,
        )
    };
    let paying = Proof::Customers {
        mrr: own.mrr,
        on: props.on,
        joined: None,
    };
    let customers = html! {
        <>
            { figure(format::count(own.customers), "Open the customers", paying.counted(own.customers), on_prove) }
            { if own.customers == 1 { " paying customer, no trials" } else { " paying customers, no trials" } }
        </>
    };
    html! {
        <section class="metrics metrics--page" aria-label="Figures">
            { card(Icon::Trend, Meaning::Mrr, money(own.mrr, "Open the subscriptions", mrr()), customers, spark(own)) }
            { card(Icon::Repeat, Meaning::Arr, money(own.arr, "Open the subscriptions", arr), html! { "12 × MRR: a run rate, no forecast" }, html! {}) }
            { churn(props) }
            { card(
                Icon::Wallet,
                Meaning::LifetimeFormula,
                match own.lifetime_value {
                    Some(value) => money(value, "Open the subscriptions of the average", value::lifetime(own, mrr())),
                    None => html! { "No churn yet" },
                },
                html! { { lifetime(own) } },
                html! {},
            ) }
        </section>
    }
}

fn card(icon: Icon, meaning: Meaning, value: Html, note: Html, end: Html) -> Html {
    // What the card is about; the note names the definition.
    let name = meaning.name().split(',').next().unwrap_or_default();
    let name = if matches!(meaning, Meaning::Mrr | Meaning::Arr) {
        meaning.name()
    } else {
        name
    };
    html! {
        <div class="metric">
            <h2 class="metric__label">{ icon.small() }<span>{ name }</span>{ meaning.button() }</h2>
            <p class="metric__value data">{ value }</p>
            { end }
            <p class="metric__note">{ note }</p>
        </div>
    }
}

fn churn(props: &CardsProps) -> Html {
    let meaning = match props.base {
        Base::Opening => Meaning::LogoOpening,
        Base::WithNew => Meaning::LogoWithNew,
    };
    let Some(month) = props.own.months.last() else {
        return card(Icon::Users, meaning, html! { "n/a" }, html! {}, html! {});
    };
    let text = format::ratio(props.base.churn(month));
    let proof = behind(month, Moved::Churn, props.base);
    let base = match props.base {
        Base::Opening => "Opening base",
        Base::WithNew => "With new",
    };
    let note = html! {
        <>
            { format!("{base}: ") }
            { gone_of(month, props.base, &props.on_prove) }
            { format!(" gone in {}", format::month_name(month.month)) }
        </>
    };
    card(
        Icon::Users,
        meaning,
        figure(text, "Open the customers who left", proof, &props.on_prove),
        note,
        html! {},
    )
}

fn lifetime(own: &RecurringOfCurrency) -> String {
    let so_far = own
        .observed_value
        .map_or_else(|| "nothing paid yet".to_owned(), |value| format!("so far {}", format::money(value)));
    match division(own) {
        Some(division) => format!("≈ {division}; {so_far}"),
        None => format!("Nothing to divide by; {so_far}"),
    }
}

/// The way to the figure: a decoration, as the movements say the same.
fn spark(own: &RecurringOfCurrency) -> Html {
    let ends: Vec<i64> = own.months.iter().rev().take(12).rev().map(|month| month.end.amount).collect();
    let (Some(low), Some(high), true) = (ends.iter().min(), ends.iter().max(), ends.len() > 1) else {
        return html! {};
    };
    let (last, span) = (i64::try_from(ends.len()).unwrap_or(2) - 1, (high - low).max(1));
    let place = |number: usize, value: i64| (i64::try_from(number).unwrap_or(0) * 100 / last, 36 - (value - low) * 32 / span);
    let path: Vec<String> = ends
        .iter()
        .enumerate()
        .map(|(number, value)| {
            let (x, y) = place(number, *value);
            format!("{}{x} {y}", if number == 0 { "M" } else { "L" })
        })
        .collect();
    html! { <svg class="spark" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><path d={path.concat()} /></svg> }
}
