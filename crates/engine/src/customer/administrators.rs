//! `list_administrators`.

use contract::{
    Timestamp,
    customer::{AdministratorPage, AdministratorRow, ListAdministrators},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{call::Run, entity::customer, error::Result, scope::Scope};

impl Run for ListAdministrators {
    async fn run(self, scope: &Scope) -> Result<AdministratorPage> {
        let rows = customer::Entity::find()
            .filter(customer::Column::IsAdmin.eq(true))
            .filter(customer::Column::DeletedAt.is_null())
            .filter(customer::Column::ArchivedAt.is_null())
            .order_by_asc(customer::Column::FullNameKey)
            .order_by_asc(customer::Column::Id)
            .all(scope)
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(AdministratorRow {
                id: row.id.into(),
                email: row.email,
                full_name: row.full_name,
                company_name: row.company_name,
                is_active: row.is_active,
                created_at: Timestamp(row.created_at),
                last_sign_in_at: row.last_sign_in_at.map(Timestamp),
                version: u32::try_from(row.version)?,
            });
        }
        Ok(AdministratorPage {
            next: None,
            previous: None,
            total: u64::try_from(items.len())?,
            total_is_exact: true,
            items,
        })
    }
}
