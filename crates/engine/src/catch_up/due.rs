//! What is due up to a day.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate};
use contract::{
    Currency, Money, Timestamp,
    billing::{ReminderAct, ReminderStep},
    catch_up::{DueCount, DueKind},
};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    billing,
    entity::{catch_up_item, invoice, plan, subscription},
    error::{Result, unknown_word},
    figure, license,
    scope::Scope,
    stats::Net,
    subscription::{bill, period},
    zone,
};

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub kind: DueKind,
    /// The subscription of a renewal, else the invoice.
    pub subject: Uuid,
    /// The subscription that is billed.
    pub subscription: Option<Uuid>,
    pub customer: Uuid,
    /// The day by the schedule: with what it is and of which record, the key by which it is done once.
    pub on: NaiveDate,
    /// The last day until which the payment of the invoice was promised.
    pub promised_until: Option<NaiveDate>,
    /// The day before which it is not done: what takes a service away comes after the day of the first reminder.
    pub not_before: Option<NaiveDate>,
    /// Of a reminder: the days of older ones that were never given. It stands for them, and they are done with it.
    pub stands_for: Vec<NaiveDate>,
    /// Of a renewal: whether it is billed. Nothing is made for nothing, however little a share of something comes to.
    pub is_billed: bool,
    /// Of a renewal without tax, else what is left to pay.
    pub amount: i64,
    pub currency: String,
    /// The plan or the number of the invoice.
    pub name: String,
}

impl Due {
    /// The first day on which it is done: that of the schedule or, where payment was promised until then or later, the day after,
    /// and not before the day that it has to wait for.
    pub fn begins_on(&self) -> NaiveDate {
        let after = self.promised_until.and_then(|day| day.succ_opt());
        [after, self.not_before].into_iter().flatten().fold(self.on, Ord::max)
    }

    /// The invoice, if it is about one.
    pub fn invoice(&self) -> Option<Uuid> {
        (self.kind != DueKind::Renewal).then_some(self.subject)
    }
}

/// Everything that is due up to and including a day, in the order of days.
pub async fn due(scope: &Scope, until: NaiveDate) -> Result<Vec<Due>> {
    let plans = plans(scope).await?;
    let mut found = renewals_of(scope, until, &plans).await?;
    found.extend(reminders(scope, until, &plans).await?);
    // What a promise has put off comes after what is billed on that day, as it would on its own, and in the order of its schedule.
    found.sort_by_key(|item| {
        let is_step = item.kind != DueKind::Renewal;
        (item.begins_on(), is_step, item.on, item.kind, item.customer, item.subject)
    });
    // What is suspended or canceled on a day is not billed from then on, and neither of the two is done to it again.
    let (mut suspended, mut canceled) = (HashSet::new(), HashSet::new());
    found.retain(|item| {
        let Some(id) = item.subscription else { return true };
        match item.kind {
            DueKind::Renewal => !suspended.contains(&id) && !canceled.contains(&id),
            DueKind::Reminder => true,
            DueKind::Suspension => !canceled.contains(&id) && suspended.insert(id),
            DueKind::Cancellation => canceled.insert(id),
        }
    });
    Ok(found)
}

async fn plans(scope: &Scope) -> Result<HashMap<Uuid, plan::Model>> {
    let plans = plan::Entity::find().all(scope).await?;
    Ok(plans.into_iter().map(|plan| (plan.id, plan)).collect())
}

/// Periods that will have begun by a day and are not billed.
pub async fn renewals(scope: &Scope, until: NaiveDate) -> Result<Vec<Due>> {
    renewals_of(scope, until, &plans(scope).await?).await
}

async fn renewals_of(scope: &Scope, until: NaiveDate, plans: &HashMap<Uuid, plan::Model>) -> Result<Vec<Due>> {
    let rows = subscription::Entity::find()
        .filter(subscription::Column::Status.is_in(["trialing", "active", "past_due"]))
        .filter(subscription::Column::BilledUntil.lte(until))
        .order_by_asc(subscription::Column::BilledUntil)
        .order_by_asc(subscription::Column::Id)
        .all(scope)
        .await?;
    let net = Net::load(scope).await?;
    let mut found = Vec::new();
    for mut row in rows {
        while row.billed_until <= until
            && let Some(next) = bill::next_period(&row)?.filter(|next| next.start <= until)
        {
            let from = row.billed_until.max(next.start);
            let quantity = bill::share(from, next.end, next, row.quantity)?;
            found.push(Due {
                kind: DueKind::Renewal,
                subject: row.id,
                subscription: Some(row.id),
                customer: row.customer_id,
                on: from,
                promised_until: None,
                not_before: None,
                stands_for: Vec::new(),
                is_billed: row.price != 0,
                amount: net.of(row.customer_id, quantity.times(row.price).unwrap_or(0)),
                currency: row.currency.clone(),
                name: plans.get(&row.plan_id).map_or_else(String::new, |plan| plan.name.clone()),
            });
            row.billed_until = next.end;
        }
    }
    Ok(found)
}

/// Open invoices that are due up to a day, but for those of hidden customers, which no list shows.
async fn open_invoices(scope: &Scope, until: NaiveDate) -> Result<Vec<invoice::Model>> {
    let sql = format!(
        "SELECT t.* FROM invoice t WHERE t.status = 'open' AND t.due_on <= ? AND {} ORDER BY t.due_on, t.id",
        license::LIVE
    );
    let rows = scope.rows(&sql, vec![until.into()]).await?;
    Ok(rows
        .iter()
        .map(|row| invoice::Model::from_query_result(row, ""))
        .collect::<std::result::Result<_, _>>()?)
}

/// Steps towards the payment of open invoices.
async fn reminders(scope: &Scope, until: NaiveDate, plans: &HashMap<Uuid, plan::Model>) -> Result<Vec<Due>> {
    let default: Vec<ReminderStep> = serde_json::from_str(&billing::load(scope).await?.reminders)?;
    let mut schedules: HashMap<Uuid, Vec<ReminderStep>> = HashMap::new();
    for plan in plans.values() {
        if let Some(own) = &plan.reminders {
            schedules.insert(plan.id, serde_json::from_str(own)?);
        }
    }
    let first = schedules
        .values()
        .chain([&default])
        .flatten()
        .map(|step| step.days)
        .min()
        .unwrap_or(0);
    let open = open_invoices(scope, shifted(until, -first)).await?;
    let billed = subscriptions_of(scope, &open).await?;
    let done = done(scope).await?;
    let mut found = Vec::new();
    for row in open {
        let (Some(issued_on), Some(due_on)) = (row.issued_on, row.due_on) else {
            continue;
        };
        let subscription = row.subscription_id.and_then(|id| billed.get(&id));
        let own = subscription.and_then(|billed| schedules.get(&billed.plan));
        let mut steps = Vec::new();
        for step in own.unwrap_or(&default) {
            let on = shifted(due_on, step.days);
            let kind = match step.act {
                ReminderAct::Remind => DueKind::Reminder,
                ReminderAct::Suspend => DueKind::Suspension,
                ReminderAct::Cancel => DueKind::Cancellation,
            };
            let applies = subscription.map_or(kind == DueKind::Reminder, |billed| billed.may(kind));
            if !applies || on < issued_on || done.steps.contains(&(kind.as_str().to_owned(), row.id, on)) {
                continue;
            }
            steps.push(Due {
                kind,
                subject: row.id,
                subscription: row.subscription_id,
                customer: row.customer_id,
                on,
                promised_until: row.promised_until,
                not_before: None,
                stands_for: Vec::new(),
                is_billed: false,
                amount: crate::invoice::payable(&row),
                currency: row.currency.clone(),
                name: row.number.clone().unwrap_or_default(),
            });
        }
        let steps = in_turn(steps, done.reminded_on.get(&row.id).copied(), scope.today());
        found.extend(steps.into_iter().filter(|item| item.begins_on() <= until));
    }
    Ok(found)
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

async fn subscriptions_of(scope: &Scope, open: &[invoice::Model]) -> Result<HashMap<Uuid, Billed>> {
    let ids: HashSet<Uuid> = open.iter().filter_map(|row| row.subscription_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        let rows = subscription::Entity::find().filter(subscription::Column::Id.is_in(some.iter().copied()));
        for row in rows.all(scope).await? {
            let billed = Billed {
                plan: row.plan_id,
                status: row.status,
            };
            found.insert(row.id, billed);
        }
    }
    Ok(found)
}

/// What was done about invoices that are open still.
#[derive(Default)]
struct Done {
    steps: HashSet<(String, Uuid, NaiveDate)>,
    /// The day of the first reminder of each.
    reminded_on: HashMap<Uuid, NaiveDate>,
}

async fn done(scope: &Scope) -> Result<Done> {
    let sql = "SELECT d.kind, d.subject_id, d.due_on, d.done_at FROM catch_up_item d JOIN invoice i ON i.id = d.subject_id WHERE i.status = 'open'";
    let mut found = Done::default();
    for row in scope.rows(sql, Vec::new()).await? {
        let (kind, invoice): (String, Uuid) = (row.try_get("", "kind")?, row.try_get("", "subject_id")?);
        if kind == DueKind::Reminder.as_str() {
            let on = zone::day(scope.zone, Timestamp(row.try_get("", "done_at")?));
            let first = found.reminded_on.entry(invoice).or_insert(on);
            *first = on.min(*first);
        }
        found.steps.insert((kind, invoice, row.try_get("", "due_on")?));
    }
    Ok(found)
}

/// Whether it is put off by now: another desk may have noted a promise after this was worked out. It is due again afterwards, so
/// it must not count as done.
pub async fn is_put_off(scope: &Scope, item: &Due) -> Result<bool> {
    let Some(id) = item.invoice() else { return Ok(false) };
    let found = invoice::Entity::find_by_id(id).one(scope).await?;
    let promised = found.and_then(|row| row.promised_until);
    Ok(promised.is_some_and(|last| last >= scope.today()))
}

/// Notes that something is being done, with what it stands for; false if it was done before.
pub async fn claim(scope: &Scope, run: Uuid, item: &Due) -> Result<bool> {
    if !claim_day(scope, run, item, item.on).await? {
        return Ok(false);
    }
    for on in &item.stands_for {
        claim_day(scope, run, item, *on).await?;
    }
    Ok(true)
}

async fn claim_day(scope: &Scope, run: Uuid, item: &Due, on: NaiveDate) -> Result<bool> {
    let known = catch_up_item::Entity::find_by_id((item.kind.as_str().to_owned(), item.subject, on))
        .one(scope)
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    let row = catch_up_item::Model {
        kind: item.kind.as_str().to_owned(),
        subject_id: item.subject,
        due_on: on,
        run_id: run,
        customer_id: item.customer,
        done_at: scope.now.0,
    };
    catch_up_item::Entity::insert(catch_up_item::ActiveModel::from(row))
        .exec_without_returning(scope)
        .await?;
    Ok(true)
}

/// How much of each kind, and what it comes to.
pub fn count<'a>(scope: &Scope, items: impl Iterator<Item = &'a Due>) -> Vec<DueCount> {
    let mut kinds: BTreeMap<DueKind, (u64, BTreeMap<&str, i64>)> = BTreeMap::new();
    for item in items {
        let (count, amounts) = kinds.entry(item.kind).or_default();
        *count += 1;
        *amounts.entry(item.currency.as_str()).or_default() += item.amount;
    }
    kinds
        .into_iter()
        .map(|(kind, (count, amounts))| DueCount {
            kind,
            count,
            amounts: figure::in_order(&scope.book.currency, amounts.into_iter()),
        })
        .collect()
}

/// What an item comes to.
pub fn amount(item: &Due) -> Result<Money> {
    let currency = Currency::parse(&item.currency).ok_or_else(|| unknown_word("currency", &item.currency))?;
    Ok(Money::new(item.amount, currency))
}

/// The subscription of a renewal again, with its next period, if the item is due still.
pub async fn renewal(scope: &Scope, item: &Due) -> Result<Option<(subscription::Model, period::Period)>> {
    let Some(row) = subscription::Entity::find_by_id(item.subject).one(scope).await? else {
        return Ok(None);
    };
    let is_running = matches!(row.status.as_str(), "trialing" | "active" | "past_due");
    let next = bill::next_period(&row)?.filter(|next| is_running && row.billed_until.max(next.start) == item.on);
    Ok(next.map(|next| (row, next)))
}
