//! `cohorts`, and `list_payers`, which proves them.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use contract::{
    Money,
    recurring::{Cohort, CohortMonth, Cohorts, CohortsRequest, ListPayers, PayerItem, PayerPage},
};
use sea_orm::Value;
use uuid::Uuid;

use super::{kept, spans};
use crate::{
    call::Run,
    customer::names,
    db,
    error::{Error, Result},
    figure,
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// The first day of a month in the key of a figure.
fn month(text: &str) -> Result<NaiveDate> {
    let first = format!("{text}-01").parse::<NaiveDate>();
    first.map_err(|_| Error::Fault(format!("a figure has the month {text}")))
}

/// The last day of a month.
fn end(month: NaiveDate) -> NaiveDate {
    let next = month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt());
    next.unwrap_or(month)
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
        let Some(oldest) = cohorts.first().map(|cohort| cohort.month) else {
            return Ok(Cohorts { cohorts });
        };
        let code = self.currency.code();
        // What comes after the space that each key of a currency goes on with, and before any other.
        let (from, to) = (format!("{code} {}", oldest.format("%Y-%m")), format!("{code}!"));
        for ((kind, key), amount) in figure::range(scope, &[figure::COHORT_PAYING, figure::COHORT_PAID], &from, &to).await? {
            let mut parts = key.split(' ').skip(1);
            let (Some(first), Some(paid_in)) = (parts.next(), parts.next()) else {
                return Err(Error::Fault(format!("figure {kind} {key}")));
            };
            let first = month(first)?;
            let Some(cohort) = cohorts.iter_mut().find(|cohort| cohort.month == first) else {
                continue;
            };
            let at = between(first, month(paid_in)?);
            let Some(shown) = at.and_then(|at| cohort.months.get_mut(at)) else {
                continue;
            };
            if kind == figure::COHORT_PAID {
                shown.revenue.amount = amount;
                continue;
            }
            shown.paying = u64::try_from(amount)?;
            if at == Some(0) {
                // Who belongs to it paid in its month.
                cohort.customers = shown.paying;
            }
        }
        Ok(Cohorts { cohorts })
    }
}

/// A query of who paid, and what it came to, with the columns `customer_id`, `payments` and `amount`, and with its values.
struct Payers {
    sql: String,
    values: Vec<Value>,
}

impl Payers {
    /// Of the cohort of a month, in a month; of all, ever, where they are not given.
    fn new(scope: &Scope, code: &str, cohort: Option<NaiveDate>, shown: Option<NaiveDate>, paying_only: bool) -> Self {
        let counts = spans::counts(scope);
        let (mut with, mut values): (_, Vec<Value>) = (String::new(), Vec::new());
        // The tables of what they paid are asked customer by customer where they are a few.
        let (mut among, mut is_among) = ("", "");
        if let Some(first) = cohort {
            with = "WITH members AS MATERIALIZED (
                      SELECT DISTINCT p.customer_id FROM payment p
                      WHERE p.received_on >= ? AND p.received_on <= ? AND p.status = 'succeeded' AND p.currency = ?
                        AND NOT EXISTS (SELECT 1 FROM payment e WHERE e.customer_id = p.customer_id AND e.received_on < ?
                                          AND e.status = 'succeeded' AND e.currency = ?)) "
                .to_owned();
            values.extend([first.into(), end(first).into(), code.into(), first.into(), code.into()]);
            (among, is_among) = ("members m CROSS JOIN ", " AND t.customer_id = m.customer_id");
        }
        let Some(month) = shown else {
            values.push(code.into());
            let sql = format!(
                "{with}SELECT t.customer_id AS customer_id, t.payments AS payments, t.paid - t.refunded AS amount
                 FROM {among}customer_money t WHERE t.currency = ? AND t.payments > 0{is_among} AND {counts}"
            );
            return Self { sql, values };
        };
        let of_each: [Value; 3] = [code.into(), month.into(), end(month).into()];
        values.extend([of_each.clone(), of_each].concat());
        let sql = format!(
            "{with}SELECT r.customer_id AS customer_id, {} AS payments, {} AS amount
             FROM (SELECT t.customer_id AS customer_id, 1 AS payments, t.amount AS amount FROM {among}payment t
                   WHERE t.status = 'succeeded' AND t.currency = ? AND t.received_on >= ? AND t.received_on <= ?{is_among} AND {counts}
                   UNION ALL
                   SELECT t.customer_id, 0, -t.amount FROM {among}refund t
                   WHERE t.currency = ? AND t.refunded_on >= ? AND t.refunded_on <= ?{is_among} AND {counts}) AS r
             GROUP BY r.customer_id{}",
            db::sum(scope, "r.payments"),
            db::sum(scope, "r.amount"),
            if paying_only { " HAVING SUM(r.payments) > 0" } else { "" },
        );
        Self { sql, values }
    }

    /// How many they are, and what it came to in all.
    async fn total(&self, scope: &Scope) -> Result<(i64, i64)> {
        let sql = format!(
            "SELECT COUNT(*) AS payers, {} AS amount FROM ({}) AS w",
            db::sum(scope, "w.amount"),
            self.sql
        );
        match scope.row(&sql, self.values.clone()).await? {
            Some(row) => Ok((row.try_get("", "payers")?, row.try_get("", "amount")?)),
            None => Ok((0, 0)),
        }
    }
}

/// How many refunds some customers got in a month, or ever.
async fn refunds(scope: &Scope, code: &str, shown: Option<NaiveDate>, customers: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    let mut found = HashMap::new();
    if customers.is_empty() {
        return Ok(found);
    }
    let (in_month, days) = match shown {
        Some(month) => (" AND refunded_on >= ? AND refunded_on <= ?", vec![month, end(month)]),
        None => ("", Vec::new()),
    };
    let marks = vec!["?"; customers.len()].join(", ");
    let sql = format!(
        "SELECT customer_id, COUNT(*) AS refunds FROM refund WHERE customer_id IN ({marks}) AND currency = ?{in_month} GROUP BY customer_id"
    );
    let mut values: Vec<Value> = customers.iter().map(|customer| (*customer).into()).collect();
    values.push(code.into());
    values.extend(days.into_iter().map(Value::from));
    for row in scope.rows(&sql, values).await? {
        found.insert(row.try_get("", "customer_id")?, row.try_get("", "refunds")?);
    }
    Ok(found)
}

impl Run for ListPayers {
    async fn run(self, scope: &Scope) -> Result<PayerPage> {
        let (cohort, shown) = (self.first_paid_in.map(zone::month_of), self.paid_in.map(zone::month_of));
        let code = self.currency.code();
        let payers = Payers::new(scope, code, cohort, shown, self.paying_only);
        let mark = list_mark(&("payers", self.currency, cohort, shown, self.paying_only))?;
        let found = kept::or(scope, &mark, |_| 1, payers.total(scope)).await?;
        let (total, sum) = *found;
        let page = Part::read(&mark, usize::try_from(total)?, self.limit, self.after.as_deref())?;
        let sql = format!("{} ORDER BY amount DESC, customer_id LIMIT ? OFFSET ?", payers.sql);
        let (rows, start) = (i64::try_from(page.end - page.start)?, i64::try_from(page.start)?);
        let values = [payers.values, vec![rows.into(), start.into()]].concat();
        let mut items = Vec::new();
        for row in scope.rows(&sql, values).await? {
            let payments: i64 = row.try_get("", "payments")?;
            items.push(PayerItem {
                customer_id: row.try_get::<Uuid>("", "customer_id")?.into(),
                customer_name: String::new(),
                payments: u64::try_from(payments)?,
                refunds: 0,
                paid: Money::new(row.try_get("", "amount")?, self.currency),
            });
        }
        let customers: Vec<Uuid> = items.iter().map(|item| item.customer_id.0).collect();
        let names = names(scope, customers.iter().copied()).await?;
        let refunds = refunds(scope, code, shown, &customers).await?;
        for item in &mut items {
            item.customer_name = names.get(&item.customer_id.0).cloned().unwrap_or_default();
            item.refunds = u64::try_from(refunds.get(&item.customer_id.0).copied().unwrap_or(0))?;
        }
        Ok(PayerPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
            sum: Money::new(sum, self.currency),
        })
    }
}
