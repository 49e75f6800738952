//! `list_movements`: whose recurring revenue changed in a month.

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money, Problem,
    money::share_out,
    recurring::{ListMovements, MovementItem, MovementKind, MovementPage, RecurringMonth},
};
use uuid::Uuid;

use super::{
    kept,
    recurring::{Change, Movement, TWELFTHS, rounded},
    spans::{Parts, Spans, covers, is_in},
};
use crate::{
    call::Run,
    customer::names,
    db,
    error::{Error, Result},
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// A customer whose recurring revenue changed.
struct Moved {
    customer: Uuid,
    kind: MovementKind,
    change: Change,
    /// The rounded part of the figure.
    part: i64,
}

/// The figure of a kind, less than nothing where revenue fell.
fn figure(month: &RecurringMonth, kind: MovementKind) -> i64 {
    match kind {
        MovementKind::New => month.new.amount,
        MovementKind::Reactivation => month.reactivation.amount,
        MovementKind::Expansion => month.expansion.amount,
        MovementKind::Contraction => -month.contraction.amount,
        MovementKind::Churn => -month.churn.amount,
    }
}

/// The first day of the month and the last that counts.
fn days(asked: NaiveDate, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
    let (month, running) = (zone::month_of(asked), zone::month_of(today));
    if month > running {
        return Err(contract::Error::field("month", Problem::TooLate { latest: today }).into());
    }
    let last = month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt());
    Ok((month, last.unwrap_or(today).min(today)))
}

/// What recurred in a currency at both ends.
#[derive(Default)]
struct Changes {
    /// Of each customer of whom it changed.
    own: Vec<(Uuid, Change)>,
    /// Of all others, in twelfths.
    stayed: i64,
}

async fn changes(scope: &Scope, currency: Currency, from: NaiveDate, to: NaiveDate) -> Result<Changes> {
    let Spans { counts, monthly } = Spans::of_part(scope).await?;
    let on = |day: NaiveDate| db::sum(scope, &format!("CASE WHEN {} THEN {monthly} ELSE 0 END", covers(day)));
    let sql = format!(
        "SELECT m.customer_id AS customer_id, {} AS before, {} AS after, MAX(m.had) AS had
         FROM (SELECT CASE WHEN c.before <> c.after THEN c.customer_id END AS customer_id,
                 c.before AS before, c.after AS after, c.had AS had
               FROM (SELECT t.customer_id, {} AS before, {} AS after,
                       MAX(CASE WHEN t.amount > 0 AND t.starts_on <= '{from}' THEN 1 ELSE 0 END) AS had
                     FROM recurring t WHERE {counts} AND {} GROUP BY t.customer_id) AS c) AS m
         GROUP BY m.customer_id ORDER BY m.customer_id",
        db::sum(scope, "m.before"),
        db::sum(scope, "m.after"),
        on(from),
        on(to),
        is_in(currency),
    );
    let mut found = Changes::default();
    let mut parts = Parts::default();
    while let Some(rows) = parts.rows(scope, &sql).await? {
        for row in rows {
            let change = Change {
                before: row.try_get("", "before")?,
                after: row.try_get("", "after")?,
                had_before: row.try_get::<i32>("", "had")? > 0,
            };
            match row.try_get::<Option<Uuid>>("", "customer_id")? {
                Some(customer) => found.own.push((customer, change)),
                None => found.stayed += change.before,
            }
        }
    }
    Ok(found)
}

/// Those of a kind, with parts that sum to its figure.
fn of_kind(changes: &[(Uuid, Change)], kind: MovementKind, month: &RecurringMonth) -> Result<Vec<Moved>> {
    let own: Vec<_> = changes.iter().filter(|(_, change)| change.kind() == Some(kind)).collect();
    let exact: Vec<i128> = own.iter().map(|(_, change)| i128::from(change.after - change.before)).collect();
    let parts = share_out(figure(month, kind), &exact, TWELFTHS.into())
        .ok_or_else(|| Error::Fault("rows do not sum to what changed".to_owned()))?;
    let moved = own.into_iter().zip(parts).map(|((customer, change), part)| Moved {
        customer: *customer,
        kind,
        change: *change,
        part,
    });
    Ok(moved.collect())
}

impl Run for ListMovements {
    async fn run(self, scope: &Scope) -> Result<MovementPage> {
        let (first, last) = days(self.month, scope.today())?;
        let before = first.pred_opt().unwrap_or(first);
        let whole = list_mark(&("changes", self.currency, before, last))?;
        let rows = |found: &Changes| found.own.len();
        let changes = kept::or(scope, &whole, rows, changes(scope, self.currency, before, last)).await?;
        let mut movement = Movement::default();
        movement.stay(changes.stayed);
        for (_, change) in &changes.own {
            movement.add(*change);
        }
        let month = movement.view((first, last), self.currency)?;
        let mut moved = Vec::new();
        for kind in MovementKind::ALL
            .iter()
            .filter(|kind| self.kind.is_none_or(|wanted| wanted == **kind))
        {
            moved.extend(of_kind(&changes.own, *kind, &month)?);
        }
        moved.sort_by_key(|row| (std::cmp::Reverse((row.change.after - row.change.before).abs()), row.customer));
        let mark = list_mark(&("movements", self.currency, first, last, self.kind))?;
        let page = Part::read(&mark, moved.len(), self.limit, self.after.as_deref())?;
        let shown = page.of(&moved);
        let names = names(scope, shown.iter().map(|row| row.customer)).await?;
        let money = |amount| Money::new(amount, self.currency);
        let item = |row: &Moved| MovementItem {
            customer_id: row.customer.into(),
            customer_name: names.get(&row.customer).cloned().unwrap_or_default(),
            kind: row.kind,
            before: money(rounded(row.change.before)),
            after: money(rounded(row.change.after)),
            change: money(row.part),
        };
        Ok(MovementPage {
            items: shown.iter().map(item).collect(),
            next: page.next,
            previous: None,
            total: u64::try_from(moved.len())?,
            total_is_exact: true,
            sum: money(moved.iter().map(|row| row.part).sum()),
        })
    }
}
