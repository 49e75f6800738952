//! Customers by the month of their first payment: how many still pay, and what.

use chrono::NaiveDate;
use contract::{
    Currency, Money,
    recurring::{Cohort, CohortMonth, Cohorts, CohortsRequest},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    numbers::{share, tint, whole_percents, whole_units},
    parts::{figure, head},
    proof::Proof,
};
use crate::{
    components::{EmptyState, FailedState, Icon, Segmented, SegmentedOption, SkeletonRows},
    format,
    hooks::{Query, use_query},
};

/// Customers by the month of their first payment.
#[derive(Properties, PartialEq)]
pub struct CohortsPanelProps {
    /// In which currency.
    pub currency: Currency,
    /// How many cohorts.
    pub months: u32,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// Customers by the month of their first payment. The table is one stop of Tab: arrows move in it, Enter opens.
#[component]
pub fn CohortsPanel(props: &CohortsPanelProps) -> Html {
    let query = use_query(CohortsRequest {
        currency: props.currency,
        months: props.months,
    });
    let is_revenue = use_state_eq(|| false);
    let on_change = {
        let is_revenue = is_revenue.setter();
        Callback::from(move |value: AttrValue| is_revenue.set(value == "revenue"))
    };
    let options = vec![
        SegmentedOption::new("paying", "Customers"),
        SegmentedOption::new("revenue", "Revenue"),
    ];
    let value = if *is_revenue { "revenue" } else { "paying" };
    let (meaning, title) = if *is_revenue {
        let title = format!("Revenue in {} of those who stayed", props.currency);
        (Meaning::CohortsRevenue, AttrValue::from(title))
    } else {
        (Meaning::CohortsPaying, AttrValue::Static("Customers who stayed"))
    };
    let content = match &query.state {
        Query::Loading => html! { <SkeletonRows label="Loading who stayed" rows={6} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={query.reload.clone()} /> },
        Query::Ready(known) if known.cohorts.iter().all(|cohort| cohort.customers == 0) => html! {
            <EmptyState icon={Icon::Users} title="Nobody paid for the first time" text="In these months no customer paid for the first time. Each who does begins or joins the row of that month." />
        },
        Query::Ready(known) => {
            html! { <>{ table(known, *is_revenue, &title, &props.on_prove) }<p class="panel__note">{ "By month of first payment; a yearly plan pays in one month of twelve." }</p></> }
        }
    };
    html! {
        <section class="panel panel--chart" aria-label={title.clone()}>
            { head(meaning, &title, html! { <Segmented label="Cohorts by" {options} {value} is_small={true} {on_change} /> }) }
            { content }
        </section>
    }
}

fn table(known: &Cohorts, is_revenue: bool, title: &AttrValue, on_prove: &Callback<Proof>) -> Html {
    let shown: Vec<&Cohort> = known.cohorts.iter().skip_while(|cohort| cohort.customers == 0).collect();
    let columns = shown.first().map_or(0, |cohort| cohort.months.len());
    html! {
        <div class="sideways" onkeydown={Callback::from(walk)}>
            <table class="dtable cohorts" aria-label={title.clone()}>
                <thead><tr>
                    <th scope="col">{ "First paid" }</th>
                    <th scope="col" class="n">{ if is_revenue { "Together" } else { "Customers" } }</th>
                    { for (0..columns).map(|number| html! { <th key={number} scope="col" class="n">{ if number == 0 { "Start".to_owned() } else { format!("+{number}") } }</th> }) }
                </tr></thead>
                <tbody>{ for shown.iter().enumerate().map(|(number, cohort)| row(number, cohort, columns, is_revenue, on_prove)) }</tbody>
            </table>
        </div>
    }
}

/// What a cohort paid in a month of it, or in all.
fn revenue(cohort: &Cohort, at: Option<usize>) -> Money {
    let months = cohort
        .months
        .iter()
        .enumerate()
        .filter(|(number, _)| at.is_none_or(|at| at == *number));
    let currency = cohort.months.first().map_or(Currency::EUR, |month| month.revenue.currency);
    Money::new(months.map(|(_, month)| month.revenue.amount).sum(), currency)
}

/// The month so many months later.
fn month_after(month: NaiveDate, later: usize) -> Option<NaiveDate> {
    month.checked_add_months(chrono::Months::new(u32::try_from(later).ok()?))
}

fn row(number: usize, cohort: &Cohort, columns: usize, is_revenue: bool, on_prove: &Callback<Proof>) -> Html {
    let name = format::month(cohort.month);
    let customers = format::count(cohort.customers);
    let open = |at: Option<usize>| {
        let month = at.and_then(|at| month_after(cohort.month, at));
        let (count, who) = match at.and_then(|at| cohort.months.get(at)) {
            Some(month) => {
                let paid = format!("{} of {customers} customers paid in this month", format::count(month.paying));
                let less = "; what came back is taken off, also of those who paid nothing in it";
                (month.paying, if is_revenue { paid + less } else { paid })
            }
            None => (cohort.customers, format!("{customers} customers, and what they paid since")),
        };
        let paid = Proof::Paid {
            amount: revenue(cohort, at),
            first: Some(cohort.month),
            month,
            paying_only: !is_revenue,
            who,
        };
        if is_revenue { paid } else { paid.counted(count) }
    };
    let whole = if is_revenue {
        format::money(revenue(cohort, None))
    } else {
        format::count(cohort.customers)
    };
    html! {
        <tr key={name.clone()}>
            <th scope="row">{ name.clone() }</th>
            <td class="n">{ if cohort.customers == 0 { html! { <span class="muted">{ whole }</span> } } else { figure(whole, "Open the customers", open(None), on_prove) } }</td>
            { for (0..columns).map(|at| match cohort.months.get(at).filter(|_| cohort.customers > 0) {
                None => html! { <td key={at}></td> },
                Some(month) => html! { <td key={at} class="n heat">{ cell((number, at), &name, cohort, month, is_revenue, open(Some(at)), on_prove) }</td> },
            }) }
        </tr>
    }
}

fn cell(
    (row, at): (usize, usize),
    name: &str,
    cohort: &Cohort,
    month: &CohortMonth,
    is_revenue: bool,
    proof: Proof,
    on_prove: &Callback<Proof>,
) -> Html {
    let part = share(month.paying, cohort.customers).unwrap_or(0);
    let when = month_after(cohort.month, at).map(format::month).unwrap_or_default();
    let title = format!(
        "First paid in {name}: {} of {} paid {} in {when}",
        format::count(month.paying),
        format::count(cohort.customers),
        format::money(month.revenue)
    );
    let text = if is_revenue {
        // Twelve amounts stand side by side: the title of the panel names their currency.
        format::amount_short(whole_units(month.revenue))
    } else {
        format::ratio(Some(whole_percents(part)))
    };
    let on_prove = on_prove.clone();
    let class = format!("heat__cell heat__cell--{}", tint(part));
    html! {
        <button
            {class} type="button" {title} data-row={row.to_string()} data-at={at.to_string()}
            tabindex={if (row, at) == (0, 0) { "0" } else { "-1" }}
            onclick={move |_| on_prove.emit(proof.clone())}
        >
            { text }
        </button>
    }
}

/// Moves the focus with the arrows, from cell to cell.
fn walk(event: KeyboardEvent) {
    let Some(cell) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let number = |name: &str| cell.get_attribute(name).and_then(|text| text.parse::<usize>().ok());
    let (Some(row), Some(at)) = (number("data-row"), number("data-at")) else {
        return;
    };
    let to = match event.key().as_str() {
        "ArrowRight" => Some((row, at + 1)),
        "ArrowDown" => Some((row + 1, at)),
        "ArrowLeft" => at.checked_sub(1).map(|at| (row, at)),
        "ArrowUp" => row.checked_sub(1).map(|row| (row, at)),
        "Home" => Some((row, 0)),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let table = cell.closest("table").ok().flatten();
    let next = to.zip(table).and_then(|((row, at), table)| {
        let found = table.query_selector(&format!("[data-row='{row}'][data-at='{at}']")).ok().flatten();
        found.and_then(|found| found.dyn_into::<HtmlElement>().ok())
    });
    if let Some(next) = next {
        // Tab comes back to where the arrows have led.
        for (one, place) in [(&cell, "-1"), (&next, "0")] {
            // An attribute that cannot be set leaves the table's first cell as its stop.
            let _ = one.set_attribute("tabindex", place);
        }
        // A cell that cannot take the focus leaves it where it is.
        let _ = next.focus();
    }
}
