//! What is stored beside a value because it is looked up by: folded texts, instants at which a state falls behind the clock,
//! and states that follow from sums.

use chrono::NaiveDate;
use contract::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryResult};
use uuid::Uuid;

use super::{Finding, page};
use crate::{
    customer,
    entity::{customer as customers, invoice, license, subscription},
    error::Result,
    scope::Scope,
    sweep, zone,
};

pub async fn check(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    texts(scope, findings).await?;
    licenses(scope, findings).await?;
    subscriptions(scope, findings).await?;
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
    recurring(scope, findings).await
}

/// What recurs today is what the running subscriptions say.
async fn recurring(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let today = scope.today();
    // What was changed on a later day than the clock shows, because it was set back, is told on that day.
    let is_later =
        |row: &QueryResult, day: NaiveDate| -> Result<bool> { Ok(zone::day(scope.zone, Timestamp(row.try_get("", "updated_at")?)) > day) };
    // A subscription whose trial or period is over by the clock is moved by the next sweep, and has its row already.
    let sql = "SELECT s.id, s.updated_at, r.amount AS found, s.price * s.quantity AS expected FROM subscription s
               LEFT JOIN recurring r ON r.subscription_id = s.id AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on > ?)
               WHERE s.status IN ('active', 'past_due') AND s.anchor <= ? AND (s.ends_on IS NULL OR s.ends_on > ?)
                 AND (r.amount IS NULL OR r.amount <> s.price * s.quantity OR r.plan_id <> s.plan_id OR r.currency <> s.currency)";
    let values = vec![today.into(), today.into(), today.into(), today.into()];
    for row in scope.rows(sql, values).await? {
        let id: uuid::Uuid = row.try_get("", "id")?;
        let (expected, found): (i64, Option<i64>) = (row.try_get("", "expected")?, row.try_get("", "found")?);
        if !is_later(&row, today)? {
            findings.push(Finding::new("recurring", id, "amount", expected, format!("{found:?}")));
        }
    }
    let sql = "SELECT s.id, s.updated_at, r.amount FROM recurring r JOIN subscription s ON s.id = r.subscription_id
               WHERE s.status IN ('paused', 'unpaid', 'canceled') AND (r.ends_on IS NULL OR r.ends_on > ?)";
    for row in scope.rows(sql, vec![today.into()]).await? {
        let (id, amount): (uuid::Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "amount")?);
        if !is_later(&row, today)? {
            findings.push(Finding::new("recurring", id, "amount", "no row", amount));
        }
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
