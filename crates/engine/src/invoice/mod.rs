//! Invoices: drafted, finalized, voided, given up. What is paid of them stands in `payment/`, what is credited in
//! `credit_note/`.

mod create;
mod delete;
mod finalize;
pub mod lines;
mod list;
mod promise;
mod settle;
mod uncollectible;
mod update;
mod view;
mod void;
mod write_off;

use chrono::NaiveDate;
use contract::{Conflict, Currency, InvoiceId, Money, Noun, invoice::InvoiceStatus};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Map, Value, json};

pub use create::draft;
pub use finalize::{Days, finalize};
pub use list::read;
pub use settle::settle;

use crate::{
    change::Entry,
    customer::{self, check_version},
    entity::{customer as customers, invoice},
    error::{Result, not_found, unknown_word},
    scope::Scope,
    subscription,
};

/// An invoice and its customer, locked until the operation ends.
pub async fn find_to_change(scope: &Scope, id: InvoiceId) -> Result<(invoice::Model, customers::Model)> {
    let missing = || not_found(Noun::Invoice);
    let row = invoice::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)?;
    scope.touch(row.customer_id).await?;
    // An archived customer's invoices can still be settled; a deleted one has drafts only.
    let owner = customer::find_of(scope, row.customer_id.into(), missing).await?;
    // Again: it may have changed while the lock was waited for.
    let row = invoice::Entity::find_by_id(id.0).one(scope).await?.ok_or_else(missing)?;
    Ok((row, owner))
}

/// The same at a version, and a draft.
async fn find_draft(scope: &Scope, id: InvoiceId, version: u32) -> Result<(invoice::Model, customers::Model)> {
    let (row, owner) = find_to_change(scope, id).await?;
    check_version(scope, row.id, row.version, version).await?;
    if row.status != InvoiceStatus::Draft.as_str() {
        return Err(Conflict::DocumentFinal {
            number: row.number.unwrap_or_default(),
        }
        .into());
    }
    Ok((row, owner))
}

/// The state of an invoice.
pub fn status(row: &invoice::Model) -> Result<InvoiceStatus> {
    InvoiceStatus::parse(&row.status).ok_or_else(|| unknown_word("invoice.status", &row.status))
}

/// The currency of an invoice.
pub fn currency(row: &invoice::Model) -> Result<Currency> {
    Currency::parse(&row.currency).ok_or_else(|| unknown_word("invoice.currency", &row.currency))
}

/// What is left to pay of an invoice that is open or given up.
pub fn payable(row: &invoice::Model) -> i64 {
    row.total - row.paid - row.credited
}

/// Stores an invoice that is changed today, and lets what is written off of it and the subscription that it bills follow.
pub async fn store(scope: &Scope, row: &mut invoice::Model) -> Result<()> {
    store_on(scope, row, 0, scope.today()).await
}

/// The same where something was paid, given back or credited as of a day, and what is left to pay has changed by so much from then
/// on.
pub async fn store_on(scope: &Scope, row: &mut invoice::Model, by: i64, on: NaiveDate) -> Result<()> {
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    write_off::follow(scope, row, by, on).await?;
    match row.subscription_id {
        Some(subscription) => subscription::follow_invoices(scope, subscription).await,
        None => Ok(()),
    }
}

/// The fields that the change log shows.
pub fn fields(row: &invoice::Model) -> Result<Map<String, Value>> {
    let money = |amount| json!(Money::new(amount, Currency::parse(&row.currency).unwrap_or(Currency::EUR)));
    currency(row)?;
    let fields = [
        ("status", json!(row.status)),
        ("number", json!(row.number)),
        ("issued_on", json!(row.issued_on)),
        ("due_on", json!(row.due_on)),
        ("promised_until", json!(row.promised_until)),
        ("net", money(row.net)),
        ("tax", money(row.tax)),
        ("total", money(row.total)),
        ("note", json!(row.note)),
        ("prices_include_tax", json!(row.prices_include_tax)),
        ("reverse_charge", json!(row.reverse_charge)),
    ];
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The entry of the change log.
pub fn entry(row: &invoice::Model, fields: Vec<(String, Option<Value>, Option<Value>)>) -> Entry {
    Entry {
        noun: Noun::Invoice,
        id: row.id,
        subject: row.number.clone().unwrap_or_else(|| "Draft".to_owned()),
        customer: Some(row.customer_id),
        version: row.version,
        fields,
    }
}
