//! What a plain query says that looks at every customer of a server's book: it asks neither the index of the search nor a figure
//! that is kept.

use anyhow::{Result, ensure};
use engine::record::{Asked, Bound};
use serde_json::Value;

use crate::{same::Row, server::Server};

/// What the filters are about, and how the rows tell.
const FACETS: [(&str, &str); 4] = [
    ("is_active", "is_active"),
    ("has_licenses", "total_licenses > 0"),
    ("has_subscriptions", "total_subscriptions > 0"),
    ("has_outstanding", "outstanding_invoices > 0"),
];

/// Fails unless the page of a request holds the customers that a plain query finds from a row on, in the same order.
pub fn check_page(server: &mut Server, request: &Value, row: u32) -> Result<()> {
    let page: Value = serde_json::from_str(&server.desk.call("list_customers", request)?)?;
    let sort = request["sort"].as_str().unwrap_or("created_at");
    let key = match sort {
        "full_name" => "full_name_key",
        "email" => "email_key",
        "company_name" => "company_name_key",
        other => other,
    };
    let is_down = request["descending"].as_bool().unwrap_or(sort == "created_at");
    let direction = if is_down { "DESC" } else { "ASC" };
    let order = format!("{key} {direction} NULLS LAST, created_at {direction}, customer_id {direction}");
    let limit = contract::page::DEFAULT_LIMIT;
    let rows = ask(
        server,
        "CAST(customer_id AS TEXT)",
        request,
        &format!(" ORDER BY {order} LIMIT {limit} OFFSET {row}"),
    )?;
    let plain: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let items = page["items"].as_array().into_iter().flatten();
    let found: Vec<&str> = items.filter_map(|item| item["id"].as_str()).collect();
    ensure!(found == plain, "a plain query finds other customers for {request}");
    Ok(())
}

/// Fails unless as many customers are counted for a request as a plain query finds.
pub fn check_count(server: &mut Server, request: &Value) -> Result<()> {
    let count: Value = serde_json::from_str(&server.desk.call("count_customers", request)?)?;
    let rows = ask(server, "CAST(COUNT(*) AS TEXT)", request, "")?;
    let plain: Vec<String> = rows.into_iter().flatten().flatten().collect();
    ensure!(
        plain == [count["total"].to_string()],
        "a plain query counts other customers for {request}"
    );
    Ok(())
}

fn ask(server: &mut Server, columns: &str, request: &Value, end: &str) -> Result<Vec<Row>> {
    let mut sql = format!("SELECT {columns} FROM customer_summary WHERE place = 0");
    for (facet, expression) in FACETS {
        match request[facet].as_bool() {
            Some(true) => sql.push_str(&format!(" AND ({expression})")),
            Some(false) => sql.push_str(&format!(" AND NOT ({expression})")),
            None => {}
        }
    }
    let mut values = Vec::new();
    if let Some(term) = request["search"].as_str() {
        sql.push_str(" AND strpos(search_text, $1) > 0");
        values.push(Bound::Text(contract::text::fold(term)));
    }
    sql.push_str(end);
    server.ask(&Asked { sql, values })
}
