//! What is final is never changed, and the database itself sees to it.

use sea_orm_migration::prelude::*;

use super::columns;

/// What is kept, by which keys a row could take its place, and which rows are kept, said of `k`. A line is kept by what it belongs to.
const KEPT: &[(&str, &[&[&str]], &str)] = &[
    ("change", &[&["id"], &["number"]], "TRUE"),
    ("change_value", &[&["change_id", "position"]], "TRUE"),
    (
        "invoice",
        &[&["id"], &["number"], &["series", "series_number"]],
        "k.status <> 'draft'",
    ),
    ("invoice_line", &[], "TRUE"),
    ("credit_note", &[&["id"], &["number"], &["series", "series_number"]], "TRUE"),
    ("credit_note_line", &[], "TRUE"),
    ("payment", &[&["id"]], "k.status = 'succeeded'"),
    ("refund", &[&["id"]], "TRUE"),
    ("write_off", &[&["invoice_id", "position"]], "TRUE"),
];

/// Forbids every change of what is final. Apart from the tables, because who fills a book with the rows of another does that first.
pub async fn guard(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    columns::insert_only(manager, "change").await?;
    columns::refuse(manager, "change_value", "DELETE", None, "is never removed").await?;
    let changed = |columns: &[&str]| {
        let each = columns.iter().map(|column| format!("NEW.{column} IS DISTINCT FROM OLD.{column}"));
        each.collect::<Vec<_>>().join(" OR ")
    };
    let frozen = changed(&[
        "id",
        "customer_id",
        "subscription_id",
        "number",
        "series",
        "series_number",
        "issued_on",
        "due_on",
        "currency",
        "net",
        "tax",
        "total",
        "rounding",
        "prices_include_tax",
        "reverse_charge",
        "note",
        "seller",
        "buyer",
        "finalized_at",
        "created_at",
    ]);
    let is_changed = format!("OLD.status <> 'draft' AND (NEW.status = 'draft' OR {frozen})");
    columns::refuse(manager, "invoice", "UPDATE", Some(&is_changed), "is final").await?;
    columns::refuse(manager, "invoice", "DELETE", Some("OLD.status <> 'draft'"), "is final").await?;
    let of_invoice = ("invoice", "invoice_id", "w.status <> 'draft'");
    columns::refuse_parts_of_final(manager, "invoice_line", of_invoice, &["INSERT", "UPDATE", "DELETE"]).await?;
    for table in ["credit_note", "credit_note_line", "refund", "write_off"] {
        columns::insert_only(manager, table).await?;
    }
    // A credit note is never a draft.
    let of_credit_note = ("credit_note", "credit_note_id", "TRUE");
    columns::refuse_parts_of_final(manager, "credit_note_line", of_credit_note, &["INSERT"]).await?;
    let received = changed(&[
        "id",
        "customer_id",
        "amount",
        "currency",
        "method",
        "reference",
        "received_on",
        "created_at",
    ]);
    let is_changed = format!("OLD.status = 'succeeded' AND (NEW.status <> 'succeeded' OR {received})");
    columns::refuse(manager, "payment", "UPDATE", Some(&is_changed), "has succeeded").await?;
    columns::refuse(manager, "payment", "DELETE", Some("OLD.status = 'succeeded'"), "has succeeded").await?;
    // A beginning behind the first documents would hide that they are gone.
    let is_moved = "OLD.last_number >= OLD.first_number AND NEW.first_number <> OLD.first_number";
    columns::refuse(manager, "invoice_series", "UPDATE", Some(is_moved), "has begun").await?;
    for (table, keys, is_kept) in KEPT {
        columns::refuse_replacing(manager, table, keys, is_kept).await?;
        columns::refuse_emptying(manager, table).await?;
    }
    Ok(())
}
