//! Sums of money that must agree with each other.

use uuid::Uuid;

use super::Finding;
use crate::{db, error::Result, scope::Scope};

pub async fn check(scope: &Scope, findings: &mut Vec<Finding>) -> Result<()> {
    let sum = |expression: &str| db::sum(scope, expression);
    let checks = [
        (
            "invoice",
            "net",
            format!(
                "SELECT i.id, (SELECT {} FROM invoice_line l WHERE l.invoice_id = i.id) AS expected, i.net AS found FROM invoice i",
                sum("l.net")
            ),
        ),
        (
            "invoice",
            "paid",
            format!(
                "SELECT i.id, (SELECT {} FROM allocation a WHERE a.invoice_id = i.id) AS expected, i.paid AS found FROM invoice i",
                sum("a.amount")
            ),
        ),
        (
            "invoice",
            "credited",
            format!(
                "SELECT i.id, (SELECT {} FROM credit_note n WHERE n.invoice_id = i.id) AS expected, i.credited AS found FROM invoice i",
                sum("n.total")
            ),
        ),
        (
            "payment",
            "refunded",
            format!(
                "SELECT p.id, (SELECT {} FROM refund r WHERE r.payment_id = p.id) AS expected, p.refunded AS found FROM payment p",
                sum("r.amount")
            ),
        ),
    ];
    for (table, column, sql) in checks {
        for row in scope
            .rows(&format!("SELECT * FROM ({sql}) AS compared WHERE expected <> found"), Vec::new())
            .await?
        {
            let (id, expected, found): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "expected")?, row.try_get("", "found")?);
            findings.push(Finding::new(table, id, column, expected, found));
        }
    }
    let sql = format!(
        "SELECT * FROM (SELECT p.id, p.amount - p.refunded AS most, (SELECT {} FROM allocation a WHERE a.payment_id = p.id) AS allocated FROM payment p)
         AS compared WHERE allocated > most",
        sum("a.amount")
    );
    for row in scope.rows(&sql, Vec::new()).await? {
        let (id, most, allocated): (Uuid, i64, i64) = (row.try_get("", "id")?, row.try_get("", "most")?, row.try_get("", "allocated")?);
        findings.push(Finding::new("payment", id, "allocated", format!("at most {most}"), allocated));
    }
    Ok(())
}
