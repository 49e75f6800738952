//! Pages in every order and at every depth, filters, counts, figures.

use std::{thread, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{desk::Desk, report::Report, side::Sides};

/// What the list of customers is sorted by.
pub const SORTS: [&str; 9] = [
    "created_at",
    "full_name",
    "email",
    "company_name",
    "is_active",
    "active_licenses",
    "active_subscriptions",
    "revenue",
    "outstanding",
];
/// Runs of a page.
pub const RUNS: usize = 40;

/// A request for the page that follows the row of a number, by key. A jump has the engine look for more places of the list, which
/// must not go on while times are taken: it takes less than a microsecond a row.
pub fn deep(desk: &Desk, request: &Value, row: u32) -> Result<Value> {
    let mut at = request.clone();
    at["at"] = json!(row);
    at["limit"] = json!(1);
    let page: Value = serde_json::from_str(&desk.call("list_customers", &at)?)?;
    thread::sleep(Duration::from_micros(row.into()));
    let mut deep = request.clone();
    deep["after"] = page["next"].clone();
    Ok(deep)
}

/// Pages under filters.
pub fn filters() -> [(&'static str, Value); 3] {
    [
        ("inactive", json!({ "is_active": false })),
        ("active with licenses", json!({ "is_active": true, "has_licenses": true })),
        (
            "inactive, owing, by revenue",
            json!({ "is_active": false, "has_outstanding": true, "sort": "revenue", "descending": true }),
        ),
    ]
}

/// A request for the number of those whom a page is of.
pub fn counted(page: &Value) -> Value {
    let mut count = page.clone();
    if let Some(fields) = count.as_object_mut() {
        fields.remove("sort");
        fields.remove("descending");
    }
    count
}

pub fn measure(sides: &Sides, customers: u32, report: &mut Report) -> Result<()> {
    let (mut best, mut worst) = (f64::INFINITY, 0.0_f64);
    for sort in SORTS {
        for descending in [true, false] {
            let request = json!({ "sort": sort, "descending": descending });
            let direction = if descending { "down" } else { "up" };
            let first = sides.measure("list_customers", &request, RUNS)?;
            report.measured(&format!("page by {sort} {direction}, first"), &first, 2.0);
            let deep = deep(&sides.desk, &request, customers / 10 * 9)?;
            let deep = sides.measure("list_customers", &deep, RUNS)?;
            report.measured(&format!("page by {sort} {direction}, at 90 %"), &deep, 2.0);
            for measured in [&first, &deep] {
                best = best.min(measured.ours.median());
                worst = worst.max(measured.ours.median());
            }
        }
    }
    report.goal("worst order and depth over the best", worst / best, 2.0);
    let at = customers / 10 * 9;
    // So that the places are known, whatever has fallen due since.
    deep(&sides.desk, &json!({}), at)?;
    let jump = json!({ "at": at });
    report.measured("jump to the row at 90 %", &sides.measure("list_customers", &jump, RUNS)?, 2.0);
    let with_stats = json!({ "with_stats": true });
    report.measured(
        "first page with the cards",
        &sides.measure("list_customers", &with_stats, RUNS)?,
        2.0,
    );
    for (name, filter) in filters() {
        report.measured(&format!("page of {name}"), &sides.measure("list_customers", &filter, RUNS)?, 2.0);
        let count = sides.measure("count_customers", &counted(&filter), RUNS)?;
        report.measured(&format!("count of {name}"), &count, 3.0);
    }
    report.measured("the four cards", &sides.measure("customer_stats", &json!({}), RUNS)?, 3.0);
    let (_, asked) = sides.desk.asked("list_customers", &with_stats)?;
    report.goal("queries of the first page with the cards", asked.len() as f64, 1.0);
    asked.first().context("the page asks nothing").map(|_| ())
}
