//! Subscriptions in the record of a customer: added, changed with a preview that equals the result, paused and resumed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::App;
use serde_json::{Value, json};

/// A book with one plan and one customer, whose subscriptions are open.
fn book(name: &str) -> (App, Value) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "10", "100");
    app.add_plan("Agency", "agency", "30", "300");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.ask("list_customers", json!({"limit": 1}))["items"][0].clone();
    app.open_record(&customer["id"], "subscriptions");
    (app, customer)
}

fn set_day(app: &App, field: &str, day: &Value) {
    app.run(
        "const input = document.querySelector(`dialog [name=${arguments[0]}]`); input.value = arguments[1]; input.dispatchEvent(new Event('input', {bubbles: true}))",
        &[json!(field), day.clone()],
    );
}

fn only(app: &App) -> Value {
    app.ask("list_subscriptions", json!({"limit": 1}))["items"][0].clone()
}

#[test]
fn a_subscription_is_added_with_a_price_of_its_own_and_without_a_license() {
    let (app, customer) = book("add_subscription");
    app.button("Add subscription").click();
    app.find("heading", "When you add it");
    app.see("The first period is billed now");
    app.field("Quantity").fill("3");
    app.field("Price for one").fill("8.50");
    app.see("3 × €8.50");
    app.see("€25.50");
    app.field("Trial").fill("14");
    app.see("The trial runs");
    app.see("The first period is billed later");
    app.field("Trial").fill("0");
    app.field("With a license").click();
    app.see("No license is made");
    // What is closed is offered again.
    app.escape();
    app.gone("dialog", "Add subscription");
    app.button("Add subscription").click();
    app.until("the draft", || app.field("Price for one").value() == "8.50");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.gone("dialog", "Add subscription");
    app.see("Subscription Agency added for Lena Hoffmann");
    let card = app.find("article", "Subscription Agency").text();
    assert!(card.contains("3 × €8.50 / month") && card.contains("Renews no license"), "{card}");
    let made = only(&app);
    assert_eq!((made["quantity"].as_u64(), made["price"]["amount"].as_i64()), (Some(3), Some(850)));
    assert_eq!(app.ask("list_licenses", json!({"customer_id": customer["id"]}))["total"], json!(0));
    app.open_tab("Timeline");
    app.see("added subscription Agency");
}

#[test]
fn what_cannot_be_sold_is_refused_at_its_field_and_nothing_is_made() {
    let (app, _) = book("add_subscription_bad");
    app.button("Add subscription").click();
    app.field("Quantity").fill("-2");
    app.field("Price for one").fill("90071992547409.92");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.see("Enter a number from 1 to 1000000.");
    app.see("The largest amount is 90071992547409.91.");
    app.until("the first wrong field", || app.field("Quantity").has_focus());
    app.field("Quantity").fill("1");
    app.field("Price for one").fill("");
    set_day(&app, "starts_on", &json!("2001-01-01"));
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.see("The earliest day is");
    assert_eq!(app.ask("list_subscriptions", json!({"limit": 1}))["total"], json!(0));
}

#[test]
fn one_that_began_long_ago_says_what_catching_up_will_bill() {
    let (app, _) = book("back_dated");
    app.button("Add subscription").click();
    app.field("Quantity");
    set_day(&app, "starts_on", &app.day(-70));
    app.see("Catching up bills the rest");
    app.see("2 more periods since then");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.gone("dialog", "Add subscription");
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.visit("Catch up");
    app.button("Run 2");
}

#[test]
fn a_change_says_before_what_it_comes_to_and_comes_to_that() {
    let (app, customer) = book("change_subscription");
    let plans = app.ask("list_plans", json!({"limit": 10}))["items"].clone();
    let plan = |name: &str| plans.as_array().unwrap().iter().find(|plan| plan["name"] == name).unwrap()["id"].clone();
    app.escape();
    app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": plan("Studio"), "billing_cycle": "monthly", "starts_on": app.day(-10)}),
    );
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.find("article", "Subscription Studio").find("button", "Change").click();
    app.see("Nothing is changed yet");
    let agency = app.run(
        "return Array.from(document.querySelector('dialog [name=plan_id]').options).find((option) => option.text.startsWith('Agency')).text",
        &[],
    );
    app.field("Plan").choose(agency.as_str().unwrap());
    app.see("The difference is billed");
    let id = only(&app)["id"].clone();
    let preview = app.ask("preview_subscription_change", json!({"id": id, "plan_id": plan("Agency")}));
    let cents = preview["total"]["amount"].as_i64().unwrap();
    assert!(cents > 0);
    let amount = format!("€{}.{:02}", cents / 100, cents % 100);
    app.see(&amount);
    app.button("Save change").click();
    app.gone("dialog", "Change Studio");
    app.see(&format!("Agency changed: {amount} billed"));
    app.find("article", "Subscription Agency");
    let invoice = app.ask("list_invoices", json!({"limit": 10}));
    let is_billed = invoice["items"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| one["total"]["amount"].as_i64() == Some(cents));
    assert!(is_billed, "{invoice}");

    // A day outside of the period is refused at its field, before anything is saved.
    app.dismiss();
    app.find("article", "Subscription Agency").find("button", "Change").click();
    app.field("Quantity").fill("2");
    set_day(&app, "on", &app.day(-9));
    app.see("The earliest day is");
    app.button("Save change").click();
    app.until("the wrong field", || {
        app.run("return document.activeElement.name", &[]) == json!("on")
    });
    app.escape();
    app.gone("dialog", "Change Agency");
    app.open_tab("Timeline");
    app.see("changed subscription Agency");
}

#[test]
fn a_subscription_is_paused_and_goes_on() {
    let (app, customer) = book("pause_subscription");
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    app.escape();
    app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": plan, "billing_cycle": "monthly"}),
    );
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.button("Pause").click();
    app.see("paused: it is not billed");
    app.see("Paused since");
    app.button("Undo").click();
    app.see("goes on");
    app.button("Pause").click();
    app.button("Resume").click();
    app.until("it to run", || only(&app)["status"] == "active");
    app.open_tab("Timeline");
    app.see("paused subscription");
    app.see("resumed subscription");
}
