//! Credit notes: what takes a final invoice back. Insert only.

mod create;
mod list;
mod tax;
mod view;

pub use create::{Part, credit};
pub use list::of_invoice;

use contract::{Noun, invoice::InvoiceLine};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::{
    change::Entry,
    entity::{credit_note, credit_note_line},
    error::Result,
    scope::Scope,
};

/// The credit notes of an invoice in the order in which they were made, each with its lines.
async fn load(scope: &Scope, invoice: Uuid) -> Result<Vec<(credit_note::Model, Vec<credit_note_line::Model>)>> {
    let notes = credit_note::Entity::find()
        .filter(credit_note::Column::InvoiceId.eq(invoice))
        .order_by_asc(credit_note::Column::CreatedAt)
        .order_by_asc(credit_note::Column::SeriesNumber)
        .all(scope)
        .await?;
    let mut found = Vec::with_capacity(notes.len());
    for note in notes {
        let lines = credit_note_line::Entity::find()
            .filter(credit_note_line::Column::CreditNoteId.eq(note.id))
            .order_by_asc(credit_note_line::Column::Position)
            .all(scope)
            .await?;
        found.push((note, lines));
    }
    Ok(found)
}

/// The lines of an invoice, each with what is left of its net amount to credit.
pub async fn creditable(scope: &Scope, invoice: Uuid) -> Result<Vec<(InvoiceLine, i64)>> {
    let own = crate::invoice::lines::load(scope, invoice.into()).await?;
    let notes = load(scope, invoice).await?;
    let (_, left) = tax::of_notes(&own, notes.iter().map(|(_, lines)| lines))?;
    Ok(own
        .into_iter()
        .map(|line| {
            let most = left.nets.get(&line.position).copied().unwrap_or(0);
            (line, most)
        })
        .collect())
}

fn entry(row: &credit_note::Model, invoice: &str) -> Entry {
    let money = |amount: i64| Some(json!({"amount": amount, "currency": row.currency}));
    Entry {
        noun: Noun::CreditNote,
        id: row.id,
        subject: row.number.clone(),
        customer: Some(row.customer_id),
        version: 1,
        fields: vec![
            ("invoice".to_owned(), None, Some(json!(invoice))),
            ("reason".to_owned(), None, Some(json!(row.reason))),
            ("total".to_owned(), None, money(row.total)),
            ("issued_on".to_owned(), None, Some(json!(row.issued_on))),
        ],
    }
}
