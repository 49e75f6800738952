//! `get_invoice`.

use contract::{
    Money, Noun,
    invoice::{GetInvoice, InvoiceDetails, InvoicePayment},
    party::Party,
    tax::{Taxed, totals},
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{currency, lines, list};
use crate::{
    billing,
    call::Run,
    credit_note, customer,
    entity::invoice,
    error::{Error, Result, not_found},
    scope::Scope,
};

impl Run for GetInvoice {
    async fn run(self, scope: &Scope) -> Result<InvoiceDetails> {
        let missing = || not_found(Noun::Invoice);
        let row = invoice::Entity::find_by_id(self.id.0).one(scope).await?.ok_or_else(missing)?;
        let owner = customer::find_of(scope, row.customer_id.into(), missing).await?;
        let currency = currency(&row)?;
        let own = lines::load(scope, self.id).await?;
        // The net amounts are stored; what they are taxed with follows from them.
        let taxed: Vec<Taxed> = own
            .iter()
            .map(|line| Taxed {
                amount: line.net,
                category: line.tax_category,
                rate: line.tax_rate,
            })
            .collect();
        let taxes = totals(&taxed, false, 1)
            .ok_or_else(|| Error::Fault("the lines of an invoice are out of range".to_owned()))?
            .groups;
        let party = |stored: &Option<String>, now: Party| stored.as_deref().map_or(Ok(now), serde_json::from_str);
        let seller = billing::seller(&billing::load(scope).await?)?;
        let mut payments = Vec::new();
        let sql = "SELECT a.payment_id, a.amount, p.received_on FROM allocation a JOIN payment p ON p.id = a.payment_id
                   WHERE a.invoice_id = ? ORDER BY p.received_on, a.created_at, a.id";
        for part in scope.rows(sql, vec![row.id.into()]).await? {
            payments.push(InvoicePayment {
                payment_id: part.try_get::<Uuid>("", "payment_id")?.into(),
                received_on: part.try_get("", "received_on")?,
                amount: Money::new(part.try_get("", "amount")?, currency),
            });
        }
        Ok(InvoiceDetails {
            invoice: list::read(scope, row.id).await?,
            lines: own,
            taxes,
            rounding: Money::new(row.rounding, currency),
            prices_include_tax: row.prices_include_tax,
            reverse_charge: row.reverse_charge,
            note: row.note.clone(),
            seller: party(&row.seller, seller)?,
            buyer: party(&row.buyer, billing::buyer(&owner))?,
            tax_treatment: billing::treatment(&owner)?,
            payments,
            credit_notes: credit_note::of_invoice(scope, row.id).await?,
        })
    }
}
