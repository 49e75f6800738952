//! `run_catch_up`.

use contract::{
    Noun,
    catch_up::{CatchUpRun, DueCount, DueKind, RunCatchUp},
};
use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;

use super::{due, list};
use crate::{
    call::Run,
    change::Entry,
    db,
    entity::{catch_up_run, customer, invoice, subscription},
    error::Result,
    scope::Scope,
    subscription as subscriptions,
    subscription::bill,
};

/// Items that one run does: few enough that others do not wait long for the write lock.
const AT_ONCE: usize = 200;

/// What one run did.
pub struct Done {
    pub row: catch_up_run::Model,
    pub items: Vec<due::Due>,
    pub counts: Vec<DueCount>,
}

/// Does what is due up to today, at most so much at once.
pub async fn some(scope: &Scope) -> Result<Done> {
    let found = due::due(scope, scope.today()).await?;
    let chosen = found.get(..found.len().min(AT_ONCE)).unwrap_or_default();
    // In the order of their keys, so that two writers cannot wait for each other in a circle.
    let mut customers: Vec<Uuid> = chosen.iter().map(|item| item.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    for customer in customers {
        scope.touch(customer).await?;
    }
    let mut row = catch_up_run::Model {
        id: scope.new_id()?,
        at: scope.now.0,
        actor_id: scope.actor.as_ref().map(|actor| actor.id),
        counts: "[]".to_owned(),
        has_more: found.len() > chosen.len(),
    };
    catch_up_run::Entity::insert(catch_up_run::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    let mut items = Vec::with_capacity(chosen.len());
    for item in chosen {
        if due::claim(scope, row.id, item).await? && act(scope, item).await? {
            items.push(item.clone());
        }
    }
    let counts = due::count(scope, items.iter());
    row.counts = serde_json::to_string(&counts)?;
    scope
        .execute_sql(
            "UPDATE catch_up_run SET counts = ? WHERE id = ?",
            vec![row.counts.as_str().into(), row.id.into()],
        )
        .await?;
    Ok(Done { row, items, counts })
}

impl Run for RunCatchUp {
    async fn run(self, scope: &Scope) -> Result<CatchUpRun> {
        db::serialize(scope, "catch up").await?;
        let Done { row, counts, .. } = some(scope).await?;
        scope.log(Entry {
            noun: Noun::CatchUp,
            id: row.id,
            subject: "Catch-up".to_owned(),
            customer: None,
            version: 1,
            fields: counts
                .iter()
                .map(|count| (count.kind.as_str().to_owned(), None, Some(json!(count.count))))
                .collect(),
        });
        list::view(&row, scope.actor.as_ref().map(|actor| actor.full_name.clone()))
    }
}

/// Does what is due. False if there is nothing to do any more.
async fn act(scope: &Scope, item: &due::Due) -> Result<bool> {
    match item.kind {
        DueKind::Renewal => renew(scope, item).await,
        DueKind::Reminder => {
            let Some(row) = open_invoice(scope, item).await? else {
                return Ok(false);
            };
            let fields = vec![("reminded_on".to_owned(), None, Some(json!(scope.today())))];
            scope.log(crate::invoice::entry(&row, fields));
            Ok(true)
        }
        DueKind::Suspension | DueKind::Cancellation => pursue(scope, item).await,
    }
}

async fn open_invoice(scope: &Scope, item: &due::Due) -> Result<Option<invoice::Model>> {
    let found = invoice::Entity::find_by_id(item.subject).one(scope).await?;
    Ok(found.filter(|row| row.status == "open"))
}

async fn renew(scope: &Scope, item: &due::Due) -> Result<bool> {
    let Some((mut row, next)) = due::renewal(scope, item).await? else {
        return Ok(false);
    };
    let Some(owner) = customer::Entity::find_by_id(row.customer_id).one(scope).await? else {
        return Ok(false);
    };
    let made = bill::period(scope, &mut row, &owner, next).await?;
    bill::noted(scope, made.as_ref())?;
    let (id, version, customer) = (row.id, row.version + 1, row.customer_id);
    subscriptions::store(scope, &mut row).await?;
    scope.log(Entry {
        noun: Noun::Subscription,
        id,
        subject: item.name.clone(),
        customer: Some(customer),
        version,
        fields: vec![("billed_until".to_owned(), Some(json!(item.on)), Some(json!(next.end)))],
    });
    Ok(true)
}

/// Suspends or cancels the subscription of an invoice that is not paid.
async fn pursue(scope: &Scope, item: &due::Due) -> Result<bool> {
    let Some(subscription) = open_invoice(scope, item).await?.and_then(|row| row.subscription_id) else {
        return Ok(false);
    };
    let found = subscription::Entity::find_by_id(subscription).one(scope).await?;
    let Some(mut row) = found.filter(|row| !matches!(row.status.as_str(), "canceled" | "paused")) else {
        return Ok(false);
    };
    let before = row.status.clone();
    if item.kind == DueKind::Suspension {
        if before == "unpaid" {
            return Ok(false);
        }
        subscriptions::suspend(scope, &mut row).await?;
    } else {
        subscriptions::end(scope, &mut row);
        subscriptions::store(scope, &mut row).await?;
    }
    let plan = crate::plan::find(scope, row.plan_id.into()).await?;
    scope.log(Entry {
        noun: Noun::Subscription,
        id: row.id,
        subject: plan.name,
        customer: Some(row.customer_id),
        version: row.version,
        fields: vec![
            ("status".to_owned(), Some(json!(before)), Some(json!(row.status))),
            ("unpaid_invoice".to_owned(), None, Some(json!(item.name))),
        ],
    });
    Ok(true)
}
