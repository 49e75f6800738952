//! `finalize_invoice`.

use chrono::NaiveDate;
use contract::{
    Problem, TaxCategory,
    invoice::{DocumentKind, FinalizeInvoice, Invoice},
    party::Party,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{entry, fields, find_draft, lines, read, settle};
use crate::{
    billing,
    call::Run,
    change,
    entity::{customer, invoice},
    error::Result,
    scope::Scope,
    subscription,
};

/// The days of an invoice, as far as they were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Days {
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
}

/// Makes a draft final. Its customer has to be locked. What the law asks of an invoice (Directive 2006/112/EC, article 226) has
/// to be known of the seller and, where the buyer accounts for the tax, of the buyer. The address of the buyer (article 226, 5)
/// is asked for nowhere else: up to what amount an invoice may do without one differs by country (articles 220a, 226b and 238), so the
/// page warns before it is final, and the plan of a catch-up counts those without.
pub async fn finalize(scope: &Scope, row: &mut invoice::Model, owner: &customer::Model, days: Days) -> Result<()> {
    let issued_on = billing::number::issue_day(scope, days.issued_on)?;
    let own = lines::load(scope, row.id.into()).await?;
    if own.is_empty() {
        return Err(contract::Error::field("lines", Problem::Required).into());
    }
    if row.total < 0 {
        let problem = Problem::OutOfRange {
            min: 0,
            max: contract::money::MAX_AMOUNT,
        };
        return Err(contract::Error::field("lines", problem).into());
    }
    let settings = billing::load(scope).await?;
    let (seller, buyer) = (billing::seller(&settings)?, billing::buyer(owner));
    let is_taxed = own.iter().any(|line| line.tax_category == TaxCategory::Standard);
    let is_reversed = own.iter().any(|line| line.tax_category.needs_buyer());
    check_parties(&seller, &buyer, is_taxed, is_reversed)?;
    let due_on = match days.due_on {
        Some(day) if day < issued_on => {
            return Err(contract::Error::field("due_on", Problem::TooEarly { earliest: issued_on }).into());
        }
        Some(day) => day,
        None => issued_on
            .checked_add_days(chrono::Days::new(u64::try_from(settings.payment_days)?))
            .unwrap_or(issued_on),
    };
    let numbered = billing::number::take(scope, DocumentKind::Invoice, &settings.invoice_format, issued_on).await?;
    row.series = Some(numbered.series);
    row.series_number = Some(numbered.series_number);
    row.number = Some(numbered.number);
    row.issued_on = Some(issued_on);
    row.due_on = Some(due_on);
    row.seller = Some(serde_json::to_string(&seller)?);
    row.buyer = Some(serde_json::to_string(&buyer)?);
    row.finalized_at = Some(scope.now.0);
    row.status = "open".to_owned();
    settle(scope, row);
    row.version += 1;
    row.updated_at = scope.now.0;
    row.clone().into_active_model().reset_all().update(scope).await?;
    Ok(())
}

fn check_parties(seller: &Party, buyer: &Party, is_taxed: bool, is_reversed: bool) -> Result<()> {
    billing::check_complete(
        seller,
        &[
            ("seller.name", !seller.name.is_empty()),
            ("seller.city", seller.city.is_some()),
            ("seller.country", seller.country.is_some()),
            (
                "seller.vat_id",
                seller.vat_id.is_some() || (!is_reversed && (!is_taxed || seller.tax_number.is_some())),
            ),
        ],
        true,
    )?;
    billing::check_complete(
        buyer,
        &[
            ("country", !is_reversed || buyer.country.is_some()),
            ("vat_id", !is_reversed || buyer.vat_id.is_some()),
        ],
        false,
    )
}

impl Run for FinalizeInvoice {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let (mut row, owner) = find_draft(scope, self.id, self.version).await?;
        let before = fields(&row)?;
        let days = Days {
            issued_on: self.issued_on,
            due_on: self.due_on,
        };
        finalize(scope, &mut row, &owner, days).await?;
        // One whose due day lies back is overdue at once.
        if let Some(subscription) = row.subscription_id {
            subscription::follow_invoices(scope, subscription).await?;
        }
        scope.log(entry(&row, change::difference(Some(&before), &fields(&row)?)));
        read(scope, row.id).await
    }
}
