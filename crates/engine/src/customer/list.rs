//! `list_customers` and `count_customers`.

use contract::{
    Timestamp,
    customer::{CountCustomers, CustomerCount, CustomerPage, CustomerRow, CustomerSort, ListCustomers},
};
use sea_orm::{QueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use super::view;
use crate::{
    call::Run,
    error::Result,
    figure,
    page::{Cursor, list_mark},
    scope::Scope,
    stats,
};

/// The most matches of a search that are counted for a page.
const COUNTED: i64 = 10_001;

/// Which customers.
#[derive(Debug, Serialize)]
struct Filter {
    parts: Vec<String>,
    is_active: Option<bool>,
    has_licenses: Option<bool>,
    has_subscriptions: Option<bool>,
    has_outstanding: Option<bool>,
    archived: bool,
}

impl Filter {
    fn facets(&self) -> [Option<bool>; 4] {
        [self.is_active, self.has_licenses, self.has_subscriptions, self.has_outstanding]
    }

    /// The condition over `c` (customer) and `s` (summary), with its values.
    fn condition(&self) -> (String, Vec<Value>) {
        let archived = if self.archived { "IS NOT NULL" } else { "IS NULL" };
        let mut sql = format!("c.is_admin = FALSE AND c.deleted_at IS NULL AND c.archived_at {archived}");
        let mut values: Vec<Value> = Vec::new();
        if let Some(is_active) = self.is_active {
            sql.push_str(if is_active {
                " AND c.is_active = TRUE"
            } else {
                " AND c.is_active = FALSE"
            });
        }
        let columns = [
            ("total_licenses", self.has_licenses),
            ("total_subscriptions", self.has_subscriptions),
            ("outstanding_invoices", self.has_outstanding),
        ];
        for (column, wanted) in columns {
            if let Some(wanted) = wanted {
                sql.push_str(&format!(" AND s.{column} {} 0", if wanted { ">" } else { "=" }));
            }
        }
        for part in &self.parts {
            sql.push_str(" AND c.search_text LIKE ? ESCAPE '!'");
            values.push(format!("%{}%", escape(part)).into());
        }
        (sql, values)
    }

    /// How many match, counted up to a limit, and whether that is all.
    async fn count(&self, scope: &Scope, most: Option<i64>) -> Result<(u64, bool)> {
        if self.parts.is_empty() && !self.archived {
            let figures = figure::read(scope, &[figure::CUSTOMERS]).await?;
            return Ok((u64::try_from(figure::customers(&figures, self.facets()))?, true));
        }
        let (condition, mut values) = self.condition();
        let mut sql = format!("SELECT c.id FROM customer c JOIN customer_summary s ON s.customer_id = c.id WHERE {condition}");
        if let Some(most) = most {
            sql.push_str(" LIMIT ?");
            values.push(most.into());
        }
        let total = scope.number(&format!("SELECT COUNT(*) FROM ({sql}) AS matching"), values).await?;
        Ok((u64::try_from(total)?, most.is_none_or(|most| total < most)))
    }
}

/// A part of a term as a pattern: `%` and `_` are characters, not wildcards.
fn escape(part: &str) -> String {
    part.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The expression that a list is sorted by.
fn expression(sort: CustomerSort) -> &'static str {
    match sort {
        CustomerSort::CreatedAt => "c.created_at",
        CustomerSort::FullName => "c.full_name_key",
        CustomerSort::Email => "c.email_key",
        CustomerSort::CompanyName => "c.company_name_key",
        CustomerSort::IsActive => "c.is_active",
        CustomerSort::ActiveLicenses => "s.active_licenses",
        CustomerSort::ActiveSubscriptions => "s.active_subscriptions",
        CustomerSort::Revenue => "s.revenue",
        CustomerSort::Outstanding => "s.outstanding",
    }
}

/// The tie-breakers: of the table that is sorted by, so that its index gives the order.
fn ties(sort: CustomerSort) -> (&'static str, &'static str) {
    match sort {
        CustomerSort::ActiveLicenses | CustomerSort::ActiveSubscriptions | CustomerSort::Revenue | CustomerSort::Outstanding => {
            ("s.created_at", "s.customer_id")
        }
        _ => ("c.created_at", "c.id"),
    }
}

/// The value that a row is sorted by.
fn key(sort: CustomerSort, row: &QueryResult) -> Result<serde_json::Value> {
    Ok(match sort {
        CustomerSort::CreatedAt => serde_json::Value::Null,
        CustomerSort::FullName | CustomerSort::Email => row.try_get::<String>("", "sort_key")?.into(),
        CustomerSort::CompanyName => row.try_get::<Option<String>>("", "sort_key")?.into(),
        CustomerSort::IsActive => row.try_get::<bool>("", "sort_key")?.into(),
        _ => row.try_get::<i64>("", "sort_key")?.into(),
    })
}

/// Refuses a cursor whose value cannot be of this sort: it was not given by us.
fn check_key(field: &str, sort: CustomerSort, key: &serde_json::Value) -> Result<()> {
    let fits = match sort {
        CustomerSort::CreatedAt => key.is_null(),
        CustomerSort::FullName | CustomerSort::Email => key.is_string(),
        CustomerSort::CompanyName => key.is_string() || key.is_null(),
        CustomerSort::IsActive => key.is_boolean(),
        _ => key.is_i64(),
    };
    if fits {
        Ok(())
    } else {
        Err(contract::Error::field(field, contract::Problem::MalformedCursor).into())
    }
}

/// A value of a cursor as the database takes it.
fn bind(key: &serde_json::Value) -> Value {
    match key {
        serde_json::Value::Bool(value) => (*value).into(),
        serde_json::Value::Number(value) => value.as_i64().into(),
        serde_json::Value::String(value) => value.as_str().into(),
        _ => Value::String(None),
    }
}

/// What lies beyond a cursor, with its values. Missing keys come last in either direction.
fn beyond(sort: CustomerSort, cursor: &Cursor, forward: bool, descending: bool) -> (String, Vec<Value>) {
    let ascending = forward != descending;
    let than = if ascending { ">" } else { "<" };
    let (created, id) = ties(sort);
    let tie = format!("({created} {than} ? OR ({created} = ? AND {id} {than} ?))");
    let tied: Vec<Value> = vec![cursor.created_at.into(), cursor.created_at.into(), cursor.id.into()];
    let key = expression(sort);
    let with = |first: Vec<Value>| first.into_iter().chain(tied.clone()).collect::<Vec<_>>();
    if sort == CustomerSort::CreatedAt {
        return (tie, tied);
    }
    let value = bind(&cursor.key);
    match (cursor.key.is_null(), forward) {
        (true, true) => (format!("({key} IS NULL AND {tie})"), tied),
        (true, false) => (format!("({key} IS NOT NULL OR ({key} IS NULL AND {tie}))"), tied),
        (false, true) if sort == CustomerSort::CompanyName => (
            format!("({key} {than} ? OR ({key} = ? AND {tie}) OR {key} IS NULL)"),
            with(vec![value.clone(), value]),
        ),
        (false, _) => (
            format!("({key} {than} ? OR ({key} = ? AND {tie}))"),
            with(vec![value.clone(), value]),
        ),
    }
}

impl Run for ListCustomers {
    async fn run(self, scope: &Scope) -> Result<CustomerPage> {
        let filter = Filter {
            parts: self.search.as_deref().map(contract::text::search_parts).unwrap_or_default(),
            is_active: self.is_active,
            has_licenses: self.has_licenses,
            has_subscriptions: self.has_subscriptions,
            has_outstanding: self.has_outstanding,
            archived: self.archived,
        };
        let sort = self.sort.unwrap_or(CustomerSort::CreatedAt);
        let descending = self.descending.unwrap_or(sort == CustomerSort::CreatedAt);
        let limit = i64::from(self.limit.unwrap_or(contract::page::DEFAULT_LIMIT));
        let mark = list_mark(&("customers", &filter, sort, descending))?;
        let given = match (&self.after, &self.before) {
            (Some(after), _) => Some(("after", after, true)),
            (None, Some(before)) => Some(("before", before, false)),
            (None, None) => None,
        };
        let cursor = match given {
            Some((field, text, forward)) => {
                let cursor = Cursor::decode(field, text, &mark)?;
                check_key(field, sort, &cursor.key)?;
                Some((cursor, forward))
            }
            None => None,
        };
        let forward = cursor.as_ref().is_none_or(|(_, forward)| *forward);
        let offset = self.at.unwrap_or(0);

        let (mut condition, mut values) = filter.condition();
        if let Some((cursor, forward)) = &cursor {
            let (sql, more) = beyond(sort, cursor, *forward, descending);
            condition.push_str(&format!(" AND {sql}"));
            values.extend(more);
        }
        let direction = if forward == descending { "DESC" } else { "ASC" };
        let key_column = expression(sort);
        let order = match sort {
            CustomerSort::CreatedAt => format!("c.created_at {direction}, c.id {direction}"),
            CustomerSort::CompanyName => {
                let missing = if forward { "ASC" } else { "DESC" };
                format!("({key_column} IS NULL) {missing}, {key_column} {direction}, c.created_at {direction}, c.id {direction}")
            }
            _ => {
                let (created, id) = ties(sort);
                format!("{key_column} {direction}, {created} {direction}, {id} {direction}")
            }
        };
        // Skipped rows cost only their keys: the columns are fetched for those that stay.
        let sql = format!(
            "SELECT c.id, c.email, c.full_name, c.company_name, c.is_active, c.is_admin, c.created_at, c.updated_at, c.archived_at, c.version,
                s.total_licenses, s.active_licenses, s.total_subscriptions, s.active_subscriptions, s.total_domains, s.total_invoices,
                s.outstanding_invoices, s.last_payment_date, {key_column} AS sort_key
             FROM customer c JOIN customer_summary s ON s.customer_id = c.id
             WHERE c.id IN (SELECT c.id FROM customer c JOIN customer_summary s ON s.customer_id = c.id WHERE {condition}
                            ORDER BY {order} LIMIT ? OFFSET ?)
             ORDER BY {order}"
        );
        values.push((limit + 1).into());
        // Beyond the last row there is nothing, however far.
        values.push(i64::try_from(offset).unwrap_or(i64::MAX).into());
        let mut rows = scope.rows(&sql, values).await?;
        let has_more = rows.len() > usize::try_from(limit)?;
        rows.truncate(usize::try_from(limit)?);
        if !forward {
            rows.reverse();
        }
        let mark_of = |row: &QueryResult| -> Result<String> {
            Cursor::new(&mark, key(sort, row)?, row.try_get("", "created_at")?, row.try_get("", "id")?).encode()
        };
        let has_next = if forward { has_more } else { true };
        let has_previous = if forward { cursor.is_some() || offset > 0 } else { has_more };
        let next = rows.last().filter(|_| has_next).map(mark_of).transpose()?;
        let previous = rows.first().filter(|_| has_previous).map(mark_of).transpose()?;
        let (total, total_is_exact) = filter.count(scope, Some(COUNTED)).await?;
        let stats = if self.with_stats {
            Some(stats::customer_stats(scope).await?)
        } else {
            None
        };
        Ok(CustomerPage {
            items: items(scope, rows).await?,
            next,
            previous,
            total,
            total_is_exact,
            stats,
        })
    }
}

async fn items(scope: &Scope, rows: Vec<QueryResult>) -> Result<Vec<CustomerRow>> {
    let mut ids: Vec<Uuid> = Vec::with_capacity(rows.len());
    for row in &rows {
        ids.push(row.try_get("", "id")?);
    }
    let mut money = view::money(scope, ids).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.try_get("", "id")?;
        let count = |column: &str| -> Result<u32> { Ok(u32::try_from(row.try_get::<i64>("", column)?)?) };
        let own = money.remove(&id).unwrap_or_default();
        items.push(CustomerRow {
            id: id.into(),
            email: row.try_get("", "email")?,
            full_name: row.try_get("", "full_name")?,
            company_name: row.try_get("", "company_name")?,
            is_active: row.try_get("", "is_active")?,
            is_admin: row.try_get("", "is_admin")?,
            created_at: Timestamp(row.try_get("", "created_at")?),
            updated_at: Timestamp(row.try_get("", "updated_at")?),
            archived_at: row.try_get::<Option<i64>>("", "archived_at")?.map(Timestamp),
            total_licenses: count("total_licenses")?,
            active_licenses: count("active_licenses")?,
            total_subscriptions: count("total_subscriptions")?,
            active_subscriptions: count("active_subscriptions")?,
            total_domains: count("total_domains")?,
            revenue: own.revenue.clone(),
            total_payments: own.revenue,
            total_invoices: count("total_invoices")?,
            outstanding_invoices: count("outstanding_invoices")?,
            outstanding: own.outstanding,
            overdue: own.overdue,
            last_payment_date: row.try_get("", "last_payment_date")?,
            version: count("version")?,
        });
    }
    Ok(items)
}

impl Run for CountCustomers {
    async fn run(self, scope: &Scope) -> Result<CustomerCount> {
        let filter = Filter {
            parts: self.search.as_deref().map(contract::text::search_parts).unwrap_or_default(),
            is_active: self.is_active,
            has_licenses: self.has_licenses,
            has_subscriptions: self.has_subscriptions,
            has_outstanding: self.has_outstanding,
            archived: self.archived,
        };
        Ok(CustomerCount {
            total: filter.count(scope, None).await?.0,
        })
    }
}
