//! What falls due by itself: stored states move with the clock, before the first read that could see them behind it, unless so
//! much is due that it would keep that read waiting.
//!
//! A license ends, a trial or a canceled period is over, an invoice becomes overdue, a deleted customer is removed for
//! good. Each is an entry of the change log without an actor.

mod customer;
mod purge;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use contract::{Noun, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use tokio::sync::OwnedMutexGuard;

pub use customer::of_customer;

use crate::{
    app::Inner,
    change::Entry,
    entity::{customer as customers, invoice as invoices, license, subscription},
    error::{Error, Result},
    invoice,
    scope::Scope,
    subscription::bill,
    zone,
};

/// What the change log calls it.
pub const NAME: &str = "fall_due";
/// Records that one transaction moves.
const BATCH: u64 = 200;
/// Records of a kind that an operation waits for.
const AWAITED: i64 = 500;
/// How long it waits for them.
const WAITS: Duration = Duration::from_secs(5);

/// Brings stored states up to the clock, as far as the book takes changes. What takes long, because a book was closed for weeks,
/// goes on by itself: whoever asks then sees the book as far as it has come, and is told when there is more to see, and whoever writes
/// moves what belongs to the customer first (`of_customer`). Answers with whether something was moved.
pub async fn catch_up(inner: &Arc<Inner>) -> Result<bool> {
    let now = inner.clock.now();
    // A write elsewhere can bring the next instant nearer, so what was read counts for five seconds.
    let known = inner.next_due.load(Ordering::Relaxed);
    if known > now.0 {
        return Ok(false);
    }
    // Looked up before the write lock is asked for: a read must not wait for a writer when nothing is due.
    let scope = Scope::read(inner, None, NAME).await?;
    let first = next(&scope).await?;
    if first > now.0 {
        inner.next_due.store(first.min(now.0.saturating_add(5_000)), Ordering::Relaxed);
        return Ok(false);
    }
    if is_much(&scope).await? {
        // Unless it is under way already.
        if let Ok(turn) = Arc::clone(&inner.sweep).try_lock_owned() {
            tokio::spawn(by_itself(Arc::clone(inner), turn));
        }
        return Ok(false);
    }
    let own = Arc::clone(inner);
    let is_awaited = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&is_awaited);
    // Who stops waiting must not stop it in the middle.
    let moving = tokio::spawn(async move {
        let _turn = own.sweep.lock().await;
        all(&own, &still).await
    });
    match tokio::time::timeout(WAITS, moving).await {
        Ok(done) => done.map_err(|panic| Error::Fault(panic.to_string()))?.map(|()| true),
        Err(_) => {
            // The page is told of what is moved from here on.
            is_awaited.store(false, Ordering::Relaxed);
            Ok(true)
        }
    }
}

async fn by_itself(inner: Arc<Inner>, turn: OwnedMutexGuard<()>) {
    if let Err(error) = all(&inner, &AtomicBool::new(false)).await {
        // The next operation begins it again.
        tracing::warn!(?error, "what is due is not moved");
    }
    drop(turn);
}

/// Moves everything that is due, part by part, so that writers have their turn in between. `is_awaited`: an operation waits for it.
/// Only who has the turn does this.
async fn all(inner: &Arc<Inner>, is_awaited: &AtomicBool) -> Result<()> {
    let now = inner.clock.now();
    let mut first;
    loop {
        first = next(&Scope::read(inner, None, NAME).await?).await?;
        if first > now.0 {
            break;
        }
        // While nobody can change the book it is read as it is: what is due is moved by the first read after that.
        let Some(mut scope) = Scope::write_unless_closed(inner, None, NAME).await? else {
            return Ok(());
        };
        match batch(&scope).await {
            Ok(0) => {
                scope.rollback().await;
                break;
            }
            Ok(_) => {
                scope.is_awaited = is_awaited.load(Ordering::Relaxed);
                keep(inner, scope).await?;
            }
            Err(error) => {
                scope.rollback().await;
                return Err(error);
            }
        }
    }
    inner.next_due.store(first.min(now.0.saturating_add(5_000)), Ordering::Relaxed);
    Ok(())
}

/// Commits what was moved. A read that is under way meanwhile may have been answered from before it, and asks again.
async fn keep(inner: &Inner, scope: Scope) -> Result<()> {
    let is_counted = scope.is_awaited;
    let count = || {
        if is_counted {
            inner.moves.fetch_add(1, Ordering::SeqCst);
        }
    };
    count();
    let kept = scope.commit().await;
    count();
    kept.map_err(|error| match error {
        // What was moved is seen by looking again. Of the operation that comes after this, nothing was begun.
        Error::Uncertain(error) => Error::Broken(error),
        error => error,
    })
}

/// Whether more is due than an operation waits for. Counted no further than that.
async fn is_much(scope: &Scope) -> Result<bool> {
    let now = scope.now.0;
    for (table, column, before) in [
        ("license", "due_at", now),
        ("subscription", "due_at", now),
        ("invoice", "due_at", now),
        ("customer", "deleted_at", now.saturating_sub(purge::KEPT)),
    ] {
        if scope.number(&counting(table, column), vec![before.into()]).await? > AWAITED {
            return Ok(true);
        }
    }
    Ok(false)
}

fn counting(table: &str, column: &str) -> String {
    let most = AWAITED + 1;
    format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM {table} WHERE {column} <= ? LIMIT {most}) AS found")
}

/// The next instant at which something falls due.
async fn next(scope: &Scope) -> Result<i64> {
    let sql = "SELECT MIN(due_at) FROM (
        SELECT MIN(due_at) AS due_at FROM license WHERE due_at IS NOT NULL
        UNION ALL SELECT MIN(due_at) FROM subscription WHERE due_at IS NOT NULL
        UNION ALL SELECT MIN(due_at) FROM invoice WHERE due_at IS NOT NULL
        UNION ALL SELECT MIN(deleted_at) + ? FROM customer WHERE deleted_at IS NOT NULL) AS due";
    let found = match scope.row(sql, vec![purge::KEPT.into()]).await? {
        Some(row) => row.try_get_by_index::<Option<i64>>(0)?,
        None => None,
    };
    Ok(found.unwrap_or(i64::MAX))
}

/// Records that are due.
struct Due {
    licenses: Vec<license::Model>,
    subscriptions: Vec<subscription::Model>,
    invoices: Vec<invoices::Model>,
}

impl Due {
    /// Moves them; answers with how many. Their customers are held.
    async fn moved(self, scope: &Scope) -> Result<usize> {
        let Self {
            licenses,
            subscriptions,
            invoices,
        } = self;
        let moved = licenses.len() + subscriptions.len() + invoices.len();
        for row in licenses {
            expire(scope, row).await?;
        }
        for row in subscriptions {
            subscription_falls_due(scope, row).await?;
        }
        for mut row in invoices {
            invoice::settle(scope, &mut row);
            invoice::store(scope, &mut row).await?;
            let fields = vec![("is_overdue".to_owned(), Some(json!(false)), Some(json!(true)))];
            scope.log(invoice::entry(&row, fields));
        }
        Ok(moved)
    }
}

/// Some of what is due, of all customers or of some.
async fn due(scope: &Scope, customers: Option<&[uuid::Uuid]>) -> Result<Due> {
    let now = scope.now.0;
    fn of(owner: impl ColumnTrait, customers: Option<&[uuid::Uuid]>) -> Condition {
        Condition::all().add_option(customers.map(|customers| owner.is_in(customers.iter().copied())))
    }
    let licenses = license::Entity::find()
        .filter(license::Column::DueAt.lte(now))
        .filter(of(license::Column::CustomerId, customers))
        .order_by_asc(license::Column::DueAt)
        .order_by_asc(license::Column::Id)
        .limit(BATCH)
        .all(scope)
        .await?;
    let subscriptions = subscription::Entity::find()
        .filter(subscription::Column::DueAt.lte(now))
        .filter(of(subscription::Column::CustomerId, customers))
        .order_by_asc(subscription::Column::DueAt)
        .order_by_asc(subscription::Column::Id)
        .limit(BATCH)
        .all(scope)
        .await?;
    let invoices = invoices::Entity::find()
        .filter(invoices::Column::DueAt.lte(now))
        .filter(of(invoices::Column::CustomerId, customers))
        .order_by_asc(invoices::Column::DueAt)
        .order_by_asc(invoices::Column::Id)
        .limit(BATCH)
        .all(scope)
        .await?;
    Ok(Due {
        licenses,
        subscriptions,
        invoices,
    })
}

/// Moves some of what is due; answers with how many.
pub async fn batch(scope: &Scope) -> Result<usize> {
    crate::db::serialize(scope, NAME).await?;
    let _moving = scope.moving();
    // First: what is removed for good must not be moved afterwards.
    let removed = purge::batch(scope).await?;
    let found = due(scope, None).await?;
    // In the order of their keys, so that two desks cannot wait for each other in a circle.
    let mut customers: Vec<_> = found.licenses.iter().map(|row| row.customer_id).collect();
    customers.extend(found.subscriptions.iter().map(|row| row.customer_id));
    customers.extend(found.invoices.iter().map(|row| row.customer_id));
    customers.sort_unstable();
    customers.dedup();
    for customer in &customers {
        scope.touch(*customer).await?;
    }
    // Again: it may have changed while the locks were waited for.
    let found = due(scope, Some(&customers)).await?;
    Ok(removed + found.moved(scope).await?)
}

async fn expire(scope: &Scope, row: license::Model) -> Result<()> {
    let (id, customer, version) = (row.id, row.customer_id, row.version + 1);
    let key = contract::license_key::masked(&row.key);
    let mut row = row.into_active_model();
    row.status = Set("expired".to_owned());
    row.due_at = Set(None);
    row.version = Set(version);
    row.updated_at = Set(scope.now.0);
    row.update(scope).await?;
    log(
        scope,
        Noun::License,
        id,
        key,
        customer,
        version,
        ("status", json!("active"), json!("expired")),
    );
    Ok(())
}

async fn subscription_falls_due(scope: &Scope, mut row: subscription::Model) -> Result<()> {
    let over_at = row
        .ends_on
        .filter(|_| row.cancel_at_period_end)
        .map(|day| zone::start_of(scope.zone, day))
        .filter(|end| *end <= scope.now);
    let after = if over_at.is_some() { "canceled" } else { "active" };
    if over_at.is_some()
        && let Some(owner) = customers::Entity::find_by_id(row.customer_id).one(scope).await?
    {
        // Once it is over nobody bills what had begun before.
        bill::as_far_as_possible(scope, &mut row, &owner).await?;
    }
    let (id, customer, version, before) = (row.id, row.customer_id, row.version + 1, row.status.clone());
    let plan = crate::plan::find(scope, row.plan_id.into()).await?;
    let mut row = subscription::Model {
        status: after.to_owned(),
        ended_at: over_at.map(|at| at.0),
        version,
        updated_at: scope.now.0,
        ..row
    };
    row.due_at = due_at(scope, &row).map(|at| at.0);
    row.into_active_model().reset_all().update(scope).await?;
    log(
        scope,
        Noun::Subscription,
        id,
        plan.name,
        customer,
        version,
        ("status", json!(before), json!(after)),
    );
    Ok(())
}

/// When the stored status of a subscription falls behind the clock.
pub fn due_at(scope: &Scope, row: &subscription::Model) -> Option<Timestamp> {
    due_in(scope.zone, row)
}

/// The same in a zone that is not the book's yet.
pub fn due_in(zone: chrono_tz::Tz, row: &subscription::Model) -> Option<Timestamp> {
    if row.status == "canceled" {
        return None;
    }
    let trial = row.trial_end.filter(|_| row.status == "trialing");
    let end = row.ends_on.filter(|_| row.cancel_at_period_end);
    trial.into_iter().chain(end).min().map(|day| zone::start_of(zone, day))
}

fn log(
    scope: &Scope,
    noun: Noun,
    id: uuid::Uuid,
    subject: String,
    customer: uuid::Uuid,
    version: i64,
    (field, before, after): (&str, serde_json::Value, serde_json::Value),
) {
    let fields = vec![(field.to_owned(), Some(before), Some(after))];
    scope.log(Entry {
        noun,
        id,
        subject,
        customer: Some(customer),
        version,
        fields,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::plan_of;

    #[tokio::test]
    async fn what_is_due_is_counted_in_its_index() {
        for (table, column, index) in [
            ("license", "due_at", "license_due"),
            ("subscription", "due_at", "subscription_due"),
            ("invoice", "due_at", "invoice_due"),
            ("customer", "deleted_at", "customer_deleted"),
        ] {
            let plan = plan_of(&counting(table, column), vec![0_i64.into()]).await;
            let search = format!("SEARCH {table} USING COVERING INDEX {index} ({column}<?)");
            assert!(plan.contains(&search), "{plan:?}");
        }
    }
}
