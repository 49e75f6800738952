//! `restore_license`.

use contract::{
    Conflict, Timestamp,
    license::{License, RestoreLicense},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{entry, find_to_change, read};
use crate::{
    call::Run,
    customer::check_version,
    entity::subscription as subscriptions,
    error::Result,
    plan as plans,
    scope::Scope,
    subscription::{self, licenses},
    zone,
};

/// The states of a subscription that is billed.
const RUNNING: [&str; 3] = ["trialing", "active", "past_due"];

/// Whether a subscription is not paid, or was not when it ended.
fn is_unpaid(row: &subscriptions::Model) -> bool {
    row.status == "unpaid" || (row.status == "canceled" && row.status_before_cancel.as_deref() == Some("unpaid"))
}

impl Run for RestoreLicense {
    async fn run(self, scope: &Scope) -> Result<License> {
        let mut row = find_to_change(scope, self.id).await?;
        if row.canceled_at.is_none() {
            return Err(Conflict::NothingToRestore.into());
        }
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        // The subscription first: the license is worth what that is.
        let own = match row.subscription_id {
            Some(id) => subscription::restore_with_license(scope, id, row.canceled_at.filter(|_| row.canceled_subscription)).await?,
            None => None,
        };
        let before = row.clone();
        match &own {
            // It may have been changed meanwhile.
            Some((own, _)) if RUNNING.contains(&own.status.as_str()) => {
                let plan = plans::find(scope, own.plan_id.into()).await?;
                licenses::take_terms(scope, &mut row, own, &plan)?;
            }
            Some((own, _)) => {
                // What was billed while the license was canceled counts for it all the same.
                let billed = zone::same_time(scope.zone, Timestamp(row.starts_at), own.billed_until);
                row.expires_at = row.expires_at.map(|end| end.max(billed.0));
            }
            None => {}
        }
        if row.expires_at.is_some_and(|end| end <= scope.now.0) {
            return Err(Conflict::PeriodOver.into());
        }
        let is_suspended = own.as_ref().is_some_and(|(own, _)| is_unpaid(own));
        row.status = if is_suspended { "suspended" } else { "active" }.to_owned();
        row.suspended_at = is_suspended.then(|| row.suspended_at.unwrap_or(scope.now.0));
        row.due_at = row.expires_at.filter(|_| !is_suspended);
        row.status_before_cancel = None;
        row.canceled_at = None;
        row.canceled_subscription = false;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        let mut fields = licenses::changes(scope, &before, &row).await?;
        if let Some((own, true)) = &own {
            fields.push(("subscription".to_owned(), Some(json!("canceled")), Some(json!(own.status))));
        }
        scope.log(entry(&row, fields));
        read(scope, row.id).await
    }
}
