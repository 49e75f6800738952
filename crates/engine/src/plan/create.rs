//! `create_plan`.

use contract::plan::{CreatePlan, Plan};
use sea_orm::EntityTrait;

use super::{check_code, entry, fields, tidy, view};
use crate::{call::Run, change, entity::plan, error::Result, scope::Scope};

impl Run for CreatePlan {
    async fn run(self, scope: &Scope) -> Result<Plan> {
        check_code(scope, &self.code, None).await?;
        let name = self.name.trim().to_owned();
        let row = plan::Model {
            id: scope.new_id()?,
            code: self.code,
            name_key: contract::text::fold(&name),
            name,
            description: tidy(self.description),
            currency: self.currency.code().to_owned(),
            price_monthly: self.price_monthly,
            price_yearly: self.price_yearly,
            trial_days: self.trial_days.into(),
            max_activations: self.max_activations.map(Into::into),
            max_users: self.max_users.map(Into::into),
            max_domains: self.max_domains.map(Into::into),
            reminders: self.reminders.map(|steps| serde_json::to_string(&steps)).transpose()?,
            is_active: true,
            created_at: scope.now.0,
            updated_at: scope.now.0,
            version: 1,
        };
        plan::Entity::insert(plan::ActiveModel::from(row.clone()))
            .exec_without_returning(scope)
            .await?;
        scope.log(entry(&row, change::difference(None, &fields(&row))));
        view(row, 0)
    }
}
