//! `create_invoice` and `preview_invoice`.

use contract::{
    Currency, Money, SubscriptionId,
    invoice::{CreateInvoice, Invoice, InvoicePreview, NewLine, PreviewInvoice},
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{entry, fields, lines, read};
use crate::{billing, call::Run, change, customer, entity::invoice, error::Result, scope::Scope};

/// A new draft with its lines. The customer has to be locked.
pub async fn draft(
    scope: &Scope,
    customer: Uuid,
    subscription: Option<SubscriptionId>,
    currency: Currency,
    terms: &lines::Terms,
    new: &[NewLine],
    note: Option<String>,
) -> Result<invoice::Model> {
    let (lines, found) = lines::compute(terms, new)?;
    let mut row = invoice::Model {
        id: scope.new_id()?,
        customer_id: customer,
        subscription_id: subscription.map(|id| id.0),
        series: None,
        series_number: None,
        number: None,
        status: "draft".to_owned(),
        issued_on: None,
        due_on: None,
        currency: currency.code().to_owned(),
        net: 0,
        tax: 0,
        total: 0,
        rounding: 0,
        paid: 0,
        credited: 0,
        is_overdue: false,
        due_at: None,
        prices_include_tax: terms.prices_include_tax,
        reverse_charge: terms.reverse_charge,
        note,
        seller: None,
        buyer: None,
        finalized_at: None,
        voided_at: None,
        uncollectible_at: None,
        promised_until: None,
        reopened: 0,
        created_at: scope.now.0,
        updated_at: scope.now.0,
        version: 1,
    };
    lines::put(&mut row, &found);
    invoice::Entity::insert(invoice::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    lines::store(scope, row.id, &lines).await?;
    Ok(row)
}

impl Run for CreateInvoice {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let customer = customer::find_to_serve(scope, self.customer_id).await?;
        let settings = billing::load(scope).await?;
        let currency = lines::currency(scope, self.currency)?;
        let terms = lines::Terms::new(
            scope,
            &settings,
            currency.code(),
            self.prices_include_tax,
            self.reverse_charge,
            billing::treatment(&customer)?,
        )?;
        let row = draft(scope, customer.id, None, currency, &terms, &self.lines, billing::tidy(self.note)).await?;
        scope.log(entry(&row, change::difference(None, &fields(&row)?)));
        read(scope, row.id).await
    }
}

impl Run for PreviewInvoice {
    async fn run(self, scope: &Scope) -> Result<InvoicePreview> {
        let treatment = match self.customer_id {
            Some(id) => billing::treatment(&customer::find(scope, id).await?)?,
            None => None,
        };
        let settings = billing::load(scope).await?;
        let currency = lines::currency(scope, self.currency)?;
        let terms = lines::Terms::new(
            scope,
            &settings,
            currency.code(),
            self.prices_include_tax,
            self.reverse_charge,
            treatment,
        )?;
        let (lines, found) = lines::compute(&terms, &self.lines)?;
        let money = |amount| Money::new(amount, currency);
        Ok(InvoicePreview {
            lines,
            taxes: found.groups,
            net: money(found.net),
            tax: money(found.tax),
            rounding: money(found.rounding),
            total: money(found.total),
        })
    }
}
