//! `restore_subscription`.

use contract::{
    Conflict,
    subscription::{RestoreSubscription, Subscription},
};
use serde_json::json;

use super::{bill, entry, find_with_owner, follow_invoices, period, read, store, take_back};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope};

impl Run for RestoreSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let (mut row, owner) = find_with_owner(scope, self.id).await?;
        if row.status != "canceled" && !row.cancel_at_period_end {
            return Err(Conflict::NothingToRestore.into());
        }
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        if period::current(scope.zone, &row, scope.now)?.end <= scope.today() {
            return Err(Conflict::PeriodOver.into());
        }
        let (status, at_end) = (row.status.clone(), row.cancel_at_period_end);
        take_back(scope, &mut row);
        let mut fields = Vec::new();
        if status != row.status {
            fields.push(("status".to_owned(), Some(json!(status)), Some(json!(row.status))));
        }
        if at_end && !row.cancel_at_period_end {
            fields.push(("cancel_at_period_end".to_owned(), Some(json!(true)), Some(json!(false))));
        }
        if status == "canceled" {
            bill::anew(scope, &mut row, &owner).await?;
        }
        store(scope, &mut row).await?;
        // Before what follows from it, so that the log ends with the state that it is in.
        scope.log(entry(&read(scope, row.id).await?, fields));
        // What was paid or fell due meanwhile.
        follow_invoices(scope, row.id).await?;
        read(scope, row.id).await
    }
}
