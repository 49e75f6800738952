//! Which payment pays which invoice. The customer of both has to be locked.

use chrono::NaiveDate;
use contract::Timestamp;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    db,
    entity::{allocation, invoice, payment},
    error::Result,
    invoice as invoices,
    scope::Scope,
    zone,
};

/// What of a payment pays an invoice.
pub async fn find(scope: &Scope, payment: Uuid, invoice: Uuid) -> Result<Option<allocation::Model>> {
    Ok(allocation::Entity::find()
        .filter(allocation::Column::PaymentId.eq(payment))
        .filter(allocation::Column::InvoiceId.eq(invoice))
        .one(scope)
        .await?)
}

/// Pays so much of an invoice from a payment, as of a day.
pub async fn pay(scope: &Scope, payment: Uuid, row: &mut invoice::Model, amount: i64, on: NaiveDate) -> Result<()> {
    match find(scope, payment, row.id).await? {
        Some(mut known) => {
            known.amount += amount;
            known.into_active_model().reset_all().update(scope).await?;
        }
        None => {
            let part = allocation::Model {
                id: scope.new_id()?,
                payment_id: payment,
                invoice_id: row.id,
                amount,
                created_at: scope.now.0,
            };
            allocation::Entity::insert(allocation::ActiveModel::from(part))
                .exec_without_returning(scope)
                .await?;
        }
    }
    row.paid += amount;
    invoices::settle(scope, row);
    invoices::store_on(scope, row, -amount, on).await
}

/// The open invoices of a customer in a currency, the one due first first.
pub async fn open_invoices(scope: &Scope, customer: Uuid, currency: &str) -> Result<Vec<invoice::Model>> {
    Ok(invoice::Entity::find()
        .filter(invoice::Column::CustomerId.eq(customer))
        .filter(invoice::Column::Status.eq("open"))
        .filter(invoice::Column::Currency.eq(currency))
        .order_by_asc(invoice::Column::DueOn)
        .order_by_asc(invoice::Column::CreatedAt)
        .order_by_asc(invoice::Column::Id)
        .all(scope)
        .await?)
}

/// What is left of a payment: credit of the customer.
pub async fn unallocated(scope: &Scope, row: &payment::Model) -> Result<i64> {
    let sql = format!("SELECT {} FROM allocation WHERE payment_id = ?", db::sum(scope, "amount"));
    let allocated = scope.number(&sql, vec![row.id.into()]).await?;
    Ok(row.amount - row.refunded - allocated)
}

/// The payments of a customer that may have something left, the oldest first.
pub async fn with_credit(scope: &Scope, customer: Uuid, currency: &str) -> Result<Vec<payment::Model>> {
    Ok(payment::Entity::find()
        .filter(payment::Column::CustomerId.eq(customer))
        .filter(payment::Column::Status.eq("succeeded"))
        .filter(payment::Column::Currency.eq(currency))
        .order_by_asc(payment::Column::ReceivedOn)
        .order_by_asc(payment::Column::CreatedAt)
        .order_by_asc(payment::Column::Id)
        .all(scope)
        .await?)
}

/// Takes so much off an allocation, which is gone when nothing is left of it.
async fn reduce(scope: &Scope, mut part: allocation::Model, amount: i64) -> Result<()> {
    part.amount -= amount;
    if part.amount == 0 {
        allocation::Entity::delete_by_id(part.id).exec(scope).await?;
    } else {
        part.into_active_model().reset_all().update(scope).await?;
    }
    Ok(())
}

/// Frees so much of what a payment pays of an invoice.
pub async fn release(scope: &Scope, part: allocation::Model, row: &mut invoice::Model, amount: i64) -> Result<()> {
    reduce(scope, part, amount).await?;
    row.paid -= amount;
    invoices::settle(scope, row);
    invoices::store(scope, row).await
}

/// Frees so much of what paid an invoice, what paid last first. The caller settles and stores the invoice.
pub async fn release_from_invoice(scope: &Scope, row: &mut invoice::Model, amount: i64) -> Result<()> {
    let parts = allocation::Entity::find()
        .filter(allocation::Column::InvoiceId.eq(row.id))
        .order_by_desc(allocation::Column::CreatedAt)
        .order_by_desc(allocation::Column::Id)
        .all(scope)
        .await?;
    let mut left = amount;
    for part in parts {
        let taken = part.amount.min(left);
        if taken == 0 {
            break;
        }
        left -= taken;
        reduce(scope, part, taken).await?;
    }
    row.paid -= amount - left;
    Ok(())
}

/// Frees so much of a payment, as of a day, what it paid last first; those invoices are open again. Answers with their numbers.
pub async fn release_from_payment(scope: &Scope, payment: &payment::Model, amount: i64, on: NaiveDate) -> Result<Vec<String>> {
    let parts = allocation::Entity::find()
        .filter(allocation::Column::PaymentId.eq(payment.id))
        .order_by_desc(allocation::Column::CreatedAt)
        .order_by_desc(allocation::Column::Id)
        .all(scope)
        .await?;
    let mut left = amount;
    let mut opened = Vec::new();
    for part in parts {
        let taken = part.amount.min(left);
        if taken == 0 {
            break;
        }
        left -= taken;
        if let Some(mut row) = invoice::Entity::find_by_id(part.invoice_id).one(scope).await? {
            row.paid -= taken;
            invoices::settle(scope, &mut row);
            // What was used as credit later has paid nothing before.
            let since = if part.created_at > payment.created_at {
                on.max(zone::day(scope.zone, Timestamp(part.created_at)))
            } else {
                on
            };
            invoices::store_on(scope, &mut row, taken, since).await?;
            opened.extend(row.number);
        }
        reduce(scope, part, taken).await?;
    }
    Ok(opened)
}
