//! The licenses that a subscription pays for: how long they run, of which plan they are, and whether they are suspended.

use contract::Timestamp;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::period;
use crate::{
    change::difference,
    entity::{license, plan, subscription},
    error::Result,
    license as licenses, plan as plans,
    scope::Scope,
    zone,
};

/// Those in force or over, which follow what is billed; suspended and canceled ones do not.
const RUNNING: &[&str] = &["active", "expired"];

/// The licenses of a subscription in some states, in an order that is the same everywhere.
async fn in_states(scope: &Scope, subscription: Uuid, states: &[&str]) -> Result<Vec<license::Model>> {
    Ok(license::Entity::find()
        .filter(license::Column::SubscriptionId.eq(subscription))
        .filter(license::Column::Status.is_in(states.iter().copied()))
        .order_by_asc(license::Column::Id)
        .all(scope)
        .await?)
}

/// Lets a license end at an instant, sooner or later than before.
fn end_at(scope: &Scope, row: &mut license::Model, end: Timestamp) {
    row.expires_at = Some(end.0);
    row.status = if end > scope.now { "active" } else { "expired" }.to_owned();
    row.due_at = (end > scope.now).then_some(end.0);
}

async fn store(scope: &Scope, row: &mut license::Model) -> Result<()> {
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok(())
}

/// Lets them run to the end of what was billed, at the time of day at which each began.
pub async fn renew(scope: &Scope, row: &subscription::Model) -> Result<()> {
    for mut own in in_states(scope, row.id, RUNNING).await? {
        let end = zone::same_time(scope.zone, Timestamp(own.starts_at), row.billed_until);
        if own.expires_at.is_some_and(|known| known < end.0) {
            end_at(scope, &mut own, end);
            store(scope, &mut own).await?;
        }
    }
    Ok(())
}

/// Gives them the terms of a subscription that was changed.
pub async fn follow(scope: &Scope, row: &subscription::Model, plan: &plan::Model) -> Result<()> {
    for before in in_states(scope, row.id, RUNNING).await? {
        let mut own = before.clone();
        take_terms(scope, &mut own, row, plan)?;
        let changed = changes(scope, &before, &own).await?;
        if !changed.is_empty() {
            store(scope, &mut own).await?;
            scope.log(licenses::entry(&own, changed));
        }
    }
    Ok(())
}

/// The terms of a running subscription: its plan with what that allows, its cycle and price, and the end of what is billed at
/// these terms. More may be in use than another plan allows: what is in use stays.
pub fn take_terms(scope: &Scope, own: &mut license::Model, row: &subscription::Model, plan: &plan::Model) -> Result<()> {
    let cycle = period::cycle(row)?;
    // A period that has begun and is not billed, because the change lies back, is billed by the next catch-up.
    let until = row.billed_until.max(period::on(row, scope.today().max(row.starts_on))?.end);
    if own.plan_id != plan.id {
        own.plan_id = plan.id;
        own.max_activations = plan.max_activations;
        own.max_users = plan.max_users;
        own.max_domains = plan.max_domains;
    }
    own.billing_cycle.clone_from(&row.billing_cycle);
    own.price = row.price;
    if own.expires_at.is_some() {
        let end = licenses::end(scope.zone, Timestamp(own.starts_at), cycle, Some(until))?;
        end_at(scope, own, end);
    }
    Ok(())
}

/// What the change log shows of a license that has other terms now.
pub async fn changes(scope: &Scope, before: &license::Model, own: &license::Model) -> Result<Vec<(String, Option<Value>, Option<Value>)>> {
    let old = plans::find(scope, before.plan_id.into()).await?.name;
    let new = if own.plan_id == before.plan_id {
        old.clone()
    } else {
        plans::find(scope, own.plan_id.into()).await?.name
    };
    Ok(difference(Some(&fields(before, &old)), &fields(own, &new)))
}

/// What the change log shows of the terms of a license.
fn fields(row: &license::Model, plan: &str) -> Map<String, Value> {
    [
        ("plan", json!(plan)),
        ("status", json!(row.status)),
        ("billing_cycle", json!(row.billing_cycle)),
        ("price", json!({"amount": row.price, "currency": row.currency})),
        ("expires_at", json!(row.expires_at.map(Timestamp))),
        ("max_activations", json!(row.max_activations)),
        ("max_users", json!(row.max_users)),
        ("max_domains", json!(row.max_domains)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Puts those out of force that are in force.
pub async fn suspend(scope: &Scope, subscription: Uuid) -> Result<()> {
    for mut own in in_states(scope, subscription, &["active"]).await? {
        own.status = "suspended".to_owned();
        own.suspended_at = Some(scope.now.0);
        own.due_at = None;
        store(scope, &mut own).await?;
    }
    Ok(())
}

/// Puts those back in force that were suspended, as far as their time is not over.
pub async fn resume(scope: &Scope, subscription: Uuid) -> Result<()> {
    for mut own in in_states(scope, subscription, &["suspended"]).await? {
        let is_over = own.expires_at.is_some_and(|end| end <= scope.now.0);
        own.status = if is_over { "expired" } else { "active" }.to_owned();
        own.suspended_at = None;
        own.due_at = own.expires_at.filter(|_| !is_over);
        store(scope, &mut own).await?;
    }
    Ok(())
}
