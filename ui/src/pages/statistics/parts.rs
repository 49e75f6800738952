//! What the panels of this page have in common.

use contract::Money;
use yew::prelude::*;

use super::{definitions::Meaning, proof::Proof};
use crate::{
    components::{Figure, Icon, IconButton},
    format,
};

/// A number that opens the list behind it.
pub fn figure(text: impl Into<AttrValue>, title: impl Into<AttrValue>, proof: Proof, on_prove: &Callback<Proof>) -> Html {
    let on_press = {
        let on_prove = on_prove.clone();
        Callback::from(move |()| on_prove.emit(proof.clone()))
    };
    html! { <Figure text={text.into()} title={title.into()} {on_press} /> }
}

/// The head of a panel: its title, what it means, and something at its end.
pub fn head(meaning: Meaning, title: &str, aside: Html) -> Html {
    html! {
        <header class="panel__head panel__head--ruled">
            <h2 class="panel__title">{ title }</h2>
            { meaning.button() }
            <span class="spacer"></span>
            { aside }
        </header>
    }
}

/// Money for a card: short above ten million, with the whole in the title.
pub fn card_money(money: Money) -> (String, Option<String>) {
    let limit = 10_000_000_i64.saturating_mul(10_i64.pow(money.currency.digits()));
    let whole = format::money(money);
    if money.amount.abs() < limit {
        (whole, None)
    } else {
        (format::money_short(money), Some(whole))
    }
}

/// A chart with its head, its legend, and the same data as a table.
#[derive(Properties, PartialEq)]
pub struct TwinPanelProps {
    /// The title.
    pub title: AttrValue,
    /// What its figures mean.
    pub meaning: Meaning,
    /// The figure that matters most.
    pub value: Html,
    /// What that is: `net, so far in November`.
    pub note: AttrValue,
    /// What the shapes mean.
    #[prop_or_default]
    pub legend: Html,
    /// The chart.
    pub chart: Html,
    /// The same as a table.
    pub table: Html,
    /// What stands below both.
    pub foot: Html,
}

/// A chart and its twin, of which the button in the head shows one.
#[component]
pub fn TwinPanel(props: &TwinPanelProps) -> Html {
    let is_table = use_state_eq(|| false);
    let on_press = {
        let is_table = is_table.clone();
        Callback::from(move |()| is_table.set(!*is_table))
    };
    let (icon, label) = if *is_table {
        (Icon::Chart, "Show as chart")
    } else {
        (Icon::Columns, "Show as table")
    };
    html! {
        <section class="panel panel--chart" aria-label={props.title.clone()}>
            <div class="chart-head">
                <div>
                    <div class="chart-head__title"><h2 class="panel__title">{ props.title.clone() }</h2>{ props.meaning.button() }</div>
                    <p class="chart-head__line"><span class="chart-head__value data">{ props.value.clone() }</span>{ props.note.clone() }</p>
                </div>
                <span class="spacer"></span>
                if !*is_table { { props.legend.clone() } }
                <IconButton {icon} label={format!("{label}: {}", props.title)} pressed={*is_table} {on_press} />
            </div>
            if *is_table { <div class="sideways" tabindex="0" role="region" aria-label={format!("{}, table", props.title)}>{ props.table.clone() }</div> } else { <div class="chart-body">{ props.chart.clone() }</div> }
            { props.foot.clone() }
        </section>
    }
}
