//! What recurs and when, for the figures: a row for each time in which the terms of a subscription were the same and it was
//! billable. A trial, a pause and the time after the end have none.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::period;
use crate::{
    entity::{recurring, subscription},
    error::{Error, Result},
    scope::Scope,
};

/// Brings the rows up to the subscription as it is from a day on; what was before that day stays as it was.
pub async fn follow(scope: &Scope, row: &subscription::Model, from: NaiveDate) -> Result<()> {
    recurring::Entity::delete_many()
        .filter(recurring::Column::SubscriptionId.eq(row.id))
        .filter(recurring::Column::StartsOn.gte(from))
        .exec(scope)
        .await?;
    let running = recurring::Entity::find()
        .filter(recurring::Column::SubscriptionId.eq(row.id))
        .filter(recurring::Column::StartsOn.lt(from));
    for mut running in running.all(scope).await? {
        if running.ends_on.is_none_or(|end| end > from) {
            running.ends_on = Some(from);
            running.into_active_model().reset_all().update(scope).await?;
        }
    }
    let is_billable = matches!(row.status.as_str(), "trialing" | "active" | "past_due");
    let starts_on = from.max(row.anchor.min(row.trial_end.unwrap_or(row.starts_on)));
    let ends_on = row.ends_on.filter(|_| row.cancel_at_period_end);
    if !is_billable || ends_on.is_some_and(|end| end <= starts_on) {
        return Ok(());
    }
    let amount = row
        .price
        .checked_mul(row.quantity)
        .ok_or_else(|| Error::Fault("the price of a subscription is out of range".to_owned()))?;
    let new = recurring::Model {
        subscription_id: row.id,
        starts_on,
        ends_on,
        customer_id: row.customer_id,
        plan_id: row.plan_id,
        currency: row.currency.clone(),
        amount,
        months: period::cycle(row)?.months().into(),
    };
    recurring::Entity::insert(recurring::ActiveModel::from(new))
        .exec_without_returning(scope)
        .await?;
    Ok(())
}
