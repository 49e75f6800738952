//! The list, the search and the figures of a book on a server, each beside the same query through the bare driver.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    distance, lists,
    memory::{TEXTS, Texts},
    plain,
    report::Report,
    searches,
    server::{Place, Server},
};

/// How many times as long as the bare driver the engine may take.
const GOAL: f64 = 1.5;

/// Makes a book on the server that the URL leads to, and measures it there and from afar.
pub fn measure(url: &str, customers: u32, report: &mut Report) -> Result<()> {
    let place = Place::new(url, customers);
    place.fill(customers, report)?;
    let mut server = Server::open(&place)?;
    server.settle()?;
    println!("measuring {customers} customers on the server");
    pages(&mut server, customers, report)?;
    let classes = searches::classes(&Texts::of(server.ask_plainly(TEXTS)?));
    find(&mut server, &classes, report)?;
    figures(&mut server, report)?;
    let term = classes.iter().find(|(name, _)| name.starts_with("0.2 %"));
    distance::measure(&place, term.map_or("a", |(_, term)| term.as_str()), report)
}

fn row(server: &mut Server, name: &str, (operation, request): (&str, &Value), runs: usize, report: &mut Report) -> Result<()> {
    let (ours, bare) = server.measure(operation, request, runs)?;
    report.row(&format!("Postgres: {name}"), &ours, Some((&bare, GOAL)));
    Ok(())
}

fn pages(server: &mut Server, customers: u32, report: &mut Report) -> Result<()> {
    let at = customers / 10 * 9;
    for sort in lists::SORTS {
        let first = json!({ "sort": sort, "descending": true });
        let deep = lists::deep(&server.desk, &first, at)?;
        for (depth, request, from) in [("first", &first, 0), ("at 90 %", &deep, at + 1)] {
            plain::check_page(server, request, from)?;
            let name = format!("page by {sort} down, {depth}");
            row(server, &name, ("list_customers", request), lists::RUNS, report)?;
        }
    }
    let with_stats = json!({ "with_stats": true });
    row(
        server,
        "first page with the cards",
        ("list_customers", &with_stats),
        lists::RUNS,
        report,
    )
}

fn find(server: &mut Server, classes: &[(String, String)], report: &mut Report) -> Result<()> {
    for (name, term) in classes {
        for sort in ["created_at", "revenue"] {
            let request = json!({ "search": term, "sort": sort });
            plain::check_page(server, &request, 0)?;
            let name = format!("search {name}, by {sort}");
            row(server, &name, ("list_customers", &request), searches::RUNS, report)?;
        }
    }
    Ok(())
}

fn figures(server: &mut Server, report: &mut Report) -> Result<()> {
    for (name, filter) in lists::filters() {
        plain::check_page(server, &filter, 0)?;
        row(server, &format!("page of {name}"), ("list_customers", &filter), lists::RUNS, report)?;
        let count = lists::counted(&filter);
        plain::check_count(server, &count)?;
        row(
            server,
            &format!("count of {name}"),
            ("count_customers", &count),
            lists::RUNS,
            report,
        )?;
    }
    plain::check_count(server, &json!({}))?;
    row(server, "the four cards", ("customer_stats", &json!({})), lists::RUNS, report)
}
