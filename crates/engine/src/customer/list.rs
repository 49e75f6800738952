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
    page::{COUNTED, Kind, Page, Place, SortKey, Wanted, list_mark, pattern},
    scope::Scope,
    stats,
};

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
            values.push(pattern(part).into());
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

/// What a list is sorted by.
fn sort_key(sort: CustomerSort) -> SortKey {
    let own = |expression, kind| SortKey {
        created: "c.created_at",
        id: "c.id",
        ..SortKey::new(expression, kind)
    };
    let figure = |expression| SortKey {
        created: "s.created_at",
        id: "s.customer_id",
        ..SortKey::new(expression, Kind::Number)
    };
    match sort {
        CustomerSort::CreatedAt => own("c.created_at", Kind::Created),
        CustomerSort::FullName => own("c.full_name_key", Kind::Text),
        CustomerSort::Email => own("c.email_key", Kind::Text),
        CustomerSort::CompanyName => SortKey {
            is_optional: true,
            ..own("c.company_name_key", Kind::Text)
        },
        CustomerSort::IsActive => own("c.is_active", Kind::Flag),
        CustomerSort::ActiveLicenses => figure("s.active_licenses"),
        CustomerSort::ActiveSubscriptions => figure("s.active_subscriptions"),
        CustomerSort::Revenue => figure("s.revenue"),
        CustomerSort::Outstanding => figure("s.outstanding"),
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
        let mark = list_mark(&("customers", &filter, sort, descending))?;
        let key = sort_key(sort);
        let wanted = Wanted {
            limit: self.limit,
            after: self.after.as_deref(),
            before: self.before.as_deref(),
            at: self.at,
        };
        let place = Place::read(key, descending, &mark, wanted)?;
        let (mut condition, mut values) = filter.condition();
        let (beyond, more) = place.condition();
        condition.push_str(&format!(" AND {beyond}"));
        values.extend(more);
        let (key_column, order) = (key.expression, place.order());
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
        values.extend(place.window());
        let Page { rows, next, previous } = place.close(scope.rows(&sql, values).await?)?;
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
