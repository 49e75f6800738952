//! `plan_catch_up`.

use std::collections::{BTreeMap, HashSet};

use chrono::Days;
use contract::{
    Problem,
    catch_up::{CatchUpPlan, DueItem, DueKind, PlanCatchUp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{due, list};
use crate::{billing, call::Run, customer, entity::customer as customers, error::Result, scope::Scope};

/// Items of a kind that are named: many of one must not hide another.
const NAMED: usize = 200;

/// The first of each kind of what is due, with the names of their customers.
pub async fn named(scope: &Scope, found: &[due::Due]) -> Result<Vec<DueItem>> {
    let mut numbers: BTreeMap<DueKind, usize> = BTreeMap::new();
    let is_among_first = |item: &&due::Due| {
        let number = numbers.entry(item.kind).or_default();
        *number += 1;
        *number <= NAMED
    };
    let first: Vec<&due::Due> = found.iter().filter(is_among_first).collect();
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

/// How many of these buyers, each as often as it is billed, nobody could find by what is known of them.
async fn lack_address(scope: &Scope, buyers: &[Uuid]) -> Result<u64> {
    let all: Vec<Uuid> = buyers.iter().copied().collect::<HashSet<_>>().into_iter().collect();
    let mut lacking = HashSet::new();
    for some in all.chunks(500) {
        let found = customers::Entity::find()
            .filter(customers::Column::Id.is_in(some.iter().copied()))
            .filter(customers::Column::Street.is_null())
            .filter(customers::Column::City.is_null());
        lacking.extend(found.all(scope).await?.into_iter().map(|row| row.id));
    }
    Ok(u64::try_from(buyers.iter().filter(|id| lacking.contains(*id)).count())?)
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
        let becomes_final = billing::load(scope).await?.finalize_renewals;
        let billed = found.iter().filter(|item| becomes_final && item.is_billed);
        let buyers: Vec<Uuid> = billed.map(|item| item.customer).collect();
        Ok(CatchUpPlan {
            counts: due::count(scope, found.iter()),
            items: named(scope, &found).await?,
            until,
            become_final: u64::try_from(buyers.len())?,
            lack_address: lack_address(scope, &buyers).await?,
            last_run: list::newest(scope).await?,
        })
    }
}
