//! `run_catch_up`.

use std::{collections::HashSet, sync::Arc};

use contract::{
    Noun,
    catch_up::{CatchUpRun, DueCount, DueKind, RunCatchUp},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::{
    due, list,
    queue::{self, Queue},
};
use crate::{
    app::Inner,
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

/// Does what is due up to today, at most so much at once; answers also with what is left of it. `ready`: what was worked out before.
pub async fn some(scope: &Scope, ready: Option<Queue>) -> Result<(Done, Queue)> {
    let mut queue = Queue::of(scope, ready).await?;
    let mut row = catch_up_run::Model {
        id: scope.new_id()?,
        at: scope.now.0,
        actor_id: scope.actor.as_ref().map(|actor| actor.id),
        counts: "[]".to_owned(),
        has_more: false,
    };
    catch_up_run::Entity::insert(catch_up_run::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    let mut attempt = Attempt::default();
    // What cannot be done is found first by every run, and must not keep what comes after it from being done.
    while !attempt.has_claimed
        && let Some(part) = queue.part(scope, AT_ONCE).await?
    {
        let part = queue::still_due(scope, &part).await?;
        attempt.make(scope, row.id, &part).await?;
    }
    queue.note(scope, &attempt.made).await?;
    let items = attempt.items;
    let counts = due::count(scope, items.iter());
    row.counts = serde_json::to_string(&counts)?;
    // Where nothing could be claimed, the next run would find the same.
    row.has_more = attempt.has_claimed && queue.has_more();
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok((Done { row, items, counts }, queue))
}

/// What came of trying to do what is due.
#[derive(Default)]
struct Attempt {
    items: Vec<due::Due>,
    has_claimed: bool,
    /// Invoices that were made.
    made: Vec<Uuid>,
    /// Subscriptions of which a period could not be billed.
    left_out: HashSet<Uuid>,
}

impl Attempt {
    /// Tries some of it. What is refused is reported and left for the next run: it must not keep others from what is theirs.
    async fn make(&mut self, scope: &Scope, run: Uuid, part: &[due::Due]) -> Result<()> {
        // In the order of their keys, so that two writers cannot wait for each other in a circle.
        let mut customers: Vec<Uuid> = part.iter().map(|item| item.customer).collect();
        customers.sort_unstable();
        customers.dedup();
        for customer in &customers {
            scope.hold(*customer).await?;
        }
        // Once all of them are held: to bring one up to the clock may take what others wait for.
        for customer in customers {
            scope.touch(customer).await?;
        }
        for item in part {
            // Its periods follow each other.
            if item.kind == DueKind::Renewal && self.left_out.contains(&item.subject) {
                continue;
            }
            match scope.apart(once(scope, run, item)).await? {
                Ok(None) => {}
                Ok(Some(act)) => {
                    self.has_claimed = true;
                    self.items.extend(act.is_done.then(|| item.clone()));
                    self.made.extend(act.made);
                }
                Err(error) => {
                    tracing::error!(kind = item.kind.as_str(), subject = %item.subject, on = %item.on, ?error, "not done by the catch-up");
                    self.left_out.insert(item.subject);
                }
            }
        }
        Ok(())
    }
}

/// What came of one thing.
#[derive(Default)]
struct Act {
    /// False if there was nothing to do any more.
    is_done: bool,
    /// The invoice that was made.
    made: Option<Uuid>,
}

/// Does one thing, unless it was done before or is put off.
async fn once(scope: &Scope, run: Uuid, item: &due::Due) -> Result<Option<Act>> {
    // What finds nothing to do is not done: a reminder of what was paid or paused meanwhile may be due again, if the payment is
    // given back or it goes on, and so may a period of what was suspended or paused.
    let is_there = match item.kind {
        DueKind::Reminder => to_remind_of(scope, item).await?.is_some(),
        DueKind::Renewal => due::renewal(scope, item).await?.is_some(),
        DueKind::Suspension | DueKind::Cancellation => pursued(scope, item).await?.is_some(),
    };
    if !is_there {
        return Ok(None);
    }
    if due::is_put_off(scope, item).await? || !due::claim(scope, run, item).await? {
        return Ok(None);
    }
    act(scope, item).await.map(Some)
}

impl Run for RunCatchUp {
    async fn prepare(&self, inner: &Arc<Inner>) -> Result<()> {
        queue::make_ready(inner).await
    }

    async fn run(self, scope: &Scope) -> Result<CatchUpRun> {
        db::serialize(scope, "catch up").await?;
        let (Done { row, counts, .. }, left) = some(scope, queue::take(scope.inner())).await?;
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
        left.leave(scope.inner(), row.id);
        list::view(&row, scope.actor.as_ref().map(|actor| actor.full_name.clone()))
    }
}

/// Does what is due.
async fn act(scope: &Scope, item: &due::Due) -> Result<Act> {
    let is_done = match item.kind {
        DueKind::Renewal => return renew(scope, item).await,
        DueKind::Reminder => remind(scope, item).await?,
        DueKind::Suspension | DueKind::Cancellation => pursue(scope, item).await?,
    };
    Ok(Act { is_done, made: None })
}

/// Notes that a customer is reminded. False if there is nothing to do any more.
async fn remind(scope: &Scope, item: &due::Due) -> Result<bool> {
    let Some(row) = to_remind_of(scope, item).await? else {
        return Ok(false);
    };
    let fields = vec![("reminded_on".to_owned(), None, Some(json!(scope.today())))];
    scope.log(crate::invoice::entry(&row, fields));
    Ok(true)
}

/// The invoice, if it is open. Others may have reopened it since this was worked out: then the steps are others.
async fn open_invoice(scope: &Scope, item: &due::Due) -> Result<Option<invoice::Model>> {
    let found = invoice::Entity::find_by_id(item.subject).one(scope).await?;
    Ok(found.filter(|row| row.status == "open" && row.reopened == item.reopened))
}

/// The invoice, if it is open and its subscription is not paused: others may have paid or paused it meanwhile.
async fn to_remind_of(scope: &Scope, item: &due::Due) -> Result<Option<invoice::Model>> {
    let Some(row) = open_invoice(scope, item).await? else {
        return Ok(None);
    };
    let Some(id) = row.subscription_id else { return Ok(Some(row)) };
    let billed = subscription::Entity::find_by_id(id).one(scope).await?;
    Ok(billed.is_none_or(|billed| billed.status != "paused").then_some(row))
}

async fn renew(scope: &Scope, item: &due::Due) -> Result<Act> {
    let Some((mut row, next)) = due::renewal(scope, item).await? else {
        return Ok(Act::default());
    };
    let Some(owner) = customer::Entity::find_by_id(row.customer_id).one(scope).await? else {
        return Ok(Act::default());
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
    Ok(Act {
        is_done: true,
        made: made.map(|made| made.id),
    })
}

/// The subscription of an invoice that is open, if it can be suspended or canceled for that: others may have paid or paused it
/// meanwhile.
async fn pursued(scope: &Scope, item: &due::Due) -> Result<Option<subscription::Model>> {
    let Some(id) = open_invoice(scope, item).await?.and_then(|row| row.subscription_id) else {
        return Ok(None);
    };
    let found = subscription::Entity::find_by_id(id).one(scope).await?;
    Ok(found.filter(|row| match row.status.as_str() {
        "canceled" | "paused" => false,
        "unpaid" => item.kind == DueKind::Cancellation,
        _ => true,
    }))
}

/// Suspends or cancels the subscription of an invoice that is not paid. False if there is nothing to do any more.
async fn pursue(scope: &Scope, item: &due::Due) -> Result<bool> {
    let Some(mut row) = pursued(scope, item).await? else {
        return Ok(false);
    };
    let before = row.status.clone();
    if item.kind == DueKind::Suspension {
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
