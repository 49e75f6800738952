//! `cohorts`.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use contract::{
    Money,
    recurring::{Cohort, CohortMonth, Cohorts, CohortsRequest},
};
use uuid::Uuid;

use crate::{call::Run, db, error::Result, license, scope::Scope, zone};

/// What a customer paid by month, and what was given back.
type Paid = BTreeMap<NaiveDate, (bool, i64)>;

/// Payments less refunds of each customer by month.
async fn paid(scope: &Scope, currency: &str) -> Result<BTreeMap<Uuid, Paid>> {
    let mut found: BTreeMap<Uuid, Paid> = BTreeMap::new();
    for (table, day, condition, sign) in [
        ("payment", "received_on", "t.status = 'succeeded' AND", 1),
        ("refund", "refunded_on", "", -1),
    ] {
        let sql = format!(
            "SELECT t.customer_id, t.{day} AS on_day, {} AS amount FROM {table} t WHERE {condition} t.currency = ? AND {}
             GROUP BY t.customer_id, t.{day}",
            db::sum(scope, "t.amount"),
            license::LIVE
        );
        for row in scope.rows(&sql, vec![currency.into()]).await? {
            let month = zone::month_of(row.try_get("", "on_day")?);
            let own = found.entry(row.try_get("", "customer_id")?).or_default().entry(month).or_default();
            own.0 |= sign > 0;
            own.1 += sign * row.try_get::<i64>("", "amount")?;
        }
    }
    Ok(found)
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
            let Some(first) = own.iter().find(|(_, (has_paid, _))| *has_paid).map(|(month, _)| *month) else {
                continue;
            };
            let Some(cohort) = cohorts.iter_mut().find(|cohort| cohort.month == first) else {
                continue;
            };
            cohort.customers += 1;
            for (month, (has_paid, amount)) in own {
                if let Some(shown) = between(first, month).and_then(|at| cohort.months.get_mut(at)) {
                    shown.paying += u64::from(has_paid);
                    shown.revenue.amount += amount;
                }
            }
        }
        Ok(Cohorts { cohorts })
    }
}
