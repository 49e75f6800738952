//! Plans and settings: changed, contested, taken back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::App;
use serde_json::json;

#[test]
fn plans_are_edited_and_taken_off_sale_each_on_its_own() {
    let app = App::start("plans").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "12", "120");
    app.add_plan("Agency", "agency", "30", "300");
    app.dismiss();

    // Two at a time.
    app.button("Stop selling Studio").click();
    app.button("Stop selling Agency").click();
    app.button("Sell Studio again");
    app.button("Sell Agency again");
    app.dismiss();
    app.button("Sell Agency again").click();
    app.see("Agency is on sale again");
    app.button("Undo").click();
    app.button("Sell Agency again");
    app.dismiss();

    // A wrong price is refused at its field; what is typed is kept over Esc.
    app.button("Edit Studio").click();
    app.field("Monthly price").fill("a lot");
    app.button("Save plan").click();
    app.until("the wrong field", || app.field("Monthly price").has_focus());
    app.field("Monthly price").fill("15.50");
    app.escape();
    app.gone("dialog", "Edit Studio");
    app.button("Edit Studio").click();
    app.until("the draft", || app.field("Monthly price").value() == "15.50");

    // Somebody else saves meanwhile: what only they changed is taken, and of the price the person chooses one.
    let plans = app.ask("list_plans", json!({}));
    let studio = plans["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|plan| plan["code"] == "studio")
        .unwrap()
        .clone();
    app.ask(
        "update_plan",
        json!({"id": studio["id"], "version": studio["version"], "price_yearly": 11100, "price_monthly": 1300}),
    );
    app.button("Save plan").click();
    app.dialog("Ines Moreau saved this plan first");
    app.find("radio", "Monthly price, theirs: €13.00");
    app.find("radio", "Monthly price, yours: €15.50").click();
    app.see("€111.00");
    app.button("Save").click();
    app.until("the end of the dialogs", || app.all("dialog").is_empty());
    app.until("the new prices", || {
        let row = app.row("Studio").text();
        row.contains("15.50") && row.contains("111.00")
    });
}

#[test]
fn settings_are_saved() {
    let app = App::start("settings").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.link("Settings").click();
    app.field("Name of the book").fill("Alder Hosting");
    app.field("Lock when idle").fill("0");
    app.button("Save settings").click();
    app.until("the wrong field", || app.field("Lock when idle").has_focus());
    app.field("Lock when idle").fill("5");
    app.button("Save settings").click();
    app.see("Settings saved");
    app.until("the name in the sidebar", || app.text().contains("Alder Hosting"));
    assert_eq!(app.ask("get_settings", json!({}))["idle_lock_minutes"], json!(5));
    // It locks after these five minutes, not after the ten of a new book.
    app.sleep_for(280);
    app.see("Without input the app locks in");
    app.sleep_for(30);
    app.button("Unlock");
}

#[test]
fn a_plan_gets_a_schedule_of_its_own_and_gives_it_up() {
    let app = App::start("plan_schedule").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "12", "120");
    app.dismiss();
    let own = || app.ask("list_plans", json!({}))["items"][0]["reminders"].clone();
    assert_eq!(own(), json!(null));
    app.button("Edit Studio").click();
    app.field("A schedule of its own").click();
    app.field("Step 1, days").fill("-3");
    app.button("Remove step 7").click();
    app.field("Step 6, days").fill("x");
    app.button("Save plan").click();
    app.see("Enter a whole number of days");
    app.field("Step 6, days").fill("30");
    app.button("Save plan").click();
    app.gone("dialog", "Edit Studio");
    let days: Vec<i64> = own()
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["days"].as_i64().unwrap())
        .collect();
    assert_eq!(days, [-3, 0, 3, 7, 14, 30]);
    app.button("Undo: Plan Studio saved").click();
    app.until("the plan as it was", || own() == json!(null));
}
