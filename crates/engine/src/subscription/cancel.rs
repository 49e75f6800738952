//! `cancel_subscription`.

use contract::{
    Conflict, Timestamp,
    subscription::{CancelAt, CancelSubscription, Subscription},
};
use serde_json::json;

use super::{bill, end, entry, find_with_owner, period, read, store};
use crate::{call::Run, customer::check_version, error::Result, scope::Scope, sweep};

impl Run for CancelSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let (mut row, owner) = find_with_owner(scope, self.id).await?;
        let is_over = row.ended_at.is_some();
        if is_over || (row.cancel_at_period_end && self.at == CancelAt::PeriodEnd) {
            let at = row.ended_at.or(row.canceled_at).unwrap_or(row.updated_at);
            return Err(Conflict::AlreadyCanceled { at: Timestamp(at) }.into());
        }
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        let fields = match self.at {
            CancelAt::Now => {
                bill::up_to_date(scope, &mut row, &owner).await?;
                let before = row.status.clone();
                end(scope, &mut row);
                vec![("status".to_owned(), Some(json!(before)), Some(json!("canceled")))]
            }
            CancelAt::PeriodEnd => {
                row.cancel_at_period_end = true;
                row.ends_on = Some(period::current(scope.zone, &row, scope.now)?.end);
                row.canceled_at = Some(scope.now.0);
                row.due_at = sweep::due_at(scope, &row).map(|at| at.0);
                vec![("cancel_at_period_end".to_owned(), Some(json!(false)), Some(json!(true)))]
            }
        };
        store(scope, &mut row).await?;
        let view = read(scope, row.id).await?;
        scope.log(entry(&view, fields));
        Ok(view)
    }
}
