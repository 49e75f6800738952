//! `delete_customer`.

use contract::{
    Conflict, Noun,
    customer::{DeleteCustomer, DeletedCustomer, DeletionOutcome},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{check_administrator_stays, check_version, entry, find};
use crate::{
    call::Run,
    error::{Result, not_found},
    scope::Scope,
};

impl Run for DeleteCustomer {
    async fn run(self, scope: &Scope) -> Result<DeletedCustomer> {
        scope.touch(self.id.0).await?;
        let mut row = find(scope, self.id).await?;
        if row.archived_at.is_some() {
            return Err(not_found(Noun::Customer));
        }
        check_version(scope, row.id, row.version, self.version).await?;
        check_administrator_stays(scope, &row).await?;
        let id = || vec![row.id.into()];
        let licenses = scope
            .number("SELECT COUNT(*) FROM license WHERE customer_id = ? AND status = 'active'", id())
            .await?;
        if licenses > 0 {
            return Err(Conflict::ActiveLicenses {
                count: u32::try_from(licenses)?,
            }
            .into());
        }
        let sql = "SELECT COUNT(*) FROM subscription WHERE customer_id = ? AND status IN ('trialing', 'active', 'past_due')";
        let subscriptions = scope.number(sql, id()).await?;
        if subscriptions > 0 {
            return Err(Conflict::ActiveSubscriptions {
                count: u32::try_from(subscriptions)?,
            }
            .into());
        }
        let sql = "SELECT (SELECT COUNT(*) FROM invoice WHERE customer_id = ? AND status <> 'draft')
                        + (SELECT COUNT(*) FROM payment WHERE customer_id = ?)";
        // The change log names who did what: an account that has worked here is kept, too.
        let has_acted = row.is_admin || row.last_sign_in_at.is_some();
        let must_stay = has_acted || scope.number(sql, vec![row.id.into(), row.id.into()]).await? > 0;
        let (outcome, field) = if must_stay {
            (DeletionOutcome::Archived, "archived_at")
        } else {
            (DeletionOutcome::Deleted, "deleted_at")
        };
        if must_stay {
            row.archived_at = Some(scope.now.0);
        } else {
            row.deleted_at = Some(scope.now.0);
        }
        // The names of a hidden customer's domains can be given away, as the e-mail address can.
        scope
            .execute_sql(
                "UPDATE domain SET deleted_at = ?, updated_at = ?, version = version + 1 WHERE customer_id = ? AND deleted_at IS NULL",
                vec![scope.now.0.into(), scope.now.0.into(), row.id.into()],
            )
            .await?;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(&row, vec![(field.to_owned(), None, Some(json!(scope.now)))]));
        Ok(DeletedCustomer {
            id: self.id,
            version: u32::try_from(row.version)?,
            outcome,
        })
    }
}
