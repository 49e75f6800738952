//! `plan_catch_up`.

use std::collections::HashMap;

use chrono::Days;
use contract::{
    Problem,
    catch_up::{CatchUpPlan, DueItem, PlanCatchUp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{due, list};
use crate::{call::Run, entity::customer, error::Result, scope::Scope};

/// Items that are named.
const NAMED: usize = 200;

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
        let named = found.get(..found.len().min(NAMED)).unwrap_or_default();
        let mut names: HashMap<Uuid, String> = HashMap::new();
        let ids: Vec<Uuid> = named.iter().map(|item| item.customer).collect();
        for row in customer::Entity::find().filter(customer::Column::Id.is_in(ids)).all(scope).await? {
            names.insert(row.id, row.full_name);
        }
        let mut items = Vec::with_capacity(named.len());
        for item in named {
            items.push(DueItem {
                kind: item.kind,
                customer_id: item.customer.into(),
                customer_name: names.get(&item.customer).cloned().unwrap_or_default(),
                subject: item.name.clone(),
                on: item.on,
                amount: due::amount(item)?,
            });
        }
        Ok(CatchUpPlan {
            counts: due::count(scope, found.iter()),
            items,
            until,
            last_run: list::newest(scope).await?,
        })
    }
}
