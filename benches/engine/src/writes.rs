//! Writes that survive a power cut, beside the hash of the password and the same rows written through C; and lists while a
//! large write runs.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{raw::Raw, report::Report, side::Sides, timing::Times};

const RUNS: usize = 30;
/// The number of the first row that is written through C; those of the book are far below.
const FIRST: usize = 2_000_000_000;

pub fn measure(sides: &Sides, book: &Path, report: &mut Report) -> Result<()> {
    create_and_sell(sides, report)?;
    fluent(sides, book, report)
}

fn create_and_sell(sides: &Sides, report: &mut Report) -> Result<()> {
    let unique = std::time::UNIX_EPOCH.elapsed()?.as_micros();
    let limit = Limit::new(&sides.raw)?;
    let plan = plan(sides)?;
    let (mut sold, mut raw_sold) = (Times::default(), Times::default());
    let (mut ours, mut hash, mut raw) = (Times::default(), Times::default(), Times::default());
    for number in 0..RUNS {
        let new =
            json!({ "email": format!("bench{unique}.{number}@example.com"), "full_name": "Bench Mark", "password": "eight characters" });
        let made = ours.take(|| sides.desk.call("create_customer", &new))?;
        hash.take(|| sides.desk.runtime.block_on(sides.desk.app.hash("eight characters")))
            .map_err(anyhow::Error::msg)?;
        let rows = limit.created(number)?;
        raw.take(|| sides.raw.run(&rows))?;
        let made: Value = serde_json::from_str(&made)?;
        let new =
            json!({ "customer_id": made["id"], "plan_id": plan, "billing_cycle": "monthly", "trial_days": 14, "create_license": true });
        sold.take(|| sides.desk.call("create_subscription", &new))?;
        let rows = limit.sold(number)?;
        raw_sold.take(|| sides.raw.run(&rows))?;
        take_back(sides, &made)?;
    }
    clear(&sides.raw)?;
    let both = Times(hash.0.iter().zip(&raw.0).map(|(hash, raw)| hash + raw).collect());
    report.row("create a customer, durable", &ours, Some((&both, 1.1)));
    report.row("of it: the hash of the password", &hash, None);
    report.row("of it: the rows through C", &raw, None);
    report.row("start a subscription with a license, durable", &sold, Some((&raw_sold, 1.5)));
    Ok(())
}

/// A plan that is sold by the month.
fn plan(sides: &Sides) -> Result<Value> {
    let plans: Value = serde_json::from_str(&sides.desk.call("list_plans", &json!({ "is_active": true }))?)?;
    let mut plans = plans["items"].as_array().into_iter().flatten();
    let monthly = plans.find(|plan| plan["price_monthly"].is_i64());
    monthly.map(|plan| plan["id"].clone()).context("no plan is sold by the month")
}

/// Ends what was begun with a customer who was made here, and deletes the customer.
fn take_back(sides: &Sides, customer: &Value) -> Result<()> {
    let licenses = sides.desk.call("list_licenses", &json!({ "customer_id": customer["id"] }))?;
    let licenses: Value = serde_json::from_str(&licenses)?;
    // With its subscription.
    sides.desk.call("cancel_license", &json!({ "id": licenses["items"][0]["id"] }))?;
    let delete = json!({ "id": customer["id"], "version": customer["version"] });
    sides.desk.call("delete_customer", &delete).map(|_| ())
}

/// What creating a customer writes, through C, into tables of the same shape beside the real ones.
struct Limit<'a> {
    raw: &'a Raw,
    source: i64,
}

const CLONED: [&str; 6] = ["customer", "subscription", "recurring", "license", "change", "change_value"];

/// What makes a table, or an index of it, for the one beside the real one.
fn cloned(sql: &str, table: &str) -> String {
    sql.replacen(&format!("TABLE {table} "), &format!("TABLE bench_{table} "), 1)
        .replacen("INDEX ", "INDEX bench_", 1)
        .replacen(&format!(" ON {table} "), &format!(" ON bench_{table} "), 1)
}

impl<'a> Limit<'a> {
    fn new(raw: &'a Raw) -> Result<Self> {
        raw.run("PRAGMA foreign_keys = OFF")?;
        // What a run has left that was killed.
        clear(raw)?;
        for table in CLONED {
            let sql = format!(
                "SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
            );
            for sql in raw.prepare(&sql)?.texts()?.into_iter().flatten().flatten() {
                raw.run(&cloned(&sql, table))?;
            }
        }
        let source = raw
            .prepare("SELECT CAST(MIN(seq) AS TEXT) FROM customer_summary WHERE place = 0")?
            .texts()?;
        let source = source
            .into_iter()
            .flatten()
            .flatten()
            .next()
            .context("the book is empty")?
            .parse()?;
        Ok(Self { raw, source })
    }

    /// The columns of a table, some of them with values of their own.
    fn columns(&self, table: &str, own: &[(&str, &str)]) -> Result<String> {
        let sql = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
        let columns = self.raw.prepare(&sql)?.texts()?;
        let columns = columns.into_iter().flatten().flatten();
        let values = columns.map(|column| match own.iter().find(|(name, _)| *name == column) {
            Some((_, value)) => (*value).to_owned(),
            None => column,
        });
        Ok(values.collect::<Vec<_>>().join(", "))
    }

    /// What starting a subscription with a license writes, for a customer who was written before.
    fn sold(&self, number: usize) -> Result<String> {
        let seq = FIRST + number;
        let id = format!("x'fe{number:030x}'");
        let key = format!("'{number:029}'");
        let subscription = self.columns("subscription", &[("id", id.as_str())])?;
        let license = self.columns(
            "license",
            &[("id", id.as_str()), ("key", key.as_str()), ("subscription_id", id.as_str())],
        )?;
        let recurring = self.columns("recurring", &[("subscription_id", id.as_str())])?;
        let change = changed(&id, seq, 8);
        Ok(format!(
            "BEGIN IMMEDIATE;
             INSERT INTO bench_subscription SELECT {subscription} FROM subscription LIMIT 1;
             INSERT INTO bench_recurring SELECT {recurring} FROM recurring LIMIT 1;
             INSERT INTO bench_license SELECT {license} FROM license LIMIT 1;
             UPDATE customer_summary SET total_licenses = 1, active_licenses = 1, total_subscriptions = 1, active_subscriptions = 1
             WHERE seq = {seq};
             INSERT INTO figure (kind, key, slot, amount) VALUES ('bench', 'a', 0, 1), ('bench', 'b', 0, 1), ('bench', 'c', 0, 1), ('bench', 'd', 0, 1)
                 ON CONFLICT (kind, key, slot) DO UPDATE SET amount = figure.amount + 1;
             {change};
             COMMIT"
        ))
    }

    /// What creating a customer writes.
    fn created(&self, number: usize) -> Result<String> {
        let source = self.source;
        let seq = FIRST + number;
        let text = text(number);
        // In order, as those of the book.
        let id = format!("x'ff{number:030x}'");
        let (own_seq, email) = (seq.to_string(), format!("'bench{number}'"));
        let customer = self.columns(
            "customer",
            &[("seq", own_seq.as_str()), ("id", id.as_str()), ("email_key", email.as_str())],
        )?;
        let change = changed(&id, number, 6);
        Ok(format!(
            "BEGIN IMMEDIATE;
             INSERT INTO bench_customer SELECT {customer} FROM customer WHERE seq = {source};
             INSERT INTO customer_summary (seq, customer_id, created_at, place, is_active, full_name_key, email_key, search_text, total_licenses,
                 active_licenses, total_subscriptions, active_subscriptions, total_domains, total_invoices, outstanding_invoices, revenue, outstanding)
             SELECT {seq}, {id}, created_at, place, is_active, full_name_key, email_key, search_text, 0, 0, 0, 0, 0, 0, 0, 0, 0
             FROM customer_summary WHERE seq = {source};
             INSERT INTO customer_index (rowid, text) VALUES ({seq}, '{text}');
             INSERT INTO figure (kind, key, slot, amount) VALUES ('bench', 'a', 0, 1), ('bench', 'b', 0, 1)
                 ON CONFLICT (kind, key, slot) DO UPDATE SET amount = figure.amount + 1;
             {change};
             COMMIT"
        ))
    }
}

/// An entry of the change log with so many values.
fn changed(id: &str, number: usize, values: usize) -> String {
    format!(
        "INSERT INTO bench_change SELECT {id}, {number}, at, actor_id, operation, noun, subject_id, customer_id, version, batch, undo_of,
             commitment, hash FROM change LIMIT 1;
         INSERT INTO bench_change_value SELECT {id}, ROW_NUMBER() OVER () - 1, field, before, after, salt
         FROM (SELECT v.* FROM change_value v CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) LIMIT {values});
         UPDATE chain_head SET hash = hash"
    )
}

/// The text of such a row in the index of the search, within quotes.
fn text(number: usize) -> String {
    format!("bench mark{0}{0}bench.{number}@example.com{0}{0}{0}{0}", "' || char(10) || '")
}

/// Takes away what was written through C.
fn clear(raw: &Raw) -> Result<()> {
    for table in CLONED.into_iter().rev().chain(["large"]) {
        raw.run(&format!("DROP TABLE IF EXISTS bench_{table}"))?;
    }
    raw.run("DELETE FROM figure WHERE kind = 'bench'")?;
    let left = raw
        .prepare(&format!("SELECT CAST(seq AS TEXT) FROM customer_summary WHERE seq >= {FIRST}"))?
        .texts()?;
    for seq in left.into_iter().flatten().flatten() {
        let text = text(seq.parse::<usize>()? - FIRST);
        raw.run(&format!(
            "BEGIN IMMEDIATE;
             INSERT INTO customer_index (customer_index, rowid, text) VALUES ('delete', {seq}, '{text}');
             DELETE FROM customer_summary WHERE seq = {seq};
             COMMIT"
        ))?;
    }
    Ok(())
}

/// Pages of the list while another connection writes for seconds in one transaction.
fn fluent(sides: &Sides, book: &Path, report: &mut Report) -> Result<()> {
    let request = json!({ "sort": "revenue", "descending": true });
    let (mut idle, mut busy) = (Times::default(), Times::default());
    for _ in 0..200 {
        idle.take(|| sides.desk.call("list_customers", &request))?;
    }
    let path = book.to_owned();
    let writer = std::thread::spawn(move || -> Result<()> {
        let raw = Raw::open(&path, true)?;
        raw.run("BEGIN IMMEDIATE; CREATE TABLE bench_large (a BLOB, b TEXT); CREATE INDEX bench_large_a ON bench_large (a)")?;
        raw.run(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)
             INSERT INTO bench_large SELECT randomblob(16), hex(randomblob(40)) FROM n; COMMIT",
        )?;
        raw.run("DROP TABLE bench_large")
    });
    while !writer.is_finished() {
        busy.take(|| sides.desk.call("list_customers", &request))?;
    }
    writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    report.row("a page while nobody writes", &idle, None);
    report.row("a page while a large write runs", &busy, None);
    report.goal(
        "p95 of a page while a large write runs, over p95 without",
        busy.at(95) / idle.at(95),
        2.0,
    );
    Ok(())
}
