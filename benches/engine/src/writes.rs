//! Writes that survive a power cut, beside the hash of the password and the same rows written through C; and lists while a
//! large write runs.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::{raw::Raw, report::Report, side::Sides, timing::Times};

const RUNS: usize = 30;
/// The number of the first row that is written through C; those of the book are far below.
const FIRST: usize = 2_000_000_000;

pub fn measure(sides: &Sides, book: &Path, report: &mut Report) -> Result<()> {
    create(sides, report)?;
    fluent(sides, book, report)
}

fn create(sides: &Sides, report: &mut Report) -> Result<()> {
    let unique = std::time::UNIX_EPOCH.elapsed()?.as_micros();
    let limit = Limit::new(&sides.raw)?;
    let (mut ours, mut hash, mut raw) = (Times::default(), Times::default(), Times::default());
    for number in 0..RUNS {
        let new =
            json!({ "email": format!("bench{unique}.{number}@example.com"), "full_name": "Bench Mark", "password": "eight characters" });
        let made = ours.take(|| sides.desk.call("create_customer", &new))?;
        hash.take(|| sides.desk.runtime.block_on(sides.desk.app.hash("eight characters")))
            .map_err(anyhow::Error::msg)?;
        raw.take(|| limit.write(number))?;
        let made: serde_json::Value = serde_json::from_str(&made)?;
        sides
            .desk
            .call("delete_customer", &json!({ "id": made["id"], "version": made["version"] }))?;
    }
    clear(&sides.raw)?;
    let both = Times(hash.0.iter().zip(&raw.0).map(|(hash, raw)| hash + raw).collect());
    report.row("create a customer, durable", &ours, Some((&both, 1.1)));
    report.row("of it: the hash of the password", &hash, None);
    report.row("of it: the rows through C", &raw, None);
    Ok(())
}

/// What creating a customer writes, through C, into tables of the same shape beside the real ones.
struct Limit<'a> {
    raw: &'a Raw,
    source: i64,
}

const CLONED: [&str; 2] = ["customer", "change"];

impl<'a> Limit<'a> {
    fn new(raw: &'a Raw) -> Result<Self> {
        raw.run("PRAGMA foreign_keys = OFF")?;
        // What a run has left that was killed.
        clear(raw)?;
        for table in CLONED {
            raw.run(&format!(
                "CREATE TABLE IF NOT EXISTS bench_{table} AS SELECT * FROM {table} LIMIT 0"
            ))?;
        }
        raw.run(
            "CREATE TABLE IF NOT EXISTS bench_value AS SELECT * FROM change_value LIMIT 0;
             CREATE UNIQUE INDEX IF NOT EXISTS bench_a ON bench_customer (id);
             CREATE UNIQUE INDEX IF NOT EXISTS bench_b ON bench_customer (email_key);
             CREATE UNIQUE INDEX IF NOT EXISTS bench_c ON bench_change (id);
             CREATE UNIQUE INDEX IF NOT EXISTS bench_d ON bench_change (number)",
        )?;
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

    fn write(&self, number: usize) -> Result<()> {
        let source = self.source;
        let seq = FIRST + number;
        let text = text(number);
        self.raw.run(&format!(
            "BEGIN IMMEDIATE;
             INSERT INTO bench_customer SELECT * FROM customer WHERE seq = {source};
             UPDATE bench_customer SET id = randomblob(16), email_key = 'bench{number}' WHERE seq = {source} AND email_key NOT LIKE 'bench%';
             INSERT INTO customer_summary (seq, customer_id, created_at, place, is_active, full_name_key, email_key, search_text, total_licenses,
                 active_licenses, total_subscriptions, active_subscriptions, total_domains, total_invoices, outstanding_invoices, revenue, outstanding)
             SELECT {seq}, randomblob(16), created_at, place, is_active, full_name_key, email_key, search_text, 0, 0, 0, 0, 0, 0, 0, 0, 0
             FROM customer_summary WHERE seq = {source};
             INSERT INTO customer_index (rowid, text) VALUES ({seq}, '{text}');
             INSERT INTO figure (kind, key, slot, amount) VALUES ('bench', 'a', 0, 1), ('bench', 'b', 0, 1)
                 ON CONFLICT (kind, key, slot) DO UPDATE SET amount = figure.amount + 1;
             INSERT INTO bench_change SELECT randomblob(16), {number}, at, actor_id, operation, noun, subject_id, customer_id, version, batch, undo_of,
                 commitment, hash FROM change LIMIT 1;
             INSERT INTO bench_value SELECT randomblob(16), position, field, before, after, salt FROM change_value LIMIT 6;
             COMMIT"
        ))
    }
}

/// The text of such a row in the index of the search, within quotes.
fn text(number: usize) -> String {
    format!("bench mark{0}{0}bench.{number}@example.com{0}{0}{0}{0}", "' || char(10) || '")
}

/// Takes away what was written through C.
fn clear(raw: &Raw) -> Result<()> {
    for table in ["customer", "change", "value", "large"] {
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
