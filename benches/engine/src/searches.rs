//! Searches of every class, and two hundred terms as they are typed.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{memory::Texts, report::Report, side::Sides, timing::Times};

/// Runs of a search.
pub const RUNS: usize = 30;

/// Terms of every class: how many customers have them, and one that is about so common.
pub fn classes(texts: &Texts) -> Vec<(String, String)> {
    let mut classes = vec![
        ("nobody".to_owned(), "qxqvz".to_owned()),
        ("one letter".to_owned(), "a".to_owned()),
        ("two letters".to_owned(), "an".to_owned()),
        ("two rare letters".to_owned(), "zq".to_owned()),
    ];
    let customers = texts.lines() as f64;
    for (name, share) in [("one", 0.0), ("0.2 %", 0.002), ("1 %", 0.01), ("5 %", 0.05)] {
        let wanted = (customers * share).max(1.0);
        let term = texts.term_of_about(wanted);
        classes.push((format!("{name} ({} hits)", texts.count(&term)), term));
    }
    classes
}

/// Terms as a person types them: names and companies of customers letter by letter, two words, and filters.
fn recorded(sides: &Sides) -> Result<Vec<Value>> {
    let rows = sides
        .raw
        .prepare("SELECT full_name, company_name FROM customer WHERE seq % (SELECT COUNT(*) / 17 + 1 FROM customer) = 3 LIMIT 17")?
        .texts()?;
    let mut requests = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let texts: Vec<String> = row.into_iter().flatten().collect();
        let name = texts.first().cloned().unwrap_or_default();
        let length = name.chars().count();
        for end in (1..=length.min(9)).chain([length]) {
            requests.push(json!({ "search": name.chars().take(end).collect::<String>() }));
        }
        if let Some(company) = texts.get(1) {
            requests.push(json!({ "search": format!("{} {}", company.chars().take(4).collect::<String>(), name.chars().take(3).collect::<String>()) }));
        }
        let sort = crate::lists::SORTS[number % crate::lists::SORTS.len()];
        requests.push(json!({ "search": name.chars().take(4).collect::<String>(), "sort": sort, "is_active": true }));
    }
    requests.retain(|request| request["search"].as_str().is_some_and(|term| !term.trim().is_empty()));
    requests.truncate(200);
    Ok(requests)
}

pub fn measure(sides: &Sides, report: &mut Report) -> Result<()> {
    let texts = Texts::read(&sides.raw)?;
    for (name, term) in classes(&texts) {
        for sort in ["created_at", "revenue"] {
            let request = json!({ "search": term, "sort": sort });
            report.measured(
                &format!("search {name}, by {sort}"),
                &sides.measure("list_customers", &request, RUNS)?,
                2.0,
            );
        }
        let count = json!({ "search": term });
        let exact = sides.measure("count_customers", &count, 3)?;
        report.measured(&format!("exact count {name}"), &exact, 2.0);
    }
    recorded_terms(sides, &texts, report)
}

/// Each of the recorded terms, beside a pass over all text that finds the same customers.
fn recorded_terms(sides: &Sides, texts: &Texts, report: &mut Report) -> Result<()> {
    let (mut pass, mut times) = (Times::default(), Times::default());
    let mut slowest = Vec::new();
    for request in recorded(sides)? {
        let parts = contract::text::search_parts(request["search"].as_str().unwrap_or_default());
        let only_active = request["is_active"] == true;
        let found = pass.take(|| texts.holding(&parts, only_active));
        let answer = times.take(|| sides.desk.call("list_customers", &request))?;
        let answer: Value = serde_json::from_str(&answer)?;
        let is_same = answer["total_is_exact"] == false || answer["total"] == json!(found);
        ensure!(is_same, "the pass finds {found} for {request}, the engine {}", answer["total"]);
        slowest.push((times.0.last().copied().unwrap_or(0.0), found, request));
    }
    report.row("recorded terms, one after the other", &times, Some((&pass, f64::NAN)));
    report.fact(
        "one pass over all text in memory",
        json!({ "bytes": texts.bytes(), "milliseconds": pass.json() }),
    );
    report.goal(
        "p95 of recorded terms over one pass over all text in memory",
        times.at(95) / pass.median(),
        2.0,
    );
    report.goal("slowest of the recorded terms, ms", times.at(100), 100.0);
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    slowest.truncate(12);
    report.fact("slowest of the recorded terms: ms, hits, request", json!(slowest));
    Ok(())
}
