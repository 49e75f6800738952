//! The lists beside that of customers: of one customer's records or of all.
//!
//! A list of all is walked along an index that has its order, however deep; one that a filter or a search leaves few rows of is
//! found first and sorted then. How many match is counted before, because the page says so anyway. Where many match and yet none of
//! them comes for long, as the open invoices by what is left to pay, they are sorted after all, unless they are most of the list.

use contract::CustomerId;
use sea_orm::{QueryResult, Value};

use super::{COUNTED, Kind, Page, Place, SortKey, Stretch, Wanted, list_mark, search::LIVE_OWNER};
use crate::{
    db,
    error::Result,
    license::{LIVE, OF_CUSTOMER},
    scope::Scope,
};

/// From so many skipped rows on, whether a customer is hidden is asked of all rows together.
const FAR: i64 = 1_000;

/// So many rows that match are sorted sooner than looked for along an index that has long gone without one.
const SORTED: i64 = 300_000;

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
    /// Whose records; those of customers who are neither deleted nor archived, if nobody's in particular.
    pub customer: Option<CustomerId>,
    /// What every record of the list fulfills, over `t`.
    pub always: &'a str,
    /// Conditions, over `t`, with their values; joined by AND.
    pub conditions: Vec<(&'a str, Vec<Value>)>,
    /// What is filtered by, in words: a cursor is good for the same only.
    pub filter: String,
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
    /// A query of the identifiers of all that match, with its values.
    pub fn ids(&self, scope: &Scope) -> (String, Vec<Value>) {
        self.found(scope, "t.id")
    }

    /// What all rows that match fulfill, over `t` and `c`, with its values.
    pub(super) fn matching(&self, scope: &Scope) -> (String, Vec<Value>) {
        let own = self.own(scope);
        match self.customer {
            Some(customer) => with(OF_CUSTOMER, vec![customer.0.into()], own),
            None => with(LIVE, Vec::new(), own),
        }
    }

    /// The same, whosever they are.
    fn own(&self, scope: &Scope) -> (String, Vec<Value>) {
        let (filter, mut values) = self.filters();
        let mut condition = vec![filter];
        for part in &self.parts() {
            let columns = ["c.search_text"].into_iter().chain(self.searched.iter().copied());
            let matches: Vec<String> = columns.map(|column| db::contains(scope, column)).collect();
            values.extend(matches.iter().map(|_| Value::from(part.as_str())));
            condition.push(format!("({})", matches.join(" OR ")));
        }
        (condition.join(" AND "), values)
    }

    /// What they fulfill apart from the search.
    pub(super) fn filters(&self) -> (String, Vec<Value>) {
        let conditions = self.conditions.iter().map(|(sql, _)| *sql);
        let condition: Vec<&str> = [self.always].into_iter().chain(conditions).collect();
        let values = self.conditions.iter().flat_map(|(_, values)| values.iter().cloned());
        (condition.join(" AND "), values.collect())
    }

    pub(super) fn parts(&self) -> Vec<String> {
        self.search.map(contract::text::search_parts).unwrap_or_default()
    }

    /// Whether the list is not all there is.
    fn is_narrowed(&self) -> bool {
        !self.conditions.is_empty() || !self.parts().is_empty()
    }

    /// The columns, and the tables with their joins.
    pub(super) fn columns_and_tables(&self) -> (&str, &str) {
        self.select.split_once(" FROM ").unwrap_or((self.select, ""))
    }

    /// The tables, each with the condition that joins it.
    pub(super) fn joins(&self) -> Vec<(&str, &str)> {
        let tables = self.columns_and_tables().1.split(" JOIN ");
        tables.map(|table| table.split_once(" ON ").unwrap_or((table, ""))).collect()
    }

    /// How many match; of more than a page says, so many.
    async fn count(&self, scope: &Scope) -> Result<i64> {
        if self.is_exact && self.customer.is_none() && self.parts().is_empty() {
            // An index alone tells how many there are, and hidden customers lead to theirs, each of which is then looked at.
            let (own, values) = self.own(scope);
            let table = self.table;
            let sql = format!(
                "SELECT (SELECT COUNT(*) FROM {table} AS t WHERE {own})
                   - (SELECT COUNT(*) FROM customer o CROSS JOIN {table} AS h CROSS JOIN {table} AS t
                      WHERE (o.deleted_at IS NOT NULL OR o.archived_at IS NOT NULL) AND h.customer_id = o.id AND t.id = h.id AND {own})"
            );
            return scope.number(&sql, [values.clone(), values].concat()).await;
        }
        let most = if self.is_exact { i64::MAX } else { COUNTED };
        let (found, values) = self.found(scope, "t.id");
        scope
            .number(&format!("SELECT COUNT(*) FROM ({found} LIMIT {most}) AS matching"), values)
            .await
    }

    /// Fetches the page.
    pub async fn fetch(self, scope: &Scope) -> Result<Rows> {
        let descending = self.descending.unwrap_or(self.key.kind == Kind::Created);
        let filter = (self.customer, self.filter.as_str(), self.parts());
        let mark = list_mark(&(self.name, filter, self.key.expression, descending))?;
        let place = Place::read(self.key, descending, &mark, self.wanted)?;
        // What a search finds is counted on the way, because finding it may take a look at every record.
        let is_searched = self.customer.is_none() && !self.is_exact && !self.parts().is_empty();
        let mut first = if is_searched {
            self.sorted(scope, &place, COUNTED).await?
        } else {
            Vec::new()
        };
        let total = match first.first() {
            Some(row) => row.try_get("", "matching")?,
            None if is_searched && place.is_first() => 0,
            None => self.count(scope).await?,
        };
        let total_is_exact = self.is_exact || total < COUNTED;
        let walk = self.walk(scope, place.offset() >= FAR);
        let found = match walk.filter(|walk| total >= COUNTED || (walk.first != "c" && !self.is_narrowed())) {
            Some(walk) => self.along(scope, &place, &walk).await?,
            None if total == 0 || (total < COUNTED && !first.is_empty()) => std::mem::take(&mut first),
            None => self.sorted(scope, &place, i64::MAX).await?,
        };
        let Page { rows, next, previous } = place.close(found)?;
        Ok(Rows {
            rows,
            next,
            previous,
            total: u64::try_from(total)?,
            total_is_exact,
        })
    }

    /// Where the list of all is walked through, and the rows that match there; nothing, where no index has the order.
    fn walk(&self, scope: &Scope, is_far: bool) -> Option<Walk> {
        let (first, index) = self.key.along.filter(|_| self.customer.is_none())?;
        let is_called = |table: &str, name: &str| table.rsplit(' ').next() == Some(name);
        let is_searched = !self.parts().is_empty();
        let (mut before, mut after, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        for (table, on) in self.joins() {
            if is_called(table, first) {
                before.push(table.to_owned());
            } else if is_called(table, "t") || is_searched {
                after.push(table.to_owned());
            } else {
                continue;
            }
            if !on.is_empty() {
                joined.push(on.to_owned());
            }
        }
        let live = match first {
            "c" => LIVE_OWNER.to_owned(),
            "t" if !is_far => LIVE.to_owned(),
            _ => db::of_live(scope, self.table),
        };
        joined.push(live);
        let (condition, values) = with(&joined.join(" AND "), Vec::new(), self.own(scope));
        Some(Walk {
            first,
            hint: db::by_index(scope, index),
            tables: [before, after].concat(),
            condition,
            values,
        })
    }

    /// The query that picks rows of one stretch of a walk.
    fn pick(&self, walk: &Walk, stretch: &Stretch) -> String {
        format!(
            "SELECT t.id, {} AS sort_key, t.created_at FROM {} WHERE {} AND {} ORDER BY {} LIMIT ? OFFSET ?",
            self.key.expression,
            walk.along(),
            walk.condition,
            stretch.condition,
            stretch.order
        )
    }

    /// The entries of the index in one stretch, no more than so many, whether they match or not.
    fn entries(&self, walk: &Walk, stretch: &Stretch, most: i64) -> String {
        format!(
            "SELECT t.id, {} AS sort_key, t.created_at FROM {} t{} WHERE {} AND {} ORDER BY {} LIMIT {most}",
            self.key.expression, self.table, walk.hint, self.always, stretch.condition, stretch.order
        )
    }

    /// The query that picks rows from among those entries, in their order: they are the outermost loop, and to say the order would have
    /// all of them looked at and sorted.
    fn pick_from(&self, walk: &Walk, entries: &str) -> String {
        format!(
            "SELECT t.id, w.sort_key, w.created_at FROM ({entries}) AS w CROSS JOIN {} WHERE t.id = w.id AND {} LIMIT ?",
            walk.tables.join(" CROSS JOIN "),
            walk.condition
        )
    }

    /// The rows of a page of a long list.
    async fn along(&self, scope: &Scope, place: &Place<'_>, walk: &Walk) -> Result<Vec<QueryResult>> {
        let most = db::walk_limit(scope).filter(|_| self.is_narrowed() && walk.first == "t" && !self.key.is_filtered);
        let Some(most) = most else {
            return self.walked(scope, place, walk).await;
        };
        if place.offset() == 0
            && let Some(found) = self.walked_so_far(scope, place, walk, most).await?
        {
            return Ok(found);
        }
        if self.parts().is_empty() {
            let (matching, values) = self.matching(scope);
            let sql = format!(
                "SELECT COUNT(*) FROM (SELECT t.id FROM {} AS t WHERE {matching} LIMIT {SORTED}) AS matching",
                self.table
            );
            if scope.number(&sql, values).await? < SORTED {
                return self.sorted(scope, place, i64::MAX).await;
            }
        }
        self.walked(scope, place, walk).await
    }

    /// The rows of a page along an index, unless that takes more than so many entries of it.
    async fn walked_so_far(&self, scope: &Scope, place: &Place<'_>, walk: &Walk, most: i64) -> Result<Option<Vec<QueryResult>>> {
        let mut rows: Vec<QueryResult> = Vec::new();
        for stretch in place.stretches() {
            let wanted = place.limit() + 1 - i64::try_from(rows.len())?;
            if wanted == 0 {
                break;
            }
            let entries = self.entries(walk, &stretch, most);
            let sql = self.of_picked(place, &self.pick_from(walk, &entries));
            let values = [stretch.values.clone(), walk.values.clone(), vec![wanted.into()]].concat();
            let found = scope.rows(&sql, values).await?;
            let is_full = i64::try_from(found.len())? == wanted;
            rows.extend(found);
            let sql = format!("SELECT COUNT(*) FROM ({entries}) AS entries");
            if !is_full && scope.number(&sql, stretch.values).await? == most {
                return Ok(None);
            }
        }
        Ok(Some(rows))
    }

    /// The rows of a page along an index.
    async fn walked(&self, scope: &Scope, place: &Place<'_>, walk: &Walk) -> Result<Vec<QueryResult>> {
        let mut skipped = place.offset();
        let mut rows: Vec<QueryResult> = Vec::new();
        let stretches = place.stretches();
        let last = stretches.len().saturating_sub(1);
        for (number, stretch) in stretches.into_iter().enumerate() {
            let wanted = place.limit() + 1 - i64::try_from(rows.len())?;
            if wanted == 0 {
                break;
            }
            let sql = self.of_picked(place, &self.pick(walk, &stretch));
            let values = [walk.values.clone(), stretch.values].concat();
            let found = scope
                .rows(&sql, [values.clone(), vec![wanted.into(), skipped.into()]].concat())
                .await?;
            if found.is_empty() && skipped > 0 && number < last {
                let sql = format!(
                    "SELECT COUNT(*) FROM (SELECT t.id FROM {} WHERE {} AND {} LIMIT ?) AS skipped",
                    walk.along(),
                    walk.condition,
                    stretch.condition
                );
                skipped -= scope.number(&sql, [values, vec![skipped.into()]].concat()).await?;
            } else {
                skipped = 0;
            }
            rows.extend(found);
        }
        Ok(rows)
    }

    /// The rows of a page that are found first and sorted then, each with how many were found; of no more than so many.
    async fn sorted(&self, scope: &Scope, place: &Place<'_>, most: i64) -> Result<Vec<QueryResult>> {
        let (found, mut values) = self.found(scope, &format!("t.id, {} AS sort_key, t.created_at", self.key.expression));
        let (beyond, more) = place.condition_of_picked();
        values.extend(more);
        values.extend(place.window());
        let picked = format!(
            "SELECT picked.*, (SELECT COUNT(*) FROM found) AS matching FROM found AS picked WHERE {beyond} ORDER BY {} LIMIT ? OFFSET ?",
            place.order_of_picked()
        );
        let (columns, tables) = self.columns_and_tables();
        let sql = format!(
            "WITH found AS MATERIALIZED ({found} LIMIT {most}) {columns}, picked.sort_key, picked.matching
             FROM ({picked}) AS picked CROSS JOIN {tables} WHERE t.id = picked.id ORDER BY {}",
            place.order_of_picked()
        );
        scope.rows(&sql, values).await
    }

    /// The query of whole rows, in the order of the list, from one that picks them.
    fn of_picked(&self, place: &Place<'_>, picked: &str) -> String {
        let (columns, tables) = self.columns_and_tables();
        format!(
            "{columns}, picked.sort_key FROM ({picked}) AS picked CROSS JOIN {tables} WHERE t.id = picked.id ORDER BY {}",
            place.order_of_picked()
        )
    }
}

/// A way through the records of all: the tables, the one that has the order first, by its index, and the rows that match.
struct Walk {
    first: &'static str,
    hint: String,
    tables: Vec<String>,
    condition: String,
    values: Vec<Value>,
}

impl Walk {
    /// The tables, in this order.
    fn along(&self) -> String {
        let mut tables = self.tables.clone();
        if let Some(first) = tables.first_mut() {
            first.push_str(&self.hint);
        }
        tables.join(" CROSS JOIN ")
    }
}

/// Two conditions with their values.
fn with(condition: &str, mut values: Vec<Value>, (own, more): (String, Vec<Value>)) -> (String, Vec<Value>) {
    values.extend(more);
    (format!("{condition} AND {own}"), values)
}

#[cfg(test)]
mod tests;
