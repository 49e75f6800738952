//! `list_invoices`.

use contract::{
    Currency, Money, Noun, Timestamp,
    invoice::{Invoice, InvoicePage, InvoiceStatus, ListInvoices},
};
use sea_orm::{FromQueryResult, QueryResult};
use uuid::Uuid;

use crate::{
    call::Run,
    entity::invoice,
    error::{Result, not_found, unknown_word},
    license,
    page::Newest,
    scope::Scope,
};

/// The columns and tables of a list of invoices.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM invoice t JOIN customer c ON c.id = t.customer_id";

/// The wire form of a row of [`SELECT`].
pub fn view_row(row: &QueryResult) -> Result<Invoice> {
    let own = invoice::Model::from_query_result(row, "")?;
    let currency = Currency::parse(&own.currency).ok_or_else(|| unknown_word("invoice.currency", &own.currency))?;
    let money = |amount| Money::new(amount, currency);
    let status = InvoiceStatus::parse(&own.status).ok_or_else(|| unknown_word("invoice.status", &own.status))?;
    let payable = if status == InvoiceStatus::Open { super::payable(&own) } else { 0 };
    Ok(Invoice {
        id: own.id.into(),
        customer_id: own.customer_id.into(),
        customer_name: row.try_get("", "customer_name")?,
        subscription_id: own.subscription_id.map(Into::into),
        number: own.number,
        status,
        issued_on: own.issued_on,
        due_on: own.due_on,
        net: money(own.net),
        tax: money(own.tax),
        total: money(own.total),
        paid: money(own.paid),
        credited: money(own.credited),
        payable: money(payable),
        is_overdue: own.is_overdue && payable > 0,
        created_at: Timestamp(own.created_at),
        version: u32::try_from(own.version)?,
    })
}

impl Run for ListInvoices {
    async fn run(self, scope: &Scope) -> Result<InvoicePage> {
        let mut conditions = vec![license::of(self.customer_id)];
        if let Some(status) = self.status {
            conditions.push(("t.status = ?", vec![status.as_str().into()]));
        }
        match self.is_overdue {
            Some(true) => conditions.push(("(t.status = 'open' AND t.is_overdue = TRUE)", Vec::new())),
            Some(false) => conditions.push(("NOT (t.status = 'open' AND t.is_overdue = TRUE)", Vec::new())),
            None => {}
        }
        if let Some(subscription) = self.subscription_id {
            conditions.push(("t.subscription_id = ?", vec![subscription.0.into()]));
        }
        let page = Newest {
            name: "invoices",
            select: SELECT,
            table: "invoice",
            conditions,
            limit: self.limit,
            after: self.after.as_deref(),
        };
        let found = page.fetch(scope).await?;
        let items = found.rows.iter().map(view_row).collect::<Result<_>>()?;
        Ok(InvoicePage {
            items,
            next: found.next,
            total: found.total,
            total_is_exact: true,
        })
    }
}

/// The wire form of an invoice, read anew.
pub async fn read(scope: &Scope, id: Uuid) -> Result<Invoice> {
    let row = scope
        .row(&format!("{SELECT} WHERE t.id = ?"), vec![id.into()])
        .await?
        .ok_or_else(|| not_found(Noun::Invoice))?;
    view_row(&row)
}
