//! Licenses.

mod add;
mod cancel;
mod list;
mod restore;

use chrono::NaiveDate;
use chrono_tz::Tz;
use contract::{
    BillingCycle, Currency, LicenseId, Money, Noun, Timestamp,
    license::{License, LicenseStatus, Quota, QuotaKind},
};
use sea_orm::{EntityTrait, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

pub use add::sell;
pub use list::{LIVE, OF_CUSTOMER, SELECT, of_customer};

use crate::{
    change::Entry,
    entity::license,
    error::{Error, Result, not_found, unknown_word},
    scope::Scope,
    zone,
};

/// When a license ends: after a cycle, and no sooner than what its subscription has billed.
pub fn end(zone: Tz, starts_at: Timestamp, cycle: BillingCycle, billed_until: Option<NaiveDate>) -> Result<Timestamp> {
    let own = zone::after_cycle(zone, starts_at, cycle).ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
    Ok(billed_until.map_or(own, |day| own.max(zone::same_time(zone, starts_at, day))))
}

/// A license, its customer locked until the operation ends.
async fn find_to_change(scope: &Scope, id: LicenseId) -> Result<license::Model> {
    let row = license::Entity::find_by_id(id.0)
        .one(scope)
        .await?
        .ok_or_else(|| not_found(Noun::License))?;
    scope.touch(row.customer_id).await?;
    // A customer that is hidden hides the licenses.
    let owner = crate::customer::find_of(scope, row.customer_id.into(), || not_found(Noun::License)).await?;
    if owner.archived_at.is_some() {
        return Err(not_found(Noun::License));
    }
    // Again: it may have changed while the lock was waited for.
    license::Entity::find_by_id(id.0)
        .one(scope)
        .await?
        .ok_or_else(|| not_found(Noun::License))
}

/// What a stored license is worth at this time.
fn status(scope: &Scope, row: &license::Model) -> Result<LicenseStatus> {
    Ok(match row.status.as_str() {
        "canceled" => LicenseStatus::Canceled,
        "suspended" => LicenseStatus::Suspended,
        "expired" => LicenseStatus::Expired,
        "active" if row.expires_at.is_some_and(|end| end <= scope.soon().0) => LicenseStatus::Expiring,
        "active" => LicenseStatus::Active,
        other => return Err(unknown_word("license.status", other)),
    })
}

/// The wire form of a row of [`SELECT`].
pub fn view_row(scope: &Scope, row: &QueryResult) -> Result<License> {
    let license = license::Model::from_query_result(row, "")?;
    view(scope, license, row.try_get("", "customer_name")?, row.try_get("", "plan_name")?)
}

/// The wire form of a license.
fn view(scope: &Scope, row: license::Model, customer_name: String, plan_name: String) -> Result<License> {
    let mut quotas = Vec::new();
    let kinds = [
        (QuotaKind::Activations, row.used_activations, row.max_activations),
        (QuotaKind::Users, row.used_users, row.max_users),
        (QuotaKind::Domains, row.used_domains, row.max_domains),
    ];
    for (kind, used, limit) in kinds {
        quotas.push(Quota {
            kind,
            used: u32::try_from(used)?,
            limit: limit.map(u32::try_from).transpose()?,
        });
    }
    Ok(License {
        id: row.id.into(),
        customer_id: row.customer_id.into(),
        customer_name,
        plan_id: row.plan_id.into(),
        plan_name,
        subscription_id: row.subscription_id.map(Into::into),
        status: status(scope, &row)?,
        billing_cycle: BillingCycle::parse(&row.billing_cycle).ok_or_else(|| unknown_word("license.billing_cycle", &row.billing_cycle))?,
        price: Money::new(
            row.price,
            Currency::parse(&row.currency).ok_or_else(|| unknown_word("license.currency", &row.currency))?,
        ),
        key: row.key,
        quotas,
        starts_at: Timestamp(row.starts_at),
        expires_at: row.expires_at.map(Timestamp),
        suspended_at: row.suspended_at.map(Timestamp),
        canceled_at: row.canceled_at.map(Timestamp),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: u32::try_from(row.version)?,
    })
}

/// The wire form of a license, read anew.
async fn read(scope: &Scope, id: Uuid) -> Result<License> {
    let row = scope
        .row(&format!("{SELECT} WHERE t.id = ?"), vec![Value::from(id)])
        .await?
        .ok_or_else(|| not_found(Noun::License))?;
    view_row(scope, &row)
}

/// The entry of the change log, under the key without what makes it one.
pub fn entry(row: &license::Model, fields: Vec<(String, Option<serde_json::Value>, Option<serde_json::Value>)>) -> Entry {
    let subject = contract::license_key::masked(&row.key);
    Entry {
        noun: Noun::License,
        id: row.id,
        subject,
        customer: Some(row.customer_id),
        version: row.version,
        fields,
    }
}
