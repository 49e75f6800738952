//! `list_plans`.

use contract::plan::{ListPlans, PlanPage};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::view;
use crate::{
    call::Run,
    entity::plan,
    error::Result,
    figure,
    page::{Cursor, list_mark},
    scope::Scope,
};

impl Run for ListPlans {
    async fn run(self, scope: &Scope) -> Result<PlanPage> {
        let limit = usize::try_from(self.limit.unwrap_or(contract::page::DEFAULT_LIMIT))?;
        let mark = list_mark(&("plans", self.is_active))?;
        let mut query = plan::Entity::find();
        if let Some(is_active) = self.is_active {
            query = query.filter(plan::Column::IsActive.eq(is_active));
        }
        // A vendor has tens of plans, so they are read whole and paged here.
        let rows = query
            .order_by_desc(plan::Column::IsActive)
            .order_by_asc(plan::Column::NameKey)
            .order_by_asc(plan::Column::CreatedAt)
            .order_by_asc(plan::Column::Id)
            .all(scope)
            .await?;
        let total = u64::try_from(rows.len())?;
        let start = match &self.after {
            Some(after) => {
                let cursor = Cursor::decode("after", after, &mark)?;
                rows.iter().position(|row| row.id == cursor.id).map_or(0, |at| at + 1)
            }
            None => 0,
        };
        let has_more = rows.len() > start + limit;
        let figures = figure::read(scope, &[figure::LICENSES]).await?;
        let mut items = Vec::with_capacity(limit.min(rows.len()));
        let mut last = None;
        for row in rows.into_iter().skip(start).take(limit) {
            let licenses = figure::of(&figures, figure::LICENSES, &row.id.to_string());
            last = Some((row.created_at, row.id));
            items.push(view(row, licenses)?);
        }
        let next = match last.filter(|_| has_more) {
            Some((created_at, id)) => Some(Cursor::new(&mark, serde_json::Value::Null, created_at, id).encode()?),
            None => None,
        };
        Ok(PlanPage {
            items,
            next,
            previous: None,
            total,
            total_is_exact: true,
        })
    }
}

/// Active licenses of a plan.
pub async fn active_licenses(scope: &Scope, plan: Uuid) -> Result<i64> {
    let figures = figure::read(scope, &[figure::LICENSES]).await?;
    Ok(figure::of(&figures, figure::LICENSES, &plan.to_string()))
}
