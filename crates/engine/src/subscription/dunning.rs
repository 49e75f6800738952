//! How a subscription follows its invoices: past due while one is overdue, unpaid when its licenses were suspended for it until that
//! is settled, and active again when everything is paid.

use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;

use super::{bill, entry, licenses, read, store};
use crate::{
    entity::{customer, subscription},
    error::Result,
    scope::Scope,
};

/// How many invoices of a subscription are overdue.
const OVERDUE: &str = "SELECT COUNT(*) FROM invoice WHERE subscription_id = ? AND status = 'open' AND is_overdue = TRUE";
/// For how many of its invoices it was suspended since they are owed, and they are not settled. Whether one of them is overdue does not
/// say so: it can be suspended before the day after its due day, and with a clock that is set back that day is yet to come.
const SUSPENDED_FOR: &str = "SELECT COUNT(*) FROM invoice i CROSS JOIN catch_up_item d
     WHERE i.subscription_id = ? AND i.status IN ('open', 'uncollectible')
         AND d.kind = 'suspension' AND d.subject_id = i.id AND d.reopened = i.reopened";
/// How many were given up since it was last suspended for one of them. From the invoices to what was done about each: the other
/// way around, every suspension that there ever was would be looked at.
const GIVEN_UP: &str = "SELECT COUNT(*) FROM invoice WHERE subscription_id = ? AND status = 'uncollectible' AND uncollectible_at >= (
         SELECT COALESCE(MAX(d.done_at), 0) FROM invoice i CROSS JOIN catch_up_item d
         WHERE i.subscription_id = ? AND d.kind = 'suspension' AND d.subject_id = i.id)";

/// The state of a subscription that runs: by whether one of its invoices is overdue.
pub async fn running_status(scope: &Scope, id: Uuid) -> Result<&'static str> {
    Ok(if scope.number(OVERDUE, vec![id.into()]).await? > 0 {
        "past_due"
    } else {
        "active"
    })
}

/// The customer of a subscription that was suspended, if it may go on: not before what it was suspended for is settled, which is
/// done once for it, not while another invoice was given up since then without being paid, and not for a customer who is archived.
async fn may_go_on(scope: &Scope, row: &subscription::Model) -> Result<Option<customer::Model>> {
    if scope.number(SUSPENDED_FOR, vec![row.id.into()]).await? > 0 {
        return Ok(None);
    }
    if scope.number(GIVEN_UP, vec![row.id.into(), row.id.into()]).await? > 0 {
        return Ok(None);
    }
    let owner = customer::Entity::find_by_id(row.customer_id).one(scope).await?;
    Ok(owner.filter(|owner| owner.archived_at.is_none() && owner.deleted_at.is_none()))
}

/// Brings a subscription up to its invoices. Its customer has to be locked.
pub async fn follow_invoices(scope: &Scope, id: Uuid) -> Result<()> {
    let Some(mut row) = subscription::Entity::find_by_id(id).one(scope).await? else {
        return Ok(());
    };
    let mut more = None;
    let after = match (row.status.as_str(), running_status(scope, id).await?) {
        ("active", "past_due") => "past_due",
        ("past_due", "active") => "active",
        ("unpaid", "active") => {
            let Some(owner) = may_go_on(scope, &row).await? else {
                return Ok(());
            };
            // First: what is billed lets them run longer, and those that are suspended would miss it.
            licenses::resume(scope, id).await?;
            // Nobody was served meanwhile, so that time is not billed.
            more = bill::take_up(scope, &mut row, &owner).await?;
            "active"
        }
        _ => return Ok(()),
    };
    let before = std::mem::replace(&mut row.status, after.to_owned());
    store(scope, &mut row).await?;
    let view = read(scope, id).await?;
    let mut fields = vec![("status".to_owned(), Some(json!(before)), Some(json!(after)))];
    if let Some(made) = more {
        fields.push(("invoice".to_owned(), None, Some(json!(made.number.as_deref().unwrap_or("draft")))));
    }
    scope.log(entry(&view, fields));
    Ok(())
}

/// Suspends the licenses of a subscription that is not paid.
pub async fn suspend(scope: &Scope, row: &mut subscription::Model) -> Result<()> {
    row.status = "unpaid".to_owned();
    licenses::suspend(scope, row.id).await?;
    store(scope, row).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_of;

    #[tokio::test]
    async fn the_invoices_of_a_subscription_are_found_by_index() {
        for (sql, values) in [(OVERDUE, 1), (SUSPENDED_FOR, 1), (GIVEN_UP, 2)] {
            let plan = plan_of(sql, vec![Uuid::nil().into(); values]).await;
            assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
            let own = plan.iter().filter(|step| step.contains("USING INDEX invoice_by_subscription"));
            assert_eq!(own.count(), values, "{plan:?}");
        }
    }
}
