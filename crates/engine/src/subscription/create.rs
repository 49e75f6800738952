//! `create_subscription`.

use chrono::{Days, NaiveDate};
use contract::{
    BillingCycle, Problem,
    subscription::{CreateSubscription, Subscription},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{bill, entry, read, recurring};
use crate::{
    call::Run,
    customer,
    entity::{customer as customers, invoice, plan, subscription},
    error::{Error, Result},
    invoice::lines::Terms,
    license, plan as plans,
    scope::Scope,
    sweep, zone,
};

/// Days that a start may lie back.
const BACK: u64 = 731;
/// Days that it may lie ahead.
const AHEAD: u64 = 366;

/// What a subscription begins with.
pub struct Start<'a> {
    pub plan: &'a plan::Model,
    pub cycle: BillingCycle,
    pub price: i64,
    pub quantity: u32,
    pub starts_on: NaiveDate,
    pub trial_days: i64,
}

/// Starts a subscription and bills its first period, unless that is a trial or still to come. The customer has to be locked.
pub async fn start(scope: &Scope, owner: &customers::Model, of: Start<'_>) -> Result<(subscription::Model, Option<invoice::Model>)> {
    let calendar_ends = || Error::Fault("the calendar ends".to_owned());
    let trial_end = if of.trial_days > 0 {
        let days = Days::new(u64::try_from(of.trial_days)?);
        Some(of.starts_on.checked_add_days(days).ok_or_else(calendar_ends)?)
    } else {
        None
    };
    let anchor = trial_end.unwrap_or(of.starts_on);
    let is_trial = trial_end.is_some_and(|end| end > scope.today());
    let mut row = subscription::Model {
        id: scope.new_id()?,
        customer_id: owner.id,
        plan_id: of.plan.id,
        status: if is_trial { "trialing" } else { "active" }.to_owned(),
        billing_cycle: of.cycle.as_str().to_owned(),
        price: of.price,
        currency: of.plan.currency.clone(),
        quantity: of.quantity.into(),
        starts_on: of.starts_on,
        anchor,
        trial_end,
        billed_until: anchor,
        terms_since: of.starts_on,
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
    recurring::follow(scope, &row, row.starts_on).await?;
    let first = bill::next_period(&row)?.filter(|first| !is_trial && first.start <= scope.today());
    let Some(first) = first else { return Ok((row, None)) };
    let made = bill::period(scope, &mut row, owner, first).await?;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok((row, made))
}

impl Run for CreateSubscription {
    async fn run(self, scope: &Scope) -> Result<Subscription> {
        let owner = customer::find_to_sell(scope, self.customer_id).await?;
        let plan = plans::find(scope, self.plan_id).await?;
        let price = plans::price(&plan, self.billing_cycle)?;
        let price = self.price.unwrap_or(price);
        let terms = Terms::of(scope, &owner, &plan.currency).await?;
        bill::check_price(&terms, price, self.quantity, "price")?;
        let today = scope.today();
        let starts_on = self.starts_on.unwrap_or(today);
        let earliest = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
        if starts_on < earliest {
            return Err(contract::Error::field("starts_on", Problem::TooEarly { earliest }).into());
        }
        let latest = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
        if starts_on > latest {
            return Err(contract::Error::field("starts_on", Problem::TooLate { latest }).into());
        }
        let of = Start {
            plan: &plan,
            cycle: self.billing_cycle,
            price,
            quantity: self.quantity,
            starts_on,
            trial_days: self.trial_days.map_or(plan.trial_days, Into::into),
        };
        let (row, made) = start(scope, &owner, of).await?;
        let mut fields = vec![
            ("plan".to_owned(), None, Some(json!(plan.name))),
            ("status".to_owned(), None, Some(json!(row.status))),
            ("billing_cycle".to_owned(), None, Some(json!(row.billing_cycle))),
            ("quantity".to_owned(), None, Some(json!(row.quantity))),
            (
                "price".to_owned(),
                None,
                Some(json!({"amount": row.price, "currency": row.currency})),
            ),
            ("starts_on".to_owned(), None, Some(json!(row.starts_on))),
        ];
        if self.create_license {
            let starts_at = if starts_on == today {
                scope.now
            } else {
                zone::start_of(scope.zone, starts_on)
            };
            let made = license::sell(scope, &owner, &plan, self.billing_cycle, price, starts_at, Some(&row)).await?;
            let key = contract::license_key::masked(&made.key);
            fields.push(("license".to_owned(), None, Some(json!(key))));
        }
        if let Some(made) = &made {
            fields.push(("invoice".to_owned(), None, Some(json!(made.number.as_deref().unwrap_or("draft")))));
        }
        let view = read(scope, row.id).await?;
        scope.log(entry(&view, fields));
        Ok(view)
    }
}
