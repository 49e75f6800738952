//! `cohorts`, and `list_payers`, which proves them.

use std::{cmp::Reverse, collections::BTreeMap};

use chrono::{Datelike, Months, NaiveDate};
use contract::{
    Money,
    recurring::{Cohort, CohortMonth, Cohorts, CohortsRequest, ListPayers, PayerItem, PayerPage},
};
use uuid::Uuid;

use crate::{
    call::Run,
    customer::names,
    db,
    error::Result,
    license,
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// What a customer paid and got back in a month.
#[derive(Clone, Copy, Debug, Default)]
struct Paid {
    payments: i64,
    refunds: i64,
    /// Payments less refunds.
    sum: i64,
}

/// By month.
type ByMonth = BTreeMap<NaiveDate, Paid>;

/// What each customer paid and got back by month.
async fn paid(scope: &Scope, currency: &str) -> Result<BTreeMap<Uuid, ByMonth>> {
    let mut found: BTreeMap<Uuid, ByMonth> = BTreeMap::new();
    for (table, day, condition, is_payment) in [
        ("payment", "received_on", "t.status = 'succeeded' AND", true),
        ("refund", "refunded_on", "", false),
    ] {
        let sql = format!(
            "SELECT t.customer_id, t.{day} AS on_day, COUNT(*) AS records, {} AS amount FROM {table} t
             WHERE {condition} t.currency = ? AND {} GROUP BY t.customer_id, t.{day}",
            db::sum(scope, "t.amount"),
            license::LIVE
        );
        for row in scope.rows(&sql, vec![currency.into()]).await? {
            let month = zone::month_of(row.try_get("", "on_day")?);
            let own = found.entry(row.try_get("", "customer_id")?).or_default().entry(month).or_default();
            let (records, amount): (i64, i64) = (row.try_get("", "records")?, row.try_get("", "amount")?);
            if is_payment {
                own.payments += records;
                own.sum += amount;
            } else {
                own.refunds += records;
                own.sum -= amount;
            }
        }
    }
    Ok(found)
}

/// The month of the first payment.
fn first(own: &ByMonth) -> Option<NaiveDate> {
    own.iter().find(|(_, paid)| paid.payments > 0).map(|(month, _)| *month)
}

/// Months from one to another.
fn between(from: NaiveDate, to: NaiveDate) -> Option<usize> {
    let months = (to.year() - from.year()) * 12 + i32::try_from(to.month()).ok()? - i32::try_from(from.month()).ok()?;
    usize::try_from(months).ok()
}

impl Run for CohortsRequest {
    async fn run(self, scope: &Scope) -> Result<Cohorts> {
        let running = zone::month_of(scope.today());
        let mut cohorts = Vec::new();
        for back in (0..self.months).rev() {
            let Some(month) = running.checked_sub_months(Months::new(back)) else {
                continue;
            };
            let months = vec![
                CohortMonth {
                    paying: 0,
                    revenue: Money::new(0, self.currency),
                };
                usize::try_from(back)? + 1
            ];
            cohorts.push(Cohort {
                month,
                customers: 0,
                months,
            });
        }
        for own in paid(scope, self.currency.code()).await?.into_values() {
            let Some(first) = first(&own) else {
                continue;
            };
            let Some(cohort) = cohorts.iter_mut().find(|cohort| cohort.month == first) else {
                continue;
            };
            cohort.customers += 1;
            for (month, paid) in own {
                if let Some(shown) = between(first, month).and_then(|at| cohort.months.get_mut(at)) {
                    shown.paying += u64::from(paid.payments > 0);
                    shown.revenue.amount += paid.sum;
                }
            }
        }
        Ok(Cohorts { cohorts })
    }
}

impl Run for ListPayers {
    async fn run(self, scope: &Scope) -> Result<PayerPage> {
        let (cohort, shown) = (self.first_paid_in.map(zone::month_of), self.paid_in.map(zone::month_of));
        let mut own: Vec<(Uuid, Paid)> = Vec::new();
        for (customer, months) in paid(scope, self.currency.code()).await? {
            if first(&months).is_none_or(|first| cohort.is_some_and(|cohort| cohort != first)) {
                continue;
            }
            let counted = months.into_iter().filter(|(month, _)| shown.is_none_or(|shown| shown == *month));
            let all = counted.fold(Paid::default(), |all, (_, paid)| Paid {
                payments: all.payments + paid.payments,
                refunds: all.refunds + paid.refunds,
                sum: all.sum + paid.sum,
            });
            if all.payments > 0 || (all.refunds > 0 && !self.paying_only) {
                own.push((customer, all));
            }
        }
        own.sort_by_key(|(customer, paid)| (Reverse(paid.sum), *customer));
        let mark = list_mark(&("payers", self.currency, cohort, shown, self.paying_only))?;
        let page = Part::read(&mark, own.len(), self.limit, self.after.as_deref())?;
        let rows = page.of(&own);
        let names = names(scope, rows.iter().map(|(customer, _)| *customer)).await?;
        let mut items = Vec::with_capacity(rows.len());
        for (customer, paid) in rows {
            items.push(PayerItem {
                customer_id: (*customer).into(),
                customer_name: names.get(customer).cloned().unwrap_or_default(),
                payments: u64::try_from(paid.payments)?,
                refunds: u64::try_from(paid.refunds)?,
                paid: Money::new(paid.sum, self.currency),
            });
        }
        Ok(PayerPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(own.len())?,
            total_is_exact: true,
            sum: Money::new(own.iter().map(|(_, paid)| paid.sum).sum(), self.currency),
        })
    }
}
