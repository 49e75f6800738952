//! The figures of one customer: recomputed from the customer's own records by every write that moves them, in the same
//! transaction. `figure.rs` adds the difference to the figures of the whole book.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    db,
    entity::{customer, customer_money, customer_summary},
    error::Result,
    figure::{self, Key},
    scope::Scope,
    zone,
};

/// Everything that is derived from the records of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub summary: customer_summary::Model,
    pub money: BTreeMap<String, customer_money::Model>,
    /// What the customer adds to the figures of the book.
    pub share: BTreeMap<Key, i64>,
}

/// Counts of one customer, in the order of the columns of `customer_summary`.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub total_licenses: i64,
    pub active_licenses: i64,
    pub total_subscriptions: i64,
    pub active_subscriptions: i64,
    pub total_domains: i64,
    pub total_invoices: i64,
    pub outstanding_invoices: i64,
    pub overdue_invoices: i64,
    pub last_payment_date: Option<NaiveDate>,
    /// Active licenses by plan.
    pub plans: BTreeMap<Uuid, i64>,
    /// Payments less refunds by currency and day.
    pub received: BTreeMap<(String, NaiveDate), i64>,
}

/// The figures that follow from counts and money; the same rule for one customer and for the check of the whole book.
pub fn derive(
    customer: &customer::Model,
    counts: Counts,
    money: BTreeMap<String, customer_money::Model>,
    currency: &str,
    zone: chrono_tz::Tz,
) -> Figures {
    let own = money.get(currency);
    let summary = customer_summary::Model {
        customer_id: customer.id,
        created_at: customer.created_at,
        total_licenses: counts.total_licenses,
        active_licenses: counts.active_licenses,
        total_subscriptions: counts.total_subscriptions,
        active_subscriptions: counts.active_subscriptions,
        total_domains: counts.total_domains,
        total_invoices: counts.total_invoices,
        outstanding_invoices: counts.outstanding_invoices,
        revenue: own.map_or(0, |own| own.paid - own.refunded),
        outstanding: own.map_or(0, |own| own.outstanding),
        last_payment_date: counts.last_payment_date,
    };
    let is_listed = !customer.is_admin && customer.deleted_at.is_none() && customer.archived_at.is_none();
    let joined = zone::day(zone, contract::Timestamp(customer.created_at));
    let share = if is_listed {
        figure::share(customer.is_active, joined, &summary, &counts, &money)
    } else {
        BTreeMap::new()
    };
    Figures { summary, money, share }
}

/// Computes the figures of a customer from the records as they are now. `None` if there is no such customer.
pub async fn compute(scope: &Scope, id: Uuid) -> Result<Option<Figures>> {
    let Some(customer) = customer::Entity::find_by_id(id).one(scope).await? else {
        return Ok(None);
    };
    let mut counts = Counts::default();
    for row in scope
        .rows("SELECT plan_id, status FROM license WHERE customer_id = ?", vec![id.into()])
        .await?
    {
        counts.total_licenses += 1;
        if row.try_get::<String>("", "status")? == "active" {
            counts.active_licenses += 1;
            *counts.plans.entry(row.try_get("", "plan_id")?).or_default() += 1;
        }
    }
    for row in scope
        .rows("SELECT status FROM subscription WHERE customer_id = ?", vec![id.into()])
        .await?
    {
        counts.total_subscriptions += 1;
        let is_active = matches!(row.try_get::<String>("", "status")?.as_str(), "trialing" | "active" | "past_due");
        counts.active_subscriptions += i64::from(is_active);
    }
    counts.total_domains = scope
        .number(
            "SELECT COUNT(*) FROM domain WHERE customer_id = ? AND deleted_at IS NULL",
            vec![id.into()],
        )
        .await?;

    let mut money: BTreeMap<String, customer_money::Model> = BTreeMap::new();
    let sql =
        "SELECT status, currency, total - paid - credited AS payable, is_overdue FROM invoice WHERE customer_id = ? AND status <> 'draft'";
    for row in scope.rows(sql, vec![id.into()]).await? {
        counts.total_invoices += 1;
        let payable: i64 = row.try_get("", "payable")?;
        if row.try_get::<String>("", "status")? != "open" || payable <= 0 {
            continue;
        }
        counts.outstanding_invoices += 1;
        let own = money_of(&mut money, id, row.try_get("", "currency")?);
        own.outstanding += payable;
        if row.try_get("", "is_overdue")? {
            own.overdue += payable;
            counts.overdue_invoices += 1;
        }
    }
    let amount = db::sum(scope, "amount");
    let sql = format!(
        "SELECT currency, received_on, COUNT(*) AS payments, {amount} AS amount FROM payment WHERE customer_id = ? AND status = 'succeeded'
         GROUP BY currency, received_on"
    );
    for row in scope.rows(&sql, vec![id.into()]).await? {
        let (currency, on, amount): (String, NaiveDate, i64) = (
            row.try_get("", "currency")?,
            row.try_get("", "received_on")?,
            row.try_get("", "amount")?,
        );
        counts.last_payment_date = counts.last_payment_date.max(Some(on));
        let own = money_of(&mut money, id, currency.clone());
        own.payments += row.try_get::<i64>("", "payments")?;
        own.paid += amount;
        *counts.received.entry((currency, on)).or_default() += amount;
    }
    for row in scope
        .rows(
            "SELECT currency, refunded_on, amount FROM refund WHERE customer_id = ?",
            vec![id.into()],
        )
        .await?
    {
        let (currency, on, amount): (String, NaiveDate, i64) = (
            row.try_get("", "currency")?,
            row.try_get("", "refunded_on")?,
            row.try_get("", "amount")?,
        );
        money_of(&mut money, id, currency.clone()).refunded += amount;
        *counts.received.entry((currency, on)).or_default() -= amount;
    }
    Ok(Some(derive(&customer, counts, money, &scope.book.currency, scope.zone)))
}

/// The money of a customer in a currency, nothing at first.
pub fn money_of(money: &mut BTreeMap<String, customer_money::Model>, customer_id: Uuid, currency: String) -> &mut customer_money::Model {
    money.entry(currency.clone()).or_insert(customer_money::Model {
        customer_id,
        currency,
        payments: 0,
        paid: 0,
        refunded: 0,
        outstanding: 0,
        overdue: 0,
    })
}

/// Writes the summary rows of a customer.
pub async fn store(scope: &Scope, id: Uuid, figures: Option<&Figures>) -> Result<()> {
    customer_money::Entity::delete_many()
        .filter(customer_money::Column::CustomerId.eq(id))
        .exec(scope)
        .await?;
    let Some(figures) = figures else {
        customer_summary::Entity::delete_by_id(id).exec(scope).await?;
        return Ok(());
    };
    let columns =
        <customer_summary::Column as sea_orm::Iterable>::iter().filter(|column| !matches!(column, customer_summary::Column::CustomerId));
    customer_summary::Entity::insert(customer_summary::ActiveModel::from(figures.summary.clone()).reset_all())
        .on_conflict(
            OnConflict::column(customer_summary::Column::CustomerId)
                .update_columns(columns)
                .to_owned(),
        )
        .exec_without_returning(scope)
        .await?;
    let money: Vec<customer_money::ActiveModel> = figures.money.values().cloned().map(customer_money::ActiveModel::from).collect();
    if !money.is_empty() {
        customer_money::Entity::insert_many(money).exec_without_returning(scope).await?;
    }
    Ok(())
}
