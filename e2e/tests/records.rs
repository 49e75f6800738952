//! What belongs to a customer: payments, subscriptions, domains, keys, and the timeline of it all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::{Value, json};

fn sample(name: &str) -> App {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    app.until("the rows", || {
        !app.all(".grid__window [role=row]:not(.grid__row--bones)").is_empty()
    });
    app
}

/// The first record of a list for which something holds.
fn pick(app: &App, operation: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let page = app.ask(operation, json!({"limit": 200}));
    let items = page["items"].as_array().unwrap();
    items.iter().find(|item| holds(item)).expect("the sample has one").clone()
}

#[test]
fn a_payment_is_recorded_and_what_is_typed_for_it_is_not_lost() {
    let app = sample("payment");
    let invoice = pick(&app, "list_invoices", |invoice| {
        invoice["status"] == "open" && invoice["payable"]["amount"].as_i64() > Some(100)
    });
    app.open_record(&invoice["customer_id"], "invoices");
    app.button("Record payment").click();
    app.until("the amount", || app.field("Amount").has_focus());
    assert_ne!(app.field("Amount").value(), "", "what is outstanding is filled in");

    // A refusal leads to its field.
    app.field("Reference").fill("REF 1");
    app.field("Amount").fill("0.125");
    app.field("Reference").click();
    app.press(&[Key::Control, Key::Enter]);
    app.until("the wrong field", || app.field("Amount").has_focus());

    // Neither a drag out of a field nor a press beside takes it away, and leaving the tab keeps it.
    app.drag_out(&app.field("Reference"));
    app.click_beside();
    assert_eq!(app.field("Reference").value(), "REF 1");
    app.escape();
    app.button("Record payment").click();
    app.until("the draft", || app.field("Reference").value() == "REF 1");
    app.open_tab("Details");
    app.open_tab("Payments");
    app.button("Record payment").click();
    app.until("the draft", || app.field("Reference").value() == "REF 1");

    let before = app.find("heading", "").text();
    app.field("Amount").fill("1");
    app.see("Pays");
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    app.until("the form to go", || !app.shows("field", "Amount"));
    app.row("REF 1");
    assert_ne!(before, "");
    // It is saved, so nothing of it is left for the next.
    app.button("Record payment").click();
    app.until("a fresh form", || {
        app.shows("field", "Reference") && app.field("Reference").value().is_empty()
    });
    app.escape();
    // With nothing typed a press beside closes the record; a drag into the open does not.
    app.until("the button", || app.shows("button", "Record payment"));
    app.dismiss();
    app.drag_out(&app.find("tab", "Payments"));
    assert!(!app.all("dialog").is_empty());
    app.click_beside();
    app.until("the list", || app.all("dialog").is_empty());
}

#[test]
fn a_subscription_is_canceled_at_its_end_and_at_once_and_goes_on() {
    let app = sample("subscription");
    let subscription = pick(&app, "list_subscriptions", |one| {
        one["status"] == "active" && one["cancel_at_period_end"] == false
    });
    let plan = subscription["plan_name"].as_str().unwrap().to_owned();
    app.open_record(&subscription["customer_id"], "subscriptions");
    let state = |want: &str| {
        let card = app.find("article", &format!("Subscription {plan}"));
        card.text().contains(want)
    };
    for (when, says, shown) in [("At period end", "ends", "Ends with its period"), ("Now", "canceled", "Canceled")] {
        app.until("an active one", || state("Active"));
        app.dismiss();
        app.find("article", &format!("Subscription {plan}"))
            .find("button", "Cancel subscription")
            .click();
        app.find("radio", when).click();
        app.button("Cancel subscription").click();
        app.see(&format!("Subscription {plan} {says}"));
        app.until(shown, || state(shown));
        app.button("Undo").click();
        app.see("goes on");
    }
    app.until("an active one", || state("Active"));
    app.open_tab("Timeline");
    app.see("canceled subscription");
    app.see("Undone");
}

#[test]
fn a_domain_is_added_with_its_days() {
    let app = sample("domain");
    let name = app.first_customer();
    app.open_customer(&name);
    app.open_tab("Domains");
    app.button("Add domain").click();
    app.dialog("Add domain").find("button", "Add domain").click();
    app.until("the name", || app.field("Domain name").has_focus());
    app.field("Domain name").fill("b\u{fc}cher-walk.example");
    app.see("Stored as xn--bcher-walk");
    app.run(
        "const day = document.querySelector('[name=expires_on]'); day.value = '2031-03-09'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.escape();
    app.gone("dialog", "Add domain");
    app.button("Add domain").click();
    app.until("the draft", || app.field("Domain name").value() == "b\u{fc}cher-walk.example");
    app.dialog("Add domain").find("button", "Add domain").click();
    app.gone("dialog", "Add domain");
    assert!(app.row("b\u{fc}cher-walk.example").text().contains("Mar 9, 2031"));
    // It is taken now: said at the field.
    app.dismiss();
    app.button("Add domain").click();
    app.field("Domain name").fill("B\u{dc}CHER-walk.example");
    app.dialog("Add domain").find("button", "Add domain").click();
    app.see("already has this domain");
    app.until("the name", || app.field("Domain name").has_focus());
    // Narrow, the second line has the day.
    app.press(&[Key::Escape]);
    app.gone("dialog", "Add domain");
    app.resize(420, 800);
    assert!(app.row("b\u{fc}cher-walk.example").text().contains("Mar 9, 2031"));
}

#[test]
fn a_domain_is_changed_and_removed_and_both_are_taken_back_by_their_names() {
    let app = sample("domain_changes");
    let domain = app.ask("list_domains", json!({"limit": 1}))["items"][0].clone();
    let name = domain["unicode_name"].as_str().unwrap().to_owned();
    app.open_record(&domain["customer_id"], "domains");
    app.button(&format!("Change {name}")).click();
    app.field("Registrar").fill("Another Registrar Ltd");
    app.button("Save domain").click();
    app.gone("dialog", &format!("Change {name}"));
    app.until("the new registrar", || app.row(&name).text().contains("Another Registrar Ltd"));
    app.button(&format!("Remove {name}")).click();
    app.see("its name can be given to another customer");
    app.button("Remove domain").click();
    app.until("the domain to go", || !app.shows("row", &name));
    // Two notifications offer Undo, each by the name of what it takes back.
    app.button(&format!("Undo: {name} changed"));
    app.button(&format!("Undo: {name} removed")).click();
    app.until("the domain", || {
        app.shows("row", &name) && app.row(&name).text().contains("Another Registrar Ltd")
    });
    assert!(app.ask("list_domains", json!({"search": domain["name"]}))["items"][0]["version"].as_u64() > domain["version"].as_u64());
}

#[test]
fn a_removed_domain_comes_back_from_the_timeline() {
    let app = sample("domain_timeline");
    let domain = app.ask("list_domains", json!({"limit": 1}))["items"][0].clone();
    let name = domain["unicode_name"].as_str().unwrap().to_owned();
    // Its notification is long gone.
    app.ask("delete_domain", json!({"id": domain["id"], "version": domain["version"]}));
    app.open_record(&domain["customer_id"], "timeline");
    app.button(&format!("Undo: deleted {name}")).click();
    app.see(&format!("{name} is back"));
    app.see("Undone");
    app.see("Remove it by hand");
    let found = app.ask("list_domains", json!({"search": domain["name"]}))["items"][0].clone();
    assert_eq!((&found["id"], &found["expires_on"]), (&domain["id"], &domain["expires_on"]));
}

#[test]
fn the_timeline_tells_before_and_after_and_takes_back() {
    let app = sample("timeline");
    let license = pick(&app, "list_licenses", |license| license["status"] == "active");
    let plan = license["plan_name"].as_str().unwrap().to_owned();
    app.open_record(&license["customer_id"], "licenses");

    // The key is copied and the button says so.
    app.find("article", &format!("License {plan}")).find("button", "Copy key").click();
    app.see("Key copied");

    let key = license["key"].as_str().unwrap().to_owned();
    let card = app.run(
        "return Array.from(document.querySelectorAll('article')).findIndex((card) => card.innerText.includes(arguments[0]))",
        &[json!(key)],
    );
    let cards = app.all("article");
    let card = &cards[usize::try_from(card.as_u64().expect("the license is shown")).unwrap()];
    card.find("button", "Cancel license").click();
    app.button("Cancel license").click();
    app.see("canceled");
    app.dismiss();

    app.type_text("e");
    app.dialog("Edit customer");
    app.field("Company").fill("Second Name Ltd");
    app.button("Save").click();
    app.gone("dialog", "Edit customer");
    app.open_tab("Timeline");
    app.see("Second Name Ltd");
    let change = app.run(
        "const after = Array.from(document.querySelectorAll('.diff ins')).find((ins) => ins.innerText === 'Second Name Ltd'); return after.closest('.diff').innerText",
        &[],
    );
    assert!(change.as_str().unwrap().contains("Company"), "{change}");
    app.see("Change it back by hand");
    app.dismiss();
    app.button("Undo: canceled license").click();
    app.see("is back");
    app.see("Undone");
}

#[test]
fn a_deleted_customer_is_brought_back_from_the_changes() {
    let app = App::start("back_from_changes").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.row("Lena Hoffmann").find("button", "Delete").click();
    app.dismiss();
    app.button("Delete customer").click();
    app.see("Lena Hoffmann deleted");
    // The keyboard returns from the notification to where it was.
    app.press(&[Key::F6]);
    app.until("the notification", || {
        app.run("return document.activeElement.closest('.toasts') !== null", &[]) == json!(true)
    });
    app.find("button", "Dismiss").click();
    app.until("the list", || app.find("grid", "Customers").has_focus());
    app.visit("Dashboard");
    assert!(
        !app.shows("link", "Deleted Lena Hoffmann") && !app.shows("link", "Added Lena Hoffmann"),
        "no link leads nowhere"
    );
    app.button("Undo: Deleted Lena Hoffmann").click();
    app.see("Lena Hoffmann is back");
    app.link("Added Lena Hoffmann").click();
    app.dialog("Lena Hoffmann");
}

/// Confirms the deletion of Lena Hoffmann in the list, and reads why it is refused: there is no way past it.
#[track_caller]
fn is_refused(app: &App, title: &str, advice: &str) {
    app.row("Lena Hoffmann").find("button", "Delete").click();
    app.dialog("Delete Lena Hoffmann?");
    app.dismiss();
    app.button("Delete customer").click();
    app.dialog(title);
    app.see(advice);
    assert!(!app.shows("button", "Delete customer"), "it cannot be confirmed again");
    // Nothing was deleted.
    app.record("lena@example.com");
}

#[test]
fn what_is_active_is_counted_where_a_deletion_is_refused_and_can_be_shown() {
    let app = App::start("refused_deletion").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "10", "100");
    app.add_plan("Agency", "agency", "30", "300");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.record("lena@example.com")["id"].clone();
    let of = |name: &str| {
        let plan = pick(&app, "list_plans", |plan| plan["name"] == name);
        json!({"customer_id": customer, "plan_id": plan["id"], "billing_cycle": "monthly"})
    };
    let subscriptions = ["Studio", "Agency"].map(|plan| app.ask("create_subscription", of(plan))["id"].clone());
    let license = app.ask("add_license", of("Studio"))["id"].clone();
    let advice = |nouns: &str| {
        format!(
            "A customer with active {nouns} cannot be deleted, so that no product stops by accident. Cancel the {nouns} first, \
             or set the customer inactive: records stay, new licenses are refused."
        )
    };

    // Of both, the licenses are told first: with a license goes the subscription that serves only it.
    is_refused(&app, "Lena Hoffmann has 1 active license", &advice("licenses"));
    app.button("Show licenses").click();
    app.dialog("Lena Hoffmann");
    app.find("article", "License Studio");
    app.escape();
    app.gone("dialog", "Lena Hoffmann");

    app.ask("cancel_license", json!({"id": license}));
    is_refused(&app, "Lena Hoffmann has 2 active subscriptions", &advice("subscriptions"));
    app.button("Show subscriptions").click();
    app.dialog("Lena Hoffmann");
    app.find("article", "Subscription Studio");
    app.find("article", "Subscription Agency");
    app.escape();
    app.gone("dialog", "Lena Hoffmann");

    // Who is inactive already is not told to be made so.
    app.ask("cancel_subscription", json!({"id": subscriptions[0], "at": "now"}));
    let row = app.record("lena@example.com");
    app.ask(
        "update_customer",
        json!({"id": row["id"], "version": row["version"], "is_active": false}),
    );
    app.visit("Plans");
    app.visit("Customers");
    app.until("an inactive customer", || app.row("Lena Hoffmann").text().contains("Inactive"));
    is_refused(
        &app,
        "Lena Hoffmann has 1 active subscription",
        "so that no product stops by accident. Cancel the subscriptions first.",
    );
    assert!(!app.shows("button", "Set inactive"));
    app.button("Close").click();
    app.until("the list", || app.all("dialog").is_empty());

    app.ask("cancel_subscription", json!({"id": subscriptions[1], "at": "now"}));
    app.row("Lena Hoffmann").find("button", "Delete").click();
    app.button("Delete customer").click();
    app.until("the row to go", || !app.shows("row", "Lena Hoffmann"));
}

#[test]
fn a_payment_is_split_among_more_invoices_than_a_page_of_them_holds() {
    let app = App::start("payment_of_many").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.record("lena@example.com")["id"].clone();
    app.set_seller();
    // More than the 500 that are asked for at a time. The one made first is due first, and the last to be listed.
    let make = "const [customer_id, count, done] = arguments; \
        const ask = async (name, request) => { const answer = await window.__TAURI_INTERNALS__.invoke(name, {request}); \
            return answer instanceof ArrayBuffer ? JSON.parse(new TextDecoder().decode(answer)) : answer }; \
        const all = async () => { const numbers = []; \
            for (let at = 0; at < count; at += 1) { \
                const {id, version} = await ask('create_invoice', {customer_id, lines: [{text: 'Setup', quantity: '1', unit_price: 10_000}]}); \
                numbers.push((await ask('finalize_invoice', {id, version})).number) } \
            return numbers }; \
        all().then(done, (refusal) => done({refusal}))";
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let made = app.run_until_called(make, &[customer.clone(), json!(170)]);
        numbers.extend(made.as_array().unwrap_or_else(|| panic!("{made}")).iter().cloned());
    }
    let number = |at: usize| numbers[at].as_str().unwrap().to_owned();
    app.open_record(&customer, "payments");
    app.button("Record payment").click();
    app.until("the amount", || app.field("Amount").has_focus());
    assert_eq!(app.field("Amount").value(), "60690.00", "what is outstanding is filled in");
    app.field("Amount").fill("200");
    app.see(&format!("Pays {} in full and part of {}.", number(0), number(1)));
    app.button("Split").click();
    app.see("50 of 510 open invoices shown");
    app.see("A payment is split among at most 100 invoices.");
    assert_eq!(app.field(&number(0)).value(), "119.00");
    assert_eq!(app.field(&number(1)).value(), "81.00");
    // Any of them can be reached and paid.
    assert!(!app.shows("field", &number(60)));
    app.button("Show more").click();
    app.see("100 of 510 open invoices shown");
    app.field(&number(1)).fill("");
    app.field(&number(60)).fill("81");
    app.see(&format!("Pays {} in full and part of {}.", number(0), number(60)));
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    let paid = app.ask("list_payments", json!({"customer_id": customer}))["items"][0]["allocations"].clone();
    let parts: Vec<_> = paid
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["invoice_number"].clone(), part["amount"]["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(parts.len(), 2);
    for part in [(json!(number(0)), 11_900), (json!(number(60)), 8_100)] {
        assert!(parts.contains(&part), "{part:?} in {parts:?}");
    }
}

#[test]
fn what_was_given_up_is_paid_after_all_where_it_is_chosen() {
    let app = App::start("payment_given_up").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.record("lena@example.com")["id"].clone();
    app.set_seller();
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "License", "quantity": "1", "unit_price": 10_000}]}),
    );
    let made = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    let number = made["number"].as_str().unwrap().to_owned();
    app.ask(
        "set_invoice_uncollectible",
        json!({"id": made["id"], "version": made["version"], "uncollectible": true}),
    );
    app.open_record(&customer, "payments");
    app.button("Record payment").click();
    app.until("the amount", || app.field("Amount").has_focus());
    app.field("Amount").fill("30");
    app.see("Pays no invoice: \u{20ac}30.00 stays as credit.");
    app.see(&format!("{number} was given up: it is paid only where the payment is split"));
    app.button("Split").click();
    app.see("\u{20ac}119.00 given up");
    app.field(&number).fill("30");
    app.see(&format!("Pays part of {number}."));
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    app.dismiss();
    app.open_tab("Invoices");
    app.button(&number).click();
    app.see("\u{20ac}30.00 of \u{20ac}119.00 paid");
    app.button("Record payment").click();
    app.until("what is left", || app.field("Amount").value() == "89.00");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Settled");
    let now = app.ask("get_invoice", json!({"id": made["id"]}))["invoice"].clone();
    assert_eq!((&now["status"], &now["paid"]["amount"]), (&json!("paid"), &json!(11_900)), "{now}");
}
