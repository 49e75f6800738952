//! What falls due by itself: stored states move with the clock, before the first read that could see them behind it.
//!
//! A license ends, a trial or a canceled period is over, an invoice becomes overdue, a deleted customer is removed for
//! good. Each is an entry of the change log without an actor.

mod purge;

use std::sync::{Arc, atomic::Ordering};

use contract::{Noun, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

use crate::{
    app::Inner,
    change::Entry,
    entity::{customer, invoice as invoices, license, subscription},
    error::{Error, Result},
    invoice,
    scope::Scope,
    subscription::bill,
    zone,
};

/// Records that one transaction moves.
const BATCH: u64 = 200;

/// Brings stored states up to the clock, as far as the book takes changes.
pub async fn catch_up(inner: &Arc<Inner>) -> Result<()> {
    let now = inner.clock.now();
    // A write elsewhere can bring the next instant nearer, so what was read counts for five seconds.
    let known = inner.next_due.load(Ordering::Relaxed);
    if known > now.0 {
        return Ok(());
    }
    // Looked up before the write lock is asked for: a read must not wait for a writer when nothing is due.
    let first = next(&Scope::read(inner, None, "fall_due").await?).await?;
    if first > now.0 {
        inner.next_due.store(first.min(now.0.saturating_add(5_000)), Ordering::Relaxed);
        return Ok(());
    }
    loop {
        // While nobody can change the book it is read as it is: what is due is moved by the first read after that.
        let Some(scope) = Scope::write_unless_closed(inner, None, "fall_due").await? else {
            return Ok(());
        };
        match batch(&scope).await {
            Ok(0) => {
                scope.rollback().await;
                break;
            }
            Ok(_) => scope.commit().await.map_err(|error| match error {
                // What was moved is seen by looking again. Of the operation that comes after this, nothing was begun.
                Error::Uncertain(error) => Error::Broken(error),
                error => error,
            })?,
            Err(error) => {
                scope.rollback().await;
                return Err(error);
            }
        }
    }
    let further = next(&Scope::read(inner, None, "fall_due").await?).await?;
    inner.next_due.store(further.min(now.0.saturating_add(5_000)), Ordering::Relaxed);
    Ok(())
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
    crate::db::serialize(scope, "fall_due").await?;
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
    let Due {
        licenses,
        subscriptions,
        invoices,
    } = due(scope, Some(&customers)).await?;
    let moved = removed + licenses.len() + subscriptions.len() + invoices.len();
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
        && let Some(owner) = customer::Entity::find_by_id(row.customer_id).one(scope).await?
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
