//! `update_plan`.

use contract::{
    Problem,
    plan::{Plan, UpdatePlan},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{check_code, entry, fields, find, tidy, view};
use crate::{call::Run, change, customer::check_version, error::Result, scope::Scope};

impl Run for UpdatePlan {
    async fn run(self, scope: &Scope) -> Result<Plan> {
        crate::db::serialize(scope, &format!("plan {}", self.id)).await?;
        let before = find(scope, self.id).await?;
        check_version(scope, before.id, before.version, self.version).await?;
        let mut row = before.clone();
        if let Some(code) = self.code {
            check_code(scope, &code, Some(row.id)).await?;
            row.code = code;
        }
        if let Some(name) = self.name {
            row.name = name.trim().to_owned();
            row.name_key = contract::text::fold(&row.name);
        }
        if let Some(description) = self.description {
            row.description = tidy(description);
        }
        row.price_monthly = self.price_monthly.unwrap_or(row.price_monthly);
        row.price_yearly = self.price_yearly.unwrap_or(row.price_yearly);
        if row.price_monthly.is_none() && row.price_yearly.is_none() {
            return Err(contract::Error::field(
                "price_monthly",
                Problem::OneNeeded {
                    other: "price_yearly".to_owned(),
                },
            )
            .into());
        }
        row.trial_days = self.trial_days.map_or(row.trial_days, Into::into);
        let quota = |new: Option<Option<u32>>, old: Option<i64>| new.map_or(old, |new| new.map(Into::into));
        row.max_activations = quota(self.max_activations, row.max_activations);
        row.max_users = quota(self.max_users, row.max_users);
        row.max_domains = quota(self.max_domains, row.max_domains);
        if let Some(reminders) = self.reminders {
            row.reminders = reminders.map(|steps| serde_json::to_string(&steps)).transpose()?;
        }
        row.is_active = self.is_active.unwrap_or(row.is_active);
        let active_licenses = super::list::active_licenses(scope, row.id).await?;
        let changed = change::difference(Some(&fields(&before)), &fields(&row));
        if changed.is_empty() {
            return view(row, active_licenses);
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(&row, changed));
        view(row, active_licenses)
    }
}
