//! `list_subscriptions`.

use contract::subscription::{ListSubscriptions, SubscriptionPage, SubscriptionSort};

use super::view_row;
use crate::{
    call::Run,
    error::Result,
    page::{Kind, Listing, SortKey, Wanted, by_status},
    scope::Scope,
};

/// The columns and tables of a list of subscriptions.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, p.name AS plan_name
    FROM subscription t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";

/// What a list is sorted by.
fn sort_key(sort: SubscriptionSort) -> SortKey {
    match sort {
        SubscriptionSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "subscription_by_created"),
        SubscriptionSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        SubscriptionSort::PlanName => SortKey::new("p.name_key", Kind::Text).along("p", "plan_by_name"),
        SubscriptionSort::Status => SortKey::new("(t.status || '')", Kind::Text).along("t", "subscription_by_status"),
        SubscriptionSort::Price => SortKey::new("(t.price * t.quantity)", Kind::Number).along("t", "subscription_by_price"),
        SubscriptionSort::StartsOn => SortKey::new("t.starts_on", Kind::Day).along("t", "subscription_by_start"),
        SubscriptionSort::BilledUntil => SortKey::new("t.billed_until", Kind::Day).along("t", "subscription_by_billed"),
    }
}

impl Run for ListSubscriptions {
    async fn run(self, scope: &Scope) -> Result<SubscriptionPage> {
        let mut conditions = Vec::new();
        if let Some(status) = self.status {
            conditions.push((by_status(self.customer_id.is_none()), vec![status.as_str().into()]));
        }
        let page = Listing {
            name: "subscriptions",
            select: SELECT,
            table: "subscription",
            customer: self.customer_id,
            always: "TRUE",
            conditions,
            filter: format!("{:?}", self.status),
            searched: &["p.name_key"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(SubscriptionSort::CreatedAt)).in_status(self.status.is_some(), "subscription_by_status"),
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
        Ok(SubscriptionPage {
            items,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }
}
