//! `plan_catch_up`.

use chrono::Days;
use contract::{
    Problem,
    catch_up::{CatchUpPlan, DueItem, PlanCatchUp},
};

use super::{due, list};
use crate::{call::Run, customer, error::Result, scope::Scope};

/// Items that are named.
const NAMED: usize = 200;

/// The first of what is due, with the names of their customers.
pub async fn named(scope: &Scope, found: &[due::Due]) -> Result<Vec<DueItem>> {
    let first = found.get(..found.len().min(NAMED)).unwrap_or_default();
    let names = customer::names(scope, first.iter().map(|item| item.customer)).await?;
    let mut items = Vec::with_capacity(first.len());
    for item in first {
        items.push(DueItem {
            kind: item.kind,
            customer_id: item.customer.into(),
            customer_name: names.get(&item.customer).cloned().unwrap_or_default(),
            subject: item.name.clone(),
            invoice_id: item.invoice().map(Into::into),
            promised_until: item.promised_until,
            on: item.begins_on(),
            amount: due::amount(item)?,
        });
    }
    Ok(items)
}

impl Run for PlanCatchUp {
    async fn run(self, scope: &Scope) -> Result<CatchUpPlan> {
        let today = scope.today();
        let until = self.until.unwrap_or(today);
        let latest = today.checked_add_days(Days::new(366)).unwrap_or(today);
        if until < today {
            return Err(contract::Error::field("until", Problem::TooEarly { earliest: today }).into());
        }
        if until > latest {
            return Err(contract::Error::field("until", Problem::TooLate { latest }).into());
        }
        let found = due::due(scope, until).await?;
        Ok(CatchUpPlan {
            counts: due::count(scope, found.iter()),
            items: named(scope, &found).await?,
            until,
            last_run: list::newest(scope).await?,
        })
    }
}
