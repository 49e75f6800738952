//! What was billed of a period of a subscription and is there still: what a change can take off.
//!
//! What was billed counts by the days of its line. What was credited by hand goes off each day of the line; what a change credited,
//! off the days from the change on, which are the days of the line of its credit note. On the day of a change that is there still,
//! all that was billed until then and what the change took off and billed become one amount for the time that it settled: that of the
//! last line that it made, which a credit note keeps. Of its parts alone, no day can be cut. A change whose invoice is void or was
//! deleted leaves nothing, and what was billed before counts by its days as if the change had never been.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use contract::TaxCategory;
use sea_orm::Value;

use super::{bill, period::Period};
use crate::{db, entity::subscription, error::Result, invoice::lines, scope::Scope};

/// Parts of a minor unit in which days are cut: an amount that is cut by each of many changes is rounded once.
const FINE: i128 = 1_000_000_000;

/// An amount that was billed, or taken back, for each day of a time alike.
struct Piece {
    start: NaiveDate,
    end: NaiveDate,
    /// In parts of a minor unit.
    net: i128,
    /// How many amounts it is made of, each of which was rounded.
    amounts: i64,
}

impl Piece {
    /// What of it is for the time from a day on.
    fn since(&self, day: NaiveDate) -> (i128, i64) {
        let (days, whole) = (bill::days(self.start.max(day), self.end), bill::days(self.start, self.end));
        if days <= 0 {
            return (0, 0);
        }
        (self.net * i128::from(days) / i128::from(whole), self.amounts)
    }
}

fn since(pieces: &[Piece], day: NaiveDate) -> (i128, i64) {
    pieces
        .iter()
        .map(|piece| piece.since(day))
        .fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
}

/// What is there of a subscription.
#[derive(Default)]
struct Billed {
    pieces: Vec<Piece>,
    /// The days on which changes settled something, each with the end of the time that the last of them settled.
    settled: BTreeMap<NaiveDate, NaiveDate>,
}

/// Everything that was billed of a subscription until the end of a period, and what changes credited of it; nothing of a line that
/// is credited in full. Earlier periods, too: what a change took off may be of a time before the one that it billed.
async fn load(scope: &Scope, row: &subscription::Model, of: Period) -> Result<Billed> {
    let credited = format!(
        "SELECT {} FROM credit_note_line c JOIN credit_note n ON n.id = c.credit_note_id
         WHERE n.invoice_id = l.invoice_id AND c.position = l.position",
        db::sum(scope, "c.net")
    );
    let is_there = format!(
        "l.period_start < ? AND l.period_end > l.period_start AND i.subscription_id = ? AND i.status <> 'void' AND l.net <> ({credited})"
    );
    // In the order in which it was made.
    let sql = format!(
        "SELECT l.period_start, l.period_end, l.net - ({credited} AND n.settled_until IS NULL) AS net, l.period_end AS settled_until,
             i.created_at AS made_at, i.id AS made, l.position AS place
         FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE {is_there}
         UNION ALL SELECT b.period_start, b.period_end, -b.net, t.settled_until, t.created_at, t.id, b.position
         FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id JOIN credit_note t ON t.invoice_id = i.id
             JOIN credit_note_line b ON b.credit_note_id = t.id AND b.position = l.position
         WHERE t.settled_until IS NOT NULL AND {is_there} ORDER BY made_at, made, place"
    );
    let values: [Value; 2] = [of.end.into(), row.id.into()];
    let mut found = Billed::default();
    let mut changes = BTreeSet::new();
    for piece in scope.rows(&sql, [values.clone(), values].concat()).await? {
        let (start, net): (NaiveDate, i64) = (piece.try_get("", "period_start")?, piece.try_get("", "net")?);
        if net < 0 {
            changes.insert(start);
        }
        found.settled.insert(start, piece.try_get("", "settled_until")?);
        found.pieces.push(Piece {
            start,
            end: piece.try_get("", "period_end")?,
            net: i128::from(net) * FINE,
            amounts: 1,
        });
    }
    found.settled.retain(|day, _| changes.contains(day));
    Ok(found)
}

/// What was billed of a subscription for the time of a period from a day on and not taken back since, without tax; and by how many
/// amounts, each of which was rounded.
pub async fn left(scope: &Scope, row: &subscription::Model, of: Period, on: NaiveDate) -> Result<(i64, i64)> {
    let Billed { mut pieces, settled } = load(scope, row, of).await?;
    for (&day, &end) in settled.range(..=on) {
        let (before, after): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.start <= day);
        let (net, amounts) = since(&before, day);
        pieces = after;
        pieces.push(Piece {
            start: day,
            end,
            net,
            amounts,
        });
    }
    let (net, amounts) = since(&pieces, on);
    Ok((i64::try_from((net + net.signum() * FINE / 2) / FINE)?, amounts))
}

/// The tax that a period of a subscription was last billed with: the settings or the customer may be taxed otherwise by now.
pub async fn tax_of(scope: &Scope, row: &subscription::Model, of: Period) -> Result<Option<(TaxCategory, u32)>> {
    let sql = "SELECT l.tax_category, l.tax_rate_micro FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
               WHERE l.period_start < ? AND l.period_end > ? AND i.subscription_id = ? AND i.status <> 'void'
                   AND l.net > 0 AND i.credited < i.total ORDER BY i.created_at DESC, i.id DESC, l.position DESC LIMIT 1";
    let Some(found) = scope.row(sql, vec![of.end.into(), of.start.into(), row.id.into()]).await? else {
        return Ok(None);
    };
    let category = lines::category("invoice_line.tax_category", &found.try_get::<String>("", "tax_category")?)?;
    Ok(Some((category, u32::try_from(found.try_get::<i64>("", "tax_rate_micro")?)?)))
}
