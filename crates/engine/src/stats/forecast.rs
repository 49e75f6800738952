//! `renewal_forecast`, and `list_renewals`, which proves it.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use contract::{
    Money, Problem,
    recurring::{Forecast, ForecastMonth, ForecastRequest, ListRenewals, RenewalItem, RenewalPage, RenewalsOfCurrency},
};

use crate::{
    call::Run,
    catch_up::{self, Due},
    customer::names,
    error::Result,
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// The most months that are looked ahead.
const MONTHS: u32 = 12;

/// The month with which a renewal is billed: what is due already, with the running one.
fn month(item: &Due, running: NaiveDate) -> NaiveDate {
    zone::month_of(item.on).max(running)
}

/// What renewals come to, by currency.
fn sums(scope: &Scope, items: &[Due]) -> Result<Vec<RenewalsOfCurrency>> {
    let mut sums: BTreeMap<&str, RenewalsOfCurrency> = BTreeMap::new();
    for item in items {
        let amount = catch_up::amount(item)?;
        let none = || RenewalsOfCurrency {
            renewals: 0,
            amount: Money::new(0, amount.currency),
        };
        let own = sums.entry(&item.currency).or_insert_with(none);
        own.renewals += 1;
        own.amount.amount += amount.amount;
    }
    let mut sums: Vec<RenewalsOfCurrency> = sums.into_values().collect();
    sums.sort_by_key(|own| (own.amount.currency.code() != scope.book.currency, own.amount.currency));
    Ok(sums)
}

/// The last day of the month so many months after another.
fn end(month: NaiveDate, later: u32) -> NaiveDate {
    let next = month.checked_add_months(Months::new(later + 1)).unwrap_or(month);
    next.pred_opt().unwrap_or(next)
}

impl Run for ForecastRequest {
    async fn run(self, scope: &Scope) -> Result<Forecast> {
        let running = zone::month_of(scope.today());
        let mut found: BTreeMap<NaiveDate, Vec<Due>> = BTreeMap::new();
        for item in catch_up::renewals(scope, end(running, self.months.saturating_sub(1))).await? {
            found.entry(month(&item, running)).or_default().push(item);
        }
        let mut months = Vec::new();
        for ahead in 0..self.months {
            let Some(month) = running.checked_add_months(Months::new(ahead)) else {
                break;
            };
            let own = found.remove(&month).unwrap_or_default();
            months.push(ForecastMonth {
                month,
                renewals: u64::try_from(own.len())?,
                currencies: sums(scope, &own)?,
            });
        }
        Ok(Forecast { months })
    }
}

impl Run for ListRenewals {
    async fn run(self, scope: &Scope) -> Result<RenewalPage> {
        let (wanted, running) = (zone::month_of(self.month), zone::month_of(scope.today()));
        let latest = end(running, MONTHS - 1);
        if wanted < running {
            return Err(contract::Error::field("month", Problem::TooEarly { earliest: running }).into());
        }
        if wanted > latest {
            return Err(contract::Error::field("month", Problem::TooLate { latest }).into());
        }
        let mut own = catch_up::renewals(scope, end(wanted, 0)).await?;
        own.retain(|item| month(item, running) == wanted && self.currency.is_none_or(|currency| item.currency == currency.code()));
        own.sort_by_key(|item| (item.on, item.customer, item.subject));
        let mark = list_mark(&("renewals", wanted, self.currency))?;
        let page = Part::read(&mark, own.len(), self.limit, self.after.as_deref())?;
        let shown = page.of(&own);
        let names = names(scope, shown.iter().map(|item| item.customer)).await?;
        let mut items = Vec::with_capacity(shown.len());
        for item in shown {
            items.push(RenewalItem {
                subscription_id: item.subject.into(),
                customer_id: item.customer.into(),
                customer_name: names.get(&item.customer).cloned().unwrap_or_default(),
                plan_name: item.name.clone(),
                on: item.on,
                amount: catch_up::amount(item)?,
            });
        }
        Ok(RenewalPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(own.len())?,
            total_is_exact: true,
            sums: sums(scope, &own)?,
        })
    }
}
