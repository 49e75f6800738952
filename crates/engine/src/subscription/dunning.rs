//! How a subscription follows its invoices: past due while one is overdue, unpaid when its licenses were suspended for it, and
//! active again when everything is paid.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{entry, read, store};
use crate::{
    entity::{license, subscription},
    error::Result,
    scope::Scope,
};

/// Brings a subscription up to its invoices. Its customer has to be locked.
pub async fn follow_invoices(scope: &Scope, id: Uuid) -> Result<()> {
    let Some(mut row) = subscription::Entity::find_by_id(id).one(scope).await? else {
        return Ok(());
    };
    let sql = "SELECT COUNT(*) FROM invoice WHERE subscription_id = ? AND status = 'open' AND is_overdue = TRUE";
    let is_overdue = scope.number(sql, vec![id.into()]).await? > 0;
    let after = match (row.status.as_str(), is_overdue) {
        ("active", true) => "past_due",
        ("past_due" | "unpaid", false) => "active",
        _ => return Ok(()),
    };
    let before = std::mem::replace(&mut row.status, after.to_owned());
    if before == "unpaid" {
        move_licenses(scope, id, "suspended", "active").await?;
    }
    store(scope, &mut row).await?;
    let view = read(scope, id).await?;
    scope.log(entry(&view, vec![("status".to_owned(), Some(json!(before)), Some(json!(after)))]));
    Ok(())
}

/// Suspends the licenses of a subscription that is not paid.
pub async fn suspend(scope: &Scope, row: &mut subscription::Model) -> Result<()> {
    row.status = "unpaid".to_owned();
    move_licenses(scope, row.id, "active", "suspended").await?;
    store(scope, row).await
}

async fn move_licenses(scope: &Scope, subscription: Uuid, from: &str, to: &str) -> Result<()> {
    let own = license::Entity::find()
        .filter(license::Column::SubscriptionId.eq(subscription))
        .filter(license::Column::Status.eq(from));
    for mut own in own.all(scope).await? {
        let is_active = to == "active";
        let is_over = own.expires_at.is_some_and(|end| end <= scope.now.0);
        own.status = if is_active && is_over { "expired" } else { to }.to_owned();
        own.suspended_at = (!is_active).then_some(scope.now.0);
        own.due_at = own.expires_at.filter(|_| own.status == "active");
        own.version += 1;
        own.updated_at = scope.now.0;
        own.into_active_model().reset_all().update(scope).await?;
    }
    Ok(())
}
