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

fn plan_id(app: &App, name: &str) -> Value {
    let plans = app.ask("list_plans", json!({"limit": 10}))["items"].clone();
    let found = plans.as_array().unwrap().iter().find(|plan| plan["name"] == name);
    found.unwrap()["id"].clone()
}

/// Chooses Agency in the change of the subscription to Studio.
fn change_to_agency(app: &App, customer: &Value) {
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.find("article", "Subscription Studio").find("button", "Change").click();
    app.see("Nothing is changed yet");
    let agency = app.run(
        "return Array.from(document.querySelector('dialog [name=plan_id]').options).find((option) => option.text.startsWith('Agency')).text",
        &[],
    );
    app.field("Plan").choose(agency.as_str().unwrap());
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
    let (studio, agency) = (plan_id(&app, "Studio"), plan_id(&app, "Agency"));
    app.escape();
    app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": studio, "billing_cycle": "monthly", "starts_on": app.day(-10)}),
    );
    change_to_agency(&app, &customer);
    app.see("The difference is billed");
    let id = only(&app)["id"].clone();
    let preview = app.ask("preview_subscription_change", json!({"id": id, "plan_id": agency}));
    let cents = preview["total"]["amount"].as_i64().unwrap();
    assert!(cents > 0);
    let amount = format!("€{}.{:02}", cents / 100, cents % 100);
    app.see(&amount);
    // What is billed names the plan, and below it the days as the page writes them: once.
    let small = "return [...document.querySelectorAll('.facts--lines dt')].map((line) => [line.firstChild.data, line.querySelector('small')?.textContent])";
    let lines = app.run(small, &[]);
    assert_eq!((&lines[0][0], &lines[1][0]), (&json!("Unused time of Studio"), &json!("Agency")));
    assert!(lines[1][1].as_str().is_some_and(|days| days.contains('–')), "{lines}");
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
    app.dismiss();
    app.button("Pause").click();
    app.button("Resume").click();
    app.until("it to run", || only(&app)["status"] == "active");
    // Both can be taken back, each by its name; the older one would not take back what it says any more.
    let name = only(&app)["plan_name"].as_str().unwrap().to_owned();
    app.button(&format!("Undo: {name} goes on"));
    app.button(&format!("Undo: {name} paused")).click();
    app.see("Not undone. The subscription is active.");
    assert_eq!(only(&app)["status"], json!("active"), "nothing was written over");
    app.button(&format!("Undo: {name} goes on")).click();
    app.see(&format!("{name} is paused again"));
    assert_eq!(only(&app)["status"], json!("paused"));
    app.open_tab("Timeline");
    app.see("paused subscription");
    app.see("resumed subscription");
    // Without a notification the timeline takes back what is newest.
    app.dismiss();
    app.button(&format!("Undo: paused subscription {name}")).click();
    app.see(&format!("{name} goes on"));
    assert_eq!(only(&app)["status"], json!("active"));
    app.button(&format!("Undo: resumed subscription {name}")).click();
    app.see(&format!("{name} is paused again"));
    assert_eq!(only(&app)["status"], json!("paused"));
}

#[test]
fn a_change_within_a_trial_is_taken_back() {
    let (app, customer) = book("change_in_trial");
    let studio = plan_id(&app, "Studio");
    app.escape();
    let made = app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": studio, "billing_cycle": "monthly", "trial_days": 14}),
    );
    change_to_agency(&app, &customer);
    app.see("The trial is not billed");
    app.button("Save change").click();
    app.gone("dialog", "Change Studio");
    app.find("article", "Subscription Agency");
    app.button("Undo").click();
    app.see("Studio is as before");
    app.find("article", "Subscription Studio");
    let now = only(&app);
    for field in ["plan_id", "price", "quantity", "status", "anchor", "trial_end", "billed_until"] {
        assert_eq!(now[field], made[field], "{field}");
    }
    assert_eq!(app.ask("list_invoices", json!({"limit": 1}))["total"], json!(0));
}

/// Adds a license with a subscription by its dialog.
fn add_license(app: &App) {
    app.open_tab("Licenses");
    app.dismiss();
    app.button("Add license").click();
    app.field("Plan").choose("Studio");
    app.dialog("Add license").find("button", "Add license").click();
    app.gone("dialog", "Add license");
}

fn totals(app: &App) -> [Value; 3] {
    ["list_licenses", "list_subscriptions", "list_invoices"].map(|list| app.ask(list, json!({"limit": 50}))["total"].clone())
}

#[test]
fn a_sale_is_taken_back_with_its_draft_unless_something_final_came_with_it() {
    let (app, customer) = book("sale_undone");
    add_license(&app);
    app.button("Undo: Studio added for Lena Hoffmann").click();
    app.see("License Studio is canceled again");
    assert_eq!(totals(&app), [json!(1), json!(1), json!(0)], "the draft is gone");
    assert_eq!(only(&app)["status"], json!("canceled"));

    app.open_tab("Subscriptions");
    app.dismiss();
    app.button("Add subscription").click();
    app.field("Plan").choose("Studio");
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.gone("dialog", "Add subscription");
    app.button("Undo: Subscription Studio added for Lena Hoffmann").click();
    app.see("Subscription Studio is canceled again");
    assert_eq!(totals(&app), [json!(2), json!(2), json!(0)]);
    assert_eq!(only(&app)["status"], json!("canceled"));

    // Somebody works with the draft meanwhile: it stays as they have made it, and that is said.
    add_license(&app);
    let undo = app.button("Undo: Studio added for Lena Hoffmann");
    let draft = app.ask("list_invoices", json!({"limit": 1}))["items"][0].clone();
    app.ask(
        "update_invoice",
        json!({"id": draft["id"], "version": draft["version"], "note": "Thank you"}),
    );
    undo.click();
    app.see("License Studio is canceled again. Its draft invoice stays: Ines Moreau changed this meanwhile.");
    let kept = app.ask("get_invoice", json!({"id": draft["id"]}));
    assert_eq!((&kept["note"], &kept["invoice"]["status"]), (&json!("Thank you"), &json!("draft")));

    // What is final is not taken back, and why is said in its place.
    app.set_seller();
    let finalize_renewals = |is_on: bool| {
        let version = app.ask("get_billing_settings", json!({}))["version"].clone();
        app.ask("update_billing_settings", json!({"version": version, "finalize_renewals": is_on}));
    };
    finalize_renewals(true);
    add_license(&app);
    app.see("is final, so this cannot be undone");
    assert!(!app.shows("button", "Undo: Studio added for Lena Hoffmann"));
    let invoice = app.ask("list_invoices", json!({"customer_id": customer["id"], "status": "open"}))["items"][0].clone();
    assert!(app.text().contains(invoice["number"].as_str().unwrap()));

    // Nor what would be billed until today first.
    app.open_tab("Subscriptions");
    app.dismiss();
    app.button("Add subscription").click();
    app.field("Quantity");
    set_day(&app, "starts_on", &app.day(-70));
    app.see("Catching up bills the rest");
    finalize_renewals(false);
    app.dialog("Add subscription").find("button", "Add subscription").click();
    app.gone("dialog", "Add subscription");
    app.see("would be billed until today first, so this cannot be undone");
}

#[test]
fn what_somebody_changes_while_it_is_asked_about_is_not_canceled_unseen() {
    let (app, customer) = book("cancel_frozen");
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    app.escape();
    let made = app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": plan, "billing_cycle": "monthly"}),
    );
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.type_text("e");
    app.dialog("Edit customer");
    app.field("Company").fill("Hoffmann GmbH");
    app.button("Save").click();
    app.gone("dialog", "Edit customer");
    app.button("Cancel subscription").click();
    app.dialog("Cancel the subscription");
    let change = json!({"id": made["id"], "version": made["version"], "quantity": 3});
    app.ask("change_subscription", change);
    // Whatever is saved here has everything read again; what is asked about stays.
    app.button("Undo: Lena Hoffmann saved").click();
    app.until("the change behind the question", || {
        let card = app.run("return document.querySelector('article.license').innerText", &[]);
        card.as_str().is_some_and(|text| text.contains("3 \u{d7}"))
    });
    app.find("radio", "Now").click();
    app.dialog("Cancel the subscription").find("button", "Cancel subscription").click();
    app.see("Nothing was canceled.");
    assert_eq!(only(&app)["status"], json!("active"));
    app.button("Show it as it is now").click();
    app.until("the end of the refusal", || !app.shows("button", "Show it as it is now"));
    app.until("the focus on the safe answer", || app.button("Keep subscription").has_focus());
    assert!(app.find("radio", "Now").is_on(), "what was chosen stays");
    app.dialog("Cancel the subscription").find("button", "Cancel subscription").click();
    app.until("the end of the question", || only(&app)["status"] == "canceled");
}

#[test]
fn what_goes_with_a_license_is_not_canceled_unseen() {
    let (app, _) = book("cancel_license_frozen");
    add_license(&app);
    app.dismiss();
    let own = only(&app);
    app.find("article", "License Studio").find("button", "Cancel license").click();
    app.dialog("Cancel Studio for Lena Hoffmann?");
    app.see("serves only this license and is canceled with it");
    app.ask("pause_subscription", json!({"id": own["id"], "version": own["version"]}));
    app.dialog("Cancel Studio").find("button", "Cancel license").click();
    app.see("Nothing was canceled.");
    assert_eq!(only(&app)["status"], json!("paused"));
    app.button("Show it as it is now").click();
    app.until("the end of the refusal", || !app.shows("button", "Show it as it is now"));
    app.dialog("Cancel Studio").find("button", "Cancel license").click();
    app.until("the end of the question", || only(&app)["status"] == "canceled");
}

#[test]
fn a_canceled_one_is_reactivated_and_billed_anew_where_its_invoice_is_gone() {
    let (app, customer) = book("reactivate_subscription");
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    app.escape();
    let made = app.ask(
        "create_subscription",
        json!({"customer_id": customer["id"], "plan_id": plan, "billing_cycle": "monthly"}),
    );
    app.ask("cancel_subscription", json!({"id": made["id"], "at": "now"}));
    let draft = app.ask("list_invoices", json!({"limit": 1}))["items"][0].clone();
    app.ask("delete_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.button("Reactivate").click();
    app.see("is billed now: see its invoices");
    app.until("it to run", || only(&app)["status"] == "active");
    let again = app.ask("list_invoices", json!({"customer_id": customer["id"]}))["items"].clone();
    assert_eq!(again.as_array().unwrap().len(), 1);
    assert_eq!((&again[0]["status"], &again[0]["net"]), (&json!("draft"), &draft["net"]));
    // Canceled once more and brought back: nothing is billed twice, and Undo cancels it again.
    app.dismiss();
    app.escape();
    app.ask("cancel_subscription", json!({"id": made["id"], "at": "now"}));
    app.visit("Plans");
    app.open_record(&customer["id"], "subscriptions");
    app.button("Reactivate").click();
    app.button("Undo").click();
    app.see("is canceled again");
    assert_eq!(only(&app)["status"], "canceled");
    assert_eq!(app.ask("list_invoices", json!({"customer_id": customer["id"]}))["items"], again);
    // What the next sale bills is said before it is sold.
    app.button("Add subscription").click();
    app.see("The invoice waits as a draft until you finalize it.");
}
