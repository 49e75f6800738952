//! `get_customer`, `email_owner`, and the wire form of a customer.

use super::owner_of;
use crate::{
    call::Run,
    entity::{customer, customer_money},
    error::{Result, not_found},
    figure, license,
    scope::Scope,
    summary,
};
use chrono::NaiveDate;
use contract::{
    Money, Noun, Timestamp,
    customer::{Customer, EmailOwner, EmailOwnerRequest, GetCustomer},
    license::License,
};
use sea_orm::{FromQueryResult, QueryResult};
use uuid::Uuid;

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

/// Counts of one customer that are shown.
#[derive(Debug, Default, FromQueryResult)]
struct Shown {
    total_licenses: i64,
    active_licenses: i64,
    total_subscriptions: i64,
    active_subscriptions: i64,
    total_domains: i64,
    total_invoices: i64,
    outstanding_invoices: i64,
    last_payment_date: Option<NaiveDate>,
}

/// The wire form of a customer, with the figures as they are in this transaction.
pub async fn view(scope: &Scope, row: customer::Model) -> Result<Customer> {
    // Computed, not read: within a write the summary is booked only at its end.
    let figures = summary::compute(scope, row.id).await?.ok_or_else(|| not_found(Noun::Customer))?;
    let money: Vec<customer_money::Model> = figures.money.into_values().collect();
    let licenses = license::of_customer(scope, row.id, LICENSES).await?;
    let summary = figures.summary;
    let shown = Shown {
        total_licenses: summary.total_licenses,
        active_licenses: summary.active_licenses,
        total_subscriptions: summary.total_subscriptions,
        active_subscriptions: summary.active_subscriptions,
        total_domains: summary.total_domains,
        total_invoices: summary.total_invoices,
        outstanding_invoices: summary.outstanding_invoices,
        last_payment_date: summary.last_payment_date,
    };
    wire(scope, row, &shown, &money, licenses)
}

/// The wire form of a customer who was just made, and to whom nothing belongs.
pub fn view_new(scope: &Scope, row: customer::Model) -> Result<Customer> {
    wire(scope, row, &Shown::default(), &[], Vec::new())
}

/// The same outside of a write: what is kept with the records is what would be computed, because each write books it at its end, in
/// the same transaction. Nothing, if there is no such customer.
async fn kept(scope: &Scope, id: Uuid) -> Result<Option<(customer::Model, Shown, Vec<customer_money::Model>)>> {
    let sql = "SELECT c.*, s.total_licenses, s.active_licenses, s.total_subscriptions, s.active_subscriptions, s.total_domains,
                   s.total_invoices, s.outstanding_invoices, s.last_payment_date,
                   m.currency, m.payments, m.paid, m.refunded, m.outstanding, m.overdue
               FROM customer c JOIN customer_summary s ON s.customer_id = c.id LEFT JOIN customer_money m ON m.customer_id = c.id
               WHERE c.id = ? AND c.deleted_at IS NULL";
    let rows = scope.rows(sql, vec![id.into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let money: Vec<customer_money::Model> = rows
        .iter()
        .map(|row| money(id, row))
        .filter_map(Result::transpose)
        .collect::<Result<_>>()?;
    Ok(Some((
        customer::Model::from_query_result(first, "")?,
        Shown::from_query_result(first, "")?,
        money,
    )))
}

/// The money of a row; nothing, if the customer has none.
fn money(customer_id: Uuid, row: &QueryResult) -> Result<Option<customer_money::Model>> {
    let Some(currency) = row.try_get::<Option<String>>("", "currency")? else {
        return Ok(None);
    };
    Ok(Some(customer_money::Model {
        customer_id,
        currency,
        payments: row.try_get("", "payments")?,
        paid: row.try_get("", "paid")?,
        refunded: row.try_get("", "refunded")?,
        outstanding: row.try_get("", "outstanding")?,
        overdue: row.try_get("", "overdue")?,
    }))
}

fn wire(scope: &Scope, row: customer::Model, summary: &Shown, money: &[customer_money::Model], licenses: Vec<License>) -> Result<Customer> {
    let money = CustomerMoney::of(&scope.book.currency, money);
    Ok(Customer {
        id: row.id.into(),
        licenses,
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
        // At the same time: to a server each is a way there and back.
        let (kept, licenses) = tokio::join!(kept(scope, self.id.0), license::of_customer(scope, self.id.0, LICENSES));
        let (row, shown, money) = kept?.ok_or_else(|| not_found(Noun::Customer))?;
        wire(scope, row, &shown, &money, licenses?)
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
