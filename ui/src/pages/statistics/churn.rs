//! Churn and retention: so far this month, over the full months, and month by month.

use contract::{
    Money,
    recurring::{RecurringMonth, RecurringOfCurrency},
};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::{Base, MILLION, in_a_year, is_full, mean},
    parts::figure,
    proof::{Moved, Proof},
};
use crate::{
    components::{Icon, IconButton, Segmented, SegmentedOption},
    format,
};

/// Churn and retention.
#[derive(Properties, PartialEq)]
pub struct ChurnPanelProps {
    /// The figures of the currency.
    pub own: RecurringOfCurrency,
    /// How customer churn is defined.
    pub base: Base,
    /// Defines it otherwise.
    pub on_base: Callback<Base>,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// The customers behind a ratio of a month, and how it comes about.
pub fn behind(month: &RecurringMonth, what: Moved, base: Base) -> Proof {
    let ratio = match what {
        Moved::Churn => base.churn(month),
        Moved::Lost => month.gross_churn,
        _ => month.net_churn,
    };
    let moved = Proof::Moved {
        month: Box::new(month.clone()),
        what,
    };
    let (upper, lower) = match what {
        Moved::Churn => {
            let customers = |number| format::counted(number, "customer");
            (
                format!("{} gone", customers(month.customers_lost)),
                customers(base.customers(month)),
            )
        }
        _ => {
            let lost = Money::new(-what.figure(month).amount, month.start.currency);
            (format::money(lost), format::money(month.start))
        }
    };
    match ratio {
        None => moved,
        Some(_) => moved.divided(format!("{upper} ÷ {lower} = {}", format::ratio(ratio))),
    }
}

/// `2 of 40`: how many customers are gone and of how many, each with its list.
pub fn gone_of(month: &RecurringMonth, base: Base, on_prove: &Callback<Proof>) -> Html {
    let gone = Proof::Moved {
        month: Box::new(month.clone()),
        what: Moved::Churn,
    };
    let all = base.customers(month);
    let there = Proof::at_start(month, base == Base::WithNew);
    html! {
        <>
            { figure(format::count(month.customers_lost), "Open the customers who left", gone.counted(month.customers_lost), on_prove) }
            { " of " }
            { figure(format::count(all), "Open all of them", there.counted(all), on_prove) }
        </>
    }
}

/// The customers behind what was retained of a month: of all that changed, or of what was lost alone.
fn behind_retained(month: &RecurringMonth, what: Moved, base: Base) -> Proof {
    let churn = if what == Moved::Lost { month.gross_churn } else { month.net_churn };
    let retained = format::ratio(churn.map(|churn| MILLION - churn));
    match behind(month, what, base) {
        Proof::Quotient { upper, division } => upper.divided(format!("100% − ({division}) = {retained}")),
        moved => moved,
    }
}

/// Churn and retention.
#[component]
pub fn ChurnPanel(props: &ChurnPanelProps) -> Html {
    let by_month = use_state_eq(|| false);
    let toggle = {
        let by_month = by_month.clone();
        Callback::from(move |()| by_month.set(!*by_month))
    };
    let (icon, label) = if *by_month {
        (Icon::Chart, "Show the summary: Churn and retention")
    } else {
        (Icon::Columns, "Show by month: Churn and retention")
    };
    let on_change = {
        let on_base = props.on_base.clone();
        Callback::from(move |value: AttrValue| on_base.emit(if value == "new" { Base::WithNew } else { Base::Opening }))
    };
    let options = vec![
        SegmentedOption::new("opening", "Opening base"),
        SegmentedOption::new("new", "With new"),
    ];
    let value = match props.base {
        Base::Opening => "opening",
        Base::WithNew => "new",
    };
    html! {
        <section class="panel" aria-label="Churn and retention">
            <header class="panel__head panel__head--ruled">
                <h2 class="panel__title">{ "Churn and retention" }</h2>
                <span class="spacer"></span>
                <IconButton {icon} {label} pressed={*by_month} on_press={toggle.clone()} />
            </header>
            <div class="stats__bar"><Segmented label="Customers that churn is divided by" {options} {value} is_small={true} is_wide={true} {on_change} /></div>
            if *by_month { { months(props) } } else { { summary(props, &toggle) } }
        </section>
    }
}

fn summary(props: &ChurnPanelProps, toggle: &Callback<()>) -> Html {
    let (own, base) = (&props.own, props.base);
    let Some(month) = own.months.last() else {
        return html! {};
    };
    let logo = match base {
        Base::Opening => Meaning::LogoOpening,
        Base::WithNew => Meaning::LogoWithNew,
    };
    let (churn, full) = mean(&own.months, |month| base.churn(month));
    let means = |ratio: fn(&RecurringMonth) -> Option<i64>| mean(&own.months, ratio).0;
    let retained = |net: Option<i64>| net.map(|net| MILLION - net);
    let open = |text: String, what: Moved| figure(text, "Open the customers", behind(month, what, base), &props.on_prove);
    let by_month = |ratio: Option<i64>| {
        let toggle = toggle.clone();
        html! { <button class="figure" type="button" title="Show every month" onclick={move |_| toggle.emit(())}>{ format::ratio(ratio) }</button> }
    };
    let first = format::date(month.month);
    let row = |meaning: Meaning, how: Html, now: Html, mean: Html| {
        html! {
            <tr>
                <th scope="row"><span class="stats__name"><span>{ meaning.name() }</span>{ meaning.button() }</span><small class="muted">{ how }</small></th>
                <td class="n">{ now }</td>
                <td class="n">{ mean }</td>
            </tr>
        }
    };
    html! {
        <table class="dtable stats__churn" aria-label="Churn and retention">
            <thead><tr>
                <th scope="col">{ "Share a month" }</th>
                <th scope="col" class="n">{ format!("{} so far", format::month_name(month.month)) }</th>
                <th scope="col" class="n" title={format!("Of {full} full months with a base")}>{ format!("Mean of {full}") }</th>
            </tr></thead>
            <tbody>
                { row(logo, html! { <>{ gone_of(month, base, &props.on_prove) }{ " gone" }</> }, open(format::ratio(base.churn(month)), Moved::Churn), by_month(churn)) }
                { row(Meaning::GrossChurn, html! { { format!("(Churn + contraction) ÷ MRR before {first}") } }, open(format::ratio(month.gross_churn), Moved::Lost), by_month(means(|month| month.gross_churn))) }
                { row(Meaning::NetChurn, html! { "Gross less expansion" }, open(format::ratio(month.net_churn), Moved::Kept), by_month(means(|month| month.net_churn))) }
                { row(Meaning::GrossRetention, html! { "100% − gross churn" }, figure(format::ratio(retained(month.gross_churn)), "Open the customers", behind_retained(month, Moved::Lost, base), &props.on_prove), by_month(retained(means(|month| month.gross_churn)))) }
                { row(Meaning::Retention, html! { "100% − net churn" }, figure(format::ratio(retained(month.net_churn)), "Open the customers", behind_retained(month, Moved::Kept, base), &props.on_prove), by_month(retained(means(|month| month.net_churn)))) }
                { row(Meaning::Yearly, html! { { format!("1 − (1 − {})¹²", churn.map_or_else(|| format::ratio(None), format::ratio_fine)) } }, html! { <span class="muted">{ format::NOTHING }</span> }, by_month(churn.map(in_a_year))) }
            </tbody>
        </table>
    }
}

fn months(props: &ChurnPanelProps) -> Html {
    let row = |month: &RecurringMonth| {
        let open = |ratio: Option<i64>, what: Moved| {
            figure(
                format::ratio(ratio),
                "Open the customers",
                behind(month, what, props.base),
                &props.on_prove,
            )
        };
        let name = format::month(month.month);
        html! {
            <tr key={name.clone()}>
                <th scope="row">{ if is_full(month) { name } else { format!("{} so far", format::month_name(month.month)) } }</th>
                <td class="n">{ gone_of(month, props.base, &props.on_prove) }</td>
                <td class="n">{ open(props.base.churn(month), Moved::Churn) }</td>
                <td class="n">{ open(month.gross_churn, Moved::Lost) }</td>
                <td class="n">{ open(month.net_churn, Moved::Kept) }</td>
            </tr>
        }
    };
    html! {
        <div class="sideways stats__months" tabindex="0" role="region" aria-label="Churn by month">
            <table class="dtable dtable--tight dtable--dense" aria-label="Churn by month">
                <thead><tr>
                    <th scope="col">{ "Month" }</th>
                    <th scope="col" class="n">{ "Gone" }</th>
                    <th scope="col" class="n">{ "Customers" }</th>
                    <th scope="col" class="n">{ "Gross" }</th>
                    <th scope="col" class="n">{ "Net" }</th>
                </tr></thead>
                <tbody>{ for props.own.months.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
