//! What was deleted is removed for good after thirty days; repeated requests are remembered as long.

use contract::Noun;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::BATCH;
use crate::{change::Entry, db, entity::customer, error::Result, scope::Scope};

/// How long something that was deleted can be brought back, in milliseconds.
pub const KEPT: i64 = 30 * 86_400_000;

/// Every table whose rows belong to a customer, those that point to others first. Customers with final invoices or
/// payments are archived, never deleted, so no row of money that must be kept is among them.
const OWNED: &[&str] = &[
    "DELETE FROM activation WHERE license_id IN (SELECT id FROM license WHERE customer_id = ?)",
    "DELETE FROM catch_up_item WHERE customer_id = ?",
    "DELETE FROM recurring WHERE customer_id = ?",
    "DELETE FROM license WHERE customer_id = ?",
    "DELETE FROM domain WHERE customer_id = ?",
    "DELETE FROM invoice_line WHERE invoice_id IN (SELECT id FROM invoice WHERE customer_id = ?)",
    "DELETE FROM invoice WHERE customer_id = ?",
    "DELETE FROM subscription WHERE customer_id = ?",
    "DELETE FROM customer_money WHERE customer_id = ?",
    "DELETE FROM customer_summary WHERE customer_id = ?",
    "DELETE FROM customer WHERE id = ?",
];

/// Removes some of what was deleted long enough ago; answers with how many customers.
pub async fn batch(scope: &Scope) -> Result<usize> {
    let before = scope.now.0.saturating_sub(KEPT);
    let gone = customer::Entity::find()
        .filter(customer::Column::DeletedAt.lte(before))
        .order_by_asc(customer::Column::DeletedAt)
        .order_by_asc(customer::Column::Id)
        .limit(BATCH)
        .all(scope)
        .await?;
    let mut removed = 0;
    for row in &gone {
        removed += usize::from(remove(scope, row.id).await?);
    }
    scope
        .execute_sql("DELETE FROM idempotency WHERE created_at <= ?", vec![before.into()])
        .await?;
    Ok(removed)
}

/// Removes a customer who was deleted long enough ago. False, if that is not so: the customer may have been brought back while the
/// lock was waited for.
pub async fn remove(scope: &Scope, id: Uuid) -> Result<bool> {
    let before = scope.now.0.saturating_sub(KEPT);
    let sql = format!("SELECT deleted_at, version FROM customer WHERE id = ?{}", db::for_update(scope));
    let Some(row) = scope.row(&sql, vec![id.into()]).await? else {
        return Ok(false);
    };
    let deleted_at: Option<i64> = row.try_get("", "deleted_at")?;
    if deleted_at.is_none_or(|at| at > before) {
        return Ok(false);
    }
    for sql in OWNED {
        scope.execute_sql(sql, vec![id.into()]).await?;
    }
    // Without the name: who was deleted should not be read from the log of the removal.
    scope.log(Entry {
        noun: Noun::Customer,
        id,
        subject: String::new(),
        customer: Some(id),
        version: row.try_get::<i64>("", "version")? + 1,
        fields: vec![("purged".to_owned(), Some(json!(false)), Some(json!(true)))],
    });
    Ok(true)
}
