//! `list_licenses`.

use contract::license::{License, LicensePage, LicenseSort, LicenseStatus, ListLicenses};
use uuid::Uuid;

use super::view_row;
use crate::{
    call::Run,
    error::Result,
    page::{Kind, Listing, SortKey, Wanted, by_status},
    scope::Scope,
};

/// The columns and tables of a list of licenses.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, p.name AS plan_name
    FROM license t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";

/// Hidden customers hide what is theirs. With a limit, which a server leaves out: SQLite makes a join of what has none (since 3.51), and
/// reads every customer for a filter of it before it looks at the first row.
pub const LIVE: &str =
    "EXISTS (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.deleted_at IS NULL AND o.archived_at IS NULL LIMIT 1)";

/// Those of one customer, who may be archived but not deleted.
pub const OF_CUSTOMER: &str = "t.customer_id = ? AND EXISTS (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.deleted_at IS NULL)";

/// What a list is sorted by.
fn sort_key(sort: LicenseSort) -> SortKey {
    match sort {
        LicenseSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "license_by_created"),
        LicenseSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        LicenseSort::PlanName => SortKey::new("p.name_key", Kind::Text).along("p", "plan_by_name"),
        LicenseSort::Status => SortKey::new("(t.status || '')", Kind::Text).along("t", "license_by_status"),
        LicenseSort::Price => SortKey::new("t.price", Kind::Number).along("t", "license_by_price"),
        LicenseSort::ExpiresAt => SortKey::optional("t.expires_at", Kind::Number).along("t", "license_by_end"),
    }
}

impl Run for ListLicenses {
    async fn run(self, scope: &Scope) -> Result<LicensePage> {
        let mut conditions = Vec::new();
        let soon = scope.soon().0;
        let is_in_status = !matches!(self.status, None | Some(LicenseStatus::Active | LicenseStatus::Expiring));
        match self.status {
            Some(LicenseStatus::Active) => conditions.push((
                "t.status = 'active' AND (t.expires_at IS NULL OR t.expires_at > ?)",
                vec![soon.into()],
            )),
            // `due_at` is the end of an active license, and indexed.
            Some(LicenseStatus::Expiring) => conditions.push(("t.status = 'active' AND t.due_at <= ?", vec![soon.into()])),
            Some(status) => conditions.push((by_status(self.customer_id.is_none()), vec![status.as_str().into()])),
            None => {}
        }
        let page = Listing {
            name: "licenses",
            select: SELECT,
            table: "license",
            customer: self.customer_id,
            always: "TRUE",
            conditions,
            filter: format!("{:?}", self.status),
            searched: &["LOWER(t.key)", "p.name_key"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(LicenseSort::CreatedAt)).in_status(is_in_status, "license_by_status"),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        let found = page.fetch(scope).await?;
        let items = found.rows.iter().map(|row| view_row(scope, row)).collect::<Result<_>>()?;
        Ok(LicensePage {
            items,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }
}

/// The newest licenses of a customer.
pub async fn of_customer(scope: &Scope, customer: Uuid, limit: u32) -> Result<Vec<License>> {
    let sql = format!("{SELECT} WHERE t.customer_id = ? ORDER BY t.created_at DESC, t.id DESC LIMIT ?");
    let rows = scope.rows(&sql, vec![customer.into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| view_row(scope, row)).collect()
}
