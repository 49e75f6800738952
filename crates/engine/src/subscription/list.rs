//! `list_subscriptions`.

use contract::subscription::{ListSubscriptions, SubscriptionPage};

use super::view_row;
use crate::{call::Run, error::Result, license, page::Newest, scope::Scope};

/// The columns and tables of a list of subscriptions.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, p.name AS plan_name
    FROM subscription t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";

impl Run for ListSubscriptions {
    async fn run(self, scope: &Scope) -> Result<SubscriptionPage> {
        let mut conditions = vec![license::of(self.customer_id)];
        if let Some(status) = self.status {
            conditions.push(("t.status = ?", vec![status.as_str().into()]));
        }
        let page = Newest {
            name: "subscriptions",
            select: SELECT,
            table: "subscription",
            conditions,
            limit: self.limit,
            after: self.after.as_deref(),
        };
        let found = page.fetch(scope).await?;
        let items = found.rows.iter().map(|row| view_row(scope, row)).collect::<Result<_>>()?;
        Ok(SubscriptionPage {
            items,
            next: found.next,
            total: found.total,
            total_is_exact: true,
        })
    }
}
