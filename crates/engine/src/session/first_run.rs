//! The first administrator of a book.

use std::sync::Arc;

use contract::{
    Conflict, Problem,
    session::{FirstRun, SessionState},
};

use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{current, has_administrator};
use crate::{
    app::Inner,
    call::RunSession,
    customer::{self, NewAccount},
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
        if has_administrator(&Scope::read(inner, None, "first_run").await?).await? {
            return Err(Conflict::NotFirstRun.into());
        }
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

trait Make {
    async fn make(self, scope: &Scope, hash: String) -> Result<crate::entity::customer::Model>;
}

impl Make for FirstRun {
    async fn make(self, scope: &Scope, hash: String) -> Result<crate::entity::customer::Model> {
        crate::db::serialize(scope, "first run").await?;
        // Again, now that nobody else can.
        if has_administrator(scope).await? {
            return Err(Conflict::NotFirstRun.into());
        }
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
        };
        customer::insert(scope, account).await
    }
}
