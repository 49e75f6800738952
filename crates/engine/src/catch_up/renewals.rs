//! Periods that will have begun by a day and are not billed. Subscriptions are read part by part, along the day until which they
//! are billed: a book may have a million of them, and each a dozen periods.

use std::collections::HashMap;

use chrono::NaiveDate;
use contract::{BillingCycle, Currency, catch_up::DueKind};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::due::{Due, currency, marks};
use crate::{
    error::{Result, unknown_word},
    scope::Scope,
    stats::Net,
    subscription::{bill, period::Schedule},
};

/// Subscriptions that are read at once.
const AT_ONCE: usize = 500;

/// Only what periods and their prices follow from. The states are those of the index `subscription_to_bill`.
const SELECT: &str = "SELECT s.id, s.customer_id, s.plan_id, s.billing_cycle, s.price, s.currency, s.quantity, s.starts_on, s.anchor,
         s.billed_until, s.cancel_at_period_end, s.ends_on
     FROM subscription s WHERE s.status IN ('trialing', 'active', 'past_due')";

/// A subscription that is billed.
pub struct Running {
    pub id: Uuid,
    pub customer: Uuid,
    pub plan: Uuid,
    pub currency: Currency,
    price: i64,
    quantity: i64,
    billed_until: NaiveDate,
    schedule: Schedule,
}

impl Running {
    fn read(row: &QueryResult) -> Result<Self> {
        let cycle: String = row.try_get_by_index(3)?;
        let is_canceled: bool = row.try_get_by_index(10)?;
        let ends_on: Option<NaiveDate> = row.try_get_by_index(11)?;
        Ok(Self {
            id: row.try_get_by_index(0)?,
            customer: row.try_get_by_index(1)?,
            plan: row.try_get_by_index(2)?,
            currency: currency(&row.try_get_by_index::<String>(5)?)?,
            price: row.try_get_by_index(4)?,
            quantity: row.try_get_by_index(6)?,
            billed_until: row.try_get_by_index(9)?,
            schedule: Schedule {
                cycle: BillingCycle::parse(&cycle).ok_or_else(|| unknown_word("subscription.billing_cycle", &cycle))?,
                starts_on: row.try_get_by_index(7)?,
                anchor: row.try_get_by_index(8)?,
                ends_on: ends_on.filter(|_| is_canceled),
            },
        })
    }
}

/// A period of a subscription that is not billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Its first day or, after a pause, the first that is billed.
    pub on: NaiveDate,
    /// Nothing is made for nothing, however little a share of something comes to.
    pub is_billed: bool,
    /// Without tax.
    pub amount: i64,
}

/// See the module.
pub struct Renewals {
    until: NaiveDate,
    net: Net,
    plans: HashMap<Uuid, String>,
    /// The last subscription that was read.
    after: Option<(NaiveDate, Uuid)>,
    is_over: bool,
}

impl Renewals {
    /// Up to and including a day.
    pub async fn new(scope: &Scope, until: NaiveDate) -> Result<Self> {
        let mut plans = HashMap::new();
        for row in scope.rows("SELECT id, name FROM plan", Vec::new()).await? {
            plans.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
        Ok(Self {
            until,
            net: Net::load(scope).await?,
            plans,
            after: None,
            is_over: false,
        })
    }

    /// The next subscriptions; none at the end.
    pub async fn page(&mut self, scope: &Scope) -> Result<Option<Vec<Running>>> {
        if self.is_over {
            return Ok(None);
        }
        let (sql, values) = query(self.until, self.after);
        let rows = scope.rows(&sql, values).await?;
        let found: Vec<Running> = rows.iter().map(Running::read).collect::<Result<_>>()?;
        self.is_over = found.len() < AT_ONCE;
        self.after = found.last().map(|row| (row.billed_until, row.id)).or(self.after);
        Ok(Some(found))
    }

    /// The day until which those that were not read yet are billed at least; none before the first is read.
    pub fn reached(&self) -> Option<NaiveDate> {
        self.after.map(|(billed_until, _)| billed_until)
    }

    /// Some subscriptions, as far as they are billed.
    pub async fn these(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Running>> {
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let sql = format!("{SELECT} AND s.id IN ({})", marks(some.len()));
            let values = some.iter().map(|id| (*id).into()).collect();
            for row in scope.rows(&sql, values).await? {
                found.push(Running::read(&row)?);
            }
        }
        Ok(found)
    }

    /// The periods of one.
    pub fn of(&self, row: &Running) -> Result<Vec<Renewal>> {
        let mut found = Vec::new();
        let mut billed_until = row.billed_until;
        while billed_until <= self.until
            && let Some(next) = row.schedule.after(billed_until)?.filter(|next| next.start <= self.until)
        {
            let on = billed_until.max(next.start);
            let quantity = bill::share(on, next.end, next, row.quantity)?;
            found.push(Renewal {
                on,
                is_billed: row.price != 0,
                amount: self.net.of(row.customer, quantity.times(row.price).unwrap_or(0)),
            });
            billed_until = next.end;
        }
        Ok(found)
    }

    /// The same as what is due.
    pub fn due(&self, row: &Running) -> Result<Vec<Due>> {
        let due = |renewal: Renewal| Due {
            kind: DueKind::Renewal,
            subject: row.id,
            subscription: Some(row.id),
            customer: row.customer,
            on: renewal.on,
            reopened: 0,
            promised_until: None,
            not_before: None,
            stands_for: Vec::new(),
            is_billed: renewal.is_billed,
            amount: renewal.amount,
            currency: row.currency,
            name: self.plan(row.plan).to_owned(),
        };
        Ok(self.of(row)?.into_iter().map(due).collect())
    }

    /// The name of a plan.
    pub fn plan(&self, id: Uuid) -> &str {
        self.plans.get(&id).map_or("", String::as_str)
    }
}

/// What reads the next subscriptions.
fn query(until: NaiveDate, after: Option<(NaiveDate, Uuid)>) -> (String, Vec<Value>) {
    let mut values = vec![until.into()];
    let beyond = after.map_or("", |(billed_until, id)| {
        values.extend([Value::from(billed_until), Value::from(id)]);
        "AND (s.billed_until, s.id) > (?, ?)"
    });
    let sql = format!("{SELECT} AND s.billed_until <= ? {beyond} ORDER BY s.billed_until, s.id LIMIT {AT_ONCE}");
    (sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_of;

    #[tokio::test]
    async fn subscriptions_are_read_along_their_index() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for after in [None, Some((day, Uuid::nil()))] {
            let (sql, values) = query(day, after);
            let plan = plan_of(&sql, values).await;
            assert_eq!(plan.len(), 1, "{plan:?}");
            assert!(plan[0].starts_with("SEARCH s USING INDEX subscription_to_bill"), "{plan:?}");
        }
    }
}
