//! `list_recurring`: the subscriptions of which something recurs on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::{
    BillingCycle, Currency, Money,
    recurring::{ListRecurring, RecurringItem, RecurringPage},
};
use uuid::Uuid;

use super::{
    classes::Classes,
    kept,
    recurring::{TWELFTHS, shared},
    spans::{Parts, Spans, covers, is_in},
};
use crate::{
    call::Run,
    db,
    error::{Error, Result},
    page::{Part, list_mark},
    scope::Scope,
};

/// What recurs on a day, by plan.
type ByPlan = BTreeMap<Uuid, Classes>;

/// The rows that recur on a day in a currency.
fn running(currency: Currency, on: NaiveDate) -> String {
    format!("t.amount > 0 AND {} AND {}", is_in(currency), covers(on))
}

/// How many of them have which amount.
async fn by_plan(scope: &Scope, currency: Currency, on: NaiveDate) -> Result<ByPlan> {
    let Spans { counts, monthly } = Spans::of_part(scope).await?;
    let sql = format!(
        "SELECT v.plan_id AS plan_id, v.monthly AS monthly, COUNT(*) AS subscriptions
         FROM (SELECT t.plan_id AS plan_id, {monthly} AS monthly FROM recurring t WHERE {counts} AND {} {}) AS v
         GROUP BY v.plan_id, v.monthly",
        running(currency, on),
        db::APART,
    );
    let mut found = ByPlan::new();
    let mut parts = Parts::default();
    while let Some(rows) = parts.rows(scope, &sql).await? {
        for row in rows {
            let (plan, subscriptions): (Uuid, i64) = (row.try_get("", "plan_id")?, row.try_get("", "subscriptions")?);
            let own = found.entry(plan).or_default();
            own.add(row.try_get("", "monthly")?, usize::try_from(subscriptions)?);
        }
    }
    Ok(found)
}

impl Run for ListRecurring {
    async fn run(self, scope: &Scope) -> Result<RecurringPage> {
        let on = self.on.unwrap_or_else(|| scope.today());
        let whole = list_mark(&("recurring by plan", self.currency, on))?;
        let amounts = |found: &ByPlan| found.values().map(Classes::amounts).sum::<usize>();
        let found = kept::or(scope, &whole, amounts, by_plan(scope, self.currency, on)).await?;
        let mut all = Classes::default();
        let mut exact: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (plan, own) in found.iter() {
            all.extend(own);
            exact.insert(*plan, own.twelfths()?);
        }
        let whole = all.rounded()?;
        let (mrr, own) = match self.plan_id {
            None => (whole, all),
            // As a part of the whole: alone it could round otherwise.
            Some(plan) => (
                shared(whole, &exact)?.remove(&plan.0).unwrap_or(0),
                found.get(&plan.0).cloned().unwrap_or_default(),
            ),
        };
        let mark = list_mark(&("recurring", self.currency, on, self.plan_id))?;
        let total = own.rows();
        let page = Part::read(&mark, total, self.limit, self.after.as_deref())?;
        let mut shares = own.shares(mrr, page.start)?;
        let mut items = Vec::new();
        if let Some(place) = own.place(page.start, page.end) {
            let Spans { counts, monthly } = Spans::of_all(scope).await?;
            let of_plan = if self.plan_id.is_some() { "AND t.plan_id = ?" } else { "" };
            let sql = format!(
                "SELECT p.subscription_id AS subscription_id, p.customer_id AS customer_id, p.amount AS amount, p.months AS months,
                   p.monthly AS monthly, c.full_name AS full_name, n.name AS name
                 FROM (SELECT v.* FROM (
                     SELECT t.subscription_id, t.customer_id, t.plan_id, t.amount, t.months, {monthly} AS monthly
                     FROM recurring t WHERE {counts} AND {} {of_plan} {}) AS v
                   WHERE v.monthly >= ? AND v.monthly <= ? ORDER BY v.monthly DESC, v.subscription_id LIMIT ? OFFSET ?) AS p
                 JOIN customer c ON c.id = p.customer_id JOIN plan n ON n.id = p.plan_id ORDER BY p.monthly DESC, p.subscription_id",
                running(self.currency, on),
                db::APART,
            );
            let mut values: Vec<sea_orm::Value> = self.plan_id.iter().map(|plan| plan.0.into()).collect();
            values.extend([place.least.into(), place.most.into()]);
            values.extend([i64::try_from(page.end - page.start)?.into(), i64::try_from(place.skipped)?.into()]);
            for row in scope.rows(&sql, values).await? {
                let (amount, months): (i64, i64) = (row.try_get("", "amount")?, row.try_get("", "months")?);
                let monthly: i64 = row.try_get("", "monthly")?;
                let net = monthly
                    .checked_div(TWELFTHS / months.max(1))
                    .ok_or_else(|| Error::Fault(format!("something recurs every {months} months")))?;
                items.push(RecurringItem {
                    subscription_id: row.try_get::<Uuid>("", "subscription_id")?.into(),
                    customer_id: row.try_get::<Uuid>("", "customer_id")?.into(),
                    customer_name: row.try_get("", "full_name")?,
                    plan_name: row.try_get("", "name")?,
                    billing_cycle: if months == 1 { BillingCycle::Monthly } else { BillingCycle::Yearly },
                    price: Money::new(amount, self.currency),
                    net: Money::new(net, self.currency),
                    mrr: Money::new(shares.next(monthly), self.currency),
                });
            }
        }
        Ok(RecurringPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
            mrr: Money::new(mrr, self.currency),
        })
    }
}
