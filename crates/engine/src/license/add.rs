//! `add_license`.

use contract::{
    BillingCycle, Quantity, Timestamp,
    license::{AddLicense, License},
    license_key,
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{end, entry, read};
use crate::{
    call::Run,
    customer,
    entity::{customer as customers, invoice, license, plan, subscription},
    error::{Error, Result},
    invoice::lines::Terms,
    plan as plans, random,
    scope::Scope,
    subscription as subscriptions,
    subscription::{Start, bill},
};

/// Makes a license of a plan for a cycle from an instant on. The customer has to be locked.
pub async fn sell(
    scope: &Scope,
    owner: &customers::Model,
    plan: &plan::Model,
    cycle: BillingCycle,
    price: i64,
    starts_at: Timestamp,
    subscription: Option<&subscription::Model>,
) -> Result<license::Model> {
    let expires_at = end(
        scope.zone,
        starts_at,
        cycle,
        subscription.map(|subscription| subscription.billed_until),
    )?;
    let is_over = expires_at <= scope.now;
    let row = license::Model {
        id: scope.new_id()?,
        customer_id: owner.id,
        plan_id: plan.id,
        subscription_id: subscription.map(|subscription| subscription.id),
        key: license_key::from_random(&random::bytes()?),
        status: if is_over { "expired" } else { "active" }.to_owned(),
        billing_cycle: cycle.as_str().to_owned(),
        price,
        currency: plan.currency.clone(),
        max_activations: plan.max_activations,
        max_users: plan.max_users,
        max_domains: plan.max_domains,
        used_activations: 0,
        used_users: 0,
        used_domains: 0,
        starts_at: starts_at.0,
        expires_at: Some(expires_at.0),
        suspended_at: None,
        canceled_at: None,
        last_validated_at: None,
        status_before_cancel: None,
        canceled_subscription: false,
        due_at: (!is_over).then_some(expires_at.0),
        created_at: scope.now.0,
        updated_at: scope.now.0,
        version: 1,
    };
    license::Entity::insert(license::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    Ok(row)
}

impl Run for AddLicense {
    async fn run(self, scope: &Scope) -> Result<License> {
        let owner = customer::find_to_sell(scope, self.customer_id).await?;
        let plan = plans::find(scope, self.plan_id).await?;
        let price = plans::price(&plan, self.billing_cycle)?;
        let terms = Terms::of(scope, &owner, &plan.currency).await?;
        bill::check_price(&terms, price, 1, "plan_id")?;
        let (subscription, made) = if self.create_subscription {
            let of = Start {
                plan: &plan,
                cycle: self.billing_cycle,
                price,
                quantity: 1,
                starts_on: scope.today(),
                trial_days: plan.trial_days,
            };
            let (subscription, made) = subscriptions::start(scope, &owner, of).await?;
            (Some(subscription), made)
        } else {
            (None, bill_once(scope, &owner, &plan, self.billing_cycle, price).await?)
        };
        let row = sell(scope, &owner, &plan, self.billing_cycle, price, scope.now, subscription.as_ref()).await?;
        let mut fields = vec![
            ("plan".to_owned(), None, Some(json!(plan.name))),
            ("key".to_owned(), None, Some(json!(license_key::masked(&row.key)))),
            ("status".to_owned(), None, Some(json!(row.status))),
            ("billing_cycle".to_owned(), None, Some(json!(row.billing_cycle))),
            (
                "price".to_owned(),
                None,
                Some(json!({"amount": row.price, "currency": row.currency})),
            ),
            ("expires_at".to_owned(), None, Some(json!(row.expires_at.map(Timestamp)))),
        ];
        if let Some(subscription) = subscription {
            fields.push(("subscription".to_owned(), None, Some(json!(subscription.status))));
        }
        if let Some(made) = made {
            let number = made.number.unwrap_or_else(|| "draft".to_owned());
            fields.push(("invoice".to_owned(), None, Some(json!(number))));
        }
        scope.log(entry(&row, fields));
        read(scope, row.id).await
    }
}

/// Bills a license that no subscription renews.
async fn bill_once(
    scope: &Scope,
    owner: &customers::Model,
    plan: &plan::Model,
    cycle: BillingCycle,
    price: i64,
) -> Result<Option<invoice::Model>> {
    let (from, currency) = (scope.today(), plans::currency(plan)?);
    let until = cycle.after(from, 1).ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
    if price == 0 {
        return Ok(None);
    }
    let new = [bill::line(&plan.name, Quantity::ONE, price, from, until)];
    bill::invoice(scope, owner, None, currency, &new).await
}
