//! `monthly_figures`.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use contract::stats::{MonthFigures, MonthlyFigures, MonthlyFiguresRequest};

use crate::{
    call::Run,
    error::{Error, Result},
    figure,
    scope::Scope,
    zone,
};

impl Run for MonthlyFiguresRequest {
    async fn run(self, scope: &Scope) -> Result<MonthlyFigures> {
        let this = zone::month_of(scope.today());
        let first = this
            .checked_sub_months(Months::new(self.months.saturating_sub(1)))
            .ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
        let mut joined: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        for ((_, day), amount) in figure::range(scope, &[figure::JOINED], &first.to_string(), "9999").await? {
            *joined.entry(month(&day)?).or_default() += amount;
        }
        // Keyed by currency first, so the range is cut here.
        let mut received: BTreeMap<NaiveDate, BTreeMap<String, i64>> = BTreeMap::new();
        for ((_, key), amount) in figure::read(scope, &[figure::RECEIVED]).await? {
            let (currency, day) = key.split_once(' ').ok_or_else(|| Error::Fault(format!("figure received {key}")))?;
            *received.entry(month(day)?).or_default().entry(currency.to_owned()).or_default() += amount;
        }
        let mut months = Vec::new();
        for back in (0..self.months).rev() {
            let Some(month) = this.checked_sub_months(Months::new(back)) else {
                continue;
            };
            let revenue = received.remove(&month).unwrap_or_default();
            months.push(MonthFigures {
                month,
                new_customers: u64::try_from(joined.get(&month).copied().unwrap_or(0))?,
                revenue: figure::in_order(
                    &scope.book.currency,
                    revenue.iter().map(|(currency, amount)| (currency.as_str(), *amount)),
                ),
            });
        }
        Ok(MonthlyFigures { months, at: scope.now })
    }
}

fn month(day: &str) -> Result<NaiveDate> {
    let day: NaiveDate = day.parse().map_err(|_| Error::Fault(format!("a figure has the day {day}")))?;
    Ok(day.with_day(1).unwrap_or(day))
}
