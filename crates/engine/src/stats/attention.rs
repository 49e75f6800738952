//! `attention`.

use chrono::NaiveDate;
use contract::{
    domain::unicode_name,
    stats::{Attention, AttentionRequest, NextDomain, OldestOverdue},
};
use sea_orm::Value;
use uuid::Uuid;

use super::spans;
use crate::{call::Run, change, db, domain, error::Result, figure, license, scope::Scope};

/// Licenses that are named.
const NAMED: i64 = 5;
/// Entries of the change log.
const RECENT: i64 = 10;

/// How many domains have their last day from one day on and before another, and which of them is the first.
async fn ending(scope: &Scope, from: NaiveDate, before: NaiveDate) -> Result<(u64, Option<NextDomain>)> {
    let domains = "FROM domain t WHERE t.deleted_at IS NULL AND t.expires_on >= ? AND t.expires_on < ? AND";
    let range = || -> Vec<Value> { vec![from.into(), before.into()] };
    let number = scope
        .number(&format!("SELECT COUNT(*) {domains} {}", spans::counts(scope)), range())
        .await?;
    let sql = format!(
        "SELECT t.customer_id, t.name, t.expires_on {domains} {} ORDER BY t.expires_on, t.id LIMIT 1",
        license::LIVE
    );
    let first = match scope.row(&sql, range()).await? {
        Some(row) => Some(NextDomain {
            customer_id: row.try_get::<Uuid>("", "customer_id")?.into(),
            name: unicode_name(&row.try_get::<String>("", "name")?),
            expires_on: row.try_get("", "expires_on")?,
        }),
        None => None,
    };
    Ok((u64::try_from(number)?, first))
}

/// The licenses that expire first. Found by themselves: with what is shown of them, a file begins with the plans and reads every
/// license.
fn next_expiring() -> String {
    format!(
        "{} WHERE t.id IN (SELECT t.id FROM license t WHERE t.due_at <= ? AND t.status = 'active' AND {} ORDER BY t.due_at, t.id LIMIT ?)
         ORDER BY t.due_at, t.id",
        license::SELECT,
        license::LIVE
    )
}

impl Run for AttentionRequest {
    async fn run(self, scope: &Scope) -> Result<Attention> {
        // `due_at` is the end of an active license, and indexed with all that is asked here.
        let soon = scope.soon().0;
        let sql = format!(
            "SELECT COUNT(*) AS expiring, COUNT(CASE WHEN t.subscription_id IS NULL OR NOT EXISTS (
                 SELECT 1 FROM subscription s{} WHERE s.id = t.subscription_id
                   AND s.status IN ('trialing', 'active', 'past_due') AND s.cancel_at_period_end = FALSE) THEN 1 END) AS alone
             FROM license t WHERE t.due_at <= ? AND t.status = 'active' AND {}",
            db::by_index(scope, "subscription_goes_on"),
            spans::counts(scope)
        );
        let (expiring_licenses, expiring_without_subscription): (i64, i64) = match scope.row(&sql, vec![soon.into()]).await? {
            Some(row) => (row.try_get("", "expiring")?, row.try_get("", "alone")?),
            None => (0, 0),
        };
        let sql = next_expiring();
        let rows = scope.rows(&sql, vec![soon.into(), NAMED.into()]).await?;
        let next_expiring = rows.iter().map(|row| license::view_row(scope, row)).collect::<Result<_>>()?;

        let figures = figure::read(scope, &[figure::OPEN_INVOICES, figure::OUTSTANDING, figure::OVERDUE]).await?;
        let overdue_invoices = figure::of(&figures, figure::OPEN_INVOICES, "overdue");
        let sql = format!(
            "SELECT c.id, c.full_name, t.due_on FROM invoice t JOIN customer c ON c.id = t.customer_id
             WHERE t.status = 'open' AND t.is_overdue = TRUE AND {} ORDER BY t.due_on, t.id LIMIT 1",
            license::LIVE
        );
        let oldest_overdue = match scope.row(&sql, Vec::new()).await? {
            Some(row) => {
                let due_on: NaiveDate = row.try_get("", "due_on")?;
                let days = u32::try_from((scope.today() - due_on).num_days()).unwrap_or(0);
                Some(OldestOverdue {
                    customer_id: row.try_get::<Uuid>("", "id")?.into(),
                    customer_name: row.try_get("", "full_name")?,
                    days,
                })
            }
            None => None,
        };

        let today = scope.today();
        // By days, as the badge of a domain is: 30 times 24 hours end on another day when the clock is put forward.
        let (expiring_domains, next_domain) = ending(scope, today, domain::soon(scope)?).await?;
        let (lapsed_domains, next_lost) = match domain::lapsed(scope) {
            Some((from, until)) => ending(scope, from, until.succ_opt().unwrap_or(until)).await?,
            None => (0, None),
        };
        Ok(Attention {
            expiring_licenses: u64::try_from(expiring_licenses)?,
            expiring_without_subscription: u64::try_from(expiring_without_subscription)?,
            next_expiring,
            expiring_days: u32::try_from(scope.book.expiring_days)?,
            outstanding_invoices: u64::try_from(figure::of(&figures, figure::OPEN_INVOICES, "all"))?,
            outstanding: figure::money(scope, &figures, figure::OUTSTANDING),
            overdue_invoices: u64::try_from(overdue_invoices)?,
            overdue: figure::money(scope, &figures, figure::OVERDUE),
            oldest_overdue,
            expiring_domains,
            next_domain,
            lapsed_domains,
            next_lost,
            recent_changes: change::list::newest(scope, RECENT).await?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_of;

    #[tokio::test]
    async fn the_licenses_that_expire_first_are_found_by_their_end() {
        let plan = plan_of(&next_expiring(), vec![0_i64.into(), NAMED.into()]).await;
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
        assert!(
            plan.iter().any(|step| step.starts_with("SEARCH t USING INDEX license_due")),
            "{plan:?}"
        );
    }
}
