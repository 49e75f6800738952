//! What is due of one customer, moved within a write that concerns the customer.

use std::pin::Pin;

use sea_orm::Value;
use uuid::Uuid;

use super::{due, purge};
use crate::{error::Result, scope::Scope};

/// Brings what belongs to a customer, who is held, up to the time of the operation. However much is due in the book, a write acts on
/// what is so now: a license that has ended is not sold with, suspended or counted as one that runs. A write that is refused leaves
/// nothing of this, and the rest of the book is moved by itself.
///
/// On the heap, because what moves a subscription touches its customer.
pub fn of_customer(scope: &Scope, customer: Uuid) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
    Box::pin(async move {
        while is_behind(scope, customer).await? {
            let _moving = scope.moving();
            if !purge::remove(scope, customer).await? {
                due(scope, Some(&[customer])).await?.moved(scope).await?;
            }
        }
        Ok(())
    })
}

async fn is_behind(scope: &Scope, customer: Uuid) -> Result<bool> {
    let now = scope.now.0;
    let sql = "SELECT COUNT(*) FROM (
        SELECT 1 AS one FROM license WHERE customer_id = ? AND due_at <= ?
        UNION ALL SELECT 1 FROM subscription WHERE customer_id = ? AND due_at <= ?
        UNION ALL SELECT 1 FROM invoice WHERE customer_id = ? AND due_at <= ?
        UNION ALL SELECT 1 FROM customer WHERE id = ? AND deleted_at <= ?) AS behind";
    let values = [now, now, now, now.saturating_sub(purge::KEPT)]
        .into_iter()
        .flat_map(|before| [Value::from(customer), Value::from(before)]);
    Ok(scope.number(sql, values.collect()).await? > 0)
}
