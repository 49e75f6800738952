//! `update_domain`, `delete_domain` and `restore_domain`.

use contract::{
    Conflict, Noun, Problem, Timestamp,
    domain::{DeleteDomain, Domain, RestoreDomain, UpdateDomain},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::{check_name, entry, fields, read, searched};
use crate::{
    billing,
    call::Run,
    change,
    customer::{self, check_version},
    entity::domain,
    error::{Result, not_found},
    scope::Scope,
};

/// A domain at a version, its customer locked until the operation ends.
async fn find_to_change(scope: &Scope, id: Uuid, version: u32) -> Result<domain::Model> {
    let missing = || not_found(Noun::Domain);
    let row = domain::Entity::find_by_id(id).one(scope).await?.ok_or_else(missing)?;
    scope.touch(row.customer_id).await?;
    let owner = customer::find_of(scope, row.customer_id.into(), missing).await?;
    if owner.archived_at.is_some() {
        return Err(missing());
    }
    // Again: it may have changed while the lock was waited for.
    let row = domain::Entity::find_by_id(id).one(scope).await?.ok_or_else(missing)?;
    check_version(scope, row.id, row.version, version).await?;
    Ok(row)
}

async fn store(scope: &Scope, row: &mut domain::Model) -> Result<()> {
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok(())
}

impl Run for UpdateDomain {
    async fn run(self, scope: &Scope) -> Result<Domain> {
        let before = find_to_change(scope, self.id.0, self.version).await?;
        if before.deleted_at.is_some() {
            return Err(not_found(Noun::Domain));
        }
        let mut row = before.clone();
        if let Some(registrar) = self.registrar {
            row.registrar = billing::tidy(registrar);
            row.search_key = searched(&row.name, row.registrar.as_deref());
        }
        row.registered_on = self.registered_on.unwrap_or(row.registered_on);
        row.expires_on = self.expires_on.unwrap_or(row.expires_on);
        row.auto_renew = self.auto_renew.unwrap_or(row.auto_renew);
        if let (Some(first), Some(last)) = (row.registered_on, row.expires_on)
            && last < first
        {
            return Err(contract::Error::field("expires_on", Problem::TooEarly { earliest: first }).into());
        }
        let changed = change::difference(Some(&fields(&before)), &fields(&row));
        if !changed.is_empty() {
            store(scope, &mut row).await?;
            scope.log(entry(&row, changed));
        }
        read(scope, row.id).await
    }
}

impl Run for DeleteDomain {
    async fn run(self, scope: &Scope) -> Result<Domain> {
        let mut row = find_to_change(scope, self.id.0, self.version).await?;
        if row.deleted_at.is_some() {
            return Err(not_found(Noun::Domain));
        }
        row.deleted_at = Some(scope.now.0);
        store(scope, &mut row).await?;
        scope.log(entry(&row, vec![("deleted_at".to_owned(), None, Some(json!(scope.now)))]));
        read(scope, row.id).await
    }
}

impl Run for RestoreDomain {
    async fn run(self, scope: &Scope) -> Result<Domain> {
        let mut row = find_to_change(scope, self.id.0, self.version).await?;
        let Some(since) = row.deleted_at.take() else {
            return Err(Conflict::NothingToRestore.into());
        };
        check_name(scope, &row.name).await?;
        store(scope, &mut row).await?;
        let back = (
            "deleted_at".to_owned(),
            Some(json!(Timestamp(since))),
            Some(serde_json::Value::Null),
        );
        scope.log(entry(&row, vec![back]));
        read(scope, row.id).await
    }
}
