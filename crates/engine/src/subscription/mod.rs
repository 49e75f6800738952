//! Subscriptions.

pub mod bill;
mod billed;
mod cancel;
mod change;
mod create;
mod dunning;
pub mod licenses;
mod list;
mod pause;
pub mod period;
mod proration;
pub mod recurring;
mod restore;
mod unbill;

use contract::{Conflict, Currency, Money, Noun, SubscriptionId, Timestamp, subscription::Subscription, subscription::SubscriptionStatus};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryResult, Value};
use uuid::Uuid;

pub use create::{Start, start};
pub use dunning::{follow_invoices, running_status, suspend};
pub use unbill::unbill;

use crate::{
    change::Entry,
    customer,
    entity::{customer as customers, subscription},
    error::{Result, not_found, unknown_word},
    scope::Scope,
    sweep,
};

/// Ends a subscription now.
pub fn end(scope: &Scope, row: &mut subscription::Model) {
    row.status_before_cancel = Some(std::mem::replace(&mut row.status, "canceled".to_owned()));
    row.canceled_at = Some(scope.now.0);
    row.ended_at = Some(scope.now.0);
    row.due_at = None;
}

/// Takes the last cancellation of a subscription back. One that was to end with its period before it was ended is to end
/// with its period again.
fn take_back(scope: &Scope, row: &mut subscription::Model) {
    if row.status == "canceled" {
        row.status = row.status_before_cancel.take().unwrap_or_else(|| "active".to_owned());
        row.canceled_at = row.cancel_at_period_end.then_some(scope.now.0);
    } else {
        row.cancel_at_period_end = false;
        row.ends_on = None;
        row.canceled_at = None;
    }
    row.ended_at = None;
    row.due_at = sweep::due_at(scope, row).map(|at| at.0);
}

/// The currency of a subscription.
pub fn currency(row: &subscription::Model) -> Result<Currency> {
    Currency::parse(&row.currency).ok_or_else(|| unknown_word("subscription.currency", &row.currency))
}

/// The state of a subscription.
fn status(row: &subscription::Model) -> Result<SubscriptionStatus> {
    SubscriptionStatus::parse(&row.status).ok_or_else(|| unknown_word("subscription.status", &row.status))
}

/// Refuses a subscription that is in none of some states.
fn check_status(row: &subscription::Model, allowed: &[SubscriptionStatus]) -> Result<()> {
    let status = status(row)?;
    if allowed.contains(&status) {
        Ok(())
    } else {
        Err(Conflict::SubscriptionState { status }.into())
    }
}

/// Stores a changed subscription, and what recurs of it from today on.
pub async fn store(scope: &Scope, row: &mut subscription::Model) -> Result<()> {
    store_from(scope, row, scope.today()).await
}

/// The same from another day on.
async fn store_from(scope: &Scope, row: &mut subscription::Model, from: chrono::NaiveDate) -> Result<()> {
    recurring::follow(scope, row, from).await?;
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok(())
}

/// Cancels the subscription of a license that is canceled, unless it is of another version than the one that was read; answers with
/// its state before, if it was not over.
pub async fn cancel_with_license(scope: &Scope, id: Uuid, version: Option<u32>) -> Result<Option<String>> {
    let Some(mut row) = subscription::Entity::find_by_id(id).one(scope).await? else {
        return Ok(None);
    };
    if let Some(version) = version {
        customer::check_version(scope, row.id, row.version, version).await?;
    }
    if row.status == "canceled" {
        return Ok(None);
    }
    let owner = customer::find(scope, row.customer_id.into()).await?;
    bill::up_to_date(scope, &mut row, &owner).await?;
    let before = row.status.clone();
    end(scope, &mut row);
    store(scope, &mut row).await?;
    Ok(Some(before))
}

/// The subscription of a license that comes back, everything billed that has begun, and whether it comes back too: it does if it
/// was canceled with the license at an instant and its period still runs. One that was canceled for itself since then stays so.
pub async fn restore_with_license(scope: &Scope, id: Uuid, canceled_at: Option<i64>) -> Result<Option<(subscription::Model, bool)>> {
    let Some(mut row) = subscription::Entity::find_by_id(id).one(scope).await? else {
        return Ok(None);
    };
    let comes_back = row.status == "canceled"
        && canceled_at.is_some()
        && row.canceled_at == canceled_at
        && period::current(scope.zone, &row, scope.now)?.end > scope.today();
    let owner = customer::find(scope, row.customer_id.into()).await?;
    if comes_back {
        take_back(scope, &mut row);
        bill::anew(scope, &mut row, &owner).await?;
        store(scope, &mut row).await?;
        // What was paid or fell due meanwhile.
        follow_invoices(scope, id).await?;
    } else {
        let known = row.billed_until;
        bill::up_to_date(scope, &mut row, &owner).await?;
        if row.billed_until != known {
            store(scope, &mut row).await?;
        }
    }
    let row = subscription::Entity::find_by_id(id).one(scope).await?;
    Ok(row.map(|row| (row, comes_back)))
}

/// A subscription and its customer, who is locked until the operation ends.
pub async fn find_with_owner(scope: &Scope, id: SubscriptionId) -> Result<(subscription::Model, customers::Model)> {
    let missing = || not_found(Noun::Subscription);
    let row = subscription::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)?;
    scope.touch(row.customer_id).await?;
    let owner = customer::find_of(scope, row.customer_id.into(), missing).await?;
    if owner.archived_at.is_some() {
        return Err(missing());
    }
    // Again: it may have changed while the lock was waited for.
    let row = subscription::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)?;
    Ok((row, owner))
}

/// The wire form of a row of [`list::SELECT`].
fn view_row(scope: &Scope, row: &QueryResult) -> Result<Subscription> {
    let own = subscription::Model::from_query_result(row, "")?;
    let current = period::current(scope.zone, &own, scope.now)?;
    Ok(Subscription {
        id: own.id.into(),
        customer_id: own.customer_id.into(),
        customer_name: row.try_get("", "customer_name")?,
        plan_id: own.plan_id.into(),
        plan_name: row.try_get("", "plan_name")?,
        status: status(&own)?,
        billing_cycle: period::cycle(&own)?,
        price: Money::new(own.price, currency(&own)?),
        quantity: u32::try_from(own.quantity)?,
        starts_on: own.starts_on,
        anchor: own.anchor,
        billed_until: own.billed_until,
        current_period_start: current.start,
        current_period_end: current.end,
        trial_end: own.trial_end,
        cancel_at_period_end: own.cancel_at_period_end,
        paused_at: own.paused_at.map(Timestamp),
        ended_at: own.ended_at.map(Timestamp),
        created_at: Timestamp(own.created_at),
        updated_at: Timestamp(own.updated_at),
        version: u32::try_from(own.version)?,
    })
}

async fn read(scope: &Scope, id: Uuid) -> Result<Subscription> {
    let sql = format!("{} WHERE t.id = ?", list::SELECT);
    let row = scope
        .row(&sql, vec![Value::from(id)])
        .await?
        .ok_or_else(|| not_found(Noun::Subscription))?;
    view_row(scope, &row)
}

/// The entry of the change log, under the name of the plan.
fn entry(view: &Subscription, fields: Vec<(String, Option<serde_json::Value>, Option<serde_json::Value>)>) -> Entry {
    Entry {
        noun: Noun::Subscription,
        id: view.id.0,
        subject: view.plan_name.clone(),
        customer: Some(view.customer_id.0),
        version: view.version.into(),
        fields,
    }
}
