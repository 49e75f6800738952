//! `list_credit_notes`.

use contract::{
    Currency, Money, Noun, Timestamp,
    credit_note::{CreditNote, CreditNotePage, CreditNoteSort, CreditReason, ListCreditNotes},
};
use sea_orm::{FromQueryResult, QueryResult};
use uuid::Uuid;

use crate::{
    call::Run,
    entity::credit_note,
    error::{Result, not_found, unknown_word},
    page::{Kind, Listing, SortKey, Wanted},
    scope::Scope,
};

const SELECT: &str = "SELECT t.*, c.full_name AS customer_name, i.number AS invoice_number
    FROM credit_note t JOIN customer c ON c.id = t.customer_id JOIN invoice i ON i.id = t.invoice_id";

fn view_row(row: &QueryResult) -> Result<CreditNote> {
    let own = credit_note::Model::from_query_result(row, "")?;
    let currency = Currency::parse(&own.currency).ok_or_else(|| unknown_word("credit_note.currency", &own.currency))?;
    Ok(CreditNote {
        id: own.id.into(),
        invoice_id: own.invoice_id.into(),
        invoice_number: row.try_get("", "invoice_number")?,
        customer_id: own.customer_id.into(),
        customer_name: row.try_get("", "customer_name")?,
        number: own.number,
        issued_on: own.issued_on,
        reason: CreditReason::parse(&own.reason).ok_or_else(|| unknown_word("credit_note.reason", &own.reason))?,
        net: Money::new(own.net, currency),
        tax: Money::new(own.tax, currency),
        total: Money::new(own.total, currency),
        created_at: Timestamp(own.created_at),
    })
}

/// The wire form of a credit note, read anew.
pub async fn read(scope: &Scope, id: Uuid) -> Result<CreditNote> {
    let row = scope
        .row(&format!("{SELECT} WHERE t.id = ?"), vec![id.into()])
        .await?
        .ok_or_else(|| not_found(Noun::CreditNote))?;
    view_row(&row)
}

/// The credit notes of an invoice, the oldest first.
pub async fn of_invoice(scope: &Scope, invoice: Uuid) -> Result<Vec<CreditNote>> {
    let sql = format!("{SELECT} WHERE t.invoice_id = ? ORDER BY t.created_at, t.series_number");
    scope.rows(&sql, vec![invoice.into()]).await?.iter().map(view_row).collect()
}

/// What a list is sorted by.
fn sort_key(sort: CreditNoteSort) -> SortKey {
    match sort {
        CreditNoteSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "credit_note_by_created"),
        // The index of its rule, by the name that a file gives it.
        CreditNoteSort::Number => SortKey::new("t.number", Kind::Text)
            .unique()
            .along("t", "sqlite_autoindex_credit_note_2"),
        CreditNoteSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        CreditNoteSort::IssuedOn => SortKey::new("t.issued_on", Kind::Day),
        CreditNoteSort::Total => SortKey::new("t.total", Kind::Number),
    }
}

impl Run for ListCreditNotes {
    async fn run(self, scope: &Scope) -> Result<CreditNotePage> {
        let mut conditions = Vec::new();
        if let Some(invoice) = self.invoice_id {
            conditions.push(("t.invoice_id = ?", vec![invoice.0.into()]));
        }
        let page = Listing {
            name: "credit_notes",
            select: SELECT,
            table: "credit_note",
            customer: self.customer_id,
            always: "TRUE",
            conditions,
            filter: format!("{:?}", self.invoice_id),
            searched: &["LOWER(t.number)", "LOWER(i.number)"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(CreditNoteSort::CreatedAt)),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        let found = page.fetch(scope).await?;
        Ok(CreditNotePage {
            items: found.rows.iter().map(view_row).collect::<Result<_>>()?,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }
}
