//! What is begun on the page of its list, for a customer who is chosen there: an invoice, a payment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::json;

/// A book with one customer.
fn with_customer(name: &str) -> App {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    app
}

/// Who is offered, and chosen by Enter.
const CHOSEN: &str = "return document.querySelector('[role=listbox]:not([aria-busy]) [aria-selected=true]')?.innerText ?? ''";

/// Whether somebody is offered, and chosen by Enter.
fn is_offered(app: &App, name: &str) -> bool {
    app.run(CHOSEN, &[]).as_str().unwrap_or_default().starts_with(name)
}

#[test]
fn an_invoice_is_begun_on_its_page_by_mouse_and_by_keyboard() {
    let app = with_customer("list_invoice_begun");
    app.add_customer("Ana Souza", "ana@example.com", "");
    app.dismiss();
    // The first one, from the page that has none.
    app.visit("Invoices");
    app.see("Invoices will appear here");
    app.find(".empty__actions button", "New invoice").click();
    app.dialog("Choose a customer");
    app.until("the field", || app.field("Who is billed").has_focus());
    app.find("option", "Lena Hoffmann").click();
    app.dialog("New invoice");
    app.see("Hoffmann GmbH");
    for (name, text) in [("lines[0].text", "Setup of the mail server"), ("lines[0].unit_price", "100")] {
        let script = "const field = document.querySelector(`dialog[open] [name='${arguments[0]}']`); field?.focus(); return field !== null";
        app.until("the field of a line", || app.run(script, &[json!(name)]) == json!(true));
        app.type_text(text);
    }
    app.see("\u{20ac}100.00");
    app.button("Save draft").click();
    app.dialog("Draft invoice");
    app.dismiss();
    app.escape();
    app.gone("dialog", "Draft invoice");
    app.row("Lena Hoffmann");
    // The button that it was begun with is gone.
    app.until("the list to have the focus", || app.find("grid", "Invoices").has_focus());

    app.tab_to("button", "New invoice");
    app.press(&[Key::Enter]);
    app.dialog("Choose a customer");
    // Nobody is chosen by an Enter too many; the newest come first.
    app.find("option", "Ana Souza");
    app.press(&[Key::Enter]);
    app.press(&[Key::Down]);
    app.until("the first", || is_offered(&app, "Ana Souza"));
    app.press(&[Key::Down]);
    app.until("the second", || is_offered(&app, "Lena Hoffmann"));
    app.press(&[Key::Down]);
    app.until("the first again", || is_offered(&app, "Ana Souza"));
    app.press(&[Key::Up]);
    app.until("the last", || is_offered(&app, "Lena Hoffmann"));
    app.press(&[Key::Escape]);
    app.gone("dialog", "Choose a customer");
    app.until("the button to have the focus", || app.button("New invoice").has_focus());
    app.press(&[Key::Enter]);
    app.dialog("Choose a customer");
    app.until("the field", || app.field("Who is billed").has_focus());
    app.type_text("hoff");
    app.until("the one who is found", || {
        app.all("option").len() == 1 && is_offered(&app, "Lena Hoffmann")
    });
    app.press(&[Key::Enter]);
    app.dialog("New invoice");
    app.see("Hoffmann GmbH");
    app.escape();
    app.gone("dialog", "New invoice");
    app.until("the button to have the focus", || app.button("New invoice").has_focus());
    assert_eq!(app.ask("list_invoices", json!({"limit": 1}))["total"], json!(1));

    // By its keys; Enter follows the last letter at once, and the answer comes later.
    let keys = "dispatchEvent(new KeyboardEvent('keydown', {key: 'N', ctrlKey: true, shiftKey: true, cancelable: true}))";
    app.run(keys, &[]);
    app.dialog("Choose a customer");
    app.find("option", "Ana Souza");
    app.until("the field", || app.field("Who is billed").has_focus());
    app.hold(&["list_customers"]);
    app.type_text("hoff");
    app.press(&[Key::Enter]);
    app.release();
    app.dialog("New invoice");
    app.see("Hoffmann GmbH");
}

#[test]
fn whoever_is_highlighted_stays_so_and_of_two_with_one_name_nobody_is_chosen_unseen() {
    let app = with_customer("list_chosen");
    app.add_customer("Ana Souza", "ana@example.com", "");
    app.visit("Payments");
    app.find(".empty__actions button", "Record payment").click();
    app.dialog("Choose a customer");
    app.find("option", "Ana Souza");
    app.until("the field", || app.field("Who has paid").has_focus());
    app.press(&[Key::Up]);
    app.until("the last", || is_offered(&app, "Lena Hoffmann"));
    for (company, email) in [("Lee Books", "books@example.com"), ("Lee Tools", "tools@example.com")] {
        app.ask(
            "create_customer",
            json!({"email": email, "full_name": "Ann Lee", "company_name": company, "password": "eight or more"}),
        );
    }
    // Whatever is saved here has everything read again.
    app.button("Undo").click();
    app.until("the new ones", || app.all("option").len() == 3 && app.shows("option", "Ann Lee"));
    app.until("the same customer", || is_offered(&app, "Lena Hoffmann"));
    app.dismiss();

    app.field("Who has paid").fill("ann lee");
    let count = "return document.querySelectorAll('[role=listbox]:not([aria-busy]) [role=option]').length";
    app.until("both", || app.run(count, &[]) == json!(2));
    assert_eq!(app.run(CHOSEN, &[]), json!(""), "nobody in particular");
    app.press(&[Key::Enter]);
    app.press(&[Key::Down]);
    app.until("the first", || is_offered(&app, "Ann Lee"));
    app.press(&[Key::Down]);
    app.until("the second", || {
        app.run(CHOSEN, &[]).as_str().is_some_and(|text| text.contains("Lee Books"))
    });
    app.press(&[Key::Enter]);
    app.dialog("Payment by Ann Lee, Lee Books");
}

#[test]
fn a_payment_is_recorded_on_its_page_by_keyboard_and_by_mouse() {
    let app = with_customer("list_payment_begun");
    app.set_seller();
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": app.record("lena@example.com")["id"], "lines": [{"text": "License", "quantity": "1", "unit_price": 10_000}]}),
    );
    app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    app.visit("Payments");
    app.see("Payments will appear here");
    app.tab_to(".empty__actions button", "Record payment");
    app.press(&[Key::Enter]);
    app.dialog("Choose a customer");
    app.until("the field", || app.field("Who has paid").has_focus());
    app.type_text("hoff");
    app.until("the one who is found", || is_offered(&app, "Lena Hoffmann"));
    app.see("\u{20ac}119.00 open");
    app.press(&[Key::Enter]);
    app.dialog("Payment by Lena Hoffmann, Hoffmann GmbH");
    app.until("the amount", || app.field("Amount").has_focus());
    assert_eq!(app.field("Amount").value(), "119.00");
    app.see("in full");
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    app.gone("dialog", "Payment by");
    assert!(app.row("Lena Hoffmann").text().contains("\u{20ac}119.00"));
    app.until("the list to have the focus", || app.find("grid", "Payments").has_focus());
    app.dismiss();

    // Who pays may not be in the book yet.
    app.button("Record payment").click();
    app.dialog("Choose a customer");
    app.button("New customer").click();
    app.dialog("New customer");
    app.field("Email").fill("ana@example.com");
    app.field("Full name").fill("Ana Souza");
    app.field("Password").fill("eight or more");
    app.button("Create customer").click();
    app.gone("dialog", "New customer");
    app.until("whoever is new to be offered", || is_offered(&app, "Ana Souza"));
    app.dismiss();
    app.find("option", "Ana Souza").click();
    app.dialog("Payment by Ana Souza, ana@example.com");
    app.until("the amount", || app.field("Amount").has_focus());
    assert_eq!(app.field("Amount").value(), "", "nothing is open");
    app.field("Amount").fill("20");
    app.see("stays as credit");
    app.button("Record \u{20ac}20.00").click();
    app.gone("dialog", "Payment by");
    assert!(app.row("Ana Souza").text().contains("\u{20ac}20.00"));
}
