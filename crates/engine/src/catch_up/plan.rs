//! `plan_catch_up`.

use std::collections::{BTreeMap, HashSet};

use chrono::Days;
use contract::{
    Problem,
    catch_up::{CatchUpPlan, DueItem, DueKind, PlanCatchUp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{due, first::First, list, walk::Walk};
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
            amount: item.amount(),
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
            .select_only()
            .column(customers::Column::Id)
            .filter(customers::Column::Id.is_in(some.iter().copied()))
            .filter(customers::Column::Street.is_null())
            .filter(customers::Column::City.is_null());
        lacking.extend(found.into_tuple::<Uuid>().all(scope).await?);
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
        let becomes_final = billing::load(scope).await?.finalize_renewals;
        let (mut counts, mut become_final, mut lacking) = (due::Counts::default(), 0, 0);
        let mut first: BTreeMap<DueKind, First<due::Place, due::Due>> = BTreeMap::new();
        let mut walk = Walk::begin(scope, until).await?;
        while let Some(items) = walk.part(scope).await? {
            let billed = items.iter().filter(|item| becomes_final && item.is_billed);
            let buyers: Vec<Uuid> = billed.map(|item| item.customer).collect();
            become_final += u64::try_from(buyers.len())?;
            lacking += lack_address(scope, &buyers).await?;
            for item in items {
                counts.add(&item);
                let own = first.entry(item.kind).or_insert_with(|| First::new(NAMED));
                own.push(item.place(), item);
            }
        }
        let mut first: Vec<_> = first.into_values().flat_map(First::finish).collect();
        first.sort_unstable_by_key(|(place, _)| *place);
        let first: Vec<due::Due> = first.into_iter().map(|(_, item)| item).collect();
        Ok(CatchUpPlan {
            counts: counts.list(scope),
            items: named(scope, &first).await?,
            until,
            become_final,
            lack_address: lacking,
            last_run: list::newest(scope).await?,
        })
    }
}
