//! Subscriptions.

mod cancel;
mod list;
pub mod period;
mod restore;

use chrono::Days;
use contract::{
    BillingCycle, Currency, Money, Noun, SubscriptionId, Timestamp, subscription::Subscription, subscription::SubscriptionStatus,
};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryResult, Value};
use uuid::Uuid;

use crate::{
    change::Entry,
    customer,
    entity::{plan, subscription},
    error::{Error, Result, not_found, unknown_word},
    scope::Scope,
    sweep,
};

/// Starts a subscription today; a trial of the plan comes first.
pub async fn start(scope: &Scope, customer: Uuid, plan: &plan::Model, cycle: BillingCycle, price: i64) -> Result<subscription::Model> {
    let calendar_ends = || Error::Fault("the calendar ends".to_owned());
    let today = scope.today();
    let trial_end = if plan.trial_days > 0 {
        Some(
            today
                .checked_add_days(Days::new(u64::try_from(plan.trial_days)?))
                .ok_or_else(calendar_ends)?,
        )
    } else {
        None
    };
    let status = if trial_end.is_some() { "trialing" } else { "active" };
    let mut row = subscription::Model {
        id: scope.new_id()?,
        customer_id: customer,
        plan_id: plan.id,
        status: status.to_owned(),
        billing_cycle: cycle.as_str().to_owned(),
        price,
        currency: plan.currency.clone(),
        quantity: 1,
        starts_on: today,
        anchor: trial_end.unwrap_or(today),
        trial_end,
        cancel_at_period_end: false,
        ends_on: None,
        canceled_at: None,
        status_before_cancel: None,
        paused_at: None,
        ended_at: None,
        due_at: None,
        created_at: scope.now.0,
        updated_at: scope.now.0,
        version: 1,
    };
    row.due_at = sweep::due_at(scope, &row).map(|at| at.0);
    subscription::Entity::insert(subscription::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    Ok(row)
}

/// Ends a subscription now.
fn end(scope: &Scope, row: &mut subscription::Model) {
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

/// Stores a changed subscription.
async fn store(scope: &Scope, row: &mut subscription::Model) -> Result<()> {
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok(())
}

/// Cancels the subscription of a license that is canceled; answers with its state before, if it was not over.
pub async fn cancel_with_license(scope: &Scope, id: Uuid) -> Result<Option<String>> {
    let Some(mut row) = subscription::Entity::find_by_id(id)
        .one(scope)
        .await?
        .filter(|row| row.status != "canceled")
    else {
        return Ok(None);
    };
    let before = row.status.clone();
    end(scope, &mut row);
    store(scope, &mut row).await?;
    Ok(Some(before))
}

/// Brings the subscription back that was canceled with its license at an instant; answers with its state, if there was one
/// to bring back. One that was canceled for itself since then stays so.
pub async fn restore_with_license(scope: &Scope, id: Uuid, canceled_at: Option<i64>) -> Result<Option<String>> {
    let Some(mut row) = subscription::Entity::find_by_id(id)
        .one(scope)
        .await?
        .filter(|row| row.status == "canceled" && row.canceled_at == canceled_at)
    else {
        return Ok(None);
    };
    take_back(scope, &mut row);
    store(scope, &mut row).await?;
    Ok(Some(row.status))
}

/// A subscription, its customer locked until the operation ends.
async fn find_to_change(scope: &Scope, id: SubscriptionId) -> Result<subscription::Model> {
    let missing = || not_found(Noun::Subscription);
    let row = subscription::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)?;
    scope.touch(row.customer_id).await?;
    let owner = customer::find(scope, row.customer_id.into()).await.map_err(|_| missing())?;
    if owner.archived_at.is_some() {
        return Err(missing());
    }
    subscription::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)
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
        status: SubscriptionStatus::parse(&own.status).ok_or_else(|| unknown_word("subscription.status", &own.status))?,
        billing_cycle: period::cycle(&own)?,
        price: Money::new(
            own.price,
            Currency::parse(&own.currency).ok_or_else(|| unknown_word("subscription.currency", &own.currency))?,
        ),
        quantity: u32::try_from(own.quantity)?,
        anchor: own.anchor,
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
