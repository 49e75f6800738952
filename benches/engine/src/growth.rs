//! How the work grows with the number of customers.

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{book, lists::deep, report::Report, side::Sides};

/// Requests whose work must hardly grow.
fn flat(sides: &Sides, customers: u32) -> Result<Vec<(String, &'static str, Value)>> {
    let mut rows = vec![
        ("the four cards".to_owned(), "customer_stats", json!({})),
        (
            "first page with the cards".to_owned(),
            "list_customers",
            json!({ "with_stats": true }),
        ),
        ("count of inactive".to_owned(), "count_customers", json!({ "is_active": false })),
        ("search nobody".to_owned(), "list_customers", json!({ "search": "qxqvz" })),
    ];
    for sort in crate::lists::SORTS {
        let request = json!({ "sort": sort, "descending": true });
        rows.push((
            format!("page by {sort}, at 90 %"),
            "list_customers",
            deep(&sides.desk, &request, customers / 10 * 9)?,
        ));
    }
    Ok(rows)
}

/// Steps of SQLite's machine at a tenth of the customers and at all. They depend neither on the computer nor on how this was
/// built, so that a wrong curve can fail; times are not looked at.
pub fn quick(folder: &Path, customers: u32) -> Result<()> {
    let mut report = Report::new(customers, folder, Some("quick"));
    let (small, large) = (customers / 10, customers);
    let (a, b) = (book::made(folder, small, &mut report)?, book::made(folder, large, &mut report)?);
    let (a, b) = (Sides::open(&a)?, Sides::open(&b)?);
    let mut wrong = Vec::new();
    println!("{:44} {:>12} {:>12} {:>8}", "steps of SQLite's machine", small, large, "growth");
    for ((name, operation, at_small), (_, _, at_large)) in flat(&a, small)?.into_iter().zip(flat(&b, large)?) {
        let (before, after) = (a.measure(operation, &at_small, 3)?.steps, b.measure(operation, &at_large, 3)?.steps);
        let growth = after as f64 / before.max(1) as f64;
        println!("{name:44} {before:>12} {after:>12} {growth:>8.2}");
        // Ten times the customers: log n is far below this, n is ten.
        if growth > 2.0 {
            wrong.push(name);
        }
    }
    ensure!(wrong.is_empty(), "this grows with the number of customers: {}", wrong.join(", "));
    Ok(())
}

/// Times at 10,000 and at all customers, in turn.
pub fn measure(small: &Sides, large: &Sides, customers: u32, report: &mut Report) -> Result<()> {
    let mut worst = (0.0, String::new());
    for ((name, operation, at_small), (_, _, at_large)) in flat(small, 10_000)?.into_iter().zip(flat(large, customers)?) {
        let (mut before, mut after) = (crate::timing::Times::default(), crate::timing::Times::default());
        for _ in 0..40 {
            before.take(|| small.desk.call(operation, &at_small))?;
            after.take(|| large.desk.call(operation, &at_large))?;
        }
        let growth = after.median() / before.median();
        report.curve(&name, &[(10_000, before.median()), (customers, after.median())]);
        if growth > worst.0 {
            worst = (growth, name);
        }
    }
    report.fact("the row that grows most", json!(worst.1));
    report.goal("largest growth from 10,000 customers", worst.0, 1.5);
    Ok(())
}
