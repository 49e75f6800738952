//! `list_invoices`.

use contract::{
    Currency, Money, Timestamp,
    invoice::{Invoice, InvoicePage, InvoiceStatus, ListInvoices},
};
use sea_orm::{FromQueryResult, QueryResult};

use crate::{
    call::Run,
    entity::invoice,
    error::{Result, unknown_word},
    license,
    page::Newest,
    scope::Scope,
};

const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM invoice t JOIN customer c ON c.id = t.customer_id";

fn view_row(row: &QueryResult) -> Result<Invoice> {
    let own = invoice::Model::from_query_result(row, "")?;
    let currency = Currency::parse(&own.currency).ok_or_else(|| unknown_word("invoice.currency", &own.currency))?;
    let money = |amount| Money::new(amount, currency);
    let status = InvoiceStatus::parse(&own.status).ok_or_else(|| unknown_word("invoice.status", &own.status))?;
    let payable = if status == InvoiceStatus::Open {
        own.total - own.paid - own.credited
    } else {
        0
    };
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
        payable: money(payable),
        is_overdue: own.is_overdue && payable > 0,
        created_at: Timestamp(own.created_at),
        version: u32::try_from(own.version)?,
    })
}

impl Run for ListInvoices {
    async fn run(self, scope: &Scope) -> Result<InvoicePage> {
        let conditions = match self.customer_id {
            Some(customer) => vec![(license::OF_CUSTOMER, vec![customer.0.into()])],
            None => vec![(license::LIVE, Vec::new())],
        };
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
