//! `record_payment`.

use contract::{
    Noun, Problem,
    payment::{Payment, RecordPayment},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;

use super::list::{SELECT, view_rows};
use crate::{
    call::Run,
    change::Entry,
    customer,
    entity::{allocation, invoice, payment},
    error::{Result, not_found},
    scope::Scope,
};

impl Run for RecordPayment {
    async fn run(self, scope: &Scope) -> Result<Payment> {
        let customer = customer::find_to_serve(scope, self.customer_id).await?;
        let received_on = self.received_on.unwrap_or_else(|| scope.today());
        if received_on > scope.today() {
            return Err(contract::Error::field("received_on", Problem::DateOutOfOrder).into());
        }
        let row = payment::Model {
            id: scope.new_id()?,
            customer_id: customer.id,
            amount: self.amount.amount,
            currency: self.amount.currency.code().to_owned(),
            method: self.method.as_str().to_owned(),
            reference: self.reference.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            received_on,
            status: "succeeded".to_owned(),
            refunded: 0,
            created_at: scope.now.0,
            updated_at: scope.now.0,
            version: 1,
        };
        payment::Entity::insert(payment::ActiveModel::from(row.clone()))
            .exec_without_returning(scope)
            .await?;
        let paid = allocate(scope, &row).await?;
        let mut fields = vec![
            ("amount".to_owned(), None, Some(json!(self.amount))),
            ("method".to_owned(), None, Some(json!(row.method))),
            ("received_on".to_owned(), None, Some(json!(row.received_on))),
        ];
        if let Some(reference) = &row.reference {
            fields.push(("reference".to_owned(), None, Some(json!(reference))));
        }
        if !paid.is_empty() {
            fields.push(("invoices".to_owned(), None, Some(json!(paid))));
        }
        let subject = format!("{} {}", self.amount.currency.decimal(row.amount), row.currency);
        scope.log(Entry {
            noun: Noun::Payment,
            id: row.id,
            subject,
            customer: Some(customer.id),
            version: 1,
            fields,
        });
        let rows = scope.rows(&format!("{SELECT} WHERE t.id = ?"), vec![row.id.into()]).await?;
        view_rows(scope, &rows).await?.pop().ok_or_else(|| not_found(Noun::Payment))
    }
}

/// Pays open invoices of the same currency, the one due first first; answers with their numbers.
async fn allocate(scope: &Scope, payment: &payment::Model) -> Result<Vec<String>> {
    let open = invoice::Entity::find()
        .filter(invoice::Column::CustomerId.eq(payment.customer_id))
        .filter(invoice::Column::Status.eq("open"))
        .filter(invoice::Column::Currency.eq(&payment.currency))
        .order_by_asc(invoice::Column::DueOn)
        .order_by_asc(invoice::Column::CreatedAt)
        .order_by_asc(invoice::Column::Id)
        .all(scope)
        .await?;
    let mut left = payment.amount;
    let mut paid = Vec::new();
    for mut row in open {
        let amount = (row.total - row.paid - row.credited).min(left);
        if amount <= 0 {
            continue;
        }
        left -= amount;
        row.paid += amount;
        if row.paid + row.credited >= row.total {
            row.status = "paid".to_owned();
            row.is_overdue = false;
            row.due_at = None;
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        paid.extend(row.number.clone());
        let part = allocation::Model {
            id: scope.new_id()?,
            payment_id: payment.id,
            invoice_id: row.id,
            amount,
            created_at: scope.now.0,
        };
        allocation::Entity::insert(allocation::ActiveModel::from(part))
            .exec_without_returning(scope)
            .await?;
        row.into_active_model().reset_all().update(scope).await?;
        if left == 0 {
            break;
        }
    }
    Ok(paid)
}
