//! Figures of the whole book, kept with the data: the dashboard reads a handful of rows, however many customers there are.
//!
//! Each customer has a share in the figures; a write books the difference between the share before and after it. A figure
//! is the sum over its slots: writers on a shared server use different ones and do not wait for each other.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::{Currency, Money};

use crate::{
    db,
    entity::{customer_money, customer_summary},
    error::Result,
    scope::Scope,
    summary::{Counts, Figures},
};

/// Kind and key of a figure.
pub type Key = (&'static str, String);

/// Customers by facet: `active licenses subscriptions outstanding`, each 0 or 1, as in `1101`.
pub const CUSTOMERS: &str = "customers";
/// Customers by the day on which they were made.
pub const JOINED: &str = "joined";
/// Active licenses, key `active`, and those of a plan, key its id.
pub const LICENSES: &str = "licenses";
/// Customers who paid in a currency.
pub const PAYING: &str = "paying";
/// Payments less refunds by currency.
pub const REVENUE: &str = "revenue";
/// The same by currency and day: `EUR 2026-11-22`.
pub const RECEIVED: &str = "received";
/// What of them pays invoices, by currency.
pub const ALLOCATED: &str = "allocated";
/// Open invoices with something left to pay, key `all` or `overdue`.
pub const OPEN_INVOICES: &str = "open_invoices";
/// What is left to pay on them by currency; and on the overdue ones.
pub const OUTSTANDING: &str = "outstanding";
/// What is left to pay on overdue invoices by currency.
pub const OVERDUE: &str = "overdue";

/// Customers who paid in a month, by currency, the month of their first payment, and that month: `EUR 2026-01 2026-11`.
pub const COHORT_PAYING: &str = "cohort_paying";
/// What they paid in it, less what they got back; the keys are the same.
pub const COHORT_PAID: &str = "cohort_paid";

/// Figures that one statement books.
const AT_ONCE: usize = 250;

/// What was billed without tax, less what was credited, by currency, day and plan: `EUR 2026-11-22` and, where there is a plan, after
/// a space its id.
pub const BILLED: &str = "billed";
/// Final invoices that are not void, and credit notes; the keys are the same.
pub const BILLED_DOCUMENTS: &str = "billed_documents";

/// Every kind.
const KINDS: &[&str] = &[
    CUSTOMERS,
    JOINED,
    LICENSES,
    PAYING,
    REVENUE,
    RECEIVED,
    ALLOCATED,
    OPEN_INVOICES,
    OUTSTANDING,
    OVERDUE,
    COHORT_PAYING,
    COHORT_PAID,
    BILLED,
    BILLED_DOCUMENTS,
];

/// The kind of a stored name.
pub fn kind(name: &str) -> Option<&'static str> {
    KINDS.iter().copied().find(|kind| *kind == name)
}

/// What a customer adds to the figures of the book.
pub fn share(
    is_active: bool,
    joined: NaiveDate,
    summary: &customer_summary::Model,
    counts: &Counts,
    money: &BTreeMap<String, customer_money::Model>,
) -> BTreeMap<Key, i64> {
    let mut share = BTreeMap::new();
    let mut put = |kind: &'static str, key: String, amount: i64| {
        if amount != 0 {
            *share.entry((kind, key)).or_insert(0) += amount;
        }
    };
    let facets = [
        is_active,
        summary.total_licenses > 0,
        summary.total_subscriptions > 0,
        summary.outstanding_invoices > 0,
    ];
    put(CUSTOMERS, facets.iter().map(|facet| if *facet { '1' } else { '0' }).collect(), 1);
    put(JOINED, joined.to_string(), 1);
    put(LICENSES, "active".to_owned(), summary.active_licenses);
    for (plan, licenses) in &counts.plans {
        put(LICENSES, plan.to_string(), *licenses);
    }
    put(OPEN_INVOICES, "all".to_owned(), summary.outstanding_invoices);
    put(OPEN_INVOICES, "overdue".to_owned(), counts.overdue_invoices);
    for (currency, own) in money {
        put(PAYING, currency.clone(), i64::from(own.payments > 0));
        put(REVENUE, currency.clone(), own.paid - own.refunded);
        put(OUTSTANDING, currency.clone(), own.outstanding);
        put(OVERDUE, currency.clone(), own.overdue);
    }
    for (currency, amount) in &counts.allocated {
        put(ALLOCATED, currency.clone(), *amount);
    }
    for ((currency, day), amount) in &counts.received {
        put(RECEIVED, format!("{currency} {day}"), *amount);
    }
    // The earliest month of each currency comes first.
    let mut first: BTreeMap<&str, NaiveDate> = BTreeMap::new();
    for (currency, month) in &counts.paid_in {
        let first = *first.entry(currency.as_str()).or_insert(*month);
        put(COHORT_PAYING, cohort(currency, first, *month), 1);
    }
    for ((currency, day), amount) in &counts.received {
        if let Some(first) = first.get(currency.as_str()) {
            put(COHORT_PAID, cohort(currency, *first, *day), *amount);
        }
    }
    share
}

/// What was billed to a customer, for the figures of the book.
pub fn share_of_billed(counts: &Counts) -> impl Iterator<Item = (Key, i64)> {
    let of_each = counts.billed.iter().flat_map(|((currency, day, plan), (net, documents))| {
        let plan = plan.map_or_else(String::new, |plan| format!(" {plan}"));
        let key = format!("{currency} {day}{plan}");
        [((BILLED, key.clone()), *net), ((BILLED_DOCUMENTS, key), *documents)]
    });
    of_each.filter(|(_, amount)| *amount != 0)
}

/// The key of a month of a cohort.
fn cohort(currency: &str, first: NaiveDate, day: NaiveDate) -> String {
    format!("{currency} {} {}", first.format("%Y-%m"), day.format("%Y-%m"))
}

/// Adds a share to a difference.
pub fn add(difference: &mut BTreeMap<Key, i64>, figures: Option<&Figures>) {
    for (key, amount) in figures.iter().flat_map(|figures| &figures.share) {
        *difference.entry(key.clone()).or_insert(0) += amount;
    }
}

/// Takes a share off a difference.
pub fn subtract(difference: &mut BTreeMap<Key, i64>, figures: Option<&Figures>) {
    for (key, amount) in figures.iter().flat_map(|figures| &figures.share) {
        *difference.entry(key.clone()).or_insert(0) -= amount;
    }
}

/// Books a difference. In the order of the keys, so that two writers cannot wait for each other in a circle.
pub async fn book(scope: &Scope, difference: &BTreeMap<Key, i64>) -> Result<()> {
    let moved: Vec<_> = difference.iter().filter(|(_, amount)| **amount != 0).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let slot = db::slot(scope).await?;
    for some in moved.chunks(AT_ONCE) {
        let marks = vec!["(?, ?, ?, ?)"; some.len()].join(", ");
        let sql = format!(
            "INSERT INTO figure (kind, key, slot, amount) VALUES {marks}
             ON CONFLICT (kind, key, slot) DO UPDATE SET amount = figure.amount + excluded.amount"
        );
        let values = some
            .iter()
            .flat_map(|((kind, key), amount)| [sea_orm::Value::from(*kind), key.as_str().into(), slot.into(), (**amount).into()])
            .collect();
        scope.execute_sql(&sql, values).await?;
    }
    Ok(())
}

/// The figures of some kinds. Those that are zero are missing.
pub async fn read(scope: &Scope, kinds: &[&'static str]) -> Result<BTreeMap<Key, i64>> {
    range(scope, kinds, "", "\u{10FFFF}").await
}

/// The figures of some kinds with a key in a range, the end excluded.
pub async fn range(scope: &Scope, kinds: &[&'static str], from: &str, to: &str) -> Result<BTreeMap<Key, i64>> {
    let marks = vec!["?"; kinds.len()].join(", ");
    let sql = format!(
        "SELECT kind, key, {} AS amount FROM figure WHERE kind IN ({marks}) AND key >= ? AND key < ? GROUP BY kind, key",
        db::sum(scope, "amount")
    );
    let mut values: Vec<sea_orm::Value> = kinds.iter().map(|kind| (*kind).into()).collect();
    values.extend([from.into(), to.into()]);
    let mut figures = BTreeMap::new();
    for row in scope.rows(&sql, values).await? {
        let amount: i64 = row.try_get("", "amount")?;
        if let Some(kind) = kind(&row.try_get::<String>("", "kind")?)
            && amount != 0
        {
            figures.insert((kind, row.try_get("", "key")?), amount);
        }
    }
    Ok(figures)
}

/// A query of all figures of some kinds, and of those of one more from a key on, as one JSON text. No value of it comes from
/// outside.
pub fn text(kinds: &[&'static str], from: Option<(&'static str, &str)>) -> String {
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    let more = from.map_or_else(String::new, |(kind, key)| {
        format!(" UNION ALL SELECT kind, key, amount FROM figure WHERE kind = '{kind}' AND key >= '{key}'")
    });
    format!(
        "(SELECT '[' || COALESCE(string_agg(format('[\"%s\",\"%s\",%s]', f.kind, f.key, f.amount), ','), '') || ']'
          FROM (SELECT k.kind, k.key, SUM(k.amount) AS amount
                FROM (SELECT kind, key, amount FROM figure WHERE kind IN ({}){more}) AS k GROUP BY k.kind, k.key) AS f)",
        kinds.join(", ")
    )
}

/// Reads that text.
pub fn parse(text: &str) -> Result<BTreeMap<Key, i64>> {
    let rows: Vec<(String, String, i64)> = serde_json::from_str(text)?;
    Ok(rows
        .into_iter()
        .filter(|(_, _, amount)| *amount != 0)
        .filter_map(|(name, key, amount)| kind(&name).map(|kind| ((kind, key), amount)))
        .collect())
}

/// One figure.
pub fn of(figures: &BTreeMap<Key, i64>, kind: &'static str, key: &str) -> i64 {
    figures.get(&(kind, key.to_owned())).copied().unwrap_or(0)
}

/// Customers whose facets match; `None` matches both.
pub fn customers(figures: &BTreeMap<Key, i64>, facets: [Option<bool>; 4]) -> i64 {
    let matches = |key: &str| {
        key.chars()
            .zip(facets)
            .all(|(found, wanted)| wanted.is_none_or(|wanted| (found == '1') == wanted))
    };
    figures
        .iter()
        .filter(|((kind, key), _)| *kind == CUSTOMERS && matches(key))
        .map(|(_, amount)| amount)
        .sum()
}

/// The amounts of a kind that is keyed by currency, the book's currency first.
pub fn money(scope: &Scope, figures: &BTreeMap<Key, i64>, kind: &'static str) -> Vec<Money> {
    let amounts = figures
        .iter()
        .filter(|((found, _), _)| *found == kind)
        .map(|((_, key), amount)| (key.as_str(), *amount));
    in_order(&scope.book.currency, amounts)
}

/// Amounts by currency as money, the book's currency first, the others by code.
pub fn in_order<'a>(first: &str, amounts: impl Iterator<Item = (&'a str, i64)>) -> Vec<Money> {
    let mut money: Vec<Money> = amounts
        .filter(|(_, amount)| *amount != 0)
        .filter_map(|(code, amount)| Currency::parse(code).map(|currency| Money::new(amount, currency)))
        .collect();
    money.sort_by_key(|money| (money.currency.code() != first, money.currency));
    money
}
