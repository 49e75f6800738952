//! How many round trips an interaction takes: on a server that is 20 ms away in either direction, beside an empty query there.

use std::{thread, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    delay,
    report::Report,
    server::{Place, Server, WARM},
    timing::Times,
};

/// How many round trips an interaction may take.
const GOAL: f64 = 1.5;
/// Interactions of each kind, and of those after a rest.
const RUNS: usize = 20;
const RUNS_AFTER_REST: usize = 5;
/// Longer than the engine goes by what it last knew of the account and of what falls due.
const REST: Duration = Duration::from_secs(6);

/// Measures what the page asks for most, with a search term that some customers have.
pub fn measure(place: &Place, term: &str, report: &mut Report) -> Result<()> {
    let address = place.address()?;
    let port = delay::before(&address.host, address.port)?;
    let mut server = Server::open(&place.by(port))?;
    let page: Value = serde_json::from_str(&server.desk.call("list_customers", &json!({ "limit": 1 }))?)?;
    let id = page["items"][0]["id"].as_str().context("the book is empty")?;
    let list = json!({ "with_stats": true });
    for (name, operation, request) in [
        ("first page with the cards", "list_customers", list.clone()),
        (
            "search with the cards",
            "list_customers",
            json!({ "search": term, "with_stats": true }),
        ),
        ("details of a customer", "get_customer", json!({ "id": id })),
    ] {
        for _ in 0..WARM {
            server.desk.call(operation, &request)?;
        }
        let times = interactions(&mut server, operation, &request, Duration::ZERO, RUNS)?;
        row(name, &times, report);
    }
    let times = interactions(&mut server, "list_customers", &list, REST, RUNS_AFTER_REST)?;
    row("the same page after a rest of 6 s", &times, report);
    Ok(())
}

fn row(name: &str, (ours, trip): &(Times, Times), report: &mut Report) {
    let away = delay::LATER.as_millis();
    report.row(
        &format!("Postgres {away} ms away, in round trips: {name}"),
        ours,
        Some((trip, GOAL)),
    );
}

/// Times of interactions, each after a rest, and in turn with them those of a round trip.
fn interactions(server: &mut Server, operation: &str, request: &Value, rest: Duration, runs: usize) -> Result<(Times, Times)> {
    let empty = "SELECT '1'";
    server.ask_plainly(empty)?;
    let (mut ours, mut trip) = (Times::default(), Times::default());
    for _ in 0..runs {
        thread::sleep(rest);
        ours.take(|| server.desk.call(operation, request))?;
        trip.take(|| server.ask_plainly(empty))?;
    }
    Ok((ours, trip))
}
