//! Prices without tax: what the figures count, also in a book whose prices are said with it.

use std::collections::HashSet;

use contract::{TaxCategory, money::scale};
use uuid::Uuid;

use super::recurring::TWELFTHS;
use crate::{error::Result, scope::Scope};

/// Millionths in a whole.
const MILLION: i64 = 1_000_000;

/// Customers who are billed without tax, for `db::is_of`.
pub const TREATED: &str = "tax_treatment IS NOT NULL";

/// What the prices of the book's plans hold beside what is earned, by the settings and the customers as they are today.
#[derive(Clone, Debug)]
pub struct Net {
    /// The rate of tax in the prices, in millionths; nothing where it comes on top.
    rate: i64,
    /// Who is billed without tax: of them all of a price is earned, as on their invoices.
    untaxed: HashSet<Uuid>,
}

/// The rate of tax in the prices by the settings as they are, in millionths; nothing where it comes on top.
pub async fn rate(scope: &Scope) -> Result<i64> {
    let settings = "SELECT tax_rate_micro FROM billing WHERE prices_include_tax AND tax_category = ?";
    scope.number(settings, vec![TaxCategory::Standard.as_str().into()]).await
}

/// What a row `t` of what recurs earns in a month, in twelfths of a minor unit, worked out by the database as [`Net::of`] does it.
/// `treated`: whether its customer is billed without tax.
pub fn monthly(rate: i64, treated: &str) -> String {
    if rate == 0 {
        return format!("(t.amount * ({TWELFTHS} / t.months))");
    }
    let whole = MILLION + rate;
    // The wholes apart from what is left, so that no product is out of range; half of one is rounded up.
    let net = format!(
        "t.amount / {whole} * {MILLION} + (t.amount % {whole} * {} + {whole}) / {}",
        2 * MILLION,
        2 * whole
    );
    format!("(CASE WHEN {treated} THEN t.amount ELSE {net} END * ({TWELFTHS} / t.months))")
}

impl Net {
    /// By the settings as they are.
    pub async fn load(scope: &Scope) -> Result<Self> {
        let rate = rate(scope).await?;
        let mut untaxed = HashSet::new();
        if rate == 0 {
            return Ok(Self { rate, untaxed });
        }
        for row in scope.rows(&format!("SELECT id FROM customer WHERE {TREATED}"), Vec::new()).await? {
            untaxed.insert(row.try_get("", "id")?);
        }
        Ok(Self { rate, untaxed })
    }

    /// What is earned of a customer by a price, in minor units, rounded half away from zero as on an invoice.
    pub fn of(&self, customer: Uuid, price: i64) -> i64 {
        let rate = if self.untaxed.contains(&customer) { 0 } else { self.rate };
        // Less than the price, so that it is never out of range.
        scale(price, MILLION, MILLION + rate).unwrap_or(price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{App, BookLocation, NewBook, OpenOptions};

    #[tokio::test]
    async fn the_database_works_out_what_a_price_earns_as_the_app_does() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        let scope = Scope::read(&app.0, None, "net").await.unwrap();
        let prices = [0, 1, 2, 3, 100, 9_999, 10_000, 11_900, 119_000_001, contract::money::MAX_AMOUNT];
        let mut compared = 0;
        for rate in [0, 1, 25_000, 70_000, 190_000, 333_333, 1_000_000] {
            for price in prices.into_iter().chain(1_000..1_040) {
                for (treated, taxed) in [("TRUE", 0), ("FALSE", rate)] {
                    for (months, twelfths) in [(1, 12), (12, 1)] {
                        let sql = format!("SELECT {} FROM (SELECT ? AS amount, ? AS months) AS t", monthly(rate, treated));
                        let net = Net {
                            rate: taxed,
                            untaxed: HashSet::new(),
                        };
                        let want = net.of(Uuid::nil(), price) * twelfths;
                        let found = scope.number(&sql, vec![price.into(), i64::from(months).into()]).await.unwrap();
                        assert_eq!(found, want, "{price} at {rate} for {months} months");
                        compared += 1;
                    }
                }
            }
        }
        assert_eq!(compared, 7 * 50 * 4);
        drop(scope);
        app.close().await;
    }
}
