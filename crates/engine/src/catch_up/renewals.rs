//! Periods that will have begun by a day and are not billed. Subscriptions are read part by part, along the day until which they
//! are billed: a book may have a million of them, and each a dozen periods.

use std::collections::HashMap;

use chrono::NaiveDate;
use contract::{BillingCycle, Currency, catch_up::DueKind};
use sea_orm::Value;
use uuid::Uuid;

use super::due::{Due, currency, marks};
use crate::{
    db,
    error::{Error, Result, unknown_word},
    scope::Scope,
    stats::Net,
    subscription::{bill, period::Schedule},
};

/// Subscriptions that are read at once.
const AT_ONCE: usize = 5_000;
/// Records that are named in one statement.
const NAMED: usize = 500;

/// Only what periods and their prices follow from, of each as a text. The states are those of the index `subscription_to_bill`.
fn select(scope: &Scope) -> String {
    let parts = [
        db::id_digits(scope, "s.id"),
        db::id_digits(scope, "s.customer_id"),
        db::id_digits(scope, "s.plan_id"),
        "s.billing_cycle".to_owned(),
        "CAST(s.price AS TEXT)".to_owned(),
        "s.currency".to_owned(),
        "CAST(s.quantity AS TEXT)".to_owned(),
        db::day(scope, "s.starts_on"),
        db::day(scope, "s.anchor"),
        db::day(scope, "s.billed_until"),
        format!("CASE WHEN s.cancel_at_period_end THEN {} ELSE '' END", db::day(scope, "s.ends_on")),
    ];
    format!(
        "SELECT {} AS terms FROM subscription s WHERE s.status IN ('trialing', 'active', 'past_due')",
        parts.join(" || ' ' || ")
    )
}

/// What such a query finds, as one text: a book has a million of them, and one by one they would take longer to fetch than to find.
async fn fetch(scope: &Scope, sql: &str, values: Vec<Value>) -> Result<Vec<Running>> {
    let sql = format!("SELECT string_agg(r.terms, ';') AS found FROM ({sql}) AS r");
    let found: Option<String> = match scope.row(&sql, values).await? {
        Some(row) => row.try_get("", "found")?,
        None => None,
    };
    found.iter().flat_map(|all| all.split(';')).map(Running::read).collect()
}

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
    /// From the text of [`select`].
    fn read(terms: &str) -> Result<Self> {
        let broken = || Error::Fault(format!("{terms} is no subscription"));
        let fields: Vec<&str> = terms.split(' ').collect();
        let [
            id,
            customer,
            plan,
            cycle,
            price,
            code,
            quantity,
            starts_on,
            anchor,
            billed_until,
            ends_on,
        ] = fields[..]
        else {
            return Err(broken());
        };
        let identifier = |digits: &str| Uuid::parse_str(digits).map_err(|_| broken());
        let number = |digits: &str| digits.parse::<i64>().map_err(|_| broken());
        let day = |day: &str| day.parse::<NaiveDate>().map_err(|_| broken());
        Ok(Self {
            id: identifier(id)?,
            customer: identifier(customer)?,
            plan: identifier(plan)?,
            currency: currency(code)?,
            price: number(price)?,
            quantity: number(quantity)?,
            billed_until: day(billed_until)?,
            schedule: Schedule {
                cycle: BillingCycle::parse(cycle).ok_or_else(|| unknown_word("subscription.billing_cycle", cycle))?,
                starts_on: day(starts_on)?,
                anchor: day(anchor)?,
                ends_on: if ends_on.is_empty() { None } else { Some(day(ends_on)?) },
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
        let (sql, values) = query(scope, self.until, self.after);
        let found = fetch(scope, &sql, values).await?;
        self.is_over = found.len() < AT_ONCE;
        self.after = found.iter().map(|row| (row.billed_until, row.id)).max().or(self.after);
        Ok(Some(found))
    }

    /// The day until which those that were not read yet are billed at least; none before the first is read.
    pub fn reached(&self) -> Option<NaiveDate> {
        self.after.map(|(billed_until, _)| billed_until)
    }

    /// Some subscriptions, as far as they are billed.
    pub async fn these(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Running>> {
        let mut found = Vec::new();
        for some in ids.chunks(NAMED) {
            let sql = format!("{} AND s.id IN ({})", select(scope), marks(some.len()));
            let values = some.iter().map(|id| (*id).into()).collect();
            found.append(&mut fetch(scope, &sql, values).await?);
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
fn query(scope: &Scope, until: NaiveDate, after: Option<(NaiveDate, Uuid)>) -> (String, Vec<Value>) {
    let mut values = vec![until.into()];
    let beyond = after.map_or("", |(billed_until, id)| {
        values.extend([Value::from(billed_until), Value::from(id)]);
        "AND (s.billed_until, s.id) > (?, ?)"
    });
    let sql = format!(
        "{} AND s.billed_until <= ? {beyond} ORDER BY s.billed_until, s.id LIMIT {AT_ONCE}",
        select(scope)
    );
    (sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_by;

    #[tokio::test]
    async fn subscriptions_are_read_along_their_index() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for after in [None, Some((day, Uuid::nil()))] {
            let plan = plan_by(|scope| query(scope, day, after)).await;
            assert_eq!(plan.len(), 1, "{plan:?}");
            assert!(plan[0].starts_with("SEARCH s USING INDEX subscription_to_bill"), "{plan:?}");
        }
    }

    #[test]
    fn a_subscription_is_read_from_its_text() {
        let digits = "01890A5DAC96774BBCCEB302099A8057";
        let text = |end: &str| format!("{digits} {digits} {digits} yearly 900 EUR 2 2026-11-01 2026-11-15 2026-12-15 {end}");
        let day = |number| NaiveDate::from_ymd_opt(2026, 12, number);
        for (end, ends_on) in [("", None), ("2026-12-31", day(31))] {
            let found = Running::read(&text(end)).unwrap();
            assert_eq!((found.id, found.price, found.quantity), (Uuid::parse_str(digits).unwrap(), 900, 2));
            assert_eq!((Some(found.billed_until), found.schedule.ends_on), (day(15), ends_on));
        }
        for broken in ["", &text("never"), &text("2026-12-31 1"), &text("").replace("900", "nine")] {
            assert!(Running::read(broken).is_err(), "{broken}");
        }
    }
}
