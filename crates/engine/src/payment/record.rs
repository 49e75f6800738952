//! `record_payment`.

use contract::{
    Conflict, Noun, Problem,
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

/// Pays the invoices that were asked for; without, the open ones, the one due first first. Answers with their numbers.
async fn allocate(scope: &Scope, payment: &payment::Model, asked: Option<Vec<NewAllocation>>) -> Result<Vec<String>> {
    let open = open_invoices(scope, payment.customer_id, &payment.currency).await?;
    let mut paid = Vec::new();
    let Some(asked) = asked else {
        let mut left = payment.amount;
        for mut row in open {
            let amount = invoice::payable(&row).min(left);
            if amount > 0 {
                left -= amount;
                pay(scope, payment.id, &mut row, amount).await?;
                paid.extend(row.number);
            }
        }
        return Ok(paid);
    };
    for (at, part) in asked.into_iter().enumerate() {
        let Some(mut row) = open.iter().find(|row| row.id == part.invoice_id.0).cloned() else {
            return Err(refuse(scope, payment, &part, at).await?.into());
        };
        let most = invoice::payable(&row);
        if part.amount.amount > most {
            let problem = Problem::OutOfRange { min: 1, max: most };
            return Err(contract::Error::field(&format!("allocations[{at}].amount.amount"), problem).into());
        }
        pay(scope, payment.id, &mut row, part.amount.amount).await?;
        paid.extend(row.number);
    }
    Ok(paid)
}

/// Why an invoice that was asked for cannot be paid by this payment.
async fn refuse(scope: &Scope, payment: &payment::Model, part: &NewAllocation, at: usize) -> Result<contract::Error> {
    let found = invoices::Entity::find_by_id(part.invoice_id.0).one(scope).await?;
    let Some(row) = found.filter(|row| row.customer_id == payment.customer_id) else {
        return Ok(contract::Error::NotFound { noun: Noun::Invoice });
    };
    if row.currency != payment.currency {
        let problem = wrong_currency(invoice::currency(&row)?);
        return Ok(contract::Error::field(&format!("allocations[{at}].amount.currency"), problem));
    }
    let status = invoice::status(&row)?;
    Ok(Conflict::InvoiceState { status }.into())
}
