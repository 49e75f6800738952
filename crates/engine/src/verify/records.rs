//! The figures of many customers from their records, table by table: another way than the one of `summary.rs`, which
//! goes customer by customer, so that each checks the other.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use crate::{
    db,
    entity::{customer, customer_money},
    error::Result,
    scope::Scope,
    stats::billed,
    summary::{self, Counts, Figures, money_of},
};

#[derive(Default)]
struct Gathered {
    counts: Counts,
    money: BTreeMap<String, customer_money::Model>,
}

/// Rows by their identifiers: those after one, up to another.
#[derive(Clone, Copy)]
pub struct Part {
    /// Greater than this.
    pub after: Uuid,
    /// And at most this.
    pub through: Uuid,
}

/// Rows of a part. However large a book is, a server answers what is asked of so many in time.
const AT_ONCE: u32 = 5_000;

impl Part {
    /// The rows of a table that come after one. The last part goes on to the end.
    pub async fn of(scope: &Scope, table: &str, after: Uuid) -> Result<Self> {
        let sql = format!("SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT 1 OFFSET {}", AT_ONCE - 1);
        let through = match scope.row(&sql, vec![after.into()]).await? {
            Some(row) => row.try_get("", "id")?,
            None => Uuid::max(),
        };
        Ok(Self { after, through })
    }

    /// Whether no part follows.
    pub fn is_last(self) -> bool {
        self.through == Uuid::max()
    }

    /// For `x > ? AND x <= ?`.
    pub fn values(self) -> Vec<Value> {
        vec![self.after.into(), self.through.into()]
    }
}

/// The figures of these customers, which are all that a part holds.
pub async fn figures(scope: &Scope, part: Part, customers: Vec<customer::Model>) -> Result<BTreeMap<Uuid, Figures>> {
    let mut gathered: BTreeMap<Uuid, Gathered> = BTreeMap::new();
    let owner = |row: &QueryResult| row.try_get::<Uuid>("", "customer_id");
    let number = |row: &QueryResult| row.try_get::<i64>("", "number");

    let sql = "SELECT customer_id, plan_id, status, COUNT(*) AS number FROM license
               WHERE customer_id > ? AND customer_id <= ? GROUP BY customer_id, plan_id, status";
    for row in scope.rows(sql, part.values()).await? {
        let counts = &mut gathered.entry(owner(&row)?).or_default().counts;
        counts.total_licenses += number(&row)?;
        if row.try_get::<String>("", "status")? == "active" {
            counts.active_licenses += number(&row)?;
            *counts.plans.entry(row.try_get("", "plan_id")?).or_default() += number(&row)?;
        }
    }
    let sql = "SELECT customer_id, COUNT(*) AS number, COUNT(CASE WHEN status IN ('trialing', 'active', 'past_due') THEN 1 END) AS active
               FROM subscription WHERE customer_id > ? AND customer_id <= ? GROUP BY customer_id";
    for row in scope.rows(sql, part.values()).await? {
        let counts = &mut gathered.entry(owner(&row)?).or_default().counts;
        counts.total_subscriptions = number(&row)?;
        counts.active_subscriptions = row.try_get("", "active")?;
    }
    let sql = "SELECT customer_id, COUNT(*) AS number FROM domain
               WHERE deleted_at IS NULL AND customer_id > ? AND customer_id <= ? GROUP BY customer_id";
    for row in scope.rows(sql, part.values()).await? {
        gathered.entry(owner(&row)?).or_default().counts.total_domains = number(&row)?;
    }
    invoices(scope, part, &mut gathered).await?;
    documents(scope, part, &mut gathered).await?;
    payments(scope, part, &mut gathered).await?;

    let derived = customers.into_iter().map(|row| {
        let own = gathered.remove(&row.id).unwrap_or_default();
        (
            row.id,
            summary::derive(&row, own.counts, own.money, &scope.book.currency, scope.zone),
        )
    });
    Ok(derived.collect())
}

async fn invoices(scope: &Scope, part: Part, gathered: &mut BTreeMap<Uuid, Gathered>) -> Result<()> {
    let payable = db::sum(scope, "total - paid - credited");
    let overdue = db::sum(scope, "CASE WHEN is_overdue = TRUE THEN total - paid - credited ELSE 0 END");
    let sql = format!(
        "SELECT customer_id, currency, status = 'open' AND total - paid - credited > 0 AS is_outstanding, COUNT(*) AS number,
            COUNT(CASE WHEN is_overdue = TRUE THEN 1 END) AS overdue_number, {payable} AS payable, {overdue} AS overdue
         FROM invoice WHERE status <> 'draft' AND customer_id > ? AND customer_id <= ? GROUP BY 1, 2, 3"
    );
    for row in scope.rows(&sql, part.values()).await? {
        let id: Uuid = row.try_get("", "customer_id")?;
        let own = gathered.entry(id).or_default();
        let number: i64 = row.try_get("", "number")?;
        own.counts.total_invoices += number;
        if row.try_get::<bool>("", "is_outstanding")? {
            own.counts.outstanding_invoices += number;
            own.counts.overdue_invoices += row.try_get::<i64>("", "overdue_number")?;
            let money = money_of(&mut own.money, id, row.try_get("", "currency")?);
            money.outstanding += row.try_get::<i64>("", "payable")?;
            money.overdue += row.try_get::<i64>("", "overdue")?;
        }
    }
    Ok(())
}

/// What was billed.
async fn documents(scope: &Scope, part: Part, gathered: &mut BTreeMap<Uuid, Gathered>) -> Result<()> {
    let sql = format!(
        "SELECT b.customer_id AS customer_id, b.currency AS currency, b.issued_on AS issued_on, b.plan_id AS plan_id, {} AS net,
           COUNT(*) AS number
         FROM (SELECT d.customer_id AS customer_id, d.currency AS currency, d.issued_on AS issued_on, d.net AS net, {} AS plan_id
               FROM ({}) AS d {}) AS b
         GROUP BY b.customer_id, b.currency, b.issued_on, b.plan_id",
        db::sum(scope, "b.net"),
        billed::PLAN,
        billed::documents("t.customer_id > ? AND t.customer_id <= ?"),
        db::APART
    );
    for row in scope.rows(&sql, [part.values(), part.values()].concat()).await? {
        let own = gathered.entry(row.try_get("", "customer_id")?).or_default();
        let key = (
            row.try_get("", "currency")?,
            row.try_get("", "issued_on")?,
            row.try_get("", "plan_id")?,
        );
        own.counts.billed.insert(key, (row.try_get("", "net")?, row.try_get("", "number")?));
    }
    Ok(())
}

async fn payments(scope: &Scope, part: Part, gathered: &mut BTreeMap<Uuid, Gathered>) -> Result<()> {
    let sql = format!(
        "SELECT customer_id, currency, received_on AS on_day, COUNT(*) AS number, {} AS amount FROM payment
         WHERE status = 'succeeded' AND customer_id > ? AND customer_id <= ? GROUP BY 1, 2, 3",
        db::sum(scope, "amount")
    );
    for row in scope.rows(&sql, part.values()).await? {
        let (id, currency, day): (Uuid, String, NaiveDate) = (
            row.try_get("", "customer_id")?,
            row.try_get("", "currency")?,
            row.try_get("", "on_day")?,
        );
        let amount: i64 = row.try_get("", "amount")?;
        let own = gathered.entry(id).or_default();
        own.counts.last_payment_date = own.counts.last_payment_date.max(Some(day));
        *own.counts.received.entry((currency.clone(), day)).or_default() += amount;
        own.counts.paid_in.insert((currency.clone(), day.with_day(1).unwrap_or(day)));
        let money = money_of(&mut own.money, id, currency);
        money.payments += row.try_get::<i64>("", "number")?;
        money.paid += amount;
    }
    let sql = format!(
        "SELECT p.customer_id, p.currency, {} AS amount FROM allocation a JOIN payment p ON p.id = a.payment_id
         WHERE p.status = 'succeeded' AND p.customer_id > ? AND p.customer_id <= ? GROUP BY 1, 2",
        db::sum(scope, "a.amount")
    );
    for row in scope.rows(&sql, part.values()).await? {
        let own = gathered.entry(row.try_get("", "customer_id")?).or_default();
        own.counts
            .allocated
            .insert(row.try_get("", "currency")?, row.try_get("", "amount")?);
    }
    let sql = format!(
        "SELECT customer_id, currency, refunded_on AS on_day, {} AS amount FROM refund
         WHERE customer_id > ? AND customer_id <= ? GROUP BY 1, 2, 3",
        db::sum(scope, "amount")
    );
    for row in scope.rows(&sql, part.values()).await? {
        let (id, currency, day): (Uuid, String, NaiveDate) = (
            row.try_get("", "customer_id")?,
            row.try_get("", "currency")?,
            row.try_get("", "on_day")?,
        );
        let amount: i64 = row.try_get("", "amount")?;
        let own = gathered.entry(id).or_default();
        *own.counts.received.entry((currency.clone(), day)).or_default() -= amount;
        money_of(&mut own.money, id, currency).refunded += amount;
    }
    Ok(())
}
