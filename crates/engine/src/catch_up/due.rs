//! What is due up to a day.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate};
use contract::{
    Currency, Money,
    billing::{ReminderAct, ReminderStep},
    catch_up::{DueCount, DueKind},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    billing,
    entity::{catch_up_item, invoice, plan, subscription},
    error::{Result, unknown_word},
    figure,
    scope::Scope,
    subscription::{bill, period},
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
    pub on: NaiveDate,
    pub amount: i64,
    pub currency: String,
    /// The plan or the number of the invoice.
    pub name: String,
}

/// Everything that is due up to and including a day, in the order of days.
pub async fn due(scope: &Scope, until: NaiveDate) -> Result<Vec<Due>> {
    let plans = plans(scope).await?;
    let mut found = renewals_of(scope, until, &plans).await?;
    found.extend(reminders(scope, until, &plans).await?);
    found.sort_by_key(|item| (item.on, item.kind, item.customer, item.subject));
    // What is suspended or canceled on a day is not billed from then on.
    let mut ended = HashSet::new();
    found.retain(|item| match item.kind {
        DueKind::Renewal => item.subscription.is_none_or(|id| !ended.contains(&id)),
        DueKind::Reminder => true,
        DueKind::Suspension | DueKind::Cancellation => {
            ended.extend(item.subscription);
            true
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
                amount: quantity.times(row.price).unwrap_or(0),
                currency: row.currency.clone(),
                name: plans.get(&row.plan_id).map_or_else(String::new, |plan| plan.name.clone()),
            });
            row.billed_until = next.end;
        }
    }
    Ok(found)
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
    let horizon = shifted(until, -first);
    let open = invoice::Entity::find()
        .filter(invoice::Column::Status.eq("open"))
        .filter(invoice::Column::DueOn.lte(horizon))
        .order_by_asc(invoice::Column::DueOn)
        .order_by_asc(invoice::Column::Id)
        .all(scope)
        .await?;
    let of_plan = plan_of_subscriptions(scope, &open).await?;
    let done = done(scope).await?;
    let mut found = Vec::new();
    for row in open {
        let (Some(issued_on), Some(due_on)) = (row.issued_on, row.due_on) else {
            continue;
        };
        let own = row
            .subscription_id
            .and_then(|id| of_plan.get(&id))
            .and_then(|plan| schedules.get(plan));
        for step in own.unwrap_or(&default) {
            let on = shifted(due_on, step.days);
            let kind = match step.act {
                ReminderAct::Remind => DueKind::Reminder,
                ReminderAct::Suspend => DueKind::Suspension,
                ReminderAct::Cancel => DueKind::Cancellation,
            };
            // There is nothing to suspend or cancel where no subscription is billed.
            let applies = kind == DueKind::Reminder || row.subscription_id.is_some();
            if !applies || on > until || on < issued_on || done.contains(&(kind.as_str().to_owned(), row.id, on)) {
                continue;
            }
            found.push(Due {
                kind,
                subject: row.id,
                subscription: row.subscription_id,
                customer: row.customer_id,
                on,
                amount: crate::invoice::payable(&row),
                currency: row.currency.clone(),
                name: row.number.clone().unwrap_or_default(),
            });
        }
    }
    Ok(found)
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

async fn plan_of_subscriptions(scope: &Scope, open: &[invoice::Model]) -> Result<HashMap<Uuid, Uuid>> {
    let ids: HashSet<Uuid> = open.iter().filter_map(|row| row.subscription_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        let rows = subscription::Entity::find().filter(subscription::Column::Id.is_in(some.iter().copied()));
        for row in rows.all(scope).await? {
            found.insert(row.id, row.plan_id);
        }
    }
    Ok(found)
}

/// What was done about invoices that are open still.
async fn done(scope: &Scope) -> Result<HashSet<(String, Uuid, NaiveDate)>> {
    let sql = "SELECT d.kind, d.subject_id, d.due_on FROM catch_up_item d JOIN invoice i ON i.id = d.subject_id WHERE i.status = 'open'";
    let mut found = HashSet::new();
    for row in scope.rows(sql, Vec::new()).await? {
        found.insert((row.try_get("", "kind")?, row.try_get("", "subject_id")?, row.try_get("", "due_on")?));
    }
    Ok(found)
}

/// Notes that something is being done; false if it was done before.
pub async fn claim(scope: &Scope, run: Uuid, item: &Due) -> Result<bool> {
    let known = catch_up_item::Entity::find_by_id((item.kind.as_str().to_owned(), item.subject, item.on))
        .one(scope)
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    let row = catch_up_item::Model {
        kind: item.kind.as_str().to_owned(),
        subject_id: item.subject,
        due_on: item.on,
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
