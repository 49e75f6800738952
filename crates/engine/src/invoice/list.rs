//! `list_invoices`.

use contract::{
    Currency, Money, Noun, Timestamp,
    invoice::{Invoice, InvoicePage, InvoiceSort, InvoiceStatus, ListInvoices},
};
use sea_orm::{FromQueryResult, QueryResult};
use uuid::Uuid;

use crate::{
    call::Run,
    entity::invoice,
    error::{Result, not_found, unknown_word},
    page::{Kind, Listing, SortKey, Wanted, by_status},
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
        promised_until: own.promised_until,
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

/// What a list is sorted by.
fn sort_key(sort: InvoiceSort) -> SortKey {
    match sort {
        InvoiceSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "invoice_by_created"),
        // The index of its rule, by the name that a file gives it.
        InvoiceSort::Number => SortKey::optional("t.number", Kind::Text)
            .unique()
            .along("t", "sqlite_autoindex_invoice_2"),
        InvoiceSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        InvoiceSort::Status => SortKey::new("(t.status || '')", Kind::Text).along("t", "invoice_by_status"),
        InvoiceSort::IssuedOn => SortKey::optional("t.issued_on", Kind::Day).along("t", "invoice_billed"),
        InvoiceSort::DueOn => SortKey::optional("t.due_on", Kind::Day).along("t", "invoice_by_due_on"),
        InvoiceSort::Total => SortKey::new("t.total", Kind::Number).along("t", "invoice_by_total"),
        InvoiceSort::Payable => SortKey::new(
            "(CASE WHEN t.status = 'open' THEN t.total - t.paid - t.credited ELSE 0 END)",
            Kind::Number,
        )
        .along("t", "invoice_by_payable"),
    }
}

impl Run for ListInvoices {
    async fn run(self, scope: &Scope) -> Result<InvoicePage> {
        let mut conditions = Vec::new();
        let filter = (
            (self.status, self.is_overdue, self.currency, self.subscription_id),
            (self.due_from, self.due_until),
        );
        let is_alone = self.customer_id.is_none() && self.subscription_id.is_none() && filter.1 == (None, None);
        if let Some(status) = self.status {
            conditions.push((by_status(is_alone), vec![status.as_str().into()]));
        }
        match self.is_overdue {
            Some(true) => conditions.push(("(t.status = 'open' AND t.is_overdue = TRUE)", Vec::new())),
            Some(false) => conditions.push(("NOT (t.status = 'open' AND t.is_overdue = TRUE)", Vec::new())),
            None => {}
        }
        if let Some(day) = self.due_from {
            conditions.push(("t.due_on >= ?", vec![day.into()]));
        }
        if let Some(day) = self.due_until {
            conditions.push(("t.due_on <= ?", vec![day.into()]));
        }
        if let Some(currency) = self.currency {
            conditions.push(("t.currency = ?", vec![currency.code().into()]));
        }
        if let Some(subscription) = self.subscription_id {
            conditions.push(("t.subscription_id = ?", vec![subscription.0.into()]));
        }
        let page = Listing {
            name: "invoices",
            select: SELECT,
            table: "invoice",
            customer: self.customer_id,
            always: "TRUE",
            conditions,
            filter: format!("{filter:?}"),
            searched: &["LOWER(t.number)"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(InvoiceSort::CreatedAt)).in_status(self.status.is_some() && is_alone, "invoice_by_status"),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        let found = page.fetch(scope).await?;
        let items = found.rows.iter().map(view_row).collect::<Result<_>>()?;
        Ok(InvoicePage {
            items,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
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
