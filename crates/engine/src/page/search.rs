//! Which records a list is of, and how a search finds them: through the customers whom it finds, who have an index, and by a look
//! at each record's own text, which is short. Of all records, no more than that text is looked at.

use sea_orm::Value;

use super::Listing;
use crate::{db, scope::Scope};

/// A customer `c` whose records are in the lists of all.
pub const LIVE_OWNER: &str = "c.deleted_at IS NULL AND c.archived_at IS NULL";

impl Listing<'_> {
    /// A query of all that match, with these columns, and its values.
    pub(super) fn found(&self, scope: &Scope, columns: &str) -> (String, Vec<Value>) {
        let parts = self.parts();
        if parts.is_empty() || self.customer.is_some() {
            let (matching, values) = self.matching(scope);
            let is_of_others = ["c.", "p."].iter().any(|other| columns.contains(other));
            // Alone, where nothing is searched in what belongs to them, and nothing sorted by it.
            let sql = if parts.is_empty() && !is_of_others {
                format!("SELECT {columns} FROM {} AS t WHERE {matching}", self.table)
            } else {
                format!("SELECT {columns} FROM {} WHERE {matching}", self.columns_and_tables().1)
            };
            return (sql, values);
        }
        // Each record that matches is in exactly one of these.
        let ways = [
            self.of_customers(scope, columns, &parts),
            self.of_administrators(scope, columns, &parts),
            self.of_own_text(scope, columns, &parts),
        ];
        let (queries, values): (Vec<String>, Vec<Vec<Value>>) = ways.into_iter().unzip();
        (queries.join(" UNION ALL "), values.concat())
    }

    /// Those whose customer the whole search finds.
    fn of_customers(&self, scope: &Scope, columns: &str, parts: &[String]) -> (String, Vec<Value>) {
        let candidates = db::candidates(scope, parts);
        let (from, unchecked, mut values) = if candidates.is_slow {
            ("customer c".to_owned(), parts.to_vec(), Vec::new())
        } else {
            let from = format!("({}) AS k CROSS JOIN customer c", candidates.sql);
            (from, candidates.unchecked, candidates.values)
        };
        let is_found = if candidates.is_slow { "TRUE" } else { "c.seq = k.seq" };
        values.extend(texts(&unchecked));
        let owner = format!("{is_found} AND c.is_admin = FALSE AND {}", holds(scope, &unchecked));
        self.through(columns, &from, &owner, values)
    }

    /// The same of those who are administrators as well, whom no index has.
    fn of_administrators(&self, scope: &Scope, columns: &str, parts: &[String]) -> (String, Vec<Value>) {
        let from = format!("customer c{}", db::by_index(scope, "customer_administrators"));
        let owner = format!("c.is_admin = TRUE AND {}", holds(scope, parts));
        self.through(columns, &from, &owner, texts(parts))
    }

    /// The records of some customers, who come first.
    fn through(&self, columns: &str, from: &str, owner: &str, mut values: Vec<Value>) -> (String, Vec<Value>) {
        let joins = self.joins();
        let others = joins.iter().map(|(table, _)| *table).filter(|table| *table != "customer c");
        let tables: Vec<&str> = [from].into_iter().chain(others).collect();
        let (filter, more) = self.filters();
        values.extend(more);
        let sql = format!(
            "SELECT {columns} FROM {} WHERE {owner} AND {LIVE_OWNER} AND {} AND {filter}",
            tables.join(" CROSS JOIN "),
            conditions(&joins)
        );
        (sql, values)
    }

    /// Those whose own text has a part of the search at least, and what it has not, the text of their customer.
    fn of_own_text(&self, scope: &Scope, columns: &str, parts: &[String]) -> (String, Vec<Value>) {
        let joins = self.joins();
        let others = joins.iter().map(|(table, _)| *table).filter(|table| *table != "customer c");
        let tables: Vec<&str> = others.chain(["customer c"]).collect();
        let own: Vec<String> = self.searched.iter().map(|column| db::contains(scope, column)).collect();
        let own = own.join(" OR ");
        let has_any = vec![own.as_str(); parts.len()].join(" OR ");
        let each = format!("({} OR {own})", db::contains(scope, "c.search_text"));
        let has_each = vec![each.as_str(); parts.len()].join(" AND ");
        let times = |part: &String, times: usize| vec![Value::from(part.as_str()); times];
        let mut values: Vec<Value> = parts.iter().flat_map(|part| times(part, self.searched.len())).collect();
        values.extend(parts.iter().flat_map(|part| times(part, self.searched.len() + 1)));
        values.extend(texts(parts));
        let (filter, more) = self.filters();
        values.extend(more);
        let sql = format!(
            "SELECT {columns} FROM {} WHERE ({has_any}) AND {} AND {LIVE_OWNER} AND {has_each} AND NOT ({}) AND {filter}",
            tables.join(" CROSS JOIN "),
            conditions(&joins),
            holds(scope, parts)
        );
        (sql, values)
    }
}

/// What joins the tables.
fn conditions(joins: &[(&str, &str)]) -> String {
    let all: Vec<&str> = joins.iter().map(|(_, on)| *on).filter(|on| !on.is_empty()).collect();
    all.join(" AND ")
}

/// The condition that the text of a customer `c` holds some parts.
fn holds(scope: &Scope, parts: &[String]) -> String {
    if parts.is_empty() {
        return "TRUE".to_owned();
    }
    vec![db::contains(scope, "c.search_text"); parts.len()].join(" AND ")
}

/// Its values.
fn texts(parts: &[String]) -> Vec<Value> {
    parts.iter().map(|part| part.as_str().into()).collect()
}
