//! Figures of the business, read from what is kept with the data.

mod attention;
pub mod billed;
mod classes;
mod cohorts;
mod forecast;
mod kept;
mod monthly;
mod movements;
mod net;
mod paying;
mod receivables;
mod recurring;
mod running;
mod spans;

use std::collections::BTreeMap;

use contract::{
    Money,
    money::divide,
    stats::{CustomerStats, CustomerStatsRequest},
};

pub use kept::Kept;
pub use net::Net;
pub use spans::counts;

use crate::{
    call::Run,
    error::Result,
    figure::{self, Key},
    scope::Scope,
    zone,
};

/// The kinds of figures that the four cards are made of, beside [`figure::JOINED`].
pub const KINDS: [&str; 4] = [figure::CUSTOMERS, figure::LICENSES, figure::PAYING, figure::REVENUE];

/// The first day of which the cards need to know who joined.
pub fn joined_from(scope: &Scope) -> String {
    let today = scope.today();
    zone::month_of(today).min(zone::week_of(today)).to_string()
}

/// The figures of the four cards, from those of [`KINDS`] and who joined from [`joined_from`] on.
pub fn customer_stats(scope: &Scope, figures: &BTreeMap<Key, i64>) -> Result<CustomerStats> {
    let customers = |facets| u64::try_from(figure::customers(figures, facets));
    let total = customers([None; 4])?;
    let active = customers([Some(true), None, None, None])?;

    let today = scope.today();
    let month = zone::month_of(today).to_string();
    let week = zone::week_of(today).to_string();
    let since = |first: &str| {
        u64::try_from(
            figures
                .iter()
                .filter(|((kind, day), _)| *kind == figure::JOINED && day.as_str() >= first)
                .map(|(_, amount)| amount)
                .sum::<i64>(),
        )
    };

    let revenue = figure::money(scope, figures, figure::REVENUE);
    let over = |count: &dyn Fn(&Money) -> i64| -> Vec<Money> {
        revenue
            .iter()
            .filter_map(|money| divide(money.amount, count(money)).map(|amount| Money::new(amount, money.currency)))
            .collect()
    };
    let all = i64::try_from(total)?;
    Ok(CustomerStats {
        total_customers: total,
        active_customers: active,
        inactive_customers: total - active,
        customers_with_licenses: customers([None, Some(true), None, None])?,
        customers_with_subscriptions: customers([None, None, Some(true), None])?,
        new_customers_this_month: since(&month)?,
        new_customers_this_week: since(&week)?,
        average_customer_value: over(&|money| figure::of(figures, figure::PAYING, money.currency.code())),
        average_per_all_customers: over(&|_| all),
        total_revenue: revenue,
        active_licenses: u64::try_from(figure::of(figures, figure::LICENSES, "active"))?,
        customers_with_outstanding: customers([None, None, None, Some(true)])?,
    })
}

impl Run for CustomerStatsRequest {
    async fn run(self, scope: &Scope) -> Result<CustomerStats> {
        let query = format!("SELECT {}", figure::text(&KINDS, Some((figure::JOINED, &joined_from(scope)))));
        let rows = scope.texts(&query, Vec::new()).await?;
        let text = rows.into_iter().flatten().flatten().next().unwrap_or_else(|| "[]".to_owned());
        customer_stats(scope, &figure::parse(&text)?)
    }
}
