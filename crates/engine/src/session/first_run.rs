//! The first administrator of a book.

use std::sync::Arc;

use contract::{
    Conflict, Problem,
    session::{FirstRun, SessionState},
};

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{current, has_administrator};
use crate::{
    app::Inner,
    call::RunSession,
    customer::{self, NewAccount},
    entity,
    error::Result,
    password,
    scope::{Actor, Scope},
};

impl RunSession for FirstRun {
    async fn run(self, inner: &Arc<Inner>) -> Result<SessionState> {
        if self.time_zone.as_ref().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
            return Err(contract::Error::field("time_zone", Problem::UnknownTimeZone).into());
        }
        password::check(&self.password.0, true, &[self.full_name.clone(), self.email.clone()])?;
        require_empty(&Scope::read(inner, None, "first_run").await?).await?;
        let hash = password::hash(inner, &self.password.0, true).await?;
        let mut scope = Scope::write(inner, None, "first_run").await?;
        match self.make(&scope, hash).await {
            Ok(account) => {
                scope.actor = Some(Actor {
                    id: account.id,
                    full_name: account.full_name.clone(),
                });
                scope.commit().await?;
                crate::settings::reload(inner).await?;
                inner.session.write().await.sign_in(&account);
                super::tell_others(inner).await;
            }
            Err(error) => {
                scope.rollback().await;
                return Err(error);
            }
        }
        current(inner).await
    }
}

/// Refuses a book that has an administrator, and one that has records and none: its filling with sample data was cut off,
/// which writes the administrator last. Indexes and figures are missing there, so nobody may begin to work in it.
pub async fn require_empty(scope: &Scope) -> Result<()> {
    if has_administrator(scope).await? {
        return Err(Conflict::NotFirstRun.into());
    }
    let has_customer = entity::customer::Entity::find().one(scope).await?.is_some();
    // Plans come before the first customer, and the indexes go in between.
    let has_plan = entity::plan::Entity::find().one(scope).await?.is_some();
    if has_customer || has_plan {
        return Err(Conflict::Unfinished.into());
    }
    Ok(())
}

trait Make {
    async fn make(self, scope: &Scope, hash: String) -> Result<crate::entity::customer::Model>;
}

impl Make for FirstRun {
    async fn make(self, scope: &Scope, hash: String) -> Result<crate::entity::customer::Model> {
        crate::db::serialize(scope, "first run").await?;
        // Again, now that nobody else can.
        require_empty(scope).await?;
        let name = self.book_name.map(|name| name.trim().to_owned());
        let currency = self
            .currency
            .map_or_else(|| scope.book.currency.clone(), |currency| currency.code().to_owned());
        scope
            .execute_sql(
                "UPDATE book SET name = ?, currency = ?, time_zone = ?, updated_at = ?",
                vec![
                    name.clone().unwrap_or_else(|| scope.book.name.clone()).into(),
                    currency.into(),
                    self.time_zone.unwrap_or_else(|| scope.book.time_zone.clone()).into(),
                    scope.now.0.into(),
                ],
            )
            .await?;
        // Who sells is called like the book, until the vendor says more.
        if let Some(name) = &name {
            let mut settings = crate::billing::load(scope).await?;
            let seller = contract::party::Party {
                name: name.clone(),
                ..crate::billing::seller(&settings)?
            };
            settings.seller = serde_json::to_string(&seller)?;
            settings.into_active_model().reset_all().update(scope).await?;
        }
        let account = NewAccount {
            email: self.email,
            full_name: self.full_name,
            company_name: None,
            is_active: true,
            is_admin: true,
            password_hash: hash,
            // Who makes it is signed in by that.
            last_sign_in_at: Some(scope.now.0),
        };
        customer::insert(scope, account).await
    }
}
