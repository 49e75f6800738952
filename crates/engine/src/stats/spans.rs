//! What recurs, as the database works it out: all of the book in parts of customers, so that only one of them is in memory.

use chrono::NaiveDate;
use contract::Currency;
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::net::{self, TREATED};
use crate::{db, error::Result, scope::Scope};

/// Customers of a part.
const CUSTOMERS: i64 = 20_000;

/// What is said of a row `t` of what recurs. No value of it comes from outside, but for the bounds of a part, which are asked with.
pub struct Spans {
    /// Whether it counts: customers that are deleted or archived are outside of all figures.
    pub counts: String,
    /// What it earns in a month, in twelfths of a minor unit.
    pub monthly: String,
}

impl Spans {
    /// Of all of the book.
    pub async fn of_all(scope: &Scope) -> Result<Self> {
        Ok(Self {
            counts: counts(scope),
            monthly: net::monthly(net::rate(scope).await?, &db::is_of(scope, TREATED)),
        })
    }

    /// Of a part, for [`Parts::rows`].
    pub async fn of_part(scope: &Scope) -> Result<Self> {
        let few = |condition: &str| db::is_of(scope, &format!("{condition} AND id > ? AND id <= ?"));
        Ok(Self {
            counts: format!("t.customer_id > ? AND t.customer_id <= ? AND NOT {}", few(HIDDEN)),
            monthly: net::monthly(net::rate(scope).await?, &few(TREATED)),
        })
    }
}

/// Customers whose records do not count, for [`db::is_of`].
const HIDDEN: &str = "(deleted_at IS NOT NULL OR archived_at IS NOT NULL)";

/// Whether a row `t` of any table of theirs counts.
pub fn counts(scope: &Scope) -> String {
    format!("NOT {}", db::is_of(scope, HIDDEN))
}

/// Whether a row `t` is of a currency.
pub fn is_in(currency: Currency) -> String {
    format!("t.currency = '{}'", currency.code())
}

/// Whether a row `t` is there on a day.
pub fn covers(day: NaiveDate) -> String {
    format!("t.starts_on <= '{day}' AND (t.ends_on IS NULL OR t.ends_on > '{day}')")
}

/// The parts of the book, one after the other.
#[derive(Default)]
pub struct Parts {
    /// The last customer of the part before.
    last: Option<Uuid>,
}

impl Parts {
    /// The rows of a query whose values are all bounds of a part, asked of the next one; none at the end.
    pub async fn rows(&mut self, scope: &Scope, sql: &str) -> Result<Option<Vec<QueryResult>>> {
        let after = self.last.unwrap_or(Uuid::nil());
        if after == Uuid::max() {
            return Ok(None);
        }
        let bound = "SELECT id FROM customer WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?";
        let through = match scope.row(bound, vec![after.into(), (CUSTOMERS - 1).into()]).await? {
            Some(row) => row.try_get("", "id")?,
            None => Uuid::max(),
        };
        self.last = Some(through);
        let bounds: [Value; 2] = [after.into(), through.into()];
        let asked = sql.matches('?').count() / bounds.len();
        Ok(Some(scope.rows(sql, vec![bounds; asked].concat()).await?))
    }
}
