//! The lists of what is sold, billed and paid; what is due; and the dialogs that sell and change a subscription.

use anyhow::Result;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Part, Stage, Tour, failed, late, loaded, loading, retry, stage};
use crate::{App, element::Key};

pub const PART: Part = Part {
    name: "selling",
    stages,
    walk,
};

/// Each list with the command that fills it, and what it is called with rows, while it loads, and when it cannot.
const LISTS: &[(&str, &str, [&str; 3])] = &[
    ("Licenses", "list_licenses", ["licenses", "licenses-loading", "licenses-failed"]),
    (
        "Subscriptions",
        "list_subscriptions",
        ["subscriptions", "subscriptions-loading", "subscriptions-failed"],
    ),
    ("Invoices", "list_invoices", ["invoices", "invoices-loading", "invoices-failed"]),
    ("Payments", "list_payments", ["payments", "payments-loading", "payments-failed"]),
    ("Domains", "list_domains", ["domains", "domains-loading", "domains-failed"]),
];

/// The pages of a new book, with what they say.
const EMPTY: &[(&str, &str, &str)] = &[
    ("Licenses", "Licenses will appear here", "licenses-empty"),
    ("Subscriptions", "Subscriptions will appear here", "subscriptions-empty"),
    ("Invoices", "Invoices will appear here", "invoices-empty"),
    ("Payments", "Payments will appear here", "payments-empty"),
    ("Domains", "Domains will appear here", "domains-empty"),
    ("Catch up", "No run yet", "catch-up-empty"),
];

fn stages() -> Vec<Stage> {
    let lists = LISTS.iter().flat_map(|(_, _, names)| *names);
    let more = [
        "licenses-status",
        "licenses-filtered",
        "licenses-nothing-found",
        "licenses-stale",
        "invoice-over-list",
        "choose-customer-loading",
        "choose-customer-failed",
        "choose-customer",
        "choose-customer-found",
        "choose-customer-nothing-found",
        "choose-customer-refused",
        "payment-over-list",
        "add-subscription-loading",
        "add-subscription-failed",
        "add-subscription",
        "add-subscription-cost-failed",
        "add-subscription-refused",
        "change-subscription-loading",
        "change-subscription-failed",
        "change-subscription",
        "change-subscription-preview-failed",
        "change-subscription-preview",
        "change-subscription-refused",
        "pause-subscription",
        "resume-subscription",
        "catch-up",
        "catch-up-list",
        "catch-up-soon-loading",
        "catch-up-soon",
        "catch-up-soon-failed",
        "catch-up-loading",
        "catch-up-failed",
        "catch-up-running",
        "catch-up-run-failed",
        "catch-up-done",
        "catch-up-nothing",
    ];
    let empty = EMPTY.iter().map(|(_, _, name)| *name);
    let last = ["catch-up-soon-empty", "choose-customer-empty"];
    lists.chain(more).chain(empty).chain(last).map(stage).collect()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_selling")?;
    app.resize(1280, 800);
    app.explore();
    for list in LISTS {
        conditions(tour, &app, list);
    }
    licenses(tour, &app);
    invoice(tour, &app);
    begun(tour, &app);
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
    app.find("menuitem", "Expires soon");
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
}

/// One of the list, in a dialog over it.
fn invoice(tour: &mut Tour<'_>, app: &App) {
    app.visit("Invoices");
    rows(app);
    app.button("Status: All").click();
    app.find("menuitem", "Paid").click();
    app.button("Status: Paid");
    rows(app);
    app.run("document.querySelector('[role=grid]').focus()", &[]);
    app.press(&[Key::Control, Key::Home]);
    app.press(&[Key::Enter]);
    app.dialog("Invoice ");
    app.see("Final; number given");
    loaded(app);
    tour.stop(app, "invoice-over-list");
    app.escape();
    app.gone("dialog", "Invoice ");
}

/// A customer is chosen on the page of the invoices, and on that of the payments, where the form follows.
fn begun(tour: &mut Tour<'_>, app: &App) {
    let asks = ["choose-customer-loading", "choose-customer-failed"];
    let open = || app.button("New invoice").click();
    late(tour, app, &["list_customers"], asks, &open, &|| {
        app.find("option", "");
    });
    app.see("Type more to find another.");
    tour.stop(app, "choose-customer");
    let owing = app.ask("list_customers", json!({"has_outstanding": true, "limit": 1}))["items"][0].clone();
    let name = owing["full_name"].as_str().unwrap_or_default();
    app.field("Who is billed").fill(owing["email"].as_str().unwrap_or_default());
    app.until("the one who is meant", || !app.all("[role=option][aria-selected=true]").is_empty());
    loaded(app);
    tour.stop(app, "choose-customer-found");
    app.field("Who is billed").fill("nobody is called so");
    app.see("No customer matches");
    tour.stop(app, "choose-customer-nothing-found");
    app.field("Who is billed").fill("one two three four five six seven eight nine");
    app.see("9 words. Use at most 8.");
    tour.stop(app, "choose-customer-refused");
    app.escape();
    app.gone("dialog", "Choose a customer");

    app.visit("Payments");
    rows(app);
    app.button("Record payment").click();
    app.field("Who has paid").fill(owing["email"].as_str().unwrap_or_default());
    app.until("the one customer", || app.all("option").len() == 1);
    app.find("option", name).click();
    app.field("Amount");
    app.see("Pays");
    loaded(app);
    tour.stop(app, "payment-over-list");
    app.escape();
    app.gone("dialog", "Payment by");
}

/// A list with rows, while it loads, and when it cannot.
fn conditions(tour: &mut Tour<'_>, app: &App, (page, command, [ready, held, refused]): &(&str, &str, [&str; 3])) {
    app.visit(page);
    rows(app);
    tour.stop(app, ready);
    away(app);
    app.hold(&[command]);
    app.visit(page);
    loading(app);
    tour.stop(app, held);
    app.release();
    rows(app);
    away(app);
    app.refuse(&[command]);
    app.visit(page);
    failed(app);
    tour.stop(app, refused);
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
    let asks = ["add-subscription-loading", "add-subscription-failed"];
    let add = || app.button("Add subscription").click();
    late(tour, app, &["list_plans"], asks, &add, &|| {
        app.field("Quantity");
    });
    app.see("The first period is billed");
    loaded(app);
    tour.stop(app, "add-subscription");
    app.refuse(&["preview_invoice"]);
    app.field("Quantity").fill("2");
    app.see("What it costs with tax is not known");
    tour.stop(app, "add-subscription-cost-failed");
    app.release();
    app.field("Quantity").fill("none");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.see("Enter a number from 1 to 1000000.");
    tour.stop(app, "add-subscription-refused");
    app.escape();
    app.gone("dialog", "Add subscription");

    let card = || app.find("article", &format!("Subscription {plan}"));
    let asks = ["change-subscription-loading", "change-subscription-failed"];
    let change = || card().find("button", "Change").click();
    late(tour, app, &["list_plans"], asks, &change, &|| {
        app.field("Quantity");
    });
    app.see("Nothing is changed yet");
    tour.stop(app, "change-subscription");
    app.refuse(&["preview_subscription_change"]);
    app.field("Quantity").fill("6");
    app.see("The database did not answer");
    tour.stop(app, "change-subscription-preview-failed");
    app.release();
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

    // One of which a period has begun and is not billed.
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    long_ago(app, &one["id"]);
    app.open_record(&one["customer_id"], "subscriptions");
    loaded(app);
    card().find("button", "Pause").click();
    app.dialog("Pause");
    tour.stop(app, "pause-subscription");
    app.button("Let it run").click();
    app.gone("dialog", "Pause");

    // One that was paused so long ago that resuming bills something.
    app.ask("pause_subscription", json!({"id": one["id"]}));
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    long_ago(app, &one["id"]);
    app.open_record(&one["customer_id"], "subscriptions");
    loaded(app);
    app.button("Resume").click();
    app.dialog("Resume");
    tour.stop(app, "resume-subscription");
    app.button("Keep it paused").click();
    app.press(&[Key::Escape]);
    app.until("the list", || app.all("dialog").is_empty());
}

/// Sets back until when a subscription was billed, as if time had passed.
fn long_ago(app: &App, id: &Value) {
    let id = id.as_str().unwrap_or_default().replace('-', "");
    let sql = format!(
        "UPDATE subscription SET billed_until = '{}' WHERE id = x'{id}'",
        app.day(-40).as_str().unwrap_or_default()
    );
    let options = SqliteConnectOptions::new().filename(app.folder().join("sample.db"));
    let changed = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(sqlx::Error::Io)
        .and_then(|runtime| {
            runtime.block_on(async {
                let mut connection = SqliteConnection::connect_with(&options).await?;
                let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await?;
                connection.close().await?;
                Ok(done.rows_affected())
            })
        });
    assert!(matches!(changed, Ok(1)), "{changed:?}");
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
    soon(tour, app);
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
    app.hold(&["run_catch_up"]);
    app.button("Run ").click();
    app.see("Running: 0 of");
    tour.stop(app, "catch-up-running");
    app.refuse(&["run_catch_up"]);
    app.see("The database did not answer");
    tour.stop(app, "catch-up-run-failed");
    app.release();
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

/// What will come within a month.
fn soon(tour: &mut Tour<'_>, app: &App) {
    app.hold(&["rehearse_catch_up"]);
    app.find("radio", "Next month").click();
    loading(app);
    tour.stop(app, "catch-up-soon-loading");
    app.release();
    app.see("This is only a rehearsal");
    loaded(app);
    tour.stop(app, "catch-up-soon");
    app.find("radio", "Due now").click();
    app.button("Run ");
    app.refuse(&["rehearse_catch_up"]);
    app.find("radio", "Next month").click();
    failed(app);
    tour.stop(app, "catch-up-soon-failed");
    retry(app);
}

fn empty(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_selling_empty")?;
    app.resize(1280, 800);
    app.begin();
    for (page, title, name) in EMPTY {
        app.visit(page);
        app.see(title);
        loaded(&app);
        tour.stop(&app, name);
    }
    // The last of these pages.
    app.find("radio", "Next month").click();
    app.see("Nothing will come within a month");
    loaded(&app);
    tour.stop(&app, "catch-up-soon-empty");
    app.visit("Invoices");
    app.button("New invoice").click();
    app.see("No customer yet");
    loaded(&app);
    tour.stop(&app, "choose-customer-empty");
    Ok(())
}
