//! `get_credit_note`.

use contract::{
    Money, Noun, Quantity,
    credit_note::{CreditNoteDetails, GetCreditNote},
    invoice::InvoiceLine,
};

use sea_orm::EntityTrait;

use super::{list, load, tax};
use crate::{
    call::Run,
    entity::{credit_note_line, invoice},
    error::{Error, Result, not_found},
    invoice::lines,
    scope::Scope,
};

fn line(row: &credit_note_line::Model) -> Result<InvoiceLine> {
    Ok(InvoiceLine {
        position: u32::try_from(row.position)?,
        text: row.text.clone(),
        quantity: Quantity(row.quantity_nano),
        unit_price: row.unit_price,
        net: row.net,
        tax_category: lines::category("credit_note_line.tax_category", &row.tax_category)?,
        tax_rate: u32::try_from(row.tax_rate_micro)?,
        period_start: row.period_start,
        period_end: row.period_end,
    })
}

impl Run for GetCreditNote {
    async fn run(self, scope: &Scope) -> Result<CreditNoteDetails> {
        let credit_note = list::read(scope, self.id.0).await?;
        let own = lines::load(scope, credit_note.invoice_id).await?;
        let notes = load(scope, credit_note.invoice_id.0).await?;
        let (taxes, _) = tax::of_notes(&own, notes.iter().map(|(_, lines)| lines))?;
        let ((note, lines), taxes) = notes
            .into_iter()
            .zip(taxes)
            .find(|((note, _), _)| note.id == self.id.0)
            .ok_or_else(|| not_found(Noun::CreditNote))?;
        let missing = || Error::Fault("a credit note has lost its invoice".to_owned());
        let invoice = invoice::Entity::find_by_id(note.invoice_id).one(scope).await?.ok_or_else(missing)?;
        let (currency, invoice_issued_on) = (credit_note.total.currency, invoice.issued_on.ok_or_else(missing)?);
        Ok(CreditNoteDetails {
            credit_note,
            lines: lines.iter().map(line).collect::<Result<_>>()?,
            taxes,
            rounding: Money::new(note.rounding, currency),
            invoice_issued_on,
            prices_include_tax: invoice.prices_include_tax,
            seller: serde_json::from_str(&note.seller)?,
            buyer: serde_json::from_str(&note.buyer)?,
        })
    }
}
