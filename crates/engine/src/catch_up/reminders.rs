//! `list_catch_up_reminders`: whom a run reminded of what, read from what it has claimed.

use contract::{
    Currency, Money,
    catch_up::{CatchUpReminder, CatchUpReminders, ListCatchUpReminders},
};
use sea_orm::{FromQueryResult, QueryResult};

use crate::{
    billing,
    call::Run,
    entity::invoice,
    error::{Error, Result, unknown_word},
    license,
    scope::Scope,
};

impl Run for ListCatchUpReminders {
    async fn run(self, scope: &Scope) -> Result<CatchUpReminders> {
        // Of the reminders of an invoice that one run has claimed, the newest stands for the older. All of a run have one time, so
        // the times of an invoice are the reminders that its customer was to get, counted anew where it is owed again after it was paid.
        // They count by when they were given: of a schedule that was edited in between, a later reminder may have an earlier day.
        let sql = format!(
            "SELECT t.*, c.full_name AS customer_name, c.email AS customer_email,
                 (SELECT COUNT(DISTINCT e.done_at) FROM catch_up_item e
                  WHERE e.kind = 'reminder' AND e.subject_id = t.id AND e.reopened = d.reopened AND e.done_at <= d.done_at) AS level
             FROM catch_up_item d JOIN invoice t ON t.id = d.subject_id JOIN customer c ON c.id = t.customer_id
             WHERE d.run_id = ? AND d.kind = 'reminder' AND {}
                 AND NOT EXISTS (SELECT 1 FROM catch_up_item l
                     WHERE l.kind = 'reminder' AND l.subject_id = d.subject_id AND l.run_id = d.run_id AND l.due_on > d.due_on)
             ORDER BY t.due_on, t.id",
            license::LIVE
        );
        let rows = scope.rows(&sql, vec![self.run_id.0.into()]).await?;
        Ok(CatchUpReminders {
            items: rows.iter().map(view).collect::<Result<_>>()?,
            seller: billing::seller(&billing::load(scope).await?)?.name,
        })
    }
}

fn view(row: &QueryResult) -> Result<CatchUpReminder> {
    let of = invoice::Model::from_query_result(row, "")?;
    let currency = Currency::parse(&of.currency).ok_or_else(|| unknown_word("currency", &of.currency))?;
    let open = if of.status == "open" { crate::invoice::payable(&of) } else { 0 };
    let (Some(number), Some(issued_on), Some(due_on)) = (of.number, of.issued_on, of.due_on) else {
        return Err(Error::Fault("a draft was reminded of".to_owned()));
    };
    let level: i64 = row.try_get("", "level")?;
    Ok(CatchUpReminder {
        invoice_id: of.id.into(),
        number,
        issued_on,
        due_on,
        open: Money::new(open, currency),
        level: u32::try_from(level)?,
        customer_id: of.customer_id.into(),
        customer_name: row.try_get("", "customer_name")?,
        email: row.try_get("", "customer_email")?,
    })
}
