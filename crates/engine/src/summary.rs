//! The figures of one customer: recomputed from the customer's own records by every write that moves them, in the same
//! transaction. `figure.rs` adds the difference to the figures of the whole book.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use crate::{
    db,
    entity::{customer, customer_money, customer_summary},
    error::{Error, Result},
    figure::{self, Key},
    scope::Scope,
    stats::billed,
    zone,
};

/// Where a customer is shown: in the list,
pub const LISTED: i64 = 0;
/// in the archive,
pub const ARCHIVED: i64 = 1;
/// or in neither, as administrators and deleted ones.
const HIDDEN: i64 = 2;

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
    /// Months in which there was a payment, by currency and their first day.
    pub paid_in: BTreeSet<(String, NaiveDate)>,
    /// What of the payments pays invoices, by currency.
    pub allocated: BTreeMap<String, i64>,
    /// What was billed by currency, day and plan: without tax, and by how many documents.
    pub billed: BTreeMap<(String, NaiveDate, Option<Uuid>), (i64, i64)>,
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
    let place = if customer.is_admin || customer.deleted_at.is_some() {
        HIDDEN
    } else if customer.archived_at.is_some() {
        ARCHIVED
    } else {
        LISTED
    };
    let summary = customer_summary::Model {
        customer_id: customer.id,
        created_at: customer.created_at,
        place,
        is_active: customer.is_active,
        full_name_key: customer.full_name_key.clone(),
        email_key: customer.email_key.clone(),
        company_name_key: customer.company_name_key.clone(),
        search_text: customer.search_text.clone(),
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
    let joined = zone::day(zone, contract::Timestamp(customer.created_at));
    let mut share = if place == LISTED {
        figure::share(customer.is_active, joined, &summary, &counts, &money)
    } else {
        BTreeMap::new()
    };
    // As the list of what was billed has it: of administrators, too.
    if customer.deleted_at.is_none() && customer.archived_at.is_none() {
        share.extend(figure::share_of_billed(&counts));
    }
    Figures { summary, money, share }
}

/// Kinds of records that [`records`] asks for, each by the customer.
const RECORDS: usize = 9;

/// What the records of a customer come to, by their kind, plan, currency and day. One query, because each is a way to the database
/// and back, and every write asks this twice.
fn records(connection: &impl ConnectionTrait) -> String {
    let sum = |expression: &str| db::sum(connection, expression);
    let sum_if = |condition: &str, amount: &str| sum(&format!("CASE WHEN {condition} THEN {amount} ELSE 0 END"));
    let (payable, none) = ("total - paid - credited", "CAST(0 AS BIGINT)");
    let (open, late) = (
        format!("status = 'open' AND {payable} > 0"),
        format!("status = 'open' AND {payable} > 0 AND is_overdue"),
    );
    // Nothing of a type, where a kind has no such thing: a server goes by the first row.
    let (no_plan, no_currency, no_day) = ("CAST(NULL AS UUID)", "CAST(NULL AS TEXT)", "CAST(NULL AS DATE)");
    let amount = sum("amount");
    let of_documents = |documents: &str| {
        format!(
            "SELECT 'billed', b.plan_id, b.currency, b.issued_on, COUNT(*), {none}, {}, {none}, {none}
             FROM (SELECT d.currency AS currency, d.issued_on AS issued_on, d.net AS net, {} AS plan_id FROM ({documents}) AS d {}) AS b
             GROUP BY b.plan_id, b.currency, b.issued_on",
            sum("b.net"),
            billed::PLAN,
            db::APART
        )
    };
    let parts: [String; RECORDS] = [
        format!(
            "SELECT 'license' AS what, plan_id, {no_currency} AS currency, {no_day} AS day, COUNT(*) AS all_of_them,
                 {} AS open_ones, {none} AS amount, {none} AS late_ones, {none} AS late_amount
             FROM license WHERE customer_id = ? GROUP BY plan_id",
            sum_if("status = 'active'", "1")
        ),
        format!(
            "SELECT 'subscription', {no_plan}, {no_currency}, {no_day}, COUNT(*), {}, {none}, {none}, {none}
             FROM subscription WHERE customer_id = ?",
            sum_if("status IN ('trialing', 'active', 'past_due')", "1")
        ),
        format!(
            "SELECT 'domain', {no_plan}, {no_currency}, {no_day}, COUNT(*), {none}, {none}, {none}, {none}
             FROM domain WHERE customer_id = ? AND deleted_at IS NULL"
        ),
        format!(
            "SELECT 'invoice', {no_plan}, currency, {no_day}, COUNT(*), {}, {}, {}, {}
             FROM invoice WHERE customer_id = ? AND status <> 'draft' GROUP BY currency",
            sum_if(&open, "1"),
            sum_if(&open, payable),
            sum_if(&late, "1"),
            sum_if(&late, payable)
        ),
        format!(
            "SELECT 'payment', {no_plan}, currency, received_on, COUNT(*), {none}, {amount}, {none}, {none}
             FROM payment WHERE customer_id = ? AND status = 'succeeded' GROUP BY currency, received_on"
        ),
        format!(
            "SELECT 'refund', {no_plan}, currency, refunded_on, COUNT(*), {none}, {amount}, {none}, {none}
             FROM refund WHERE customer_id = ? GROUP BY currency, refunded_on"
        ),
        format!(
            "SELECT 'allocation', {no_plan}, p.currency, {no_day}, COUNT(*), {none}, {}, {none}, {none}
             FROM payment p JOIN allocation a ON a.payment_id = p.id WHERE p.customer_id = ? AND p.status = 'succeeded' GROUP BY p.currency",
            sum("a.amount")
        ),
        of_documents(&billed::invoices("t.customer_id = ?")),
        of_documents(&billed::credit_notes("t.customer_id = ?")),
    ];
    parts.join(" UNION ALL ")
}

/// Computes the figures of a customer from the records as they are now. `None` if there is no such customer.
pub async fn compute(scope: &Scope, id: Uuid) -> Result<Option<Figures>> {
    let Some(customer) = customer::Entity::find_by_id(id).one(scope).await? else {
        return Ok(None);
    };
    let mut counts = Counts::default();
    let mut money: BTreeMap<String, customer_money::Model> = BTreeMap::new();
    for row in scope.rows(&records(scope), vec![Value::from(id); RECORDS]).await? {
        let number = |column: &str| row.try_get::<i64>("", column);
        let (all, open, amount) = (number("all_of_them")?, number("open_ones")?, number("amount")?);
        match row.try_get::<String>("", "what")?.as_str() {
            "license" => {
                counts.total_licenses += all;
                counts.active_licenses += open;
                if open > 0 {
                    counts.plans.insert(row.try_get("", "plan_id")?, open);
                }
            }
            "subscription" => {
                counts.total_subscriptions = all;
                counts.active_subscriptions = open;
            }
            "domain" => counts.total_domains = all,
            "invoice" => {
                counts.total_invoices += all;
                counts.outstanding_invoices += open;
                counts.overdue_invoices += number("late_ones")?;
                if open > 0 {
                    let own = money_of(&mut money, id, row.try_get("", "currency")?);
                    own.outstanding += amount;
                    own.overdue += number("late_amount")?;
                }
            }
            "payment" => {
                let (currency, on): (String, NaiveDate) = (row.try_get("", "currency")?, row.try_get("", "day")?);
                counts.last_payment_date = counts.last_payment_date.max(Some(on));
                let own = money_of(&mut money, id, currency.clone());
                own.payments += all;
                own.paid += amount;
                counts.paid_in.insert((currency.clone(), zone::month_of(on)));
                *counts.received.entry((currency, on)).or_default() += amount;
            }
            "refund" => {
                let (currency, on): (String, NaiveDate) = (row.try_get("", "currency")?, row.try_get("", "day")?);
                money_of(&mut money, id, currency.clone()).refunded += amount;
                *counts.received.entry((currency, on)).or_default() -= amount;
            }
            "allocation" => {
                counts.allocated.insert(row.try_get("", "currency")?, amount);
            }
            "billed" => {
                let (currency, day): (String, NaiveDate) = (row.try_get("", "currency")?, row.try_get("", "day")?);
                let own = counts.billed.entry((currency, day, row.try_get("", "plan_id")?)).or_default();
                *own = (own.0 + amount, own.1 + all);
            }
            other => return Err(Error::Fault(format!("{other} is no kind of record"))),
        }
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

/// The columns of a summary that `store` writes, after `seq` and `customer_id`.
const COLUMNS: [&str; 17] = [
    "created_at",
    "place",
    "is_active",
    "full_name_key",
    "email_key",
    "company_name_key",
    "search_text",
    "total_licenses",
    "active_licenses",
    "total_subscriptions",
    "active_subscriptions",
    "total_domains",
    "total_invoices",
    "outstanding_invoices",
    "revenue",
    "outstanding",
    "last_payment_date",
];

/// Summaries of one statement.
const AT_ONCE: usize = 250;

/// The values of [`COLUMNS`].
fn values(row: &customer_summary::Model) -> [Value; 17] {
    [
        row.created_at.into(),
        row.place.into(),
        row.is_active.into(),
        row.full_name_key.as_str().into(),
        row.email_key.as_str().into(),
        row.company_name_key.clone().into(),
        row.search_text.as_str().into(),
        row.total_licenses.into(),
        row.active_licenses.into(),
        row.total_subscriptions.into(),
        row.active_subscriptions.into(),
        row.total_domains.into(),
        row.total_invoices.into(),
        row.outstanding_invoices.into(),
        row.revenue.into(),
        row.outstanding.into(),
        row.last_payment_date.into(),
    ]
}

/// Writes the summary rows of a customer and keeps the search index beside them. `before` is what they held; nothing, of a new one.
pub async fn store(scope: &Scope, id: Uuid, before: Option<&Figures>, figures: Option<&Figures>) -> Result<()> {
    let searched = |figures: &Figures| (figures.summary.place == LISTED).then(|| figures.summary.search_text.clone());
    let (old, new) = (before.and_then(searched), figures.and_then(searched));
    let moves = old != new;
    if moves && old.is_some() {
        db::leave_index(scope, id).await?;
    }
    if before.is_some() {
        customer_money::Entity::delete_many()
            .filter(customer_money::Column::CustomerId.eq(id))
            .exec(scope)
            .await?;
    }
    let Some(figures) = figures else {
        customer_summary::Entity::delete_by_id(id).exec(scope).await?;
        return Ok(());
    };
    let marks = vec!["?"; COLUMNS.len()].join(", ");
    let updates = COLUMNS.map(|column| format!("{column} = excluded.{column}")).join(", ");
    let sql = format!(
        "INSERT INTO customer_summary (seq, customer_id, {}) SELECT c.seq, c.id, {marks} FROM customer c WHERE c.id = ?
         ON CONFLICT (customer_id) DO UPDATE SET {updates}",
        COLUMNS.join(", ")
    );
    let values = values(&figures.summary).into_iter().chain([id.into()]).collect();
    scope.execute_sql(&sql, values).await?;
    if let Some(text) = new.filter(|_| moves) {
        db::enter_index(scope, id, &text).await?;
    }
    let money: Vec<customer_money::ActiveModel> = figures.money.values().cloned().map(customer_money::ActiveModel::from).collect();
    if !money.is_empty() {
        customer_money::Entity::insert_many(money).exec_without_returning(scope).await?;
    }
    Ok(())
}

/// Writes the summaries of customers that have none yet, between `begin_load` and `end_load`, which makes the search index.
pub async fn store_new(connection: &impl ConnectionTrait, rows: &[customer_summary::Model]) -> Result<()> {
    let last = "SELECT COALESCE(MAX(seq), 0) FROM customer_summary";
    let last: i64 = match connection.query_one_raw(db::statement(connection, last, Vec::new())).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    let mut numbers = BTreeMap::new();
    let new = "SELECT id, seq FROM customer WHERE seq > ?";
    for row in connection.query_all_raw(db::statement(connection, new, vec![last.into()])).await? {
        numbers.insert(row.try_get::<Uuid>("", "id")?, row.try_get::<i64>("", "seq")?);
    }
    let mut texts = Vec::with_capacity(rows.len());
    let marks = format!("({})", vec!["?"; COLUMNS.len() + 2].join(", "));
    for some in rows.chunks(AT_ONCE) {
        let mut given = Vec::with_capacity(some.len() * (COLUMNS.len() + 2));
        for row in some {
            let seq = *numbers
                .get(&row.customer_id)
                .ok_or_else(|| Error::Fault(format!("{} is no new customer", row.customer_id)))?;
            given.extend([seq.into(), row.customer_id.into()]);
            given.extend(values(row));
            if row.place == LISTED {
                texts.push((seq, row.search_text.as_str()));
            }
        }
        let sql = format!(
            "INSERT INTO customer_summary (seq, customer_id, {}) VALUES {}",
            COLUMNS.join(", "),
            vec![marks.as_str(); some.len()].join(", ")
        );
        connection.execute_raw(db::statement(connection, &sql, given)).await?;
    }
    db::enter_many(connection, &texts).await?;
    Ok(())
}
