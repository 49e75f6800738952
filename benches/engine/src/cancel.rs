//! How soon a query ends that nobody waits for any more, and how lists fare while a large write runs.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::{report::Report, side::Sides, timing::Times};

pub fn measure(sides: &Sides, report: &mut Report) -> Result<()> {
    let mut stopped = Times::default();
    // A count of all who have an a: it reads the whole list.
    let long = json!({ "search": "a" });
    for turn in 0..10_u64 {
        let app = sides.desk.app.clone();
        let request = long.clone();
        let (from, done) = sides.desk.runtime.block_on(async {
            let running = tokio::spawn(async move { app.call_json("count_customers", request, Some("count".to_owned())).await.is_err() });
            tokio::time::sleep(Duration::from_millis(10 + turn)).await;
            let from = Instant::now();
            // Anything newer of the same key.
            let _ = sides
                .desk
                .app
                .call_json("count_customers", json!({}), Some("count".to_owned()))
                .await;
            let was_stopped = running.await.unwrap_or(false);
            (from.elapsed(), was_stopped)
        });
        if done {
            stopped.0.push(from.as_secs_f64() * 1000.0);
        }
    }
    report.fact("counts that were given up", json!(stopped.json()));
    if !stopped.0.is_empty() {
        report.goal("a count that was given up ends within, ms", stopped.at(100), 20.0);
    }
    Ok(())
}
