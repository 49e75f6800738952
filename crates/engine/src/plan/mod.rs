//! Plans.

mod create;
mod list;
mod update;

use contract::{BillingCycle, Conflict, Currency, Noun, PlanId, Timestamp, plan::Plan};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    change::Entry,
    db,
    entity::plan,
    error::{Result, not_found, unknown_word},
    scope::Scope,
};

/// A plan.
pub async fn find(scope: &Scope, id: PlanId) -> Result<plan::Model> {
    plan::Entity::find_by_id(id.0)
        .one(scope)
        .await?
        .ok_or_else(|| not_found(Noun::Plan))
}

/// The currency of a plan.
pub fn currency(row: &plan::Model) -> Result<Currency> {
    Currency::parse(&row.currency).ok_or_else(|| unknown_word("plan.currency", &row.currency))
}

/// The price of a plan on sale in a cycle.
pub fn price(row: &plan::Model, cycle: BillingCycle) -> Result<i64> {
    if !row.is_active {
        return Err(Conflict::PlanNotSold { name: row.name.clone() }.into());
    }
    let price = match cycle {
        BillingCycle::Monthly => row.price_monthly,
        BillingCycle::Yearly => row.price_yearly,
    };
    price.ok_or_else(|| Conflict::CycleNotOffered { name: row.name.clone() }.into())
}

/// The wire form of a plan.
fn view(row: plan::Model, active_licenses: i64) -> Result<Plan> {
    let count = |number: Option<i64>| number.map(u32::try_from).transpose();
    Ok(Plan {
        id: row.id.into(),
        currency: currency(&row)?,
        code: row.code,
        name: row.name,
        description: row.description,
        price_monthly: row.price_monthly,
        price_yearly: row.price_yearly,
        trial_days: u32::try_from(row.trial_days)?,
        max_activations: count(row.max_activations)?,
        max_users: count(row.max_users)?,
        max_domains: count(row.max_domains)?,
        reminders: row.reminders.as_deref().map(serde_json::from_str).transpose()?,
        is_active: row.is_active,
        active_licenses: u32::try_from(active_licenses)?,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: u32::try_from(row.version)?,
    })
}

fn fields(row: &plan::Model) -> Map<String, Value> {
    let fields = [
        ("code", json!(row.code)),
        ("name", json!(row.name)),
        ("description", json!(row.description)),
        ("currency", json!(row.currency)),
        ("price_monthly", json!(row.price_monthly)),
        ("price_yearly", json!(row.price_yearly)),
        ("trial_days", json!(row.trial_days)),
        ("max_activations", json!(row.max_activations)),
        ("max_users", json!(row.max_users)),
        ("max_domains", json!(row.max_domains)),
        ("reminders", json!(row.reminders)),
        ("is_active", json!(row.is_active)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn entry(row: &plan::Model, fields: Vec<(String, Option<Value>, Option<Value>)>) -> Entry {
    Entry {
        noun: Noun::Plan,
        id: row.id,
        subject: row.name.clone(),
        customer: None,
        version: row.version,
        fields,
    }
}

/// Refuses a code that another plan has.
async fn check_code(scope: &Scope, code: &str, except: Option<Uuid>) -> Result<()> {
    db::serialize(scope, &format!("plan {code}")).await?;
    let owner = plan::Entity::find().filter(plan::Column::Code.eq(code)).one(scope).await?;
    match owner.filter(|owner| Some(owner.id) != except) {
        Some(_) => Err(Conflict::CodeTaken { code: code.to_owned() }.into()),
        None => Ok(()),
    }
}

/// A text without what surrounds it; nothing if nothing is left.
fn tidy(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
