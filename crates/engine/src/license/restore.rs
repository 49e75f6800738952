//! `restore_license`.

use contract::{
    Conflict,
    license::{License, RestoreLicense},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{entry, find_to_change, read};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope, subscription};

impl Run for RestoreLicense {
    async fn run(self, scope: &Scope) -> Result<License> {
        let mut row = find_to_change(scope, self.id).await?;
        if row.canceled_at.is_none() {
            return Err(Conflict::NothingToRestore.into());
        }
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        if row.expires_at.is_some_and(|end| end <= scope.now.0) {
            return Err(Conflict::PeriodOver.into());
        }
        let status = row.status_before_cancel.take().unwrap_or_else(|| "active".to_owned());
        let mut fields = vec![("status".to_owned(), Some(json!("canceled")), Some(json!(status)))];
        if row.canceled_subscription
            && let Some(subscription) = row.subscription_id
            && let Some(after) = subscription::restore_with_license(scope, subscription, row.canceled_at).await?
        {
            fields.push(("subscription".to_owned(), Some(json!("canceled")), Some(json!(after))));
        }
        row.due_at = row.expires_at.filter(|_| status == "active");
        row.status = status;
        row.canceled_at = None;
        row.canceled_subscription = false;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(&row, fields));
        read(scope, row.id).await
    }
}
