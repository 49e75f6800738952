//! At which terms a subscription recurred at any time: those that it has now, and what the change log says was before each change
//! of them, lead back to its beginning.

use std::collections::HashMap;

use chrono::NaiveDate;
use contract::{BillingCycle, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Finding, page,
    records::Part,
    states::{is_cycle, time},
};
use crate::{
    entity::{recurring, subscription},
    error::Result,
    scope::Scope,
    zone,
};

/// What is added to an instant for the time in the zone in which each day begins last: twelve hours behind Greenwich, in milliseconds.
const LAST_ZONE: i64 = -12 * 3_600_000;

/// What is billed, and how often.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Terms {
    /// Nothing before a change: the log knows plans by their names, which change and may be the same.
    plan: Option<Uuid>,
    price: i64,
    quantity: i64,
    months: i64,
}

impl Terms {
    /// The terms that a subscription has now; nothing, if its cycle is none.
    fn of(row: &subscription::Model) -> Option<Self> {
        Some(Self {
            plan: Some(row.plan_id),
            price: row.price,
            quantity: row.quantity,
            months: months(&row.billing_cycle)?,
        })
    }

    /// The same with a value as the change log has it; nothing, if that does not tell.
    fn with(self, field: &str, value: Option<&Json>) -> Option<Self> {
        let value = value?;
        Some(match field {
            "price" => Self {
                price: value.get("amount")?.as_i64()?,
                ..self
            },
            "quantity" => Self {
                quantity: value.as_i64()?,
                ..self
            },
            "billing_cycle" => Self {
                months: months(value.as_str()?)?,
                ..self
            },
            _ => self,
        })
    }
}

fn months(cycle: &str) -> Option<i64> {
    BillingCycle::parse(cycle).map(|cycle| cycle.months().into())
}

/// A value of a change: its field, before, after.
type Changed = (String, Option<Json>, Option<Json>);

/// A change of the terms, as the change log has it.
struct Change {
    number: i64,
    /// The day from which the new terms hold; nothing, if that was erased.
    on: Option<NaiveDate>,
    values: Vec<Changed>,
}

impl Change {
    /// The terms on one side of the change; nothing, if the log does not tell, because it was erased.
    fn side(&self, terms: Terms, side: fn(&Changed) -> Option<&Json>) -> Option<Terms> {
        self.values.iter().try_fold(terms, |terms, value| terms.with(&value.0, side(value)))
    }
}

/// Every time in which something recurred has the amount and the cycle that its subscription had then, since the last change its plan
/// as well, and ends with these terms; and what the log says of a change is what there was after it.
pub async fn check(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = page(scope, subscription::Entity::find(), subscription::Column::Id, after).await?;
        let Some(through) = rows.last().map(|row| row.id) else {
            return Ok(());
        };
        let part = Part { after, through };
        let mut changes = changes(scope, part).await?;
        let mut times = times(scope, part).await?;
        for row in rows {
            let (changes, times) = (
                changes.remove(&row.id).unwrap_or_default(),
                times.remove(&row.id).unwrap_or_default(),
            );
            // Of what was erased nothing can be proven.
            let Some(known) = known(&row, &changes) else { continue };
            compare_log(row.id, &changes, &known, findings);
            for time in times {
                compare(scope, &time, &changes, &known, findings).await?;
            }
        }
        after = through;
    }
}

/// The changes of terms of some subscriptions, the oldest first.
async fn changes(scope: &Scope, part: Part) -> Result<HashMap<Uuid, Vec<Change>>> {
    let sql = "SELECT c.subject_id, c.number, v.field, v.before, v.after FROM change c JOIN change_value v ON v.change_id = c.id
               WHERE c.subject_id > ? AND c.subject_id <= ? AND c.operation = 'change_subscription'
                 AND v.field IN ('changed_on', 'billing_cycle', 'price', 'quantity')
               ORDER BY c.number, v.position";
    let mut found: HashMap<Uuid, Vec<Change>> = HashMap::new();
    // What is no JSON has not been written by the app: the chain tells of it.
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str::<Json>(&text).ok());
    for row in scope.rows(sql, part.values()).await? {
        let number: i64 = row.try_get("", "number")?;
        let (field, before, after): (String, Option<String>, Option<String>) =
            (row.try_get("", "field")?, row.try_get("", "before")?, row.try_get("", "after")?);
        let own = found.entry(row.try_get("", "subject_id")?).or_default();
        if own.last().is_none_or(|last| last.number != number) {
            own.push(Change {
                number,
                on: None,
                values: Vec::new(),
            });
        }
        let Some(change) = own.last_mut() else { continue };
        let after = json(after);
        if field == "changed_on" {
            change.on = after.as_ref().and_then(Json::as_str).and_then(|day| day.parse().ok());
        } else {
            change.values.push((field, json(before), after));
        }
    }
    Ok(found)
}

/// The times in which something recurred of some subscriptions.
async fn times(scope: &Scope, part: Part) -> Result<HashMap<Uuid, Vec<recurring::Model>>> {
    let rows = recurring::Entity::find()
        .filter(recurring::Column::SubscriptionId.gt(part.after))
        .filter(recurring::Column::SubscriptionId.lte(part.through))
        .order_by_asc(recurring::Column::SubscriptionId)
        .order_by_asc(recurring::Column::StartsOn)
        .all(scope)
        .await?;
    let mut times: HashMap<Uuid, Vec<recurring::Model>> = HashMap::new();
    for row in rows {
        times.entry(row.subscription_id).or_default().push(row);
    }
    Ok(times)
}

/// The terms before the first change, and after each; nothing, if the log does not tell.
fn known(row: &subscription::Model, changes: &[Change]) -> Option<Vec<Terms>> {
    let mut terms = Terms::of(row)?;
    let mut known = vec![terms];
    for change in changes.iter().rev() {
        change.on?;
        terms = change.side(Terms { plan: None, ..terms }, |(_, before, _)| before.as_ref())?;
        known.push(terms);
    }
    known.reverse();
    Some(known)
}

/// What each change led to is what there was until the next one, and is now.
fn compare_log(id: Uuid, changes: &[Change], known: &[Terms], findings: &mut Vec<Finding>) {
    for (change, terms) in changes.iter().zip(known.iter().skip(1)) {
        let Some(logged) = change.side(*terms, |(_, _, after)| after.as_ref()) else {
            continue;
        };
        for (column, expected, found) in [
            ("price", logged.price, terms.price),
            ("quantity", logged.quantity, terms.quantity),
            ("billing_cycle", logged.months, terms.months),
        ] {
            if expected != found {
                findings.push(Finding::new("subscription", id, column, expected, found));
            }
        }
    }
}

/// Compares one time with the terms of then.
async fn compare(scope: &Scope, row: &recurring::Model, changes: &[Change], known: &[Terms], findings: &mut Vec<Finding>) -> Result<()> {
    // Each change took away what began on its day or later, and ended what ran until then.
    let held = changes
        .iter()
        .rposition(|change| change.on.is_some_and(|on| on <= row.starts_on))
        .map_or(0, |last| last + 1);
    let Some(terms) = known.get(held) else { return Ok(()) };
    let key = time(row.subscription_id, Some(row.starts_on));
    let mut found = Vec::new();
    // Out of range, it is of no subscription that the app has stored.
    if let Some(amount) = terms.price.checked_mul(terms.quantity).filter(|amount| *amount != row.amount) {
        found.push(Finding::new("recurring", &key, "amount", amount, row.amount));
    }
    // What no cycle has is told of every row.
    if terms.months != row.months && is_cycle(row.months) {
        found.push(Finding::new("recurring", &key, "months", terms.months, row.months));
    }
    if let Some(plan) = terms.plan.filter(|plan| *plan != row.plan_id) {
        found.push(Finding::new("recurring", &key, "plan_id", plan, row.plan_id));
    }
    let next = changes.get(held).and_then(|next| Some((next, next.on?)));
    if let Some((_, on)) = next
        && row.ends_on.is_none_or(|end| end > on)
    {
        let ends_on = row.ends_on.map_or_else(|| "none".to_owned(), |day| day.to_string());
        found.push(Finding::new("recurring", &key, "ends_on", format!("{on} at the latest"), ends_on));
    }
    if found.is_empty() {
        return Ok(());
    }
    if let Some((next, on)) = next
        && was_set_back(scope, row.customer_id, next.number, on).await?
    {
        return Ok(());
    }
    for one in found {
        // What recurs today was compared before.
        if !findings.contains(&one) {
            findings.push(one);
        }
    }
    Ok(())
}

/// Whether something of a customer was done after a change and before its day, because the clock was set back or the book was moved
/// to a zone in which that day had not begun: the terms may hold from an earlier day than the one of the change then.
async fn was_set_back(scope: &Scope, customer: Uuid, number: i64, on: NaiveDate) -> Result<bool> {
    let sql = "SELECT MIN(at) AS earliest,
                   (SELECT COUNT(*) FROM change_value v JOIN change z ON z.id = v.change_id
                    WHERE v.field = 'time_zone' AND z.number > ?) AS zones
               FROM change WHERE customer_id = ? AND number > ?";
    let Some(row) = scope.row(sql, vec![number.into(), customer.into(), number.into()]).await? else {
        return Ok(false);
    };
    let (earliest, zones): (Option<i64>, i64) = (row.try_get("", "earliest")?, row.try_get("", "zones")?);
    // Each was done on the day of the zone that the book had then, which may have been another one than that of today. Then the
    // earliest day on which it can have been counts: what is right must never be called damaged.
    let day_of = |at: i64| {
        if zones == 0 {
            zone::day(scope.zone, Timestamp(at))
        } else {
            zone::day(chrono_tz::UTC, Timestamp(at).plus_millis(LAST_ZONE))
        }
    };
    Ok(earliest.is_some_and(|at| day_of(at) < on))
}
