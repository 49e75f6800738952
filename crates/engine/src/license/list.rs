//! `list_licenses`.

use contract::license::{License, LicensePage, LicenseSort, LicenseStatus, ListLicenses};
use uuid::Uuid;

use super::view_row;
use crate::{
    call::Run,
    error::Result,
    page::{Kind, Listing, SortKey, Wanted},
    scope::Scope,
};

/// The columns and tables of a list of licenses.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, p.name AS plan_name
    FROM license t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";

/// Hidden customers hide what is theirs.
pub const LIVE: &str = "EXISTS (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.deleted_at IS NULL AND o.archived_at IS NULL)";

/// Those of one customer, who may be archived but not deleted.
pub const OF_CUSTOMER: &str = "t.customer_id = ? AND EXISTS (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.deleted_at IS NULL)";

/// The condition of a list of one customer's or of all.
pub fn of(customer: Option<contract::CustomerId>) -> (&'static str, Vec<sea_orm::Value>) {
    match customer {
        Some(customer) => (OF_CUSTOMER, vec![customer.0.into()]),
        None => (LIVE, Vec::new()),
    }
}

/// What a list is sorted by.
fn sort_key(sort: LicenseSort) -> SortKey {
    match sort {
        LicenseSort::CreatedAt => SortKey::new("t.created_at", Kind::Created),
        LicenseSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text),
        LicenseSort::PlanName => SortKey::new("p.name_key", Kind::Text),
        LicenseSort::Status => SortKey::new("t.status", Kind::Text),
        LicenseSort::Price => SortKey::new("t.price", Kind::Number),
        LicenseSort::ExpiresAt => SortKey::optional("t.expires_at", Kind::Number),
    }
}

impl Run for ListLicenses {
    async fn run(self, scope: &Scope) -> Result<LicensePage> {
        let mut conditions = vec![of(self.customer_id)];
        let soon = scope.soon().0;
        match self.status {
            Some(LicenseStatus::Active) => conditions.push((
                "t.status = 'active' AND (t.expires_at IS NULL OR t.expires_at > ?)",
                vec![soon.into()],
            )),
            Some(LicenseStatus::Expiring) => conditions.push(("t.status = 'active' AND t.expires_at <= ?", vec![soon.into()])),
            Some(status) => conditions.push(("t.status = ?", vec![status.as_str().into()])),
            None => {}
        }
        let page = Listing {
            name: "licenses",
            select: SELECT,
            table: "license",
            conditions,
            searched: &["LOWER(t.key)", "p.name_key"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(LicenseSort::CreatedAt)),
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
