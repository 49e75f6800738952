//! What is due: shown, put off, run once, and kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::json;

/// A book in which so many periods of one subscription are due.
fn book(name: &str, days: i64) -> App {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "10", "100");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    app.ask(
        "create_subscription",
        json!({"customer_id": customer, "plan_id": plan, "billing_cycle": "monthly", "starts_on": app.day(-days)}),
    );
    app
}

#[test]
fn what_is_due_is_told_at_the_start_and_run_once() {
    let mut app = book("catch_up", 70);
    app.restart().unwrap();
    app.resize(1280, 800);
    app.sign_in(e2e::PASSWORD);
    app.see("2 renewals are due");
    app.see("Nothing happens until you run them.");
    app.link("Catch up, 2 due");
    app.find("link", "Catch up").click();
    app.find("heading", "Catch up");
    app.see("Nothing has happened yet");
    app.button("Show list: Bill subscriptions").click();
    assert!(app.find("grid", "Bill subscriptions").text().contains("Lena Hoffmann"));
    app.press(&[Key::Control, Key::Enter]);
    app.see("2 renewals done");
    app.see("Nothing is due");
    assert!(app.find("grid", "Last runs").text().contains("2 renewals"));
    assert_eq!(app.ask("list_catch_up_runs", json!({}))["total"], json!(1));
    assert_eq!(app.ask("list_invoices", json!({}))["total"], json!(3));
    // The badge goes, too.
    app.until("no badge", || !app.shows("link", "Catch up, 2 due"));
    app.visit("Dashboard");
    assert!(!app.shows("text", "renewals are due"));
    app.see("Caught up with 2 renewals");
}

#[test]
fn what_is_skipped_stays_due_and_the_month_ahead_is_only_shown() {
    let app = book("catch_up_skip", 70);
    app.visit("Catch up");
    app.button("Skip for now").click();
    app.find("heading", "Dashboard");
    assert!(!app.shows("text", "renewals are due"));
    app.find("link", "Catch up").click();
    app.find("heading", "Catch up");
    app.button("Run 2");
    app.find("radio", "Next month").click();
    app.see("This is only a rehearsal");
    app.see("What will come until");
    assert!(!app.shows("button", "Run 2"), "what will come cannot be run");
    assert_eq!(app.ask("list_catch_up_runs", json!({}))["total"], json!(0));
    app.find("radio", "Due now").click();
    app.button("Run 2");
}

#[test]
fn the_navigation_counts_what_the_page_has_found() {
    let mut app = book("catch_up_count", 70);
    app.restart().unwrap();
    app.resize(1280, 800);
    app.sign_in(e2e::PASSWORD);
    app.link("Catch up, 2 due");
    // The page does not hear of it, as it does not when a day begins.
    let one = app.ask("list_subscriptions", json!({"limit": 1}))["items"][0].clone();
    app.ask(
        "create_subscription",
        json!({"customer_id": one["customer_id"], "plan_id": one["plan_id"], "billing_cycle": "monthly", "starts_on": app.day(-70)}),
    );
    app.visit("Catch up");
    app.button("Run 4");
    app.link("Catch up, 4 due");
}

#[test]
fn more_than_a_part_is_run_part_by_part() {
    // Two years of months of nine subscriptions are more than 200 periods.
    let app = book("catch_up_parts", 729);
    let one = app.ask("list_subscriptions", json!({"limit": 1}))["items"][0].clone();
    for _ in 0..8 {
        app.ask(
            "create_subscription",
            json!({"customer_id": one["customer_id"], "plan_id": one["plan_id"], "billing_cycle": "monthly", "starts_on": app.day(-729)}),
        );
    }
    app.visit("Catch up");
    let due = app.ask("plan_catch_up", json!({}));
    let renewals = due["counts"][0]["count"].as_u64().unwrap();
    assert!(renewals > 200, "{renewals}");
    app.button("Run ").click();
    app.see("done");
    app.until("the end", || {
        app.ask("plan_catch_up", json!({}))["counts"].as_array().unwrap().is_empty()
    });
    app.see("Nothing is due");
    let runs = app.ask("list_catch_up_runs", json!({}))["total"].as_u64().unwrap();
    assert!(runs >= 2, "{runs} runs");
}

#[test]
fn an_invoice_whose_payment_is_promised_is_not_due_and_is_again_when_that_is_taken_back() {
    let app = book("catch_up_promise", 0);
    let customer = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    let version = app.ask("get_billing_settings", json!({}))["version"].clone();
    app.ask(
        "update_billing_settings",
        json!({
            "version": version, "reminders": [{"days": 0, "act": "remind"}],
            "seller": {"name": "Alder Hosting GmbH", "contact": null, "street": "Lindenallee 14", "postal_code": "20259", "city": "Hamburg",
                "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": null, "email": null}
        }),
    );
    let lines = json!([{"text": "Setup", "unit_price": 10_000}]);
    let draft = app.ask("create_invoice", json!({"customer_id": customer, "lines": lines}));
    let days = json!({"id": draft["id"], "version": draft["version"], "issued_on": app.day(-20), "due_on": app.day(-6)});
    app.ask("finalize_invoice", days);
    app.visit("Catch up");
    app.button("Run 1");
    app.button("Show list: Remind customers").click();
    app.button("Note a promise to pay").click();
    app.field("Promised until");
    app.button("Note promise").click();
    app.see("is promised until");
    app.see("Nothing is due");
    let known = app.ask("get_invoice", json!({"id": draft["id"]}))["invoice"]["promised_until"].clone();
    assert!(known.is_string(), "{known}");
    app.button("Undo").click();
    app.button("Run 1");
    let invoice = app.ask("get_invoice", json!({"id": draft["id"]}))["invoice"].clone();
    assert!(invoice["promised_until"].is_null());
    // The run notes the reminder; a person writes it.
    app.button("Run 1").click();
    app.see("1 reminder done");
    app.see("Nothing is sent by itself");
    let number = invoice["number"].as_str().unwrap();
    let shown = app.find("grid", "Reminders to write").text();
    assert!(
        [number, "Lena Hoffmann", "lena@example.com", "1st reminder"]
            .iter()
            .all(|part| shown.contains(part)),
        "{shown}"
    );
    app.button(&format!("Copy letter about {number}")).click();
    app.see(&format!("Letter about {number} copied"));
    app.button(&format!("Copy email for {number}")).click();
    app.see(&format!("Email for {number} copied"));
    // It is kept with the run.
    app.visit("Dashboard");
    app.visit("Catch up");
    app.find("grid", "Last runs");
    assert!(!app.shows("grid", "Reminders to write"));
    app.button("Show reminders").click();
    assert!(app.find("grid", "Reminders to write").text().contains(number));
    app.button("Hide reminders").click();
    app.until("the reminders are put away", || !app.shows("grid", "Reminders to write"));
}
