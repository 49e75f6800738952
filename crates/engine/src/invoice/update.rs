//! `update_invoice`.

use contract::{
    Money, Problem, Quantity, TaxTreatment,
    invoice::{Invoice, InvoiceLine, NewLine, UpdateInvoice},
};
use serde_json::json;

use super::{entry, fields, find_draft, lines, read, store};
use crate::{billing, call::Run, change, error::Result, scope::Scope};

/// Refuses more lines that take something off than the draft has: a change of a subscription made those, and whatever else is
/// owed back is a credit note.
fn check_taken_off(new: &[NewLine], old: &[InvoiceLine]) -> Result<()> {
    let known = old.iter().filter(|line| line.quantity.0 < 0).count();
    let surplus = new.iter().enumerate().filter(|(_, line)| line.quantity.0 < 0).nth(known);
    match surplus {
        None => Ok(()),
        Some((at, _)) => {
            let (min, max) = (1, Quantity::MAX.0);
            Err(contract::Error::field(&format!("lines[{at}].quantity"), Problem::OutOfRange { min, max }).into())
        }
    }
}

impl Run for UpdateInvoice {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let (before, owner) = find_draft(scope, self.id, self.version).await?;
        let mut row = before.clone();
        row.prices_include_tax = self.prices_include_tax.unwrap_or(row.prices_include_tax);
        row.reverse_charge = self.reverse_charge.unwrap_or(row.reverse_charge);
        if let Some(note) = self.note {
            row.note = billing::tidy(note);
        }
        let old = lines::load(scope, self.id).await?;
        // Without reverse charge, what the lines were taxed with before it is not known any more: the settings say, also of a customer
        // who would be billed with it.
        let was_reversed = before.reverse_charge && !row.reverse_charge;
        let treatment = billing::treatment(&owner)?.filter(|treatment| !was_reversed || *treatment != TaxTreatment::ReverseCharge);
        let new = match self.lines {
            Some(lines) => {
                check_taken_off(&lines, &old)?;
                lines
            }
            None => {
                let mut kept = lines::again(old.clone());
                for line in kept.iter_mut().filter(|_| was_reversed) {
                    line.tax_category = None;
                    line.tax_rate = None;
                }
                kept
            }
        };
        let settings = billing::load(scope).await?;
        let terms = lines::Terms::new(
            scope,
            &settings,
            &row.currency,
            Some(row.prices_include_tax),
            row.reverse_charge,
            treatment,
        )?;
        let (new, found) = lines::compute(&terms, &new)?;
        lines::put(&mut row, &found);
        let mut changed = change::difference(Some(&fields(&before)?), &fields(&row)?);
        if new != old {
            let currency = super::currency(&row)?;
            let shown = |lines: &[InvoiceLine]| {
                let line = |line: &InvoiceLine| {
                    let unit_price = Money::new(line.unit_price, currency);
                    json!({
                        "quantity": line.quantity, "text": line.text, "unit_price": unit_price, "tax_rate": line.tax_rate,
                        "period_start": line.period_start, "period_end": line.period_end,
                    })
                };
                json!(lines.iter().map(line).collect::<Vec<_>>())
            };
            changed.push(("lines".to_owned(), Some(shown(&old)), Some(shown(&new))));
            lines::store(scope, row.id, &new).await?;
        }
        if !changed.is_empty() {
            store(scope, &mut row).await?;
            scope.log(entry(&row, changed));
        }
        read(scope, row.id).await
    }
}
