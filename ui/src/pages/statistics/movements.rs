//! What changed month by month.

use std::rc::Rc;

use contract::{
    Currency, Money,
    recurring::{RecurringMonth, RecurringOfCurrency},
};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::{gained_and_lost, is_full, label_every, net},
    parts::{TwinPanel, figure},
    proof::{Moved, Proof},
};
use crate::{
    components::{Chart, ChartKind, ChartPoint},
    format,
};

/// What changed month by month.
#[derive(Properties, PartialEq)]
pub struct MovementsPanelProps {
    /// The figures of the currency.
    pub own: RecurringOfCurrency,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// What changed month by month, as a chart and as a table; below it the running month from its start to now.
#[component]
pub fn MovementsPanel(props: &MovementsPanelProps) -> Html {
    let (own, on_prove) = (&props.own, &props.on_prove);
    let Some(now) = own.months.last() else {
        return html! { <section class="panel"></section> };
    };
    let points: Rc<[ChartPoint]> = points(&own.months).into();
    let currency = own.currency;
    let tick = Callback::from(move |tick: i64| AttrValue::from(format::money_short(Money::new(tick, currency))));
    let legend = html! {
        <p class="legend hide-medium">
            <span><i class="legend__block"></i>{ "Gained" }</span>
            <span><i class="legend__block legend__loss"></i>{ "Lost" }</span>
            <span><i class="legend__net"></i>{ "Net" }</span>
        </p>
    };
    let chart = html! {
        <Chart
            title={format!("Gained and lost recurring revenue, last {} months", points.len())}
            description={description(now)}
            {points}
            kind={ChartKind::Moves}
            unit={10_i64.pow(currency.digits())}
            {tick}
        />
    };
    html! {
        <TwinPanel
            title="Movement of recurring revenue"
            meaning={Meaning::Movements}
            value={moved(now, Moved::Net, on_prove)}
            note={format!("net, so far in {}", format::month(now.month))}
            {legend}
            {chart}
            table={table(&own.months, on_prove)}
            foot={sum(now, on_prove)}
        />
    }
}

/// A change that opens the customers behind it.
fn moved(month: &RecurringMonth, what: Moved, on_prove: &Callback<Proof>) -> Html {
    let proof = Proof::Moved {
        month: Box::new(month.clone()),
        what,
    };
    figure(format::money_signed(what.figure(month)), "Open the customers", proof, on_prove)
}

fn start(month: &RecurringMonth, on_prove: &Callback<Proof>) -> Html {
    let proof = Proof::Recurring {
        mrr: month.start,
        on: month.month.pred_opt().unwrap_or(month.month),
        plan: None,
    };
    figure(format::money(month.start), "Open the subscriptions", proof, on_prove)
}

fn end(month: &RecurringMonth, on_prove: &Callback<Proof>) -> Html {
    let proof = Proof::Recurring {
        mrr: month.end,
        on: month.until,
        plan: None,
    };
    figure(format::money(month.end), "Open the subscriptions", proof, on_prove)
}

/// From the start of the month to now: the parts add up.
fn sum(month: &RecurringMonth, on_prove: &Callback<Proof>) -> Html {
    let before = month.month.pred_opt().unwrap_or(month.month);
    let parts = [
        ("New", moved(month, Moved::New, on_prove)),
        ("Returned", moved(month, Moved::Returned, on_prove)),
        ("Expansion", moved(month, Moved::Expansion, on_prove)),
        ("Contraction", moved(month, Moved::Contraction, on_prove)),
        ("Churn", moved(month, Moved::Churn, on_prove)),
    ];
    html! {
        <dl class="sum">
            <div><dt>{ format::date(before) }</dt><dd class="num">{ start(month, on_prove) }</dd></div>
            { for parts.into_iter().map(|(name, part)| html! { <div key={name}><dt>{ name }</dt><dd class="num">{ part }</dd></div> }) }
            <div class="sum__end"><dt>{ "= Now" }</dt><dd class="num">{ end(month, on_prove) }</dd></div>
        </dl>
    }
}

fn title(month: &RecurringMonth) -> String {
    let name = format::month(month.month);
    if is_full(month) { name } else { format!("{name}, so far") }
}

fn points(months: &[RecurringMonth]) -> Vec<ChartPoint> {
    let every = label_every(months.len());
    let point = |(number, month): (usize, &RecurringMonth)| {
        let parts = gained_and_lost(month);
        let money = |amount: i64| format::money(Money::new(amount, month.end.currency));
        let label = match (number % every, every) {
            (0, 1) => format::month_name(month.month),
            (0, _) => format::month(month.month),
            _ => String::new(),
        };
        ChartPoint {
            label: label.into(),
            title: title(month).into(),
            value: net(month).amount,
            text: format!("{} net", format::money_signed(net(month))).into(),
            note: Some(format!("{} gained, {} lost", money(parts.0), money(parts.1)).into()),
            parts: Some(parts),
        }
    };
    months.iter().enumerate().map(point).collect()
}

fn description(now: &RecurringMonth) -> String {
    let (gained, lost) = gained_and_lost(now);
    let money = |amount: i64, currency: Currency| format::money(Money::new(amount, currency));
    let currency = now.end.currency;
    format!(
        "Gains above the line, losses below. {}: gained {}, lost {}, net {}. The table holds every month.",
        title(now),
        money(gained, currency),
        money(lost, currency),
        format::money_signed(net(now))
    )
}

fn table(months: &[RecurringMonth], on_prove: &Callback<Proof>) -> Html {
    let row = |month: &RecurringMonth| {
        html! {
            <tr key={month.month.to_string()}>
                <th scope="row">{ title(month) }</th>
                <td class="n">{ start(month, on_prove) }</td>
                <td class="n">{ moved(month, Moved::New, on_prove) }</td>
                <td class="n">{ moved(month, Moved::Returned, on_prove) }</td>
                <td class="n">{ moved(month, Moved::Expansion, on_prove) }</td>
                <td class="n">{ moved(month, Moved::Contraction, on_prove) }</td>
                <td class="n">{ moved(month, Moved::Churn, on_prove) }</td>
                <td class="n">{ end(month, on_prove) }</td>
            </tr>
        }
    };
    html! {
        <table class="dtable dtable--tight dtable--dense" aria-label="Recurring revenue by month">
            <thead><tr>
                <th scope="col">{ "Month" }</th>
                <th scope="col" class="n">{ "Start" }</th>
                <th scope="col" class="n">{ "New" }</th>
                <th scope="col" class="n">{ "Returned" }</th>
                <th scope="col" class="n">{ "Expansion" }</th>
                <th scope="col" class="n">{ "Contraction" }</th>
                <th scope="col" class="n">{ "Churn" }</th>
                <th scope="col" class="n">{ "At the end" }</th>
            </tr></thead>
            <tbody>{ for months.iter().map(row) }</tbody>
        </table>
    }
}
