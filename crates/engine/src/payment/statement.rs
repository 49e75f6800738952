//! `get_statement`.

use chrono::NaiveDate;
use contract::{
    Currency, Money, Timestamp,
    payment::{GetStatement, Statement, StatementKind, StatementLine},
};
use sea_orm::Value;

use crate::{call::Run, customer, db, error::Result, scope::Scope, zone};

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
    let sql = "SELECT status, number, issued_on, total, finalized_at, voided_at FROM invoice
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
        if row.try_get::<String>("", "status")? == "void" {
            let at = row.try_get::<Option<i64>>("", "voided_at")?.or(finalized_at).unwrap_or(0);
            events.push(Event {
                on: zone::day(scope.zone, Timestamp(at)).max(issued_on),
                at,
                kind: StatementKind::Void,
                reference: number,
                amount: -total,
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
    // After what moved them.
    events.extend(write_offs(scope, values()).await?);
    events.sort_by_key(|event| (event.on, event.at));
    Ok(events)
}

/// What was written off, and taken back of that. Of an invoice, one event a day: one that was given up by mistake and is expected
/// again at once is none.
async fn write_offs(scope: &Scope, values: Vec<Value>) -> Result<Vec<Event>> {
    let amount = db::sum(scope, "w.amount");
    let sql = format!(
        "SELECT i.number, w.written_on, MAX(w.created_at) AS created_at, {amount} AS amount
         FROM write_off w JOIN invoice i ON i.id = w.invoice_id WHERE i.customer_id = ? AND i.currency = ?
         GROUP BY i.id, i.number, w.written_on HAVING {amount} <> 0 ORDER BY i.number, w.written_on"
    );
    let mut events = Vec::new();
    for row in scope.rows(&sql, values).await? {
        let amount: i64 = row.try_get("", "amount")?;
        events.push(Event {
            on: row.try_get("", "written_on")?,
            at: row.try_get("", "created_at")?,
            kind: if amount > 0 {
                StatementKind::Uncollectible
            } else {
                StatementKind::Reinstated
            },
            reference: row.try_get("", "number")?,
            amount: -amount,
        });
    }
    Ok(events)
}

/// The currencies in which a customer was billed or has paid: the book's first, the others by code.
async fn currencies(scope: &Scope, customer: uuid::Uuid) -> Result<Vec<Currency>> {
    let sql = "SELECT currency FROM invoice WHERE customer_id = ? AND status <> 'draft'
               UNION SELECT currency FROM payment WHERE customer_id = ? AND status = 'succeeded'";
    let mut found = Vec::new();
    for row in scope.rows(sql, vec![customer.into(), customer.into()]).await? {
        found.extend(Currency::parse(&row.try_get::<String>("", "currency")?));
    }
    found.sort_by_key(|currency| (currency.code() != scope.book.currency, *currency));
    Ok(found)
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
            currencies: currencies(scope, customer.id).await?,
        })
    }
}
