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
use crate::{
    billing, db,
    entity::plan,
    error::{Error, Result},
    license,
    scope::Scope,
    stats, zone,
};

/// Invoices that are read at once.
const AT_ONCE: usize = 2_000;
/// Records that are named in one statement.
const NAMED: usize = 500;

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
    /// What was done about it since it is owed.
    done: Vec<Done>,
}

impl Open {
    fn read(row: &QueryResult) -> Result<Self> {
        let (plan, status): (Option<Uuid>, Option<String>) = (row.try_get_by_index(9)?, row.try_get_by_index(10)?);
        let done: Option<String> = row.try_get_by_index(12)?;
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
            done: done.iter().flat_map(|all| all.split(',')).map(Done::read).collect::<Result<_>>()?,
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
        let (sql, values) = query(scope, self.takes(), (reach, along.is_taking), along.after);
        let open = open(scope, &sql, values).await?;
        if open.len() < AT_ONCE {
            along.reach = None;
        }
        along.after = open.last().and_then(|row| row.due_on.map(|day| (day, row.id)));
        let mut found = self.all(scope, &open);
        if along.is_taking {
            found.retain(|item| item.kind != DueKind::Reminder);
        }
        Ok(Some(found))
    }

    /// The steps of some invoices, and of all that bill some subscriptions.
    pub async fn of(&self, scope: &Scope, invoices: &[Uuid], subscriptions: &[Uuid]) -> Result<Vec<Due>> {
        let mut all: HashSet<Uuid> = invoices.iter().copied().collect();
        for some in subscriptions.chunks(NAMED) {
            let values = some.iter().map(|id| (*id).into()).collect();
            for row in scope.rows(&query_billing(some.len()), values).await? {
                all.insert(row.try_get_by_index(0)?);
            }
        }
        let all: Vec<Uuid> = all.into_iter().collect();
        let mut found = Vec::new();
        for some in all.chunks(NAMED) {
            let sql = format!(
                "{} AND t.id IN ({}) AND {}",
                select(scope, self.takes()),
                marks(some.len()),
                license::LIVE
            );
            let open = open(scope, &sql, some.iter().map(|id| (*id).into()).collect()).await?;
            found.append(&mut self.all(scope, &open));
        }
        Ok(found)
    }

    /// Whether a schedule takes a service away.
    fn takes(&self) -> bool {
        let mut steps = self.schedules.values().chain([&self.default]).flatten();
        steps.any(|step| takes(step.act))
    }

    fn all(&self, scope: &Scope, open: &[Open]) -> Vec<Due> {
        let mut found = Vec::new();
        for row in open {
            let reminders = row.done.iter().filter(|done| done.kind == DueKind::Reminder);
            let first = reminders.filter_map(|done| done.at).min();
            let reminded_on = first.map(|at| zone::day(scope.zone, at));
            let steps = in_turn(self.steps(row), reminded_on, scope.today());
            found.extend(steps.into_iter().filter(|item| item.begins_on() <= self.until));
        }
        found
    }

    /// What the schedule of an invoice says and was not done since it is owed.
    fn steps(&self, row: &Open) -> Vec<Due> {
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
            if !applies || on < issued_on || row.done.iter().any(|done| (done.kind, done.on) == (kind, on)) {
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

/// Only what steps follow from, with the subscription that is billed, and what was done about it since it is owed as one text: there
/// are several for each invoice, and one by one they would take longer to fetch than to find. A document has its seller and buyer in
/// it, which are long.
fn select(scope: &Scope, with_instants: bool) -> String {
    // It is no part of the key, which alone answers otherwise.
    let at = if with_instants { "CAST(d.done_at AS TEXT)" } else { "''" };
    format!(
        "SELECT t.id, t.customer_id, t.subscription_id, t.issued_on, t.due_on, t.promised_until,
           t.total - t.paid - t.credited AS payable, t.currency, t.number, b.plan_id, b.status, t.reopened,
           (SELECT string_agg(d.kind || ' ' || {} || ' ' || {at}, ',') FROM catch_up_item d
            WHERE d.kind IN ('reminder', 'suspension', 'cancellation') AND d.subject_id = t.id AND d.reopened = t.reopened) AS done
         FROM invoice t LEFT JOIN subscription b ON b.id = t.subscription_id WHERE t.status = 'open'",
        db::day(scope, "d.due_on")
    )
}

/// What reads the next open invoices that are due up to a day, all or those that bill a subscription.
fn query(
    scope: &Scope,
    with_instants: bool,
    (reach, is_billing): (NaiveDate, bool),
    after: Option<(NaiveDate, Uuid)>,
) -> (String, Vec<Value>) {
    let mut values = vec![reach.into()];
    let beyond = after.map_or("", |(due_on, id)| {
        values.extend([Value::from(due_on), Value::from(id)]);
        "AND (t.due_on, t.id) > (?, ?)"
    });
    let billing = if is_billing { "AND t.subscription_id IS NOT NULL" } else { "" };
    let sql = format!(
        "{} AND t.due_on <= ? {beyond} {billing} AND {} ORDER BY t.due_on, t.id LIMIT {AT_ONCE}",
        select(scope, with_instants),
        stats::counts(scope)
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

/// A step that was taken.
struct Done {
    kind: DueKind,
    /// The day by the schedule.
    on: NaiveDate,
    /// When, where that matters: the first reminder is what others wait for.
    at: Option<Timestamp>,
}

impl Done {
    /// From the text of [`select`].
    fn read(text: &str) -> Result<Self> {
        let broken = || Error::Fault(format!("{text} is no step that was taken"));
        let mut fields = text.split(' ');
        let (Some(kind), Some(on), Some(at)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(broken());
        };
        let at = match at {
            "" => None,
            millis => Some(Timestamp(millis.parse().map_err(|_| broken())?)),
        };
        Ok(Self {
            kind: DueKind::parse(kind).ok_or_else(broken)?,
            on: on.parse().map_err(|_| broken())?,
            at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{plan_by, plan_of};

    #[tokio::test]
    async fn invoices_and_what_was_done_about_them_are_found_by_index() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for after in [None, Some((day, Uuid::nil()))] {
            for (with_instants, is_billing) in [(false, false), (true, false), (true, true)] {
                let plan = plan_by(|scope| query(scope, with_instants, (day, is_billing), after)).await;
                assert!(
                    plan.iter().any(|step| step.starts_with("SEARCH t USING INDEX invoice_open")),
                    "{plan:?}"
                );
                let done = plan.iter().find(|step| step.starts_with("SEARCH d USING")).unwrap();
                assert!(done.ends_with("(kind=? AND subject_id=?)"), "{plan:?}");
                assert_eq!(done.contains("COVERING"), !with_instants, "{plan:?}");
                let is_of_few = |step: &String| !step.starts_with("SCAN") || step.contains("customer_hidden");
                assert!(plan.iter().all(|step| is_of_few(step) && !step.contains("TEMP B-TREE")), "{plan:?}");
            }
        }
        let ids = vec![Value::from(Uuid::nil()); NAMED];
        let plan = plan_of(&query_billing(NAMED), ids).await;
        assert_eq!(plan, ["SEARCH t USING INDEX invoice_by_subscription (subscription_id=?)"]);
    }

    #[test]
    fn what_was_done_is_read_with_its_instant_and_without() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let read = |text| Done::read(text).map(|done| (done.kind, done.on, done.at)).ok();
        assert_eq!(read("reminder 2026-11-22 "), Some((DueKind::Reminder, day, None)));
        assert_eq!(
            read("suspension 2026-11-22 1700"),
            Some((DueKind::Suspension, day, Some(Timestamp(1_700))))
        );
        for broken in ["", "reminder 2026-11-22", "renewed 2026-11-22 1", "reminder 22 1"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
