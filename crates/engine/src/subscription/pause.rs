//! `pause_subscription` and `resume_subscription`.

use contract::subscription::{PauseSubscription, ResumeSubscription, Subscription, SubscriptionStatus};
use serde_json::json;

use super::{bill, check_status, entry, find_to_change, find_with_owner, period, read, store};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope};

impl Run for PauseSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let mut row = find_to_change(scope, self.id).await?;
        check_status(&row, &[SubscriptionStatus::Active, SubscriptionStatus::PastDue])?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
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
        row.status = "active".to_owned();
        row.paused_at = None;
        let mut fields = vec![("status".to_owned(), Some(json!("paused")), Some(json!("active")))];
        let (today, current) = (scope.today(), period::current(scope.zone, &row, scope.now)?);
        if row.billed_until <= today {
            // What was paused is not billed: from today on.
            row.billed_until = today;
            let made = bill::period(scope, &mut row, &owner, current).await?;
            if let Some(made) = made {
                fields.push(("invoice".to_owned(), None, Some(json!(made.number.as_deref().unwrap_or("draft")))));
            }
        }
        store(scope, &mut row).await?;
        let view = read(scope, row.id).await?;
        scope.log(entry(&view, fields));
        Ok(view)
    }
}
