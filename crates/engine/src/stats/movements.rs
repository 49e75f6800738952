//! `list_movements`: whose recurring revenue changed in a month.

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money, Problem,
    money::share_out,
    recurring::{ListMovements, MovementItem, MovementKind, MovementPage, RecurringMonth},
};
use uuid::Uuid;

use super::{
    net::Net,
    recurring::{Change, Movement, Span, TWELFTHS, rounded},
};
use crate::{
    call::Run,
    customer::names,
    error::{Error, Result},
    license,
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

/// What recurred of each customer in a currency at both ends.
async fn changes(scope: &Scope, currency: Currency, from: NaiveDate, to: NaiveDate) -> Result<Vec<(Uuid, Change)>> {
    let sql = format!(
        "SELECT t.customer_id, t.plan_id, t.starts_on, t.ends_on, t.amount, t.months FROM recurring t
         WHERE t.currency = ? AND {} ORDER BY t.customer_id",
        license::LIVE
    );
    let net = Net::load(scope).await?;
    let mut by_customer: Vec<(Uuid, Vec<Span>)> = Vec::new();
    for row in scope.rows(&sql, vec![currency.code().into()]).await? {
        let span = Span::read(&row, &net)?;
        match by_customer.last_mut().filter(|(customer, _)| *customer == span.customer) {
            Some((_, spans)) => spans.push(span),
            None => by_customer.push((span.customer, vec![span])),
        }
    }
    let changes = by_customer.into_iter();
    Ok(changes.map(|(customer, spans)| (customer, Change::of(&spans, from, to))).collect())
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
        let changes = changes(scope, self.currency, before, last).await?;
        let mut movement = Movement::default();
        for (_, change) in &changes {
            movement.add(*change);
        }
        let month = movement.view((first, last), self.currency)?;
        let mut moved = Vec::new();
        for kind in MovementKind::ALL
            .iter()
            .filter(|kind| self.kind.is_none_or(|wanted| wanted == **kind))
        {
            moved.extend(of_kind(&changes, *kind, &month)?);
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
