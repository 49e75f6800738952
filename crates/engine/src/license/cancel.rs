//! `cancel_license`.

use contract::{
    Conflict, Timestamp,
    license::{CancelLicense, License},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{entry, find_to_change, read};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope, subscription};

impl Run for CancelLicense {
    async fn run(self, scope: &Scope) -> Result<License> {
        let mut row = find_to_change(scope, self.id).await?;
        if let Some(at) = row.canceled_at {
            return Err(Conflict::AlreadyCanceled { at: Timestamp(at) }.into());
        }
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        let mut with_subscription = None;
        if let Some(subscription) = row.subscription_id {
            let sql = "SELECT COUNT(*) FROM license WHERE subscription_id = ? AND id <> ? AND status <> 'canceled'";
            let others = scope.number(sql, vec![subscription.into(), row.id.into()]).await?;
            if others == 0 {
                with_subscription = subscription::cancel_with_license(scope, subscription, self.subscription_version).await?;
                // Again: a period that was billed on the way lets the license run longer.
                row = find_to_change(scope, self.id).await?;
            }
        }
        let mut fields = vec![("status".to_owned(), Some(json!(row.status)), Some(json!("canceled")))];
        if let Some(before) = with_subscription {
            row.canceled_subscription = true;
            fields.push(("subscription".to_owned(), Some(json!(before)), Some(json!("canceled"))));
        }
        row.status_before_cancel = Some(std::mem::replace(&mut row.status, "canceled".to_owned()));
        row.canceled_at = Some(scope.now.0);
        row.due_at = None;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(&row, fields));
        read(scope, row.id).await
    }
}
