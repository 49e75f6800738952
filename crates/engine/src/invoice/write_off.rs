//! What is written off of an invoice while it is given up. Each time that changes, how much and on which day is added, so what an
//! account came to on a day stays as it was, whatever is paid, credited or given back later. The days tell by themselves when it was
//! given up: as long as they come to more than nothing.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    entity::{invoice, write_off},
    error::Result,
    scope::Scope,
};

/// Brings what is written off up to an invoice that changed on a day, and by how much what is left to pay of it did: what is left to
/// pay of one that is given up, and nothing of any other. Its customer has to be locked.
pub async fn follow(scope: &Scope, row: &invoice::Model, by: i64, on: NaiveDate) -> Result<()> {
    // Of most invoices nothing ever was.
    if row.uncollectible_at.is_none() {
        return Ok(());
    }
    let wanted = if row.status == "uncollectible" { super::payable(row) } else { 0 };
    let known = write_off::Entity::find()
        .filter(write_off::Column::InvoiceId.eq(row.id))
        .all(scope)
        .await?;
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::from([(on, 0)]);
    for part in &known {
        *days.entry(part.written_on).or_default() += part.amount;
    }
    let mut more = shifts(&days, by, on);
    let written_off: i64 = days.values().chain(more.iter().map(|(_, amount)| amount)).sum();
    if written_off != wanted {
        // It is given up or expected again: after all that was, and not before it was issued.
        let latest = days.last_key_value().map_or(on, |(day, _)| *day);
        let written_on = row.issued_on.map_or(latest, |issued_on| issued_on.max(latest));
        more.push((written_on, wanted - written_off));
    }
    let number = i64::try_from(known.len())?;
    let more = (number + 1..).zip(more).map(|(position, (written_on, amount))| {
        write_off::ActiveModel::from(write_off::Model {
            invoice_id: row.id,
            position,
            amount,
            written_on,
            created_at: scope.now.0,
        })
    });
    write_off::Entity::insert_many(more).exec_without_returning(scope).await?;
    Ok(())
}

/// What is written off more, and on which days, where what is left to pay changed on a day, of what was written off by day. It may lie
/// as far back as it likes: from then on each time in which the invoice was given up has that much more, and the end of that time
/// takes it back. No time has less than nothing.
fn shifts(days: &BTreeMap<NaiveDate, i64>, by: i64, on: NaiveDate) -> Vec<(NaiveDate, i64)> {
    let (mut written_off, mut shift) = (0_i64, 0_i64);
    let mut found = Vec::new();
    for (day, amount) in days {
        written_off += amount;
        let wanted = if *day < on || written_off <= 0 { 0 } else { by.max(-written_off) };
        if wanted != shift {
            found.push((*day, wanted - shift));
            shift = wanted;
        }
    }
    found
}
