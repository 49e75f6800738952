//! Signing in, unlocking, giving the password again.

use std::{sync::Arc, time::Instant};

use contract::{
    Forbidden,
    session::{ConfirmPassword, Confirmation, SessionState, SignIn, Unlock},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{confirmed_until, current, throttle};
use crate::{
    app::Inner,
    call::RunSession,
    entity::customer,
    error::{Error, Result},
    password,
    scope::Scope,
};

/// Compares a password with the one of an account, and slows wrong tries down.
async fn admit(inner: &Arc<Inner>, email: &str, given: &str) -> Result<customer::Model> {
    // What is not an address is throttled like an address that nobody has, apart from the addresses and from the rest.
    let key = contract::email::key(email).unwrap_or_else(|_| format!("? {}", contract::text::fold(email)));
    if let Err(retry_after) = throttle::take(inner, &key).await? {
        return Err(contract::Error::Throttled { retry_after }.into());
    }
    let account = customer::Entity::find()
        .filter(customer::Column::EmailKey.eq(&key))
        .filter(customer::Column::DeletedAt.is_null())
        .filter(customer::Column::ArchivedAt.is_null())
        .one(&inner.db.reader())
        .await?;
    let is_right = password::verify(inner, given, account.as_ref().map(|account| account.password_hash.as_str())).await?;
    let Some(account) = account.filter(|_| is_right) else {
        let scope = Scope::read(inner, None, "sign_in").await?;
        let retry_after = throttle::wait(&scope, &key)
            .await?
            .max(throttle::wait(&scope, throttle::EVERYONE).await?);
        return Err(contract::Error::WrongPassword { retry_after }.into());
    };
    let stronger = if account.is_admin && password::is_weak(&account.password_hash) {
        Some(password::hash(inner, given, true).await?)
    } else {
        None
    };
    let is_let_in = account.is_admin && account.is_active;
    let scope = Scope::write_unless_closed(inner, None, "sign_in").await?;
    throttle::clear(inner, scope.as_ref(), &key, is_let_in).await?;
    // A book that takes no changes is still read: what would be noted here waits for the next sign-in.
    if let Some(scope) = scope {
        // Those who are refused below were not let in.
        if is_let_in {
            scope
                .execute_sql(
                    "UPDATE customer SET last_sign_in_at = ? WHERE id = ?",
                    vec![scope.now.0.into(), account.id.into()],
                )
                .await?;
        }
        if let Some(hash) = stronger {
            scope
                .execute_sql(
                    // Not where it was changed meanwhile.
                    "UPDATE customer SET password_hash = ? WHERE id = ? AND password_hash = ?",
                    vec![hash.into(), account.id.into(), account.password_hash.as_str().into()],
                )
                .await?;
        }
        scope.commit().await?;
    }
    let refused = |reason| Err(Error::Refused(contract::Error::Forbidden { reason }));
    if !account.is_admin {
        return refused(Forbidden::NotAdministrator);
    }
    if !account.is_active {
        return refused(Forbidden::Inactive);
    }
    Ok(account)
}

/// The same for the account that has the session, whatever its address is by now.
async fn admit_again(inner: &Arc<Inner>, given: &str) -> Result<customer::Model> {
    let id = inner.session.read().await.0.as_ref().map(|seat| seat.actor.id);
    let account = match id {
        Some(id) => customer::Entity::find_by_id(id).one(&inner.db.reader()).await?,
        None => None,
    };
    let account = account.ok_or(Error::Refused(contract::Error::SignedOut))?;
    admit(inner, &account.email, given).await
}

impl RunSession for SignIn {
    async fn run(self, inner: &Arc<Inner>) -> Result<SessionState> {
        let account = admit(inner, &self.email, &self.password.0).await?;
        inner.session.write().await.sign_in(&account);
        super::tell_others(inner).await;
        current(inner).await
    }
}

impl RunSession for Unlock {
    async fn run(self, inner: &Arc<Inner>) -> Result<SessionState> {
        let account = admit_again(inner, &self.password.0).await?;
        inner.session.write().await.sign_in(&account);
        super::tell_others(inner).await;
        current(inner).await
    }
}

impl RunSession for ConfirmPassword {
    async fn run(self, inner: &Arc<Inner>) -> Result<Confirmation> {
        super::who(inner).await?;
        admit_again(inner, &self.password.0).await?;
        if let Some(seat) = inner.session.write().await.0.as_mut() {
            seat.confirmed = Some(Instant::now());
        }
        Ok(Confirmation {
            until: confirmed_until(inner.clock.now()),
        })
    }
}
