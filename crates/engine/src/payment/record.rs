//! `record_payment`.

use contract::{
    Conflict, Noun, Problem,
    invoice::InvoiceStatus,
    payment::{NewAllocation, Payment, RecordPayment, wrong_currency},
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    allocate::{open_invoices, pay},
    list::{SELECT, view_rows},
};
use crate::{
    billing,
    call::Run,
    change::Entry,
    customer,
    entity::{invoice as invoices, payment},
    error::{Result, not_found},
    invoice,
    page::search_key,
    scope::Scope,
};

impl Run for RecordPayment {
    async fn run(self, scope: &Scope) -> Result<Payment> {
        let customer = customer::find_to_settle(scope, self.customer_id).await?;
        let received_on = self.received_on.unwrap_or_else(|| scope.today());
        if received_on > scope.today() {
            return Err(contract::Error::field("received_on", Problem::DateOutOfOrder).into());
        }
        let reference = billing::tidy(self.reference);
        let row = payment::Model {
            id: scope.new_id()?,
            customer_id: customer.id,
            amount: self.amount.amount,
            currency: self.amount.currency.code().to_owned(),
            method: self.method.as_str().to_owned(),
            search_key: reference.as_deref().and_then(search_key),
            reference,
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
        let paid = allocate(scope, &row, self.allocations).await?;
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

/// Pays the invoices that were asked for; without, the open ones, the one due first first: of those that were given up nobody knows
/// whether this is meant for them. Answers with their numbers.
async fn allocate(scope: &Scope, payment: &payment::Model, asked: Option<Vec<NewAllocation>>) -> Result<Vec<String>> {
    let mut paid = Vec::new();
    let Some(asked) = asked else {
        let mut left = payment.amount;
        for mut row in open_invoices(scope, payment.customer_id, &payment.currency).await? {
            let amount = invoice::payable(&row).min(left);
            if amount > 0 {
                left -= amount;
                pay(scope, payment.id, &mut row, amount, payment.received_on).await?;
                paid.extend(row.number);
            }
        }
        return Ok(paid);
    };
    for (at, part) in asked.into_iter().enumerate() {
        let mut row = find_to_pay(scope, payment, &part, at).await?;
        let most = invoice::payable(&row);
        if part.amount.amount > most {
            let problem = Problem::OutOfRange { min: 1, max: most };
            return Err(contract::Error::field(&format!("allocations[{at}].amount.amount"), problem).into());
        }
        pay(scope, payment.id, &mut row, part.amount.amount, payment.received_on).await?;
        paid.extend(row.number);
    }
    Ok(paid)
}

/// An invoice that was asked for: open or given up, of the same customer and in the same currency.
async fn find_to_pay(scope: &Scope, payment: &payment::Model, part: &NewAllocation, at: usize) -> Result<invoices::Model> {
    let found = invoices::Entity::find_by_id(part.invoice_id.0).one(scope).await?;
    let Some(row) = found.filter(|row| row.customer_id == payment.customer_id) else {
        return Err(not_found(Noun::Invoice));
    };
    if row.currency != payment.currency {
        let problem = wrong_currency(invoice::currency(&row)?);
        return Err(contract::Error::field(&format!("allocations[{at}].amount.currency"), problem).into());
    }
    match invoice::status(&row)? {
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => Ok(row),
        status => Err(Conflict::InvoiceState { status }.into()),
    }
}
