//! Lines and what they come to.

use contract::{
    Currency, InvoiceId, Problem, Quantity, TaxCategory, TaxTreatment,
    invoice::{InvoiceLine, NewLine},
    money::MAX_AMOUNT,
    tax::{Taxed, Totals, totals},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    entity::{billing, customer, invoice, invoice_line},
    error::{Error, Result, unknown_word},
    scope::Scope,
};

/// What the lines of an invoice have in common.
#[derive(Clone, Debug)]
pub struct Terms {
    pub prices_include_tax: bool,
    pub reverse_charge: bool,
    /// How the customer is taxed, where it is not as the settings say.
    treatment: Option<TaxTreatment>,
    category: TaxCategory,
    rate: u32,
    step: u32,
}

impl Terms {
    /// Terms by the billing settings, and by how the customer is taxed; `prices_include_tax` as asked for, if it was.
    pub fn new(
        scope: &Scope,
        settings: &billing::Model,
        currency: &str,
        prices_include_tax: Option<bool>,
        reverse_charge: bool,
        treatment: Option<TaxTreatment>,
    ) -> Result<Self> {
        let category =
            TaxCategory::parse(&settings.tax_category).ok_or_else(|| unknown_word("billing.tax_category", &settings.tax_category))?;
        // The smallest coin is that of the book's currency.
        let step = if scope.book.currency == currency {
            settings.rounding_step
        } else {
            1
        };
        Ok(Self {
            prices_include_tax: prices_include_tax.unwrap_or(settings.prices_include_tax),
            reverse_charge,
            treatment,
            category,
            rate: u32::try_from(settings.tax_rate_micro)?,
            step: u32::try_from(step)?,
        })
    }

    /// Terms of what is billed to a customer without anybody saying how.
    pub async fn of(scope: &Scope, owner: &customer::Model, currency: &str) -> Result<Self> {
        let settings = crate::billing::load(scope).await?;
        Self::new(scope, &settings, currency, None, false, crate::billing::treatment(owner)?)
    }

    /// Whether the buyer accounts for the tax of each of these lines.
    pub fn are_reversed(&self, new: &[NewLine]) -> bool {
        !new.is_empty() && new.iter().all(|line| self.tax(line).0 == TaxCategory::ReverseCharge)
    }

    /// Category and rate of a line: as asked for, else as the customer is taxed, else as the settings say.
    fn tax(&self, line: &NewLine) -> (TaxCategory, u32) {
        if self.reverse_charge {
            return (TaxCategory::ReverseCharge, 0);
        }
        match (line.tax_category, line.tax_rate) {
            (Some(category), Some(rate)) => (category, rate),
            (Some(TaxCategory::Standard), None) => (TaxCategory::Standard, self.rate),
            (Some(category), None) => (category, 0),
            (None, Some(rate)) => (TaxCategory::Standard, rate),
            (None, None) => self
                .treatment
                .map_or((self.category, self.rate), |treatment| (treatment.category(), 0)),
        }
    }
}

/// Computes lines. Refuses what goes beyond the largest amount.
pub fn compute(terms: &Terms, new: &[NewLine]) -> Result<(Vec<InvoiceLine>, Totals)> {
    let too_much = |field: String| {
        let problem = Problem::OutOfRange {
            min: -MAX_AMOUNT,
            max: MAX_AMOUNT,
        };
        Error::Refused(contract::Error::field(&field, problem))
    };
    let mut taxed = Vec::with_capacity(new.len());
    for (at, line) in new.iter().enumerate() {
        let (category, rate) = terms.tax(line);
        contract::rules::check(|found| category.check_rate(&format!("lines[{at}].tax_rate"), rate, found))
            .map_err(|fields| contract::Error::Invalid { fields })?;
        let amount = line
            .quantity
            .times(line.unit_price)
            .ok_or_else(|| too_much(format!("lines[{at}].unit_price")))?;
        taxed.push(Taxed { amount, category, rate });
    }
    let found = totals(&taxed, terms.prices_include_tax, terms.step).ok_or_else(|| too_much("lines".to_owned()))?;
    let lines = new
        .iter()
        .zip(&taxed)
        .zip(&found.nets)
        .zip(1..)
        .map(|(((line, taxed), net), position)| InvoiceLine {
            position,
            text: line.text.trim().to_owned(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            net: *net,
            tax_category: taxed.category,
            tax_rate: taxed.rate,
            period_start: line.period_start,
            period_end: line.period_end,
        })
        .collect();
    Ok((lines, found))
}

/// Puts what lines come to on an invoice.
pub fn put(row: &mut invoice::Model, found: &Totals) {
    row.net = found.net;
    row.tax = found.tax;
    row.rounding = found.rounding;
    row.total = found.total;
}

/// Stores the lines of a draft in the place of those it had.
pub async fn store(scope: &Scope, invoice: Uuid, lines: &[InvoiceLine]) -> Result<()> {
    invoice_line::Entity::delete_many()
        .filter(invoice_line::Column::InvoiceId.eq(invoice))
        .exec(scope)
        .await?;
    let rows: Vec<invoice_line::ActiveModel> = lines
        .iter()
        .map(|line| {
            invoice_line::Model {
                invoice_id: invoice,
                position: line.position.into(),
                text: line.text.clone(),
                quantity_nano: line.quantity.0,
                unit_price: line.unit_price,
                net: line.net,
                tax_category: line.tax_category.as_str().to_owned(),
                tax_rate_micro: line.tax_rate.into(),
                period_start: line.period_start,
                period_end: line.period_end,
            }
            .into()
        })
        .collect();
    if !rows.is_empty() {
        invoice_line::Entity::insert_many(rows).exec_without_returning(scope).await?;
    }
    Ok(())
}

fn view(row: invoice_line::Model) -> Result<InvoiceLine> {
    Ok(InvoiceLine {
        position: u32::try_from(row.position)?,
        text: row.text,
        quantity: Quantity(row.quantity_nano),
        unit_price: row.unit_price,
        net: row.net,
        tax_category: category("invoice_line.tax_category", &row.tax_category)?,
        tax_rate: u32::try_from(row.tax_rate_micro)?,
        period_start: row.period_start,
        period_end: row.period_end,
    })
}

/// A stored category of tax.
pub fn category(column: &'static str, stored: &str) -> Result<TaxCategory> {
    TaxCategory::parse(stored).ok_or_else(|| unknown_word(column, stored))
}

/// The lines of an invoice, in order.
pub async fn load(scope: &Scope, invoice: InvoiceId) -> Result<Vec<InvoiceLine>> {
    invoice_line::Entity::find()
        .filter(invoice_line::Column::InvoiceId.eq(invoice.0))
        .order_by_asc(invoice_line::Column::Position)
        .all(scope)
        .await?
        .into_iter()
        .map(view)
        .collect()
}

/// The lines as they were asked for, for drafts whose other terms change.
pub fn again(lines: Vec<InvoiceLine>) -> Vec<NewLine> {
    lines
        .into_iter()
        .map(|line| NewLine {
            text: line.text,
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax_category: Some(line.tax_category),
            tax_rate: Some(line.tax_rate),
            period_start: line.period_start,
            period_end: line.period_end,
        })
        .collect()
}

/// The currency that was asked for, or the book's.
pub fn currency(scope: &Scope, asked: Option<Currency>) -> Result<Currency> {
    asked.map_or_else(|| scope.currency(), Ok)
}
