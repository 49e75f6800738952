//! What is written off of an invoice while it is given up. Each time that changes, how much and on which day is added, so what an
//! account came to on a day stays as it was, whatever is paid, credited or given back later.

use chrono::NaiveDate;
use contract::Timestamp;
use sea_orm::EntityTrait;

use crate::{
    db,
    entity::{invoice, write_off},
    error::Result,
    scope::Scope,
    zone,
};

/// Brings what is written off up to an invoice that changed on a day: what is left to pay of one that is given up, and nothing of
/// any other. Its customer has to be locked.
pub async fn follow(scope: &Scope, row: &invoice::Model, on: NaiveDate) -> Result<()> {
    // Of most invoices nothing ever was.
    let Some(given_up_at) = row.uncollectible_at else {
        return Ok(());
    };
    let wanted = if row.status == "uncollectible" { super::payable(row) } else { 0 };
    let sql = format!(
        "SELECT COUNT(*) AS number, {} AS amount FROM write_off WHERE invoice_id = ?",
        db::sum(scope, "amount")
    );
    let (number, written_off): (i64, i64) = match scope.row(&sql, vec![row.id.into()]).await? {
        Some(found) => (found.try_get("", "number")?, found.try_get("", "amount")?),
        None => (0, 0),
    };
    if wanted == written_off {
        return Ok(());
    }
    // However far back a payment lies that was recorded late, before it was given up all of the invoice was owed.
    let given_up_on = zone::day(scope.zone, Timestamp(given_up_at));
    let earliest = row.issued_on.map_or(given_up_on, |issued_on| issued_on.max(given_up_on));
    let more = write_off::Model {
        invoice_id: row.id,
        position: number + 1,
        amount: wanted - written_off,
        written_on: on.max(earliest),
        created_at: scope.now.0,
    };
    write_off::Entity::insert(write_off::ActiveModel::from(more))
        .exec_without_returning(scope)
        .await?;
    Ok(())
}
