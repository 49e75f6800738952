//! `list_recurring_customers`: who is counted as a customer on a day.

use chrono::NaiveDate;
use contract::{
    Currency, Money,
    recurring::{ListRecurringCustomers, RecurringCustomer, RecurringCustomerPage},
};
use uuid::Uuid;

use super::{
    classes::Classes,
    kept,
    spans::{Parts, Spans, covers, is_in},
};
use crate::{
    call::Run,
    customer::names,
    db,
    error::Result,
    page::{Part, list_mark},
    scope::Scope,
};

/// A query of what recurs of each customer on a day.
fn by_customer(scope: &Scope, Spans { counts, monthly }: &Spans, currency: Currency, on: NaiveDate) -> String {
    format!(
        "SELECT t.customer_id AS customer_id, {} AS monthly, COUNT(*) AS subscriptions FROM recurring t
         WHERE {counts} AND t.amount > 0 AND {} AND {} GROUP BY t.customer_id",
        db::sum(scope, monthly),
        is_in(currency),
        covers(on),
    )
}

/// How many customers have which amount.
async fn classes(scope: &Scope, currency: Currency, on: NaiveDate) -> Result<Classes> {
    let spans = Spans::of_part(scope).await?;
    let sql = format!(
        "SELECT v.monthly AS monthly, COUNT(*) AS customers FROM ({}) AS v GROUP BY v.monthly",
        by_customer(scope, &spans, currency, on)
    );
    let mut found = Classes::default();
    let mut parts = Parts::default();
    while let Some(rows) = parts.rows(scope, &sql).await? {
        for row in rows {
            let customers: i64 = row.try_get("", "customers")?;
            found.add(row.try_get("", "monthly")?, usize::try_from(customers)?);
        }
    }
    Ok(found)
}

impl Run for ListRecurringCustomers {
    async fn run(self, scope: &Scope) -> Result<RecurringCustomerPage> {
        let on = self.on.unwrap_or_else(|| scope.today());
        let mark = list_mark(&("recurring customers", self.currency, on))?;
        let found = kept::or(scope, &mark, Classes::amounts, classes(scope, self.currency, on)).await?;
        let (total, mrr) = (found.rows(), found.rounded()?);
        let page = Part::read(&mark, total, self.limit, self.after.as_deref())?;
        let mut shares = found.shares(mrr, page.start)?;
        let mut items = Vec::new();
        if let Some(place) = found.place(page.start, page.end) {
            let spans = Spans::of_all(scope).await?;
            let sql = format!(
                "SELECT v.customer_id AS customer_id, v.monthly AS monthly, v.subscriptions AS subscriptions FROM ({}) AS v
                 WHERE v.monthly >= ? AND v.monthly <= ? ORDER BY v.monthly DESC, v.customer_id LIMIT ? OFFSET ?",
                by_customer(scope, &spans, self.currency, on)
            );
            let (rows, skipped) = (i64::try_from(page.end - page.start)?, i64::try_from(place.skipped)?);
            let values = vec![place.least.into(), place.most.into(), rows.into(), skipped.into()];
            for row in scope.rows(&sql, values).await? {
                let subscriptions: i64 = row.try_get("", "subscriptions")?;
                items.push(RecurringCustomer {
                    customer_id: row.try_get::<Uuid>("", "customer_id")?.into(),
                    customer_name: String::new(),
                    subscriptions: u64::try_from(subscriptions)?,
                    mrr: Money::new(shares.next(row.try_get("", "monthly")?), self.currency),
                });
            }
        }
        let names = names(scope, items.iter().map(|item| item.customer_id.0)).await?;
        for item in &mut items {
            item.customer_name = names.get(&item.customer_id.0).cloned().unwrap_or_default();
        }
        Ok(RecurringCustomerPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
            mrr: Money::new(mrr, self.currency),
        })
    }
}
