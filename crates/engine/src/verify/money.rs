//! Sums of money that must agree with each other.

use std::collections::{HashMap, HashSet};

use contract::{Noun, invoice::DocumentKind, money::scale, tax::RATE_UNIT};
use sea_orm::{EntityTrait, QueryResult};
use uuid::Uuid;

use super::{Finding, given_up, page, records::Part};
use crate::{billing, db, entity::invoice, error::Result, scope::Scope, watch::Watch};

pub async fn check(scope: &Scope, watch: &dyn Watch, findings: &mut Vec<Finding>) -> Result<()> {
    let sum = |expression: &str| db::sum(scope, expression);
    let checks = [
        (
            "invoice",
            "net",
            format!("SELECT {} FROM invoice_line l WHERE l.invoice_id = t.id", sum("l.net")),
        ),
        (
            "invoice",
            "paid",
            format!("SELECT {} FROM allocation a WHERE a.invoice_id = t.id", sum("a.amount")),
        ),
        (
            "invoice",
            "credited",
            format!("SELECT {} FROM credit_note n WHERE n.invoice_id = t.id", sum("n.total")),
        ),
        (
            "credit_note",
            "net",
            format!("SELECT {} FROM credit_note_line l WHERE l.credit_note_id = t.id", sum("l.net")),
        ),
        (
            "payment",
            "refunded",
            format!("SELECT {} FROM refund r WHERE r.payment_id = t.id", sum("r.amount")),
        ),
    ];
    for (table, column, expected) in checks {
        let sql = format!(
            "SELECT * FROM (SELECT t.id, ({expected}) AS expected, t.{column} AS found FROM {table} t WHERE t.id > ? AND t.id <= ?)
             AS compared WHERE expected <> found ORDER BY id"
        );
        for row in in_parts(scope, watch, table, &sql).await? {
            let (id, expected, found): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "expected")?, row.try_get("", "found")?);
            findings.push(Finding::new(table, id, column, expected, found));
        }
    }
    // By the invoice: what is written off of it so far.
    let sql = format!(
        "SELECT * FROM (SELECT t.id, CASE WHEN t.status = 'uncollectible' THEN t.total - t.paid - t.credited ELSE 0 END AS expected,
           (SELECT {} FROM write_off w WHERE w.invoice_id = t.id) AS found FROM invoice t WHERE t.id > ? AND t.id <= ?)
         AS compared WHERE expected <> found ORDER BY id",
        sum("w.amount")
    );
    for row in in_parts(scope, watch, "invoice", &sql).await? {
        let (id, expected, found): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "expected")?, row.try_get("", "found")?);
        findings.push(Finding::new("write_off", id, "amount", expected, found));
    }
    let sql = "SELECT invoice_id, CAST(MIN(by_then) AS BIGINT) AS found
               FROM (SELECT invoice_id, SUM(amount) OVER (PARTITION BY invoice_id ORDER BY written_on) AS by_then
                     FROM write_off WHERE invoice_id > ? AND invoice_id <= ?) AS summed
               WHERE by_then < 0 GROUP BY invoice_id ORDER BY invoice_id";
    for row in in_parts(scope, watch, "invoice", sql).await? {
        let (id, found): (Uuid, i64) = (row.try_get("", "invoice_id")?, row.try_get("", "found")?);
        findings.push(Finding::new("write_off", id, "written_on", "at least 0 on each day", found));
    }
    let sql = format!(
        "SELECT * FROM (SELECT t.id, t.amount - t.refunded AS most, (SELECT {} FROM allocation a WHERE a.payment_id = t.id) AS allocated
         FROM payment t WHERE t.id > ? AND t.id <= ?) AS compared WHERE allocated > most ORDER BY id",
        sum("a.amount")
    );
    for row in in_parts(scope, watch, "payment", &sql).await? {
        let (id, most, allocated): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "most")?, row.try_get("", "allocated")?);
        findings.push(Finding::new("payment", id, "allocated", format!("at most {most}"), allocated));
    }
    let sql = "SELECT id, total - credited AS most, paid FROM invoice
               WHERE id > ? AND id <= ? AND paid + credited > total AND status <> 'draft' ORDER BY id";
    for row in in_parts(scope, watch, "invoice", sql).await? {
        let (id, most, paid): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "most")?, row.try_get("", "paid")?);
        findings.push(Finding::new("invoice", id, "paid", format!("at most {most}"), paid));
    }
    taxes(scope, findings).await?;
    series(scope, findings).await
}

/// What a query finds in all parts of a table; each is asked for by itself.
async fn in_parts(scope: &Scope, watch: &dyn Watch, table: &str, sql: &str) -> Result<Vec<QueryResult>> {
    let (mut found, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let part = Part::of(scope, table, after).await?;
        found.extend(scope.rows(sql, part.values()).await?);
        if watch.is_canceled() {
            return Err(given_up());
        }
        if part.is_last() {
            return Ok(found);
        }
        after = part.through;
    }
}

/// The tax of an invoice is that of its groups, each rounded once.
async fn taxes(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let groups = format!(
        "SELECT invoice_id, tax_rate_micro, {} AS base FROM invoice_line WHERE invoice_id > ? AND invoice_id <= ?
         GROUP BY invoice_id, tax_category, tax_rate_micro",
        db::sum(scope, "net")
    );
    let mut after = Uuid::nil();
    loop {
        let rows = page(scope, invoice::Entity::find(), invoice::Column::Id, after).await?;
        let Some(through) = rows.last().map(|row| row.id) else {
            return Ok(());
        };
        let mut expected: HashMap<Uuid, i64> = HashMap::new();
        for group in scope.rows(&groups, Part { after, through }.values()).await? {
            let (base, rate): (i64, i64) = (group.try_get("", "base")?, group.try_get("", "tax_rate_micro")?);
            *expected.entry(group.try_get("", "invoice_id")?).or_default() += scale(base, rate, RATE_UNIT.into()).unwrap_or(0);
        }
        for row in rows {
            let expected = expected.remove(&row.id).unwrap_or(0);
            if expected != row.tax {
                findings.push(Finding::new("invoice", row.id, "tax", expected, row.tax));
            }
        }
        after = through;
    }
}

/// Each series has the numbers from its first to its last, each once. It begins at 1, or as the billing settings were once changed.
async fn series(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    for kind in DocumentKind::ALL {
        let sql = format!(
            "SELECT s.name, s.first_number, s.last_number, COUNT(d.series) AS documents,
               COALESCE(MIN(d.series_number), s.first_number) AS first, COALESCE(MAX(d.series_number), s.first_number - 1) AS last
             FROM invoice_series s LEFT JOIN {} d ON d.series = s.name WHERE s.kind = ? GROUP BY s.name, s.first_number, s.last_number",
            kind.as_str()
        );
        let said = said(scope, *kind).await?;
        for row in scope.rows(&sql, vec![kind.as_str().into()]).await? {
            let name: String = row.try_get("", "name")?;
            let of = format!("{} {name}", kind.as_str());
            let (begins, first): (i64, i64) = (row.try_get("", "first_number")?, row.try_get("", "first")?);
            let (counter, documents, last): (i64, i64, i64) = (
                row.try_get("", "last_number")?,
                row.try_get("", "documents")?,
                row.try_get("", "last")?,
            );
            if first < begins {
                findings.push(Finding::new(
                    "invoice_series",
                    of,
                    "first_number",
                    format!("at most {first}"),
                    begins,
                ));
                continue;
            }
            if counter != last || documents != last - begins + 1 {
                let expected = format!("{last}, of {} documents from {begins} on", last - begins + 1);
                let found = format!("{counter}, of {documents} documents");
                findings.push(Finding::new("invoice_series", &of, "last_number", expected, found));
            }
            // Documents that are gone from its beginning are no gap where it begins behind them.
            if begins != 1 && !said.contains(&begins) {
                let expected = "1, or what the change log says";
                findings.push(Finding::new("invoice_series", of, "first_number", expected, begins));
            }
        }
        let sql = format!(
            "SELECT d.series FROM {} d WHERE d.series IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM invoice_series s WHERE s.kind = ? AND s.name = d.series) GROUP BY d.series ORDER BY d.series",
            kind.as_str()
        );
        for row in scope.rows(&sql, vec![kind.as_str().into()]).await? {
            let name: String = row.try_get("", "series")?;
            findings.push(Finding::new(
                "invoice_series",
                format!("{} {name}", kind.as_str()),
                "",
                "a row",
                "none",
            ));
        }
    }
    Ok(())
}

/// The numbers with which somebody has let a series begin, by the change log.
async fn said(scope: &Scope, kind: DocumentKind) -> Result<HashSet<i64>> {
    let sql = "SELECT v.after AS became FROM change c JOIN change_value v ON v.change_id = c.id
               WHERE c.subject_id = ? AND c.noun = ? AND v.field = ?";
    let field = format!("{}_next", kind.as_str());
    let values = vec![billing::SUBJECT.into(), Noun::Settings.as_str().into(), field.into()];
    let mut said = HashSet::new();
    for row in scope.rows(sql, values).await? {
        let became: Option<String> = row.try_get("", "became")?;
        said.extend(became.and_then(|became| became.parse::<i64>().ok()));
    }
    Ok(said)
}
