//! `get_customer`, `email_owner`, and the wire form of a customer.

use super::{find, owner_of};
use crate::{
    call::Run,
    entity::{customer, customer_money},
    error::{Result, not_found},
    figure, license,
    scope::Scope,
    summary,
};
use contract::{
    Money, Noun, Timestamp,
    customer::{Customer, EmailOwner, EmailOwnerRequest, GetCustomer},
};

/// Licenses that `get_customer` holds.
const LICENSES: u32 = 100;

/// The amounts of one customer by currency, the book's first.
#[derive(Clone, Debug, Default)]
pub struct CustomerMoney {
    pub revenue: Vec<Money>,
    pub outstanding: Vec<Money>,
    pub overdue: Vec<Money>,
}

impl CustomerMoney {
    /// Of rows of one customer.
    fn of(first: &str, rows: &[customer_money::Model]) -> Self {
        let in_order = |amount: fn(&customer_money::Model) -> i64| {
            figure::in_order(first, rows.iter().map(|row| (row.currency.as_str(), amount(row))))
        };
        Self {
            revenue: in_order(|row| row.paid - row.refunded),
            outstanding: in_order(|row| row.outstanding),
            overdue: in_order(|row| row.overdue),
        }
    }
}

/// The wire form of a customer, with the figures as they are in this transaction.
pub async fn view(scope: &Scope, row: customer::Model) -> Result<Customer> {
    // Computed, not read: within a write the summary is booked only at its end.
    let figures = summary::compute(scope, row.id).await?.ok_or_else(|| not_found(Noun::Customer))?;
    let rows: Vec<customer_money::Model> = figures.money.into_values().collect();
    let money = CustomerMoney::of(&scope.book.currency, &rows);
    let summary = figures.summary;
    Ok(Customer {
        id: row.id.into(),
        licenses: license::of_customer(scope, row.id, LICENSES).await?,
        email: row.email,
        full_name: row.full_name,
        company_name: row.company_name,
        is_active: row.is_active,
        is_admin: row.is_admin,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        archived_at: row.archived_at.map(Timestamp),
        total_licenses: u32::try_from(summary.total_licenses)?,
        active_licenses: u32::try_from(summary.active_licenses)?,
        total_subscriptions: u32::try_from(summary.total_subscriptions)?,
        active_subscriptions: u32::try_from(summary.active_subscriptions)?,
        total_domains: u32::try_from(summary.total_domains)?,
        total_payments: money.revenue,
        total_invoices: u32::try_from(summary.total_invoices)?,
        outstanding_invoices: u32::try_from(summary.outstanding_invoices)?,
        outstanding: money.outstanding,
        overdue: money.overdue,
        last_payment_date: summary.last_payment_date,
        lost_domains: Vec::new(),
        version: u32::try_from(row.version)?,
    })
}

impl Run for GetCustomer {
    async fn run(self, scope: &Scope) -> Result<Customer> {
        let row = find(scope, self.id).await?;
        view(scope, row).await
    }
}

impl Run for EmailOwnerRequest {
    async fn run(self, scope: &Scope) -> Result<EmailOwner> {
        let key = contract::email::key(&self.email)
            .map_err(|fault| contract::Error::field("email", contract::Problem::MalformedEmail { fault }))?;
        let owner = owner_of(scope, &key, self.except.map(|id| id.0)).await?;
        Ok(EmailOwner {
            id: owner.as_ref().map(|owner| owner.id.into()),
            full_name: owner.map(|owner| owner.full_name),
        })
    }
}
