//! `list_subscriptions`.

use contract::subscription::{ListSubscriptions, SubscriptionPage, SubscriptionSort};

use super::view_row;
use crate::{
    call::Run,
    error::Result,
    license,
    page::{Kind, Listing, SortKey, Wanted},
    scope::Scope,
};

/// The columns and tables of a list of subscriptions.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, p.name AS plan_name
    FROM subscription t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";

/// What a list is sorted by.
fn sort_key(sort: SubscriptionSort) -> SortKey {
    match sort {
        SubscriptionSort::CreatedAt => SortKey::new("t.created_at", Kind::Created),
        SubscriptionSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text),
        SubscriptionSort::PlanName => SortKey::new("p.name_key", Kind::Text),
        SubscriptionSort::Status => SortKey::new("t.status", Kind::Text),
        SubscriptionSort::Price => SortKey::new("(t.price * t.quantity)", Kind::Number),
        SubscriptionSort::StartsOn => SortKey::new("t.starts_on", Kind::Day),
        SubscriptionSort::BilledUntil => SortKey::new("t.billed_until", Kind::Day),
    }
}

impl Run for ListSubscriptions {
    async fn run(self, scope: &Scope) -> Result<SubscriptionPage> {
        let mut conditions = vec![license::of(self.customer_id)];
        if let Some(status) = self.status {
            conditions.push(("t.status = ?", vec![status.as_str().into()]));
        }
        let page = Listing {
            name: "subscriptions",
            select: SELECT,
            table: "subscription",
            conditions,
            searched: &["p.name_key"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(SubscriptionSort::CreatedAt)),
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
