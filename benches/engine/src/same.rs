//! Whether the engine and the side beside it found the same.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// A row of texts.
pub type Row = Vec<Option<String>>;

/// The filters in the order in which the key of a figure holds them, each as 0 or 1.
const FACETS: [&str; 4] = ["is_active", "has_licenses", "has_subscriptions", "has_outstanding"];

/// Fails unless the rows of a query are what was answered: the items of a page, the number of a search; or figures, whose sums
/// are what the answer tells.
pub fn check(request: &Value, answer: &str, rows: &[Row]) -> Result<()> {
    let answer: Value = serde_json::from_str(answer)?;
    let first = rows
        .first()
        .and_then(|row| row.first()?.as_deref())
        .context("a query without an answer")?;
    let found: Value = serde_json::from_str(first)?;
    let is_same = if let Some(items) = answer.get("items") {
        *items == found
    } else if found.is_number() {
        answer["total"] == found
    } else if let Some(total) = answer.get("total") {
        total.as_i64() == Some(customers(&found, request))
    } else {
        answer["total_customers"].as_i64() == Some(customers(&found, &Value::Null))
            && answer["active_customers"].as_i64() == Some(customers(&found, &json!({ "is_active": true })))
    };
    ensure!(is_same, "the two sides return different rows for {request}");
    Ok(())
}

/// The customers of figures such as `[["customers","1101",5]]` that match the filters of a request.
fn customers(figures: &Value, request: &Value) -> i64 {
    let rows = figures.as_array().into_iter().flatten();
    rows.filter(|row| row[0] == "customers" && row[1].as_str().is_some_and(|key| matches(key, request)))
        .filter_map(|row| row[2].as_i64())
        .sum()
}

fn matches(key: &str, request: &Value) -> bool {
    FACETS
        .iter()
        .zip(key.chars())
        .all(|(facet, has)| request[*facet].as_bool().is_none_or(|wanted| wanted == (has == '1')))
}
