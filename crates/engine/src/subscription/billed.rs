//! What was billed of a period of a subscription and is there still: what a change can take off.

use chrono::NaiveDate;
use contract::{TaxCategory, credit_note::CreditReason, money::scale};
use sea_orm::Value;

use super::{bill, period::Period};
use crate::{db, entity::subscription, error::Result, invoice::lines, scope::Scope};

/// The condition that a line `l` of an invoice `i` bills a period of a subscription.
const OF_PERIOD: &str = "l.period_start < ? AND l.period_end > ? AND i.subscription_id = ? AND i.status <> 'void'";

/// The values of [`OF_PERIOD`].
fn of_period(row: &subscription::Model, of: Period) -> [Value; 3] {
    [of.end.into(), of.start.into(), row.id.into()]
}

/// A line that bills some of a period.
struct Line {
    start: NaiveDate,
    end: NaiveDate,
    net: i64,
    /// Less what was credited of it.
    left: i64,
    /// Whether a change credited some of it since the period began, and since the terms hold that hold now.
    is_settled_in_period: bool,
    is_settled_since: bool,
}

async fn load(scope: &Scope, row: &subscription::Model, of: Period, since: NaiveDate) -> Result<Vec<Line>> {
    let credits = "FROM credit_note_line c JOIN credit_note n ON n.id = c.credit_note_id
                   WHERE n.invoice_id = l.invoice_id AND c.position = l.position";
    let changes = format!("SELECT COUNT(*) {credits} AND n.reason = ? AND n.issued_on >= ?");
    let sql = format!(
        "SELECT l.period_start, l.period_end, l.net, (SELECT {} {credits}) AS credited, ({changes}) AS in_period, ({changes}) AS since_then
         FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE {OF_PERIOD}",
        db::sum(scope, "c.net")
    );
    let reason = CreditReason::OrderChange.as_str();
    let mut values: Vec<Value> = vec![reason.into(), of.start.into(), reason.into(), since.into()];
    values.extend(of_period(row, of));
    let mut found = Vec::new();
    for line in scope.rows(&sql, values).await? {
        let (net, credited): (i64, i64) = (line.try_get("", "net")?, line.try_get("", "credited")?);
        found.push(Line {
            start: line.try_get("", "period_start")?,
            end: line.try_get("", "period_end")?,
            net,
            left: net - credited,
            is_settled_in_period: line.try_get::<i64>("", "in_period")? > 0,
            is_settled_since: line.try_get::<i64>("", "since_then")? > 0,
        });
    }
    Ok(found)
}

/// Whether each line counts by the days that are left of it. Not where the last change has left an invoice or a credit: these hold
/// what it took off and what it billed in one sum, of which no day can be cut. Where they are gone, because the invoice is void or
/// was deleted, or where nothing was changed, what is not used of a line is what its days say: of the period before a change of the
/// cycle, too, which goes on into the one that began with it.
fn is_by_days(found: &[Line], row: &subscription::Model, of: Period) -> bool {
    let takes_off = |day: NaiveDate| found.iter().any(|line| line.net < 0 && line.start == day);
    if found.iter().any(|line| line.start < of.start) {
        let has_new_cycle = row.anchor == of.start && row.anchor > row.starts_on;
        return has_new_cycle && !takes_off(of.start) && !found.iter().any(|line| line.is_settled_in_period);
    }
    let are_even = found.iter().all(|line| line.end == of.end);
    are_even && !takes_off(row.terms_since.max(of.start)) && !found.iter().any(|line| line.is_settled_since)
}

/// What was billed in a period of a subscription for the time from a day on and not taken back since, without tax; and by how many
/// lines, each of which was rounded.
pub async fn left(scope: &Scope, row: &subscription::Model, of: Period, on: NaiveDate) -> Result<(i64, i64)> {
    let found = load(scope, row, of, row.terms_since.max(of.start)).await?;
    let by_days = is_by_days(&found, row, of);
    let (mut net, mut lines) = (0, 0);
    for line in &found {
        let (days, whole) = (bill::days(line.start.max(on), line.end), bill::days(line.start, line.end));
        if by_days && days <= 0 {
            continue;
        }
        net += if by_days {
            scale(line.left, days, whole).unwrap_or(line.left)
        } else {
            line.left
        };
        lines += 1;
    }
    Ok((net, lines))
}

/// The tax that a period of a subscription was last billed with: the settings or the customer may be taxed otherwise by now.
pub async fn tax_of(scope: &Scope, row: &subscription::Model, of: Period) -> Result<Option<(TaxCategory, u32)>> {
    let sql = format!(
        "SELECT l.tax_category, l.tax_rate_micro FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
         WHERE {OF_PERIOD} AND l.net > 0 AND i.credited < i.total ORDER BY i.created_at DESC, i.id DESC, l.position DESC LIMIT 1"
    );
    let Some(found) = scope.row(&sql, of_period(row, of).into()).await? else {
        return Ok(None);
    };
    let category = lines::category("invoice_line.tax_category", &found.try_get::<String>("", "tax_category")?)?;
    Ok(Some((category, u32::try_from(found.try_get::<i64>("", "tax_rate_micro")?)?)))
}
