//! New customers and revenue by month, as charts and as tables.

use std::rc::Rc;

use contract::{
    Currency, Money,
    money::divide,
    stats::{MonthFigures, MonthlyFigures},
};
use yew::prelude::*;

use super::chart_panel::{ChartPanel, Twin};
use crate::{
    components::{ChartKind, ChartPoint},
    format::{self, Formats},
};

/// Revenue by month in the book's currency; the table has every further one.
pub fn revenue(figures: &MonthlyFigures, formats: &Formats) -> Html {
    let currency = formats.currency;
    let values: Vec<i64> = figures.months.iter().map(|month| amount(month, currency)).collect();
    let money = move |amount: i64| format::money(Money::new(amount, currency));
    let points = points(figures, &values, format::month_name, &money);
    let currencies = currencies(figures, currency);
    let twin = Twin {
        columns: currencies.iter().map(|currency| currency.code().to_owned()).collect(),
        rows: figures
            .months
            .iter()
            .enumerate()
            .map(|(number, month)| {
                let cells = currencies
                    .iter()
                    .map(|currency| format::money(Money::new(amount(month, *currency), *currency)))
                    .collect();
                (title(figures, number), cells)
            })
            .collect(),
    };
    let over = complete(&values);
    let facts = vec![
        (
            "Last month".into(),
            over.last().map_or_else(|| format::NOTHING.to_owned(), |last| money(*last)).into(),
        ),
        (
            average_of(over).into(),
            average(over).map_or_else(|| format::NOTHING.to_owned(), &money).into(),
        ),
        (
            AttrValue::from(format!("{} months", values.len())),
            money(values.iter().sum()).into(),
        ),
    ];
    let tick = Callback::from(move |tick: i64| AttrValue::from(format::money_short(Money::new(tick, currency))));
    let aside = (currencies.len() > 1).then(|| AttrValue::from(format!("In {currency}; other currencies are in the table")));
    html! {
        <ChartPanel
            title="Revenue"
            value={money(values.last().copied().unwrap_or(0))}
            value_note={so_far(figures)}
            {aside}
            description={description(&points)}
            {points}
            kind={ChartKind::Area}
            unit={10_i64.pow(currency.digits())}
            {tick}
            {twin}
            {facts}
        />
    }
}

/// New customers by month.
pub fn customers(figures: &MonthlyFigures, this_week: Option<u64>) -> Html {
    let values: Vec<i64> = figures
        .months
        .iter()
        .map(|month| i64::try_from(month.new_customers).unwrap_or(i64::MAX))
        .collect();
    let count = |value: i64| format::count(value.unsigned_abs());
    let points = points(figures, &values, format::month_letter, &count);
    let twin = Twin {
        columns: vec!["New customers".to_owned()],
        rows: values
            .iter()
            .enumerate()
            .map(|(number, value)| (title(figures, number), vec![count(*value)]))
            .collect(),
    };
    let over = complete(&values);
    let facts = vec![
        (
            "This week".into(),
            this_week.map_or_else(|| format::NOTHING.to_owned(), format::count).into(),
        ),
        (
            average_of(over).into(),
            average(over).map_or_else(|| format::NOTHING.to_owned(), count).into(),
        ),
    ];
    let tick = Callback::from(move |tick: i64| AttrValue::from(format::count(tick.unsigned_abs())));
    html! {
        <ChartPanel
            title="New customers"
            value={count(values.last().copied().unwrap_or(0))}
            value_note={so_far(figures)}
            description={description(&points)}
            {points}
            kind={ChartKind::Bars}
            {tick}
            {twin}
            {facts}
        />
    }
}

fn amount(month: &MonthFigures, currency: Currency) -> i64 {
    month
        .revenue
        .iter()
        .find(|money| money.currency == currency)
        .map_or(0, |money| money.amount)
}

/// The book's currency, then every other that occurs.
fn currencies(figures: &MonthlyFigures, of_book: Currency) -> Vec<Currency> {
    let mut all = vec![of_book];
    for money in figures.months.iter().flat_map(|month| &month.revenue) {
        if !all.contains(&money.currency) {
            all.push(money.currency);
        }
    }
    all
}

/// The months that are over: all but the last.
fn complete(values: &[i64]) -> &[i64] {
    values.split_last().map_or(&[], |(_, over)| over)
}

/// Of how many months an average is: the running one is outside.
fn average_of(over: &[i64]) -> String {
    let months = u64::try_from(over.len()).unwrap_or(u64::MAX);
    format!("Average of {}", contract::words::count(months, "full month"))
}

fn average(values: &[i64]) -> Option<i64> {
    divide(values.iter().sum(), i64::try_from(values.len()).ok()?)
}

fn title(figures: &MonthlyFigures, number: usize) -> String {
    let Some(month) = figures.months.get(number) else {
        return String::new();
    };
    let name = format::month(month.month);
    if number + 1 == figures.months.len() {
        format!("{name}, so far")
    } else {
        name
    }
}

fn so_far(figures: &MonthlyFigures) -> String {
    figures
        .months
        .last()
        .map(|month| format!("so far in {}", format::month(month.month)))
        .unwrap_or_default()
}

fn points(
    figures: &MonthlyFigures,
    values: &[i64],
    label: fn(chrono::NaiveDate) -> String,
    words: &dyn Fn(i64) -> String,
) -> Rc<[ChartPoint]> {
    let last = values.len().saturating_sub(1);
    values
        .iter()
        .enumerate()
        .map(|(number, value)| {
            let month = figures.months.get(number);
            let before = number.checked_sub(1).filter(|_| number < last);
            let name = before
                .and_then(|before| figures.months.get(before))
                .map(|month| format::month_name(month.month));
            let note = before
                .and_then(|before| change(*values.get(before)?, *value))
                .zip(name)
                .map(|((percent, is_more), name)| {
                    AttrValue::from(format!("{percent} {} than in {name}", if is_more { "more" } else { "less" }))
                });
            ChartPoint {
                label: month.map(|month| label(month.month)).unwrap_or_default().into(),
                title: title(figures, number).into(),
                value: *value,
                text: words(*value).into(),
                note,
                parts: None,
            }
        })
        .collect()
}

/// By how much a month differs from the one before, if that can be said.
fn change(before: i64, after: i64) -> Option<(String, bool)> {
    let (base, difference) = (u64::try_from(before).ok().filter(|base| *base > 0)?, after.checked_sub(before)?);
    Some((format::percent(difference.unsigned_abs(), base), difference >= 0))
}

fn description(points: &[ChartPoint]) -> String {
    let over = points.len().saturating_sub(2);
    let (Some(first), Some(last), Some(now)) = (points.first(), points.get(over), points.last()) else {
        return String::new();
    };
    let highest = points.iter().max_by_key(|point| point.value).filter(|point| point.value > 0);
    let highest = highest
        .map(|point| format!(" Highest: {} in {}.", point.text, point.title))
        .unwrap_or_default();
    format!(
        "{} in {}, {} in {}, {} in {}.{highest}",
        first.text, first.title, last.text, last.title, now.text, now.title
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_running_month_is_outside_the_average() {
        assert_eq!(average(complete(&[10, 20, 999])), Some(15));
        assert_eq!(average_of(complete(&[10, 20, 999])), "Average of 2 full months");
        assert_eq!(average(complete(&[5])), None);
        assert!(complete(&[]).is_empty());
    }

    #[test]
    fn further_currencies_follow_that_of_the_book() {
        let sek = Currency::parse("SEK").unwrap();
        let month = |revenue: Vec<Money>| MonthFigures {
            month: "2026-11-01".parse().unwrap(),
            new_customers: 0,
            revenue,
        };
        let figures = MonthlyFigures {
            months: vec![month(vec![Money::new(5, sek)]), month(vec![])],
            at: contract::Timestamp(0),
        };
        assert_eq!(currencies(&figures, Currency::EUR), [Currency::EUR, sek]);
        assert_eq!(amount(figures.months.first().unwrap(), Currency::EUR), 0);
    }
}
