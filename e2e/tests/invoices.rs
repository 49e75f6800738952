//! A month of billing one customer, as a person does it: draft, finalize, collect, correct.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::{Value, json};

/// A book with one customer.
fn ready(name: &str) -> (App, Value) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    let id = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    (app, id)
}

/// A final invoice over one line, made behind the page's back.
fn invoice(app: &App, customer: &Value, text: &str, price: i64) -> Value {
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": text, "quantity": "1", "unit_price": price}]}),
    );
    app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}))
}

/// A field of a line of the open draft.
fn line(app: &App, at: usize, name: &str, text: &str) {
    let script = "const field = document.querySelector(`dialog[open] [name='lines[${arguments[0]}].${arguments[1]}']`); field.focus(); field.select(); return true";
    app.until("the field of a line", || app.run(script, &[json!(at), json!(name)]) == json!(true));
    app.type_text(text);
}

#[test]
fn an_invoice_is_drafted_by_keyboard_and_leads_to_what_is_missing_before_it_is_final() {
    let (app, customer) = ready("invoice_draft");
    app.open_record(&customer, "invoices");
    app.see("No invoice yet");
    app.tab_to("button", "New invoice");
    app.press(&[Key::Enter]);
    app.dialog("New invoice");
    // Nothing is typed for: what is missing is said where it is.
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter a description.");
    line(&app, 0, "text", "Setup of the mail server");
    line(&app, 0, "unit_price", "1.2345");
    line(&app, 0, "quantity", "-1");
    app.see("Enter more than 0");
    line(&app, 0, "unit_price", "100");
    line(&app, 0, "quantity", "1.5");
    app.see("\u{20ac}150.00");
    app.button("Add line").click();
    app.until("the new line", || {
        app.all("field")
            .iter()
            .any(|field| field.attribute("name").as_deref() == Some("lines[1].text"))
    });
    line(&app, 1, "text", "Domain");
    line(&app, 1, "unit_price", "14");
    app.see("\u{20ac}164.00");
    app.button("Remove line 2").click();
    app.button("Save draft").click();
    app.dialog("Draft invoice");
    // Saved, it stays what it is; finalized it cannot be, as the book does not know who sells.
    app.dismiss();
    app.button("Finalize").click();
    app.dialog("Finalize this invoice?");
    app.button("Finalize").click();
    app.see("Your own details are not complete");
    app.link("Open Settings, Billing").click();
    app.field("City").fill("Hamburg");
    app.field("Country").choose("Germany");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    app.dismiss();

    app.open_record(&customer, "invoices");
    app.button("Draft").click();
    app.dialog("Draft invoice");
    line(&app, 0, "unit_price", "200");
    app.see("\u{20ac}300.00");
    // What was typed is saved on the way.
    app.button("Finalize").click();
    app.dialog("Finalize this invoice?");
    app.see("\u{20ac}300.00");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Finalize this invoice?");
    app.see("is final");
    app.see("Final; number given");
    app.until("the total", || app.text().contains("\u{20ac}300.00"));
    assert!(!app.shows("button", "Save draft"), "what is final is not edited");
    app.escape();
    app.until("the record", || app.shows("tabpanel", ""));
    app.row("Open");
}

#[test]
fn a_new_draft_is_taken_back() {
    let (app, customer) = ready("invoice_undone");
    app.open_record(&customer, "invoices");
    app.button("New invoice").click();
    app.dialog("New invoice");
    line(&app, 0, "text", "Setup of the mail server");
    line(&app, 0, "unit_price", "100");
    app.see("\u{20ac}100.00");
    app.button("Save draft").click();
    app.dialog("Draft invoice");
    assert_eq!(app.ask("list_invoices", json!({"limit": 1}))["total"], json!(1));
    // Its dialog goes with it.
    app.button("Undo").click();
    app.see("Draft deleted");
    app.gone("dialog", "Draft invoice");
    app.see("No invoice yet");
    assert_eq!(app.ask("list_invoices", json!({"limit": 1}))["total"], json!(0));
}

/// Types in a field of what is open, by its name. What follows in the same script is done in the same task, before anything is
/// rendered: no hand is as fast, but a busy computer is as slow.
const TYPE: &str = "const [name, value, button] = arguments; \
    const input = document.querySelector(`dialog[open] [name='${name}']`); \
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value); \
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));";

/// Types and presses a button of the same form in one go.
fn type_and_press(app: &App, name: &str, value: &str, button: &str) {
    let press = "const label = one => (one.getAttribute('aria-label') ?? one.textContent).trim(); \
        [...input.form.querySelectorAll('button')].find(one => label(one).startsWith(button)).click()";
    app.run(&format!("{TYPE} {press}"), &[json!(name), json!(value), json!(button)]);
}

/// Types and presses Enter in one go. As the browser has it, the key clicks the button that submits, unless somebody has taken it.
fn type_and_enter(app: &App, name: &str, value: &str) {
    let enter = "const key = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }); \
        if (input.dispatchEvent(key)) input.form.querySelector('[type=submit]').click()";
    app.run(&format!("{TYPE} {enter}"), &[json!(name), json!(value)]);
}

#[test]
fn what_was_typed_last_is_saved_however_soon_the_button_is_pressed() {
    let (app, customer) = ready("typed_last");
    app.open_record(&customer, "invoices");
    app.button("New invoice").click();
    app.dialog("New invoice");
    // A line that goes takes nothing with it of what was typed in another.
    line(&app, 0, "text", "Domain");
    app.button("Add line").click();
    let focused = || app.run("const field = document.activeElement; return [field.name, field.value]", &[]);
    app.until("the new line", || focused() == json!(["lines[1].text", ""]));
    type_and_press(&app, "lines[1].text", "Setup of the mail server", "Remove line 1");
    let moved_up = json!(["lines[0].text", "Setup of the mail server"]);
    app.until("the line that moved up, as it was typed", || focused() == moved_up);
    line(&app, 0, "unit_price", "100");
    app.see("\u{20ac}100.00");
    type_and_press(&app, "lines[0].unit_price", "250", "Save draft");
    app.dialog("Draft invoice");
    let saved = app.ask("list_invoices", json!({"limit": 1}))["items"][0].clone();
    assert_eq!(saved["net"]["amount"], json!(25_000));
    // The button that saves need not know yet that there is something to save.
    app.until("nothing left to save", || {
        app.button("Save draft").attribute("aria-disabled").as_deref() == Some("true")
    });
    type_and_enter(&app, "note", "T");
    app.until("the note of one letter", || {
        app.ask("get_invoice", json!({"id": saved["id"]}))["note"] == json!("T")
    });
    app.escape();
    app.gone("dialog", "Draft invoice");
    app.open_tab("Payments");
    app.button("Record payment").click();
    app.field("Amount").fill("10");
    type_and_press(&app, "amount.amount", "35.50", "Record");
    app.see("\u{20ac}35.50");
    let payments = app.ask("list_payments", json!({"customer_id": customer}));
    assert_eq!(payments["items"][0]["amount"]["amount"], json!(3_550), "{payments}");
}

#[test]
fn a_draft_that_is_deleted_comes_back() {
    let (app, customer) = ready("invoice_delete");
    app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "2", "unit_price": 5_000}], "note": "Thank you"}),
    );
    app.open_record(&customer, "invoices");
    app.button("Draft").click();
    app.dialog("Draft invoice");
    app.button("Delete draft").click();
    app.dialog("Delete this draft?").find("button", "Delete draft").click();
    app.see("Draft deleted");
    app.button("Undo").click();
    app.see("The draft is back");
    app.dismiss();
    app.button("Draft").click();
    app.dialog("Draft invoice");
    app.see("\u{20ac}100.00");
    assert_eq!(app.field("Note below the lines").value(), "Thank you");
    // An empty one cannot become final.
    app.button("Remove line 1").click();
    app.button("Finalize").click();
    app.see("An empty draft cannot become final.");
}

#[test]
fn a_draft_that_two_people_edit_keeps_what_each_wants_of_it() {
    let (app, customer) = ready("invoice_two");
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "2", "unit_price": 5_000}]}),
    );
    let other_saves = |fields: Value| {
        let mut request = fields;
        request["id"] = draft["id"].clone();
        request["version"] = app.ask("get_invoice", json!({"id": draft["id"]}))["invoice"]["version"].clone();
        app.ask("update_invoice", request);
    };
    app.open_record(&customer, "invoices");
    app.button("Draft").click();
    app.dialog("Draft invoice");
    // A note of one and the lines of the other do not collide.
    app.field("Note below the lines").fill("Thank you");
    other_saves(json!({"lines": [{"text": "Setup", "quantity": "3", "unit_price": 5_000}]}));
    app.button("Save draft").click();
    app.see("Draft saved with what was changed meanwhile");
    app.see("\u{20ac}150.00");
    assert_eq!(app.field("Note below the lines").value(), "Thank you");
    app.dismiss();

    // Lines of both do, and are chosen as a whole.
    line(&app, 0, "unit_price", "70");
    other_saves(
        json!({"lines": [{"text": "Setup", "quantity": "4", "unit_price": 6_000}, {"text": "Domain", "unit_price": 1_400}], "note": "Thanks"}),
    );
    app.button("Save draft").click();
    app.dialog("Ines Moreau saved this draft first");
    app.see("4 \u{d7} Setup, \u{20ac}60.00; 1 \u{d7} Domain, \u{20ac}14.00");
    app.find("radio", "Lines, yours: 3 \u{d7} Setup, \u{20ac}70.00");
    app.find("radio", "Lines, theirs: 4 \u{d7} Setup").click();
    app.press(&[Key::Control, Key::Enter]);
    app.dialog("Draft invoice");
    app.see("\u{20ac}254.00");
    app.until("their note", || app.field("Note below the lines").value() == "Thanks");
    app.until("nothing left to save", || {
        app.button("Save draft").attribute("aria-disabled").as_deref() == Some("true")
    });
    let lines = app.ask("get_invoice", json!({"id": draft["id"]}))["lines"].clone();
    assert_eq!([&lines[0]["unit_price"], &lines[1]["unit_price"]], [&json!(6_000), &json!(1_400)]);
}

#[test]
fn an_invoice_is_paid_in_part_and_from_credit_and_the_rest_is_credited() {
    let (app, customer) = ready("invoice_paid");
    app.set_seller();
    let month = json!({"text": "License", "quantity": "1", "unit_price": 10_000, "period_start": "2026-11-01", "period_end": "2026-12-01"});
    let draft = app.ask("create_invoice", json!({"customer_id": customer, "lines": [month]}));
    let first = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    let number = first["number"].as_str().unwrap().to_owned();
    let euro = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    // 20 euros beyond all invoices are credit.
    app.ask(
        "record_payment",
        json!({"customer_id": customer, "amount": euro(2_000), "method": "card", "allocations": []}),
    );
    app.open_record(&customer, "invoices");
    app.button(&number).click();
    app.see("Nothing of \u{20ac}119.00 paid");

    app.button("Record payment").click();
    app.until("the amount", || app.field("Amount").has_focus());
    assert_eq!(app.field("Amount").value(), "119.00");
    app.field("Amount").fill("0.125");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter an amount like");
    app.field("Amount").fill("50");
    app.see(&format!("Pays part of {number}."));
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}50.00 of \u{20ac}119.00 paid");
    app.dismiss();

    app.button("Use credit").click();
    app.see("There is \u{20ac}20.00 of credit");
    app.field("Amount").fill("20.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 20.00");
    app.field("Amount").fill("20");
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}70.00 of \u{20ac}119.00 paid");
    app.dismiss();

    // What was put on the wrong invoice is taken off, and put back.
    app.button("Take off \u{20ac}20.00").click();
    app.dialog("Take \u{20ac}20.00 off").find("button", "Take off").click();
    app.see("\u{20ac}50.00 of \u{20ac}119.00 paid");
    app.button("Use credit \u{20ac}20.00");
    app.button("Undo").click();
    app.see("\u{20ac}70.00 of \u{20ac}119.00 paid");
    app.see("is as before");
    app.dismiss();

    app.button("More acts").click();
    app.find("menuitem", "Credit").click();
    app.find("radio", "Parts of lines").click();
    // With its days: the same can be billed for several times.
    app.field("License, ").fill("100.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 100.00");
    app.field("License, ").fill("10");
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}70.00 paid and \u{20ac}11.90 credited of \u{20ac}119.00");
    app.dismiss();
    // Something was paid, so it is not voided any more.
    app.button("More acts").click();
    assert!(!app.shows("menuitem", "Void"));
    app.find("menuitem", "Mark uncollectible").click();
    app.see("is uncollectible");
    app.button("Undo").click();
    app.see("is as before");
    app.dismiss();
    app.escape();

    // What was credited is a document of its own.
    app.row("Billed wrongly").find("button", "CN-").click();
    app.see("Credits");
    app.escape();
    app.open_tab("Timeline");
    for said in [
        "issued credit note",
        "paid invoice",
        "took a payment off invoice",
        "recorded a payment",
        "finalized invoice",
        "drafted an invoice",
        "gave invoice",
        "expects payment of invoice",
    ] {
        app.see(said);
    }
    app.see("Final");
}

#[test]
fn an_invoice_is_voided_and_keeps_its_number() {
    let (app, customer) = ready("invoice_void");
    app.set_seller();
    let number = invoice(&app, &customer, "Sent to the wrong one", 10_000)["number"]
        .as_str()
        .unwrap()
        .to_owned();
    app.open_record(&customer, "invoices");
    app.button(&number).click();
    app.see("Nothing of");
    app.button("More acts").click();
    app.find("menuitem", "Void").click();
    app.see("keeps its number");
    app.button("Void invoice").click();
    app.see("is void");
    app.see("Void. It keeps its number");
    assert!(!app.shows("button", "Record payment"));
    app.escape();
    app.row(&number);
    app.follow("#/settings/billing");
    app.row(&format!("{}-#", &number[..4]));
    app.see("No gap");
}

#[test]
fn a_payment_is_split_refunded_and_told_in_the_statement() {
    let (app, customer) = ready("payment_refund");
    app.set_seller();
    let first = invoice(&app, &customer, "First", 10_000)["number"].as_str().unwrap().to_owned();
    let second = invoice(&app, &customer, "Second", 10_000)["number"].as_str().unwrap().to_owned();
    app.open_record(&customer, "payments");
    app.button("Record payment").click();
    app.until("the amount", || app.field("Amount").has_focus());
    app.field("Amount").fill("200");
    app.see(&format!("Pays {first} in full and part of {second}."));
    app.button("Split").click();
    assert_eq!(app.field(&second).value(), "81.00");
    app.field(&first).fill("119");
    app.field(&second).fill("119.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 119.00");
    app.field(&second).fill("71");
    app.see("\u{20ac}10.00 stays as credit.");
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    app.see("\u{20ac}10.00 credit");
    app.dismiss();

    app.tab_to("button", &format!("Take off \u{20ac}71.00 from {second}"));
    app.press(&[Key::Enter]);
    let asked = app.dialog("Take \u{20ac}71.00 off");
    app.see(&format!("\u{20ac}71.00 more of {second} is owed."));
    asked.find("button", "Take off").click();
    app.see("\u{20ac}81.00 credit");
    app.button("Undo").click();
    app.see("\u{20ac}10.00 credit");
    app.see("is as before");
    app.dismiss();

    app.button("Refund \u{20ac}200.00").click();
    app.until("the amount", || app.field("Amount").value() == "200.00");
    app.field("Amount").fill("200.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 200.00");
    app.field("Amount").fill("200");
    app.see("\u{20ac}10.00 of it is taken from credit.");
    app.see(&format!("\u{20ac}71.00 more of {second} is owed."));
    app.see(&format!("\u{20ac}119.00 of {first} is owed again, and its reminders begin anew."));
    app.field("Reason").fill("Sent twice");
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}200.00 refunded");
    app.row("Sent twice");
    app.dismiss();

    app.button("Statement").click();
    app.dialog("Statement of Lena Hoffmann");
    app.row("Opening balance");
    app.row(&first);
    app.row("Refund");
    assert!(app.row("Owed by the customer").text().contains("\u{20ac}238.00"));
    app.run(
        "const day = document.querySelector('dialog[open] [name=to]'); day.value = '2020-01-01'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.see("The last day is before the first.");
}
