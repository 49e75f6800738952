//! The lists beside that of customers: of one customer's records or of all.

use sea_orm::{QueryResult, Value};

use super::{COUNTED, Kind, Page, Place, SortKey, Wanted, list_mark};
use crate::{db, error::Result, scope::Scope};

/// What a search looks into instead of a text whose small letters are not enough: both databases make small letters of ASCII
/// alike, and of no others.
pub fn search_key(text: &str) -> Option<String> {
    let folded = contract::text::fold(text);
    (folded != text.to_ascii_lowercase()).then_some(folded)
}

/// A list of one customer's records or of all.
pub struct Listing<'a> {
    /// What the list is called in its cursors.
    pub name: &'a str,
    /// The columns and tables; the list's own table is called `t`, that of customers `c`.
    pub select: &'a str,
    /// The own table: its rows are counted alone where nothing is searched.
    pub table: &'a str,
    /// Conditions, over `t`, with their values; joined by AND.
    pub conditions: Vec<(&'a str, Vec<Value>)>,
    /// The own columns that a search looks into, beside those of the customer; small letters.
    pub searched: &'a [&'a str],
    pub search: Option<&'a str>,
    /// Whether all that match are counted.
    pub is_exact: bool,
    pub key: SortKey,
    pub descending: Option<bool>,
    pub wanted: Wanted<'a>,
}

/// The rows of a page, its neighbors, the number of all.
pub struct Rows {
    pub rows: Vec<QueryResult>,
    pub next: Option<String>,
    pub previous: Option<String>,
    pub total: u64,
    pub total_is_exact: bool,
}

impl Listing<'_> {
    /// What all rows that match fulfill, over `t` and `c`, with its values.
    pub fn matching(&self, scope: &Scope) -> (String, Vec<Value>) {
        let parts = self.search.map(contract::text::search_parts).unwrap_or_default();
        let mut condition = vec!["TRUE".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        for (sql, own) in &self.conditions {
            condition.push((*sql).to_owned());
            values.extend(own.iter().cloned());
        }
        for part in &parts {
            let columns = ["c.search_text"].into_iter().chain(self.searched.iter().copied());
            let matches: Vec<String> = columns.map(|column| db::contains(scope, column)).collect();
            values.extend(matches.iter().map(|_| Value::from(part.as_str())));
            condition.push(format!("({})", matches.join(" OR ")));
        }
        (condition.join(" AND "), values)
    }

    /// Fetches the page.
    pub async fn fetch(self, scope: &Scope) -> Result<Rows> {
        let descending = self.descending.unwrap_or(self.key.kind == Kind::Created);
        let parts = self.search.map(contract::text::search_parts).unwrap_or_default();
        let filters: Vec<String> = self.conditions.iter().map(|(sql, values)| format!("{sql} {values:?}")).collect();
        let mark = list_mark(&(self.name, filters, &parts, self.key.expression, descending))?;
        let place = Place::read(self.key, descending, &mark, self.wanted)?;

        let (matching, mut values) = self.matching(scope);
        let (columns, tables) = self.select.split_once(" FROM ").unwrap_or((self.select, ""));
        // Rows are counted alone where nothing is searched in what belongs to them.
        let counted = if parts.is_empty() {
            format!("{} AS t", self.table)
        } else {
            tables.to_owned()
        };
        let most = if self.is_exact { i64::MAX } else { COUNTED };
        let sql = format!("SELECT COUNT(*) FROM (SELECT t.id FROM {counted} WHERE {matching} LIMIT {most}) AS matching");
        let total = scope.number(&sql, values.clone()).await?;
        let total_is_exact = total < most;
        let (beyond, more) = place.condition();
        values.extend(more);
        values.extend(place.window());
        let sql = format!(
            "{columns}, {} AS sort_key FROM {tables} WHERE {matching} AND {beyond} ORDER BY {} LIMIT ? OFFSET ?",
            self.key.expression,
            place.order()
        );
        let Page { rows, next, previous } = place.close(scope.rows(&sql, values).await?)?;
        Ok(Rows {
            rows,
            next,
            previous,
            total: u64::try_from(total)?,
            total_is_exact,
        })
    }
}
