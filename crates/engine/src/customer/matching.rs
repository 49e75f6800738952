//! Which customers a list is of, and how they are found: by walking along the order of the list, or by the search index.
//!
//! Of n customers of whom h match, sorting those that match costs h rows and walking costs about 50·n/h of them, so a search
//! walks when h is more than √(50·n). How many match is found first, because the page says so anyway; where each of them was looked
//! at for that, sorting costs nothing more, and a search walks only when they are not all known. A walk that would have to go
//! further than a walk may, by how many of the first of them match, is not begun.
//!
//! Where facets let f of them through, a walk passes n/f entries for each that it looks at: a page of those h takes 50·n²/(f·h)
//! entries. To look at each of the f costs about fourteen entries each, so that is done when f²·h is less than 4·n².

use contract::customer::{CountCustomers, CustomerSort, ListCustomers};
use sea_orm::Value;
use serde::Serialize;

use crate::{
    db::{self, Candidates},
    error::Result,
    figure,
    page::{COUNTED, Kind, Place, SortKey},
    scope::Scope,
};

/// The most who may match that are looked for on behalf of a page.
pub const MOST: i64 = if cfg!(test) { 41 } else { COUNTED };

/// Which customers.
#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    parts: Vec<String>,
    facets: [Option<bool>; 4],
    archived: bool,
}

impl From<&ListCustomers> for Filter {
    fn from(list: &ListCustomers) -> Self {
        Self {
            parts: list.search.as_deref().map(contract::text::search_parts).unwrap_or_default(),
            facets: [list.is_active, list.has_licenses, list.has_subscriptions, list.has_outstanding],
            archived: list.archived,
        }
    }
}

impl From<&CountCustomers> for Filter {
    fn from(count: &CountCustomers) -> Self {
        Self {
            parts: count.search.as_deref().map(contract::text::search_parts).unwrap_or_default(),
            facets: [count.is_active, count.has_licenses, count.has_subscriptions, count.has_outstanding],
            archived: count.archived,
        }
    }
}

/// What a list is sorted by: the key, and the index of the list that has its order.
pub fn order(sort: CustomerSort, descending: bool) -> (SortKey, &'static str) {
    let key = |expression, kind| SortKey {
        created: "s.created_at",
        id: "s.customer_id",
        ..SortKey::new(expression, kind)
    };
    match sort {
        CustomerSort::CreatedAt => (key("s.created_at", Kind::Created), "summary_by_created"),
        CustomerSort::FullName => (key("s.full_name_key", Kind::Text), "summary_by_name"),
        CustomerSort::Email => (key("s.email_key", Kind::Text), "summary_by_email"),
        // Missing ones come last in either direction.
        CustomerSort::CompanyName if descending => (key("s.company_down", Kind::Text), "summary_by_company_down"),
        CustomerSort::CompanyName => (key("s.company_up", Kind::Text), "summary_by_company_up"),
        CustomerSort::IsActive => (key("s.is_active", Kind::Flag), "summary_by_active"),
        CustomerSort::ActiveLicenses => (key("s.active_licenses", Kind::Number), "summary_by_licenses"),
        CustomerSort::ActiveSubscriptions => (key("s.active_subscriptions", Kind::Number), "summary_by_subscriptions"),
        CustomerSort::Revenue => (key("s.revenue", Kind::Number), "summary_by_revenue"),
        CustomerSort::Outstanding => (key("s.outstanding", Kind::Number), "summary_by_outstanding"),
    }
}

/// A query in the making: text, and values in the order of their marks.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pub sql: String,
    pub values: Vec<Value>,
}

impl Query {
    fn new(sql: impl Into<String>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values }
    }

    fn and(mut self, sql: &str, more: Self) -> Self {
        self.sql.push_str(sql);
        self.sql.push_str(&more.sql);
        self.values.extend(more.values);
        self
    }

    fn then(mut self, sql: &str) -> Self {
        self.sql.push_str(sql);
        self
    }
}

/// How a page of a search is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By whichever costs less.
    Best,
    /// By sorting all that match, however many: the walk did not come to the end of its page.
    Sorted,
}

impl Filter {
    pub fn facets(&self) -> [Option<bool>; 4] {
        self.facets
    }

    /// Whether the figures of the book know how many match.
    pub fn is_counted(&self) -> bool {
        self.parts.is_empty() && !self.archived
    }

    /// Whether a page may be found by a walk that ends before its page is full; `branch` then tells whether it has seen all.
    pub fn is_walked(&self, scope: &Scope, way: Way) -> bool {
        way == Way::Best && !self.parts.is_empty() && !self.archived && db::walk_limit(scope).is_some()
    }

    /// The condition over `s` (summary), without the search.
    fn condition(&self) -> String {
        let place = if self.archived { 1 } else { 0 };
        let mut sql = format!("s.place = {place}");
        if let Some(cells) = self.cells() {
            sql.push_str(&format!(" AND s.facets IN ({cells})"));
        }
        sql
    }

    /// The combinations of facets that match, if not all of them do.
    fn cells(&self) -> Option<String> {
        let cells: Vec<String> = self.matching_cells()?.iter().map(i64::to_string).collect();
        Some(cells.join(", "))
    }

    /// A query of how many the facets let through, by the figures.
    fn number(&self) -> String {
        let condition = self.matching_cells().map_or_else(String::new, |cells| {
            let name = |cell: &i64| {
                (0..4)
                    .map(|bit: u32| if cell >> bit & 1 == 1 { '1' } else { '0' })
                    .collect::<String>()
            };
            let names: Vec<String> = cells.iter().map(|cell| format!("'{}'", name(cell))).collect();
            format!(" AND key IN ({})", names.join(", "))
        });
        format!(
            "(SELECT COALESCE(SUM(amount), 0) FROM figure WHERE kind = '{}'{condition})",
            figure::CUSTOMERS
        )
    }

    fn matching_cells(&self) -> Option<Vec<i64>> {
        let matching = |cell: &i64| {
            (0..).zip(self.facets).all(|(bit, wanted): (u32, _)| {
                let has = cell >> bit & 1 == 1;
                wanted.is_none_or(|wanted| wanted == has)
            })
        };
        if self.facets == [None; 4] {
            return None;
        }
        Some((0..16).filter(matching).collect())
    }

    /// The condition that the text of `s` holds some parts.
    fn holds(scope: &Scope, parts: &[String]) -> Query {
        let sql = vec![db::contains(scope, "s.search_text"); parts.len()].join(" AND ");
        Query::new(sql, parts.iter().map(|part| part.as_str().into()).collect())
    }

    /// The condition of facets and parts over `s`.
    fn whole_condition(&self, scope: &Scope, parts: &[String]) -> Query {
        let own = Query::new(self.condition(), Vec::new());
        if parts.is_empty() {
            own
        } else {
            own.and(" AND ", Self::holds(scope, parts))
        }
    }

    /// The common table expressions before the page: `picked` holds its rows with `seq`, `sort_key`, `created_at` and
    /// `customer_id`, and one more if there is one; `counted` how many match (`found`) and how many may (`candidates`), to
    /// [`MOST`] of them.
    pub fn picked(&self, scope: &Scope, place: &Place<'_>, (key, index): (SortKey, &str), way: Way) -> Query {
        let (beyond, beyond_values) = place.condition();
        let beyond = Query::new(beyond, beyond_values);
        let order = place.order();
        let columns = format!("s.seq, {} AS sort_key, s.created_at, s.customer_id", key.expression);
        let limit = place.limit() + 1;
        // Bound, so that a jump elsewhere is not another statement.
        let skip = || Query::new(" OFFSET ?", vec![place.offset().into()]);
        let along = db::by_index(scope, index);
        if self.parts.is_empty() || self.archived {
            let along = if self.archived { String::new() } else { along };
            let rows = Query::new(format!("SELECT {columns} FROM customer_summary s{along} WHERE "), Vec::new())
                .and("", self.whole_condition(scope, &self.parts))
                .and(" AND ", beyond)
                .then(&format!(" ORDER BY {order} LIMIT {limit}"))
                .and("", skip());
            let counted = if self.is_counted() {
                Query::new("SELECT 0 AS candidates, 0 AS found", Vec::new())
            } else {
                let all = Query::new(
                    "SELECT 0 AS candidates, COUNT(*) AS found FROM (SELECT s.seq FROM customer_summary s WHERE ",
                    Vec::new(),
                );
                all.and("", self.whole_condition(scope, &self.parts))
                    .then(&format!(" LIMIT {MOST}) AS matching"))
            };
            return Query::new("counted AS MATERIALIZED (", Vec::new())
                .and("", counted)
                .and("), picked AS MATERIALIZED (", rows)
                .then(")");
        }

        let (few, walk, rare) = ("SELECT few FROM branch", "SELECT walk FROM branch", "SELECT rare FROM branch");
        let candidates = db::candidates(scope, &self.parts);
        let (is_checked, is_slow) = (self.is_checked(&candidates), candidates.is_slow);
        // With what the list is sorted by, so that those who were looked at need not be looked up again.
        let kept = if key.kind == Kind::Created {
            "s.seq, s.created_at, s.customer_id".to_owned()
        } else {
            format!("s.seq, s.created_at, s.customer_id, {}", key.expression)
        };
        let found = self.found(scope, candidates, &kept, (way == Way::Best).then_some(MOST));
        let customers = format!("(SELECT COALESCE(SUM(amount), 0) FROM figure WHERE kind = '{}')", figure::CUSTOMERS);
        let is_few = match way {
            Way::Best if is_checked => format!("candidates < {MOST}"),
            Way::Best => format!("candidates < {MOST} AND candidates * candidates <= 51 * {customers}"),
            Way::Sorted => "TRUE".to_owned(),
        };
        let (number, entries) = (self.number(), db::walk_limit(scope));
        let is_facet = way == Way::Best && entries.is_some() && self.cells().is_some();
        let is_rare = if is_facet {
            format!("{number} < {MOST} AND {number} * {number} * candidates <= 4 * {customers} * {customers}")
        } else {
            "FALSE".to_owned()
        };
        let looked_at = is_facet.then(|| {
            let (_, at_most) = db::only_if(scope, rare, limit);
            let along = db::by_index(scope, "summary_by_facets");
            Query::new(format!("SELECT {columns} FROM customer_summary s{along} WHERE "), Vec::new())
                .and("", self.whole_condition(scope, &self.parts))
                .and(" AND ", beyond.clone())
                .then(&format!(" ORDER BY {order} LIMIT {at_most}"))
                .and("", skip())
        });
        // The index finds them by `seq`: the last of those who were looked for tells about how many more there are.
        let is_vain = match entries {
            Some(entries) if !is_slow => format!(
                "found * {entries} * (SELECT MAX(seq) FROM customer_summary) < {limit} * {number} * (SELECT MAX(seq) FROM candidate)"
            ),
            _ => "FALSE".to_owned(),
        };
        let (condition, at_most) = db::only_if(scope, few, limit);
        let from = if is_checked {
            format!("found s WHERE {condition}")
        } else {
            format!("found CROSS JOIN customer_summary s WHERE s.seq = found.seq AND {condition}")
        };
        let sorted = Query::new(format!("SELECT {columns} FROM {from} AND "), Vec::new())
            .and("", beyond.clone())
            .then(&format!(" ORDER BY {order} LIMIT {at_most}"))
            .and("", skip());
        let walked = match entries {
            Some(entries) => {
                let (_, at_most) = db::only_if(scope, walk, entries);
                // In the order of the walk, which is the outermost loop: to say it would have all entries looked at and sorted.
                Query::new(
                    format!("SELECT w.seq, w.sort_key, w.created_at, w.customer_id FROM (SELECT {columns} FROM customer_summary s{along} WHERE {} AND ", self.condition()),
                    Vec::new(),
                )
                .and("", beyond)
                .then(&format!(" ORDER BY {order} LIMIT {at_most}) AS w CROSS JOIN customer_summary s WHERE s.seq = w.seq AND "))
                .and("", Self::holds(scope, &self.parts))
                .then(&format!(" LIMIT {limit}"))
                .and("", skip())
            }
            None => {
                let (condition, at_most) = db::only_if(scope, walk, limit);
                Query::new(
                    format!("SELECT {columns} FROM customer_summary s WHERE {condition} AND "),
                    Vec::new(),
                )
                .and("", self.whole_condition(scope, &self.parts))
                .and(" AND ", beyond)
                .then(&format!(" ORDER BY {order} LIMIT {at_most}"))
                .and("", skip())
            }
        };
        let picked = if way == Way::Best {
            let either = Query::new("SELECT * FROM (", Vec::new())
                .and("", sorted)
                .and(") AS sorted UNION ALL SELECT * FROM (", walked)
                .then(") AS walked");
            match looked_at {
                Some(looked_at) => either.and(" UNION ALL SELECT * FROM (", looked_at).then(") AS looked_at"),
                None => either,
            }
        } else {
            sorted
        };
        found
            .then(
                ", counted AS MATERIALIZED (SELECT (SELECT COUNT(*) FROM candidate) AS candidates, (SELECT COUNT(*) FROM found) AS found)",
            )
            .then(&format!(
                ", branch AS MATERIALIZED (SELECT few, rare, walk,
                     CASE WHEN few + rare > 0 OR (walk > 0 AND {number} <= {most}) THEN 1 ELSE 0 END AS whole
                   FROM (SELECT few, rare, CASE WHEN few + rare > 0 OR {is_vain} THEN 0 ELSE 1 END AS walk
                         FROM (SELECT found, CASE WHEN {is_few} THEN 1 ELSE 0 END AS few,
                                   CASE WHEN {is_few} THEN 0 WHEN {is_rare} THEN 1 ELSE 0 END AS rare FROM counted) AS chosen) AS ways)",
                most = entries.unwrap_or(i64::MAX),
            ))
            .and(", picked AS MATERIALIZED (", picked)
            .then(")")
    }

    /// A query of every row whose number in the list is a multiple of `step`: the end of the change log, `sort_key`, `created_at` and
    /// the id. For what the figures count, where nothing is searched; it goes along the index and keeps nothing of the rows between.
    pub fn every(&self, scope: &Scope, place: &Place<'_>, (key, index): (SortKey, &str), step: u64) -> String {
        format!(
            "SELECT {state}, CAST(p.sort_key AS TEXT), CAST(p.created_at AS TEXT), {id}
             FROM (SELECT {key} AS sort_key, s.created_at, s.customer_id, ROW_NUMBER() OVER (ORDER BY {order}) AS n
                   FROM customer_summary s{along} WHERE {condition}) AS p
             WHERE p.n % {step} = 0 ORDER BY p.n",
            state = db::end_of_log(scope),
            id = db::id_text(scope, "p.customer_id"),
            key = key.expression,
            order = place.order(),
            along = db::by_index(scope, index),
            condition = self.condition(),
        )
    }

    /// Whether each of those who may match is looked at to find out.
    fn is_checked(&self, candidates: &Candidates) -> bool {
        !candidates.unchecked.is_empty() || self.cells().is_some()
    }

    /// `candidate`, who may match, at most so many; and `found`, who of them do: their `seq`, and these columns of the summary `s`
    /// where they are looked at anyway.
    fn found(&self, scope: &Scope, candidates: Candidates, columns: &str, most: Option<i64>) -> Query {
        let limit = most.map_or_else(String::new, |most| format!(" LIMIT {most}"));
        let checked = if self.is_checked(&candidates) {
            Query::new(
                format!("SELECT {columns} FROM candidate CROSS JOIN customer_summary s WHERE s.seq = candidate.seq AND "),
                Vec::new(),
            )
            .and("", self.whole_condition(scope, &candidates.unchecked))
        } else {
            Query::new("SELECT seq FROM candidate", Vec::new())
        };
        Query::new("candidate AS MATERIALIZED (", Vec::new())
            .and("", Query::new(candidates.sql, candidates.values))
            .then(&limit)
            .and("), found AS MATERIALIZED (", checked)
            .then(")")
    }

    /// How many match, all of them. Takes its time and can be given up.
    pub async fn count(&self, scope: &Scope) -> Result<u64> {
        if self.is_counted() {
            let rows = scope
                .texts(&format!("SELECT {}", figure::text(&[figure::CUSTOMERS], None)), Vec::new())
                .await?;
            let text = rows.into_iter().flatten().flatten().next().unwrap_or_else(|| "[]".to_owned());
            return Ok(u64::try_from(figure::customers(&figure::parse(&text)?, self.facets))?);
        }
        let candidates = db::candidates(scope, &self.parts);
        let is_indexed = !self.archived && !candidates.is_slow;
        let query = if is_indexed {
            Query::new("WITH ", Vec::new())
                .and("", self.found(scope, candidates, "s.seq", None))
                .then(" SELECT CAST(COUNT(*) AS TEXT) FROM found")
        } else {
            Query::new("SELECT CAST(COUNT(*) AS TEXT) FROM customer_summary s WHERE ", Vec::new())
                .and("", self.whole_condition(scope, &self.parts))
        };
        let rows = scope.texts(&query.sql, query.values).await?;
        let count = rows.into_iter().flatten().flatten().next().unwrap_or_default();
        count
            .parse()
            .map_err(|_| crate::error::Error::Fault(format!("{count} is no number of customers")))
    }
}

#[cfg(test)]
mod tests;
