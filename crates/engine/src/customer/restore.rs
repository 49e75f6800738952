//! `restore_customer`.

use contract::{
    Conflict, Noun, Timestamp,
    customer::{Customer, RestoreCustomer},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{check_email, check_version, entry, view};
use crate::{
    call::Run,
    entity::customer,
    error::{Result, not_found},
    scope::Scope,
    session,
};

impl Run for RestoreCustomer {
    async fn run(self, scope: &Scope) -> Result<Customer> {
        scope.touch(self.id.0).await?;
        let mut row = customer::Entity::find_by_id(self.id.0)
            .one(scope)
            .await?
            .ok_or_else(|| not_found(Noun::Customer))?;
        let Some(since) = row.deleted_at.or(row.archived_at) else {
            return Err(Conflict::NothingToRestore.into());
        };
        check_version(scope, row.id, row.version, self.version).await?;
        if row.is_admin {
            session::require_confirmation(scope).await?;
        }
        check_email(scope, &row.email, Some(row.id)).await?;
        // Domains that went with the customer come back, but for those that were given away meanwhile.
        scope
            .execute_sql(
                "UPDATE domain SET deleted_at = NULL, updated_at = ?, version = version + 1 WHERE customer_id = ? AND deleted_at = ?
                 AND NOT EXISTS (SELECT 1 FROM domain o WHERE o.name = domain.name AND o.deleted_at IS NULL)",
                vec![scope.now.0.into(), row.id.into(), since.into()],
            )
            .await?;
        let field = if row.deleted_at.is_some() { "deleted_at" } else { "archived_at" };
        row.deleted_at = None;
        row.archived_at = None;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(
            &row,
            vec![(field.to_owned(), Some(json!(Timestamp(since))), Some(serde_json::Value::Null))],
        ));
        view(scope, row).await
    }
}
