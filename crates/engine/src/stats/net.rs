//! Prices without tax: what the figures count, also in a book whose prices are said with it.

use std::collections::HashSet;

use contract::{TaxCategory, money::scale};
use uuid::Uuid;

use crate::{error::Result, scope::Scope};

/// Millionths in a whole.
const MILLION: i64 = 1_000_000;

/// What the prices of the book's plans hold beside what is earned, by the settings and the customers as they are today.
#[derive(Clone, Debug)]
pub struct Net {
    /// The rate of tax in the prices, in millionths; nothing where it comes on top.
    rate: i64,
    /// Who is billed without tax: of them all of a price is earned, as on their invoices.
    untaxed: HashSet<Uuid>,
}

impl Net {
    /// By the settings as they are.
    pub async fn load(scope: &Scope) -> Result<Self> {
        let settings = "SELECT tax_rate_micro FROM billing WHERE prices_include_tax AND tax_category = ?";
        let found = scope.rows(settings, vec![TaxCategory::Standard.as_str().into()]).await?;
        let Some(settings) = found.first() else {
            return Ok(Self {
                rate: 0,
                untaxed: HashSet::new(),
            });
        };
        let treated = "SELECT id FROM customer WHERE tax_treatment IS NOT NULL";
        let mut untaxed = HashSet::new();
        for row in scope.rows(treated, Vec::new()).await? {
            untaxed.insert(row.try_get("", "id")?);
        }
        Ok(Self {
            rate: settings.try_get("", "tax_rate_micro")?,
            untaxed,
        })
    }

    /// What is earned of a customer by a price, in minor units, rounded half away from zero as on an invoice.
    pub fn of(&self, customer: Uuid, price: i64) -> i64 {
        let rate = if self.untaxed.contains(&customer) { 0 } else { self.rate };
        // Less than the price, so that it is never out of range.
        scale(price, MILLION, MILLION + rate).unwrap_or(price)
    }
}
