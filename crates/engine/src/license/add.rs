//! `add_license`.

use contract::{
    BillingCycle, Conflict,
    license::{AddLicense, License},
    license_key,
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{entry, read};
use crate::{
    call::Run,
    customer,
    entity::license,
    error::{Error, Result},
    plan, random,
    scope::Scope,
    subscription, zone,
};

impl Run for AddLicense {
    async fn run(self, scope: &Scope) -> Result<License> {
        let customer = customer::find_to_serve(scope, self.customer_id).await?;
        let plan = plan::find(scope, self.plan_id).await?;
        if !plan.is_active {
            return Err(Conflict::PlanNotSold { name: plan.name }.into());
        }
        let price = match self.billing_cycle {
            BillingCycle::Monthly => plan.price_monthly,
            BillingCycle::Yearly => plan.price_yearly,
        };
        let Some(price) = price else {
            return Err(Conflict::CycleNotOffered { name: plan.name }.into());
        };
        let expires_at =
            zone::after_cycle(scope.zone, scope.now, self.billing_cycle).ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
        let subscription = if self.create_subscription {
            Some(subscription::start(scope, customer.id, &plan, self.billing_cycle, price).await?)
        } else {
            None
        };
        let row = license::Model {
            id: scope.new_id()?,
            customer_id: customer.id,
            plan_id: plan.id,
            subscription_id: subscription.as_ref().map(|subscription| subscription.id),
            key: license_key::from_random(&random::bytes()?),
            status: "active".to_owned(),
            billing_cycle: self.billing_cycle.as_str().to_owned(),
            price,
            currency: plan.currency,
            max_activations: plan.max_activations,
            max_users: plan.max_users,
            max_domains: plan.max_domains,
            used_activations: 0,
            used_users: 0,
            used_domains: 0,
            starts_at: scope.now.0,
            expires_at: Some(expires_at.0),
            suspended_at: None,
            canceled_at: None,
            last_validated_at: None,
            status_before_cancel: None,
            canceled_subscription: false,
            due_at: Some(expires_at.0),
            created_at: scope.now.0,
            updated_at: scope.now.0,
            version: 1,
        };
        license::Entity::insert(license::ActiveModel::from(row.clone()))
            .exec_without_returning(scope)
            .await?;
        let mut fields = vec![
            ("plan".to_owned(), None, Some(json!(plan.name))),
            ("key".to_owned(), None, Some(json!(license_key::masked(&row.key)))),
            ("status".to_owned(), None, Some(json!("active"))),
            ("billing_cycle".to_owned(), None, Some(json!(row.billing_cycle))),
            (
                "price".to_owned(),
                None,
                Some(json!({"amount": row.price, "currency": row.currency})),
            ),
            ("expires_at".to_owned(), None, Some(json!(expires_at))),
        ];
        if let Some(subscription) = subscription {
            fields.push(("subscription".to_owned(), None, Some(json!(subscription.status))));
        }
        scope.log(entry(&row, fields));
        read(scope, row.id).await
    }
}
