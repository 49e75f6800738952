//! The lists of what is sold, billed and paid; what is due; and the dialogs that sell and change a subscription.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{App, element::Key};

pub const PART: Part = Part {
    name: "selling",
    stages,
    walk,
};

/// Each list with the command that fills it.
const LISTS: &[(&str, &str, &str)] = &[
    ("Licenses", "list_licenses", "licenses"),
    ("Subscriptions", "list_subscriptions", "subscriptions"),
    ("Invoices", "list_invoices", "invoices"),
    ("Payments", "list_payments", "payments"),
    ("Domains", "list_domains", "domains"),
];

fn stages() -> Vec<Stage> {
    let lists = LISTS.iter().map(|(_, _, name)| *name);
    let more = [
        "licenses-status",
        "licenses-filtered",
        "licenses-nothing-found",
        "licenses-stale",
        "licenses-loading",
        "licenses-failed",
        "add-subscription",
        "add-subscription-refused",
        "change-subscription",
        "change-subscription-preview",
        "change-subscription-refused",
        "resume-subscription",
        "catch-up",
        "catch-up-list",
        "catch-up-soon",
        "catch-up-loading",
        "catch-up-failed",
        "catch-up-done",
        "catch-up-nothing",
    ];
    let empty = ["licenses-empty", "domains-empty", "catch-up-empty"];
    lists.chain(more).chain(empty).map(stage).collect()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_selling")?;
    app.resize(1280, 800);
    app.explore();
    for (page, _, name) in LISTS {
        app.visit(page);
        rows(&app);
        tour.stop(&app, name);
    }
    licenses(tour, &app);
    subscriptions(tour, &app);
    catch_up(tour, &app);
    drop(app);
    empty(tour)
}

/// Waits for rows that are loaded.
fn rows(app: &App) {
    app.until("the rows", || {
        !app.all(".grid__window [role=row]:not(.grid__row--bones)").is_empty()
    });
    loaded(app);
}

/// A page that asks the book for nothing.
fn away(app: &App) {
    app.link("Settings").click();
    app.link("Appearance").click();
    app.find("heading", "Appearance");
}

fn licenses(tour: &mut Tour<'_>, app: &App) {
    app.visit("Licenses");
    rows(app);
    app.button("Status: All").click();
    app.find("menuitem", "Expiring soon");
    tour.stop(app, "licenses-status");
    app.find("menuitem", "Active").click();
    app.button("Status: Active");
    rows(app);
    tour.stop(app, "licenses-filtered");
    let search = app.field("Search licenses");
    search.fill("nobody is called so");
    app.see("No active license matches");
    tour.stop(app, "licenses-nothing-found");
    app.button("Clear filters").click();
    rows(app);
    app.refuse(&["list_licenses"]);
    app.find("columnheader", "Plan").find("button", "Plan").click();
    failed(app);
    tour.stop(app, "licenses-stale");
    retry(app);
    away(app);
    app.hold(&["list_licenses"]);
    app.visit("Licenses");
    loading(app);
    tour.stop(app, "licenses-loading");
    app.release();
    rows(app);
    away(app);
    app.refuse(&["list_licenses"]);
    app.visit("Licenses");
    failed(app);
    tour.stop(app, "licenses-failed");
    retry(app);
}

fn subscriptions(tour: &mut Tour<'_>, app: &App) {
    let found = app.ask("list_subscriptions", json!({"status": "active", "limit": 100}));
    let none = Vec::new();
    let items = found["items"].as_array().unwrap_or(&none);
    let chosen = items
        .iter()
        .find(|one| one["billing_cycle"] == "monthly" && one["cancel_at_period_end"] == false);
    let Some(one) = chosen else {
        panic!("the sample has no monthly subscription")
    };
    let plan = one["plan_name"].as_str().unwrap_or_default().to_owned();
    app.open_record(&one["customer_id"], "subscriptions");
    loaded(app);
    app.button("Add subscription").click();
    app.field("Quantity");
    app.see("The first period is billed");
    loaded(app);
    tour.stop(app, "add-subscription");
    app.field("Quantity").fill("none");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.see("Enter a number from 1 to 1000000.");
    tour.stop(app, "add-subscription-refused");
    app.escape();
    app.gone("dialog", "Add subscription");

    let card = || app.find("article", &format!("Subscription {plan}"));
    card().find("button", "Change").click();
    app.field("Quantity");
    app.see("Nothing is changed yet");
    tour.stop(app, "change-subscription");
    app.field("Quantity").fill("7");
    app.see("The new terms begin");
    tour.stop(app, "change-subscription-preview");
    app.run(
        "const day = document.querySelector('[name=on]'); day.value = '2001-01-01'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.see("The earliest day is");
    tour.stop(app, "change-subscription-refused");
    app.escape();
    app.gone("dialog", "Change");

    // One that was paused so long ago that resuming bills something.
    let paused = app.ask("list_subscriptions", json!({"status": "paused", "limit": 100}));
    let due = paused["items"]
        .as_array()
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or(Value::Null);
    let due = if due.is_null() { back_dated(app, one) } else { due };
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.open_record(&due["customer_id"], "subscriptions");
    loaded(app);
    app.button("Resume").click();
    app.dialog("Resume");
    tour.stop(app, "resume-subscription");
    app.button("Keep it paused").click();
    app.press(&[Key::Escape]);
    app.until("the list", || app.all("dialog").is_empty());
}

/// A subscription that began long ago, was billed once and is paused.
fn back_dated(app: &App, like: &Value) -> Value {
    let made = app.ask(
        "create_subscription",
        json!({"customer_id": like["customer_id"], "plan_id": like["plan_id"], "billing_cycle": "monthly", "trial_days": 0, "starts_on": app.day(-70)}),
    );
    app.ask("pause_subscription", json!({"id": made["id"]}))
}

fn catch_up(tour: &mut Tour<'_>, app: &App) {
    // Something is due in any case.
    let found = app.ask("list_subscriptions", json!({"status": "active", "limit": 1}));
    let one = found["items"][0].clone();
    app.ask(
        "create_subscription",
        json!({"customer_id": one["customer_id"], "plan_id": one["plan_id"], "billing_cycle": one["billing_cycle"], "trial_days": 0, "starts_on": app.day(-400)}),
    );
    app.visit("Catch up");
    app.button("Show list: Bill subscriptions");
    loaded(app);
    tour.stop(app, "catch-up");
    app.button("Show list: Bill subscriptions").click();
    app.find("grid", "Bill subscriptions");
    tour.stop(app, "catch-up-list");
    app.find("radio", "Next month").click();
    app.see("This is only a rehearsal");
    loaded(app);
    tour.stop(app, "catch-up-soon");
    away(app);
    app.hold(&["plan_catch_up", "list_catch_up_runs"]);
    app.visit("Catch up");
    loading(app);
    tour.stop(app, "catch-up-loading");
    app.release();
    loaded(app);
    away(app);
    app.refuse(&["plan_catch_up", "list_catch_up_runs"]);
    app.visit("Catch up");
    failed(app);
    tour.stop(app, "catch-up-failed");
    retry(app);
    app.button("Run ").click();
    app.see(" done");
    app.see("It is in the change log");
    loaded(app);
    tour.stop(app, "catch-up-done");
    away(app);
    app.visit("Catch up");
    app.see("Nothing is due");
    loaded(app);
    tour.stop(app, "catch-up-nothing");
}

fn empty(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_selling_empty")?;
    app.resize(1280, 800);
    app.begin();
    for (page, title, name) in [
        ("Licenses", "Licenses will appear here", "licenses-empty"),
        ("Domains", "Domains will appear here", "domains-empty"),
        ("Catch up", "No run yet", "catch-up-empty"),
    ] {
        app.visit(page);
        app.see(title);
        loaded(&app);
        tour.stop(&app, name);
    }
    Ok(())
}
