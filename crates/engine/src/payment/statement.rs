//! `get_statement`.

use chrono::NaiveDate;
use contract::{
    Money, Timestamp,
    payment::{GetStatement, Statement, StatementKind, StatementLine},
};

use crate::{call::Run, customer, error::Result, scope::Scope, zone};

/// Something that changed what a customer owes.
struct Event {
    on: NaiveDate,
    /// Order within a day.
    at: i64,
    kind: StatementKind,
    reference: Option<String>,
    amount: i64,
}

/// Everything that changed what a customer owes in a currency, in order.
async fn events(scope: &Scope, customer: uuid::Uuid, currency: &str) -> Result<Vec<Event>> {
    let values = || vec![customer.into(), currency.into()];
    let mut events = Vec::new();
    let sql = "SELECT status, number, issued_on, total, paid, credited, finalized_at, voided_at, uncollectible_at FROM invoice
               WHERE customer_id = ? AND currency = ? AND status <> 'draft'";
    for row in scope.rows(sql, values()).await? {
        let (number, total): (Option<String>, i64) = (row.try_get("", "number")?, row.try_get("", "total")?);
        let issued_on: NaiveDate = row.try_get("", "issued_on")?;
        let finalized_at: Option<i64> = row.try_get("", "finalized_at")?;
        events.push(Event {
            on: issued_on,
            at: finalized_at.unwrap_or(0),
            kind: StatementKind::Invoice,
            reference: number.clone(),
            amount: total,
        });
        let status: String = row.try_get("", "status")?;
        let ended = match status.as_str() {
            "void" => Some((StatementKind::Void, row.try_get::<Option<i64>>("", "voided_at")?, total)),
            "uncollectible" => {
                let left = total - row.try_get::<i64>("", "paid")? - row.try_get::<i64>("", "credited")?;
                Some((
                    StatementKind::Uncollectible,
                    row.try_get::<Option<i64>>("", "uncollectible_at")?,
                    left,
                ))
            }
            _ => None,
        };
        if let Some((kind, at, amount)) = ended {
            let at = at.or(finalized_at).unwrap_or(0);
            events.push(Event {
                on: zone::day(scope.zone, Timestamp(at)).max(issued_on),
                at,
                kind,
                reference: number,
                amount: -amount,
            });
        }
    }
    for (kind, sign, sql) in [
        (
            StatementKind::CreditNote,
            -1,
            "SELECT issued_on AS on_day, created_at, number AS reference, total AS amount FROM credit_note
             WHERE customer_id = ? AND currency = ?",
        ),
        (
            StatementKind::Payment,
            -1,
            "SELECT received_on AS on_day, created_at, reference, amount FROM payment
             WHERE customer_id = ? AND currency = ? AND status = 'succeeded'",
        ),
        (
            StatementKind::Refund,
            1,
            "SELECT refunded_on AS on_day, created_at, reason AS reference, amount FROM refund WHERE customer_id = ? AND currency = ?",
        ),
    ] {
        for row in scope.rows(sql, values()).await? {
            events.push(Event {
                on: row.try_get("", "on_day")?,
                at: row.try_get("", "created_at")?,
                kind,
                reference: row.try_get("", "reference")?,
                amount: sign * row.try_get::<i64>("", "amount")?,
            });
        }
    }
    events.sort_by_key(|event| (event.on, event.at));
    Ok(events)
}

impl Run for GetStatement {
    async fn run(self, scope: &Scope) -> Result<Statement> {
        let customer = customer::find(scope, self.customer_id).await?;
        let to = self.to.unwrap_or_else(|| scope.today());
        let money = |amount| Money::new(amount, self.currency);
        let (mut opening, mut balance) = (0, 0);
        let mut lines = Vec::new();
        for event in events(scope, customer.id, self.currency.code()).await? {
            if event.on > to {
                break;
            }
            balance += event.amount;
            if self.from.is_some_and(|from| event.on < from) {
                opening = balance;
                continue;
            }
            lines.push(StatementLine {
                on: event.on,
                kind: event.kind,
                reference: event.reference,
                amount: money(event.amount),
                balance: money(balance),
            });
        }
        Ok(Statement {
            customer_id: self.customer_id,
            from: self.from,
            to,
            opening: money(opening),
            lines,
            closing: money(balance),
        })
    }
}
