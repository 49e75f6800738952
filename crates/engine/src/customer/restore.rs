//! `restore_customer`.

use contract::{
    Conflict, Noun, Timestamp,
    customer::{Customer, RestoreCustomer},
    domain::unicode_name,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::{check_email, check_version, entry, view};
use crate::{
    call::Run,
    entity::{customer, subscription},
    error::{Result, not_found},
    scope::Scope,
    session,
    subscription::follow_invoices,
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
        let lost_domains = left_behind(scope, &row, since).await?;
        let field = if row.deleted_at.is_some() { "deleted_at" } else { "archived_at" };
        row.deleted_at = None;
        row.archived_at = None;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        let waiting = subscription::Entity::find()
            .filter(subscription::Column::CustomerId.eq(row.id))
            .filter(subscription::Column::Status.eq("unpaid"));
        for waiting in waiting.all(scope).await? {
            follow_invoices(scope, waiting.id).await?;
        }
        scope.log(entry(
            &row,
            vec![(field.to_owned(), Some(json!(Timestamp(since))), Some(serde_json::Value::Null))],
        ));
        Ok(Customer {
            lost_domains,
            ..view(scope, row).await?
        })
    }
}

/// The domains that went with a customer and did not come back with it.
async fn left_behind(scope: &Scope, row: &customer::Model, since: i64) -> Result<Vec<String>> {
    let sql = "SELECT name FROM domain WHERE customer_id = ? AND deleted_at = ?";
    let mut names = Vec::new();
    for domain in scope.rows(sql, vec![row.id.into(), since.into()]).await? {
        names.push(domain.try_get::<String>("", "name")?);
    }
    // Both databases have to say them in the same order.
    names.sort_unstable();
    Ok(names.iter().map(|name| unicode_name(name)).collect())
}
