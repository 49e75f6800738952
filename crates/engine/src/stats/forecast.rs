//! `renewal_forecast`, and `list_renewals`, which proves it.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money, Problem,
    recurring::{Forecast, ForecastMonth, ForecastRequest, ListRenewals, RenewalItem, RenewalPage, RenewalsOfCurrency},
};
use uuid::Uuid;

use crate::{
    call::Run,
    catch_up::{First, Renewals},
    customer::names,
    error::Result,
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// The most months that are looked ahead.
const MONTHS: u32 = 12;

/// The month with which a renewal of a day is billed: what is due already, with the running one.
fn month(on: NaiveDate, running: NaiveDate) -> NaiveDate {
    zone::month_of(on).max(running)
}

/// How many renewals there are and what they come to, by currency.
#[derive(Default)]
struct Sums(BTreeMap<Currency, (u64, i64)>);

impl Sums {
    fn add(&mut self, currency: Currency, amount: i64) {
        let own = self.0.entry(currency).or_default();
        own.0 += 1;
        own.1 += amount;
    }

    fn renewals(&self) -> u64 {
        self.0.values().map(|(renewals, _)| renewals).sum()
    }

    /// As an answer has them: the book's currency first.
    fn list(&self, scope: &Scope) -> Vec<RenewalsOfCurrency> {
        let all = self.0.iter().map(|(currency, (renewals, amount))| RenewalsOfCurrency {
            renewals: *renewals,
            amount: Money::new(*amount, *currency),
        });
        let mut all: Vec<RenewalsOfCurrency> = all.collect();
        all.sort_by_key(|own| (own.amount.currency.code() != scope.book.currency, own.amount.currency));
        all
    }
}

/// A renewal of a list.
struct Found {
    plan: Uuid,
    amount: Money,
}

/// The last day of the month so many months after another.
fn end(month: NaiveDate, later: u32) -> NaiveDate {
    let next = month.checked_add_months(Months::new(later + 1)).unwrap_or(month);
    next.pred_opt().unwrap_or(next)
}

impl Run for ForecastRequest {
    async fn run(self, scope: &Scope) -> Result<Forecast> {
        let running = zone::month_of(scope.today());
        let mut found: BTreeMap<NaiveDate, Sums> = BTreeMap::new();
        let mut renewals = Renewals::new(scope, end(running, self.months.saturating_sub(1))).await?;
        while let Some(rows) = renewals.page(scope).await? {
            for row in &rows {
                for item in renewals.of(row)? {
                    found.entry(month(item.on, running)).or_default().add(row.currency, item.amount);
                }
            }
        }
        let mut months = Vec::new();
        for ahead in 0..self.months {
            let Some(month) = running.checked_add_months(Months::new(ahead)) else {
                break;
            };
            let own = found.remove(&month).unwrap_or_default();
            months.push(ForecastMonth {
                month,
                renewals: own.renewals(),
                currencies: own.list(scope),
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
        let mark = list_mark(&("renewals", wanted, self.currency))?;
        let part = |total| Part::read(&mark, total, self.limit, self.after.as_deref());
        // In the order of days, and only as far as the page goes. How long the list is turns out at its end.
        let mut first = First::new(part(usize::MAX / 2)?.end);
        let mut sums = Sums::default();
        let mut renewals = Renewals::new(scope, end(wanted, 0)).await?;
        while let Some(rows) = renewals.page(scope).await? {
            for row in rows
                .iter()
                .filter(|row| self.currency.is_none_or(|currency| row.currency == currency))
            {
                for item in renewals.of(row)?.iter().filter(|item| month(item.on, running) == wanted) {
                    sums.add(row.currency, item.amount);
                    let found = Found {
                        plan: row.plan,
                        amount: Money::new(item.amount, row.currency),
                    };
                    first.push((item.on, row.customer, row.id), found);
                }
            }
        }
        let page = part(first.met())?;
        let total = u64::try_from(first.met())?;
        let found = first.finish();
        let shown = page.of(&found);
        let names = names(scope, shown.iter().map(|((_, customer, _), _)| *customer)).await?;
        let item_of = |((on, customer, subscription), found): &((NaiveDate, Uuid, Uuid), Found)| RenewalItem {
            subscription_id: (*subscription).into(),
            customer_id: (*customer).into(),
            customer_name: names.get(customer).cloned().unwrap_or_default(),
            plan_name: renewals.plan(found.plan).to_owned(),
            on: *on,
            amount: found.amount,
        };
        Ok(RenewalPage {
            items: shown.iter().map(item_of).collect(),
            next: page.next,
            previous: None,
            total,
            total_is_exact: true,
            sums: sums.list(scope),
        })
    }
}
