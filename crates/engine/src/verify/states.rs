//! What is stored beside a value because it is looked up by: folded texts, numbers, instants at which a state falls behind the
//! clock, states that follow from sums, and what recurred when.

use chrono::NaiveDate;
use contract::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryResult};
use uuid::Uuid;

use super::{Finding, given_up, page, records::Part, terms};
use crate::{
    customer,
    entity::{customer as customers, invoice, license, subscription},
    error::Result,
    scope::Scope,
    sweep,
    watch::Watch,
    zone,
};

pub async fn check(scope: &Scope, watch: &dyn Watch, findings: &mut Vec<Finding>) -> Result<()> {
    let still_wanted = || if watch.is_canceled() { Err(given_up()) } else { Ok(()) };
    texts(scope, findings).await?;
    still_wanted()?;
    numbers(scope, findings).await?;
    still_wanted()?;
    licenses(scope, findings).await?;
    still_wanted()?;
    subscriptions(scope, findings).await?;
    still_wanted()?;
    invoices(scope, findings).await
}

/// Folded texts of customers.
async fn texts(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = page(scope, customers::Entity::find(), customers::Column::Id, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            let mut compare = |column: &str, expected: String, found: &str| {
                if expected != found {
                    findings.push(Finding::new("customer", row.id, column, expected, found));
                }
            };
            compare("email_key", contract::email::key(&row.email).unwrap_or_default(), &row.email_key);
            compare("full_name_key", contract::text::fold(&row.full_name), &row.full_name_key);
            let company = row.company_name.as_deref();
            compare(
                "company_name_key",
                company.map(contract::text::fold).unwrap_or_default(),
                row.company_name_key.as_deref().unwrap_or_default(),
            );
            compare(
                "search_text",
                customer::search_text(&row.full_name, &row.email, company),
                &row.search_text,
            );
        }
    }
}

/// The short number of each customer beside its figures, by which a search finds it.
async fn numbers(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let sql = "SELECT c.id, c.seq AS expected, s.seq AS found FROM customer_summary s JOIN customer c ON c.id = s.customer_id
               WHERE c.id > ? AND c.id <= ? AND s.seq <> c.seq ORDER BY c.id";
    let mut after = Uuid::nil();
    loop {
        let part = Part::of(scope, "customer", after).await?;
        for row in scope.rows(sql, part.values()).await? {
            let (id, expected, found): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "expected")?, row.try_get("", "found")?);
            findings.push(Finding::new("customer_summary", id, "seq", expected, found));
        }
        if part.is_last() {
            return Ok(());
        }
        after = part.through;
    }
}

fn due(table: &str, id: uuid::Uuid, expected: Option<i64>, found: Option<i64>, findings: &mut Vec<Finding>) {
    if expected != found {
        findings.push(Finding::new(table, id, "due_at", format!("{expected:?}"), format!("{found:?}")));
    }
}

async fn licenses(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let runs = Condition::any()
        .add(license::Column::Status.eq("active"))
        .add(license::Column::DueAt.is_not_null());
    let mut after = Uuid::nil();
    loop {
        let wanted = license::Entity::find().filter(runs.clone());
        let rows = page(scope, wanted, license::Column::Id, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            let expected = row.expires_at.filter(|_| row.status == "active");
            due("license", row.id, expected, row.due_at, findings);
        }
    }
}

async fn subscriptions(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = page(scope, subscription::Entity::find(), subscription::Column::Id, after).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let expected = sweep::due_at(scope, &row).map(|at| at.0);
            due("subscription", row.id, expected, row.due_at, findings);
        }
    }
    let mut after = Uuid::nil();
    loop {
        let part = Part::of(scope, "subscription", after).await?;
        recurs(scope, part, findings).await?;
        times(scope, part, findings).await?;
        if part.is_last() {
            break;
        }
        after = part.through;
    }
    terms::check(scope, findings).await
}

/// A row of `recurring` by its key; by that of its subscription, if it is not there.
pub fn time(id: Uuid, starts_on: Option<NaiveDate>) -> String {
    starts_on.map_or_else(|| id.to_string(), |day| format!("{id} {day}"))
}

/// What recurs today is what the running subscriptions say.
async fn recurs(scope: &Scope, part: Part, findings: &mut Vec<Finding>) -> Result<()> {
    let today = scope.today();
    // What was changed on a later day than the clock shows, because it was set back, is told on that day.
    let is_later =
        |row: &QueryResult, day: NaiveDate| -> Result<bool> { Ok(zone::day(scope.zone, Timestamp(row.try_get("", "updated_at")?)) > day) };
    // A subscription whose trial or period is over by the clock is moved by the next sweep, and has its row already.
    let sql = "SELECT s.id, s.updated_at, r.starts_on, s.price * s.quantity AS amount, r.amount AS has_amount,
                   CAST(CASE s.billing_cycle WHEN 'yearly' THEN 12 ELSE 1 END AS BIGINT) AS months, r.months AS has_months,
                   s.plan_id, r.plan_id AS has_plan
               FROM subscription s
               LEFT JOIN recurring r ON r.subscription_id = s.id AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on > ?)
               WHERE s.id > ? AND s.id <= ? AND s.status IN ('active', 'past_due')
                 AND s.anchor <= ? AND (s.ends_on IS NULL OR s.ends_on > ?)
                 AND (r.amount IS NULL OR r.amount <> s.price * s.quantity OR r.plan_id <> s.plan_id
                      OR r.months <> CASE s.billing_cycle WHEN 'yearly' THEN 12 ELSE 1 END)";
    let mut values: Vec<sea_orm::Value> = vec![today.into(), today.into()];
    values.extend(part.values());
    values.extend([today.into(), today.into()]);
    for row in scope.rows(sql, values).await? {
        if is_later(&row, today)? {
            continue;
        }
        let key = time(row.try_get("", "id")?, row.try_get("", "starts_on")?);
        let amount: i64 = row.try_get("", "amount")?;
        let Some(found) = row.try_get::<Option<i64>>("", "has_amount")? else {
            findings.push(Finding::new("recurring", key, "amount", amount, "none"));
            continue;
        };
        let (months, has_months): (i64, i64) = (row.try_get("", "months")?, row.try_get("", "has_months")?);
        let (plan, has_plan): (Uuid, Uuid) = (row.try_get("", "plan_id")?, row.try_get("", "has_plan")?);
        if found != amount {
            findings.push(Finding::new("recurring", &key, "amount", amount, found));
        }
        // What no cycle has is told of every row.
        if has_months != months && is_cycle(has_months) {
            findings.push(Finding::new("recurring", &key, "months", months, has_months));
        }
        if has_plan != plan {
            findings.push(Finding::new("recurring", &key, "plan_id", plan, has_plan));
        }
    }
    let sql = "SELECT s.id, s.updated_at, r.starts_on, r.amount FROM recurring r JOIN subscription s ON s.id = r.subscription_id
               WHERE s.id > ? AND s.id <= ? AND s.status IN ('paused', 'unpaid', 'canceled') AND (r.ends_on IS NULL OR r.ends_on > ?)";
    let values = part.values().into_iter().chain([today.into()]).collect();
    for row in scope.rows(sql, values).await? {
        let key = time(row.try_get("", "id")?, Some(row.try_get("", "starts_on")?));
        if !is_later(&row, today)? {
            findings.push(Finding::new(
                "recurring",
                key,
                "amount",
                "no row",
                row.try_get::<i64>("", "amount")?,
            ));
        }
    }
    Ok(())
}

/// Whether a subscription can be billed every so many months.
pub fn is_cycle(months: i64) -> bool {
    matches!(months, 1 | 12)
}

/// What holds of every time in which something recurred, whatever the terms of then were: it is of the customer and
/// in the currency of its subscription, which never change, its cycle is one there is, and it ends before the next one begins.
async fn times(scope: &Scope, part: Part, findings: &mut Vec<Finding>) -> Result<()> {
    let sql = "SELECT r.subscription_id, r.starts_on, r.months, r.customer_id AS has_customer, s.customer_id,
                   r.currency AS has_currency, s.currency
               FROM recurring r JOIN subscription s ON s.id = r.subscription_id
               WHERE s.id > ? AND s.id <= ? AND (r.months NOT IN (1, 12) OR r.customer_id <> s.customer_id OR r.currency <> s.currency)
               ORDER BY r.subscription_id, r.starts_on";
    for row in scope.rows(sql, part.values()).await? {
        let key = time(row.try_get("", "subscription_id")?, Some(row.try_get("", "starts_on")?));
        let months: i64 = row.try_get("", "months")?;
        if !is_cycle(months) {
            findings.push(Finding::new("recurring", &key, "months", "1 or 12", months));
        }
        let (customer, has_customer): (Uuid, Uuid) = (row.try_get("", "customer_id")?, row.try_get("", "has_customer")?);
        if has_customer != customer {
            findings.push(Finding::new("recurring", &key, "customer_id", customer, has_customer));
        }
        let (currency, has_currency): (String, String) = (row.try_get("", "currency")?, row.try_get("", "has_currency")?);
        if has_currency != currency {
            findings.push(Finding::new("recurring", &key, "currency", currency, has_currency));
        }
    }
    let sql = "SELECT subscription_id, starts_on, ends_on, next_on FROM (
                   SELECT subscription_id, starts_on, ends_on,
                       LEAD(starts_on) OVER (PARTITION BY subscription_id ORDER BY starts_on) AS next_on
                   FROM recurring WHERE subscription_id > ? AND subscription_id <= ?) AS r
               WHERE next_on IS NOT NULL AND (ends_on IS NULL OR ends_on > next_on) ORDER BY subscription_id, starts_on";
    for row in scope.rows(sql, part.values()).await? {
        let key = time(row.try_get("", "subscription_id")?, Some(row.try_get("", "starts_on")?));
        let (next, found): (NaiveDate, Option<NaiveDate>) = (row.try_get("", "next_on")?, row.try_get("", "ends_on")?);
        let found = found.map_or_else(|| "none".to_owned(), |day| day.to_string());
        findings.push(Finding::new("recurring", key, "ends_on", format!("{next} at the latest"), found));
    }
    Ok(())
}

async fn invoices(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let finals = invoice::Entity::find().filter(invoice::Column::Status.ne("draft"));
        let rows = page(scope, finals, invoice::Column::Id, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            let payable = row.total - row.paid - row.credited;
            let is_settled = matches!(row.status.as_str(), "open" | "paid") && (payable == 0) != (row.status == "paid");
            if is_settled {
                let expected = if payable == 0 { "paid" } else { "open" };
                findings.push(Finding::new("invoice", row.id, "status", expected, &row.status));
            }
            let falls_due = row
                .due_on
                .and_then(|day| day.succ_opt())
                .filter(|_| row.status == "open")
                .map(|day| zone::start_of(scope.zone, day));
            // The state moves with the next sweep; between the two it may be behind, never ahead, save of a clock that was set
            // back after the row was stored.
            let latest = scope.now.max(Timestamp(row.updated_at));
            let is_overdue = falls_due.is_some_and(|at| at <= latest);
            if row.is_overdue && !is_overdue {
                findings.push(Finding::new("invoice", row.id, "is_overdue", is_overdue, row.is_overdue));
            }
            let expected = falls_due.filter(|_| !row.is_overdue).map(|at| at.0);
            due("invoice", row.id, expected, row.due_at, findings);
        }
    }
}
