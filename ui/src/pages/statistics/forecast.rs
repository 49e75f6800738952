//! What will be billed if nothing changes.

use std::rc::Rc;

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money,
    recurring::{Forecast, ForecastMonth, ForecastRequest},
};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    parts::{TwinPanel, figure, head},
    proof::Proof,
};
use crate::{
    components::{Chart, ChartKind, ChartPoint, FailedState, SkeletonRows},
    format,
    hooks::{Query, use_query},
};

/// Months that are looked ahead, the running one included.
const MONTHS: u32 = 12;

/// What will be billed if nothing changes.
#[derive(Properties, PartialEq)]
pub struct ForecastPanelProps {
    /// In which currency.
    pub currency: Currency,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// What will be billed if nothing changes, as a chart and as a table.
#[component]
pub fn ForecastPanel(props: &ForecastPanelProps) -> Html {
    let query = use_query(ForecastRequest { months: MONTHS });
    let panel = |content: Html| {
        html! { <section class="panel" aria-label="Forecast of renewals">{ head(Meaning::Forecast, "Forecast of renewals", html! {}) }{ content }</section> }
    };
    match &query.state {
        Query::Loading => panel(html! { <SkeletonRows label="Loading the forecast" rows={4} /> }),
        Query::Failed(error) => panel(html! { <FailedState error={error.clone()} on_retry={query.reload.clone()} /> }),
        Query::Ready(forecast) => ready(forecast, props),
    }
}

/// What is billed in a currency, and how many renewals that are.
fn billed(month: &ForecastMonth, currency: Currency) -> (Money, u64) {
    let own = month.currencies.iter().find(|own| own.amount.currency == currency);
    own.map_or((Money::new(0, currency), 0), |own| (own.amount, own.renewals))
}

/// The last day that is looked at.
fn last_day(months: &[ForecastMonth]) -> Option<NaiveDate> {
    months.last()?.month.checked_add_months(Months::new(1))?.pred_opt()
}

fn ready(forecast: &Forecast, props: &ForecastPanelProps) -> Html {
    let currency = props.currency;
    let title = |number: usize, month: &ForecastMonth| {
        let name = format::month(month.month);
        if number == 0 { format!("{name}, what is left of it") } else { name }
    };
    let points: Rc<[ChartPoint]> = forecast
        .months
        .iter()
        .enumerate()
        .map(|(number, month)| {
            let (own, _) = billed(month, currency);
            ChartPoint {
                label: format::month_name(month.month).into(),
                title: title(number, month).into(),
                value: own.amount,
                text: format::money(own).into(),
                note: None,
                parts: None,
            }
        })
        .collect();
    let all: i64 = points.iter().map(|point| point.value).sum();
    let whole = Money::new(all, currency);
    let months: Vec<NaiveDate> = forecast.months.iter().map(|month| month.month).collect();
    let ahead = |amount: Money, months: Vec<NaiveDate>| Proof::Ahead { amount, months };
    let open = |text: String, proof: Proof| figure(text, "Open the renewals", proof, &props.on_prove);
    let tick = Callback::from(move |tick: i64| AttrValue::from(format::money_short(Money::new(tick, currency))));
    // The rest of the running month and the months after it are no year.
    let until = last_day(&forecast.months).map_or_else(|| format::NOTHING.to_owned(), format::date);
    let note = format!("billed until {until}");
    let description = format!("{} {note} if nothing changes. The table holds every month.", format::money(whole));
    let row = |(number, month): (usize, &ForecastMonth)| {
        let (amount, renewals) = billed(month, currency);
        html! {
            <tr key={number}>
                <th scope="row">{ title(number, month) }</th>
                <td class="n">{ open(format::count(renewals), ahead(amount, vec![month.month]).counted(renewals)) }</td>
                <td class="n">{ open(format::money(amount), ahead(amount, vec![month.month])) }</td>
            </tr>
        }
    };
    let renewals: u64 = forecast.months.iter().map(|month| billed(month, currency).1).sum();
    let table = html! {
        <table class="dtable dtable--tight" aria-label="Forecast of renewals by month">
            <thead><tr>
                <th scope="col">{ "Month" }</th>
                <th scope="col" class="n">{ "Renewals" }</th>
                <th scope="col" class="n">{ "Billed" }</th>
            </tr></thead>
            <tbody>{ for forecast.months.iter().enumerate().map(row) }</tbody>
            <tfoot><tr><td>{ "= Total" }</td><td class="n">{ open(format::count(renewals), ahead(whole, months.clone()).counted(renewals)) }</td><td class="n">{ open(format::money(whole), ahead(whole, months.clone())) }</td></tr></tfoot>
        </table>
    };
    html! {
        <TwinPanel
            title="Forecast of renewals"
            meaning={Meaning::Forecast}
            value={open(format::money(whole), ahead(whole, months))}
            {note}
            chart={html! { <Chart title="Renewals by month to come" {description} {points} kind={ChartKind::Ahead} unit={10_i64.pow(currency.digits())} {tick} /> }}
            {table}
            foot={html! { <p class="panel__note">{ "If nothing changes: each subscription renews on its dates, at its price, without tax, until it ends. No growth and no churn is assumed." }</p> }}
        />
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_months_ahead_end_with_the_last_day_of_the_last() {
        let month = |first: &str| ForecastMonth {
            month: first.parse().unwrap(),
            renewals: 0,
            currencies: vec![],
        };
        let ahead = [month("2026-12-01"), month("2027-01-01"), month("2027-02-01")];
        assert_eq!(last_day(&ahead), Some("2027-02-28".parse().unwrap()));
        assert_eq!(last_day(&[]), None);
    }
}
