//! `pause_subscription` and `resume_subscription`.

use contract::subscription::{PauseSubscription, ResumeSubscription, Subscription, SubscriptionStatus};
use serde_json::json;

use super::{bill, check_status, entry, find_with_owner, read, running_status, store};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope};

impl Run for PauseSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let (mut row, owner) = find_with_owner(scope, self.id).await?;
        check_status(&row, &[SubscriptionStatus::Active, SubscriptionStatus::PastDue])?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        bill::up_to_date(scope, &mut row, &owner).await?;
        let before = std::mem::replace(&mut row.status, "paused".to_owned());
        row.paused_at = Some(scope.now.0);
        store(scope, &mut row).await?;
        let view = read(scope, row.id).await?;
        scope.log(entry(
            &view,
            vec![("status".to_owned(), Some(json!(before)), Some(json!("paused")))],
        ));
        Ok(view)
    }
}

impl Run for ResumeSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let (mut row, owner) = find_with_owner(scope, self.id).await?;
        check_status(&row, &[SubscriptionStatus::Paused])?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        row.status = running_status(scope, row.id).await?.to_owned();
        row.paused_at = None;
        let mut fields = vec![("status".to_owned(), Some(json!("paused")), Some(json!(row.status)))];
        if let Some(made) = bill::take_up(scope, &mut row, &owner).await? {
            fields.push(("invoice".to_owned(), None, Some(json!(made.number.as_deref().unwrap_or("draft")))));
        }
        store(scope, &mut row).await?;
        let view = read(scope, row.id).await?;
        scope.log(entry(&view, fields));
        Ok(view)
    }
}
