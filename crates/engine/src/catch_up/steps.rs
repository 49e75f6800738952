//! Steps towards the payment of open invoices. Invoices are read part by part, along the day on which they are to be paid.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use contract::{
    Currency, Timestamp,
    billing::{ReminderAct, ReminderStep},
    catch_up::DueKind,
};
use sea_orm::{EntityTrait, QueryResult, Value};
use uuid::Uuid;

use super::due::{Due, currency, marks};
use crate::{billing, entity::plan, error::Result, license, scope::Scope, zone};

/// Invoices that are read at once.
const AT_ONCE: usize = 500;

/// Only what steps follow from, with the subscription that is billed. A document has its seller and buyer in it, which are long.
const SELECT: &str = "SELECT t.id, t.customer_id, t.subscription_id, t.issued_on, t.due_on, t.promised_until,
         t.total - t.paid - t.credited AS payable, t.currency, t.number, b.plan_id, b.status, t.reopened
     FROM invoice t LEFT JOIN subscription b ON b.id = t.subscription_id WHERE t.status = 'open'";

/// An open invoice. Those of hidden customers, whom no list shows, are left out.
struct Open {
    id: Uuid,
    customer: Uuid,
    subscription: Option<Uuid>,
    issued_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    promised_until: Option<NaiveDate>,
    reopened: i64,
    payable: i64,
    currency: Currency,
    number: String,
    billed: Option<Billed>,
}

impl Open {
    fn read(row: &QueryResult) -> Result<Self> {
        let (plan, status): (Option<Uuid>, Option<String>) = (row.try_get_by_index(9)?, row.try_get_by_index(10)?);
        Ok(Self {
            id: row.try_get_by_index(0)?,
            customer: row.try_get_by_index(1)?,
            subscription: row.try_get_by_index(2)?,
            issued_on: row.try_get_by_index(3)?,
            due_on: row.try_get_by_index(4)?,
            promised_until: row.try_get_by_index(5)?,
            reopened: row.try_get_by_index(11)?,
            payable: row.try_get_by_index(6)?,
            currency: currency(&row.try_get_by_index::<String>(7)?)?,
            number: row.try_get_by_index::<Option<String>>(8)?.unwrap_or_default(),
            billed: plan.zip(status).map(|(plan, status)| Billed { plan, status }),
        })
    }
}

/// A subscription that an invoice bills.
struct Billed {
    plan: Uuid,
    status: String,
}

impl Billed {
    /// Whether a step is taken about it. What is paused is left alone: it is due again when it goes on. Of one that is over
    /// the customer is still reminded.
    fn may(&self, kind: DueKind) -> bool {
        match self.status.as_str() {
            "trialing" | "active" | "past_due" => true,
            "unpaid" => kind != DueKind::Suspension,
            "paused" => false,
            _ => kind == DueKind::Reminder,
        }
    }
}

/// The schedules that hold.
pub struct Steps {
    until: NaiveDate,
    default: Vec<ReminderStep>,
    schedules: HashMap<Uuid, Vec<ReminderStep>>,
}

/// How far the invoices were read.
pub struct Along {
    /// The last day on which an invoice can be due that has such a step; none at the end.
    reach: Option<NaiveDate>,
    /// Only steps that take a service away.
    is_taking: bool,
    after: Option<(NaiveDate, Uuid)>,
}

fn takes(act: ReminderAct) -> bool {
    act != ReminderAct::Remind
}

impl Steps {
    /// Up to and including a day.
    pub async fn new(scope: &Scope, until: NaiveDate) -> Result<Self> {
        let default = serde_json::from_str(&billing::load(scope).await?.reminders)?;
        let mut schedules = HashMap::new();
        for plan in plan::Entity::find().all(scope).await? {
            if let Some(own) = &plan.reminders {
                schedules.insert(plan.id, serde_json::from_str(own)?);
            }
        }
        Ok(Self { until, default, schedules })
    }

    /// From the first invoice: all steps, or only those that take a service away.
    pub fn begin(&self, is_taking: bool) -> Along {
        let steps = self.schedules.values().chain([&self.default]).flatten();
        let first = steps.filter(|step| !is_taking || takes(step.act)).map(|step| step.days).min();
        Along {
            reach: first.map(|days| shifted(self.until, -days)),
            is_taking,
            after: None,
        }
    }

    /// The steps of the next invoices; none at the end.
    pub async fn page(&self, scope: &Scope, along: &mut Along) -> Result<Option<Vec<Due>>> {
        let Some(reach) = along.reach else { return Ok(None) };
        let (sql, values) = query(reach, along.is_taking, along.after);
        let open = open(scope, &sql, values).await?;
        if open.len() < AT_ONCE {
            along.reach = None;
        }
        along.after = open.last().and_then(|row| row.due_on.map(|day| (day, row.id)));
        let mut found = self.all(scope, open).await?;
        if along.is_taking {
            found.retain(|item| item.kind != DueKind::Reminder);
        }
        Ok(Some(found))
    }

    /// The steps of some invoices, and of all that bill some subscriptions.
    pub async fn of(&self, scope: &Scope, invoices: &[Uuid], subscriptions: &[Uuid]) -> Result<Vec<Due>> {
        let mut all: HashSet<Uuid> = invoices.iter().copied().collect();
        for some in subscriptions.chunks(AT_ONCE) {
            let values = some.iter().map(|id| (*id).into()).collect();
            for row in scope.rows(&query_billing(some.len()), values).await? {
                all.insert(row.try_get_by_index(0)?);
            }
        }
        let all: Vec<Uuid> = all.into_iter().collect();
        let mut found = Vec::new();
        for some in all.chunks(AT_ONCE) {
            let sql = format!("{SELECT} AND t.id IN ({}) AND {}", marks(some.len()), license::LIVE);
            let open = open(scope, &sql, some.iter().map(|id| (*id).into()).collect()).await?;
            found.append(&mut self.all(scope, open).await?);
        }
        Ok(found)
    }

    async fn all(&self, scope: &Scope, open: Vec<Open>) -> Result<Vec<Due>> {
        let done = Done::of(scope, &open).await?;
        let mut found = Vec::new();
        for row in &open {
            let reminded_on = done.reminded_on.get(&(row.id, row.reopened)).copied();
            let steps = in_turn(self.steps(row, &done), reminded_on, scope.today());
            found.extend(steps.into_iter().filter(|item| item.begins_on() <= self.until));
        }
        Ok(found)
    }

    /// What the schedule of an invoice says and was not done since it is owed.
    fn steps(&self, row: &Open, done: &Done) -> Vec<Due> {
        let (Some(issued_on), Some(due_on)) = (row.issued_on, row.due_on) else {
            return Vec::new();
        };
        let subscription = row.billed.as_ref();
        let own = subscription.and_then(|billed| self.schedules.get(&billed.plan));
        let mut steps = Vec::new();
        for step in own.unwrap_or(&self.default) {
            let on = shifted(due_on, step.days);
            let kind = match step.act {
                ReminderAct::Remind => DueKind::Reminder,
                ReminderAct::Suspend => DueKind::Suspension,
                ReminderAct::Cancel => DueKind::Cancellation,
            };
            let applies = subscription.map_or(kind == DueKind::Reminder, |billed| billed.may(kind));
            if !applies || on < issued_on || done.steps.contains(&(kind.as_str().to_owned(), row.id, on, row.reopened)) {
                continue;
            }
            steps.push(Due {
                kind,
                subject: row.id,
                subscription: row.subscription,
                customer: row.customer,
                on,
                reopened: row.reopened,
                promised_until: row.promised_until,
                not_before: None,
                stands_for: Vec::new(),
                is_billed: false,
                amount: row.payable,
                currency: row.currency,
                name: row.number.clone(),
            });
        }
        steps
    }
}

async fn open(scope: &Scope, sql: &str, values: Vec<Value>) -> Result<Vec<Open>> {
    scope.rows(sql, values).await?.iter().map(Open::read).collect()
}

/// What reads the next open invoices that are due up to a day.
fn query(reach: NaiveDate, is_taking: bool, after: Option<(NaiveDate, Uuid)>) -> (String, Vec<Value>) {
    let mut values = vec![reach.into()];
    let beyond = after.map_or("", |(due_on, id)| {
        values.extend([Value::from(due_on), Value::from(id)]);
        "AND (t.due_on, t.id) > (?, ?)"
    });
    let billing = if is_taking { "AND t.subscription_id IS NOT NULL" } else { "" };
    let sql = format!(
        "{SELECT} AND t.due_on <= ? {beyond} {billing} AND {} ORDER BY t.due_on, t.id LIMIT {AT_ONCE}",
        license::LIVE
    );
    (sql, values)
}

/// What reads the open invoices of so many subscriptions.
fn query_billing(subscriptions: usize) -> String {
    format!(
        "SELECT t.id FROM invoice t WHERE t.subscription_id IN ({}) AND t.status = 'open'",
        marks(subscriptions)
    )
}

/// The steps of an invoice in their turn. Where nobody has looked for a while, several reminders come due on one day: the newest
/// stands for the others. What takes a service away waits for the day after the first reminder.
fn in_turn(steps: Vec<Due>, reminded_on: Option<NaiveDate>, today: NaiveDate) -> Vec<Due> {
    let day = |item: &Due| item.begins_on().max(today);
    let (mut reminders, mut others): (Vec<Due>, Vec<Due>) = steps.into_iter().partition(|item| item.kind == DueKind::Reminder);
    reminders.sort_by_key(|item| item.on);
    let mut found: Vec<Due> = Vec::new();
    for mut item in reminders {
        if found.last().is_some_and(|older| day(older) == day(&item))
            && let Some(older) = found.pop()
        {
            item.stands_for = older.stands_for;
            item.stands_for.push(older.on);
        }
        found.push(item);
    }
    let first = found.first().map(day);
    for item in &mut others {
        // A reminder that comes later by the schedule is not waited for.
        let reminded = reminded_on.or(first.filter(|first| *first <= day(item)));
        item.not_before = reminded.and_then(|day| day.succ_opt());
    }
    found.append(&mut others);
    found
}

fn shifted(day: NaiveDate, by: i32) -> NaiveDate {
    let days = Days::new(u64::from(by.unsigned_abs()));
    let moved = if by < 0 {
        day.checked_sub_days(days)
    } else {
        day.checked_add_days(days)
    };
    moved.unwrap_or(day)
}

/// What was done about some invoices, each time that they were owed: how often they had been reopened.
#[derive(Default)]
struct Done {
    steps: HashSet<(String, Uuid, NaiveDate, i64)>,
    /// The day of the first reminder of each time.
    reminded_on: HashMap<(Uuid, i64), NaiveDate>,
}

impl Done {
    /// Found by the key of each: what was done about invoices that are paid is never looked at.
    async fn of(scope: &Scope, open: &[Open]) -> Result<Self> {
        let mut found = Self::default();
        for some in open.chunks(AT_ONCE) {
            let values = some.iter().map(|row| row.id.into()).collect();
            for row in scope.rows(&query_done(some.len()), values).await? {
                let (kind, invoice): (String, Uuid) = (row.try_get("", "kind")?, row.try_get("", "subject_id")?);
                let reopened: i64 = row.try_get("", "reopened")?;
                if kind == DueKind::Reminder.as_str() {
                    let on = zone::day(scope.zone, Timestamp(row.try_get("", "done_at")?));
                    let first = found.reminded_on.entry((invoice, reopened)).or_insert(on);
                    *first = on.min(*first);
                }
                found.steps.insert((kind, invoice, row.try_get("", "due_on")?, reopened));
            }
        }
        Ok(found)
    }
}

/// What reads what was done about so many invoices.
fn query_done(invoices: usize) -> String {
    format!(
        "SELECT d.kind, d.subject_id, d.due_on, d.done_at, d.reopened FROM catch_up_item d
         WHERE d.kind IN ('reminder', 'suspension', 'cancellation') AND d.subject_id IN ({})",
        marks(invoices)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_of;

    #[tokio::test]
    async fn invoices_and_what_was_done_about_them_are_found_by_index() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for after in [None, Some((day, Uuid::nil()))] {
            for is_taking in [false, true] {
                let (sql, values) = query(day, is_taking, after);
                let plan = plan_of(&sql, values).await;
                assert!(
                    plan.iter().any(|step| step.starts_with("SEARCH t USING INDEX invoice_open")),
                    "{plan:?}"
                );
                assert!(
                    plan.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE")),
                    "{plan:?}"
                );
            }
        }
        let ids = || vec![Value::from(Uuid::nil()); AT_ONCE];
        let plan = plan_of(&query_billing(AT_ONCE), ids()).await;
        assert_eq!(plan, ["SEARCH t USING INDEX invoice_by_subscription (subscription_id=?)"]);
        let plan = plan_of(&query_done(AT_ONCE), ids()).await;
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(
            plan[0].starts_with("SEARCH d USING INDEX") && plan[0].ends_with("(kind=? AND subject_id=?)"),
            "{plan:?}"
        );
    }
}
