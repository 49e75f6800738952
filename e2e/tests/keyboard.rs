//! The record of a customer who is inactive, and of one who was deleted and came back: every tab and what can be done in it, by
//! keyboard alone; and that it is seen where the keyboard is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::{Value, json};

const LENA: &str = "Lena Hoffmann";
/// In their order; the number of each is its key.
const TABS: [&str; 7] = [
    "Details",
    "Licenses",
    "Subscriptions",
    "Domains",
    "Invoices",
    "Payments",
    "Timeline",
];

/// A book with a customer who owes something and has a domain, made behind the page's back; the list of customers is open. The
/// customer, the plan and the number of the invoice.
fn book(name: &str) -> (App, Value, Value, String) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "10", "100");
    app.add_customer(LENA, "lena@example.com", "");
    app.dismiss();
    app.set_seller();
    let customer = app.record("lena@example.com")["id"].clone();
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "1", "unit_price": 10_000}]}),
    );
    let invoice = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    app.ask("add_domain", json!({"customer_id": customer, "name": "lena.example"}));
    let number = invoice["number"].as_str().unwrap().to_owned();
    (app, customer, plan, number)
}

/// Goes there with Tab and presses Enter.
fn activate(app: &App, role: &str, name: &str) {
    app.tab_to(role, name);
    app.press(&[Key::Enter]);
}

/// Opens a dialog by its button and leaves it with Esc.
fn look_into(app: &App, button: &str, dialog: &str) {
    activate(app, "button", button);
    app.dialog(dialog);
    app.until("the focus in the dialog", || {
        let is_inside =
            "return document.activeElement.closest('dialog[open]') === Array.from(document.querySelectorAll('dialog[open]')).pop()";
        app.run(is_inside, &[]) == json!(true)
    });
    app.press(&[Key::Escape]);
    app.gone("dialog", dialog);
}

/// Takes back what the newest notification says.
fn undo(app: &App, said: &str) {
    // A dialog that is closing may say the same.
    let told = "return Array.from(document.querySelectorAll('.toast'), (toast) => toast.innerText)
        .some((text) => text.includes(arguments[0]) && text.includes('Undo'))";
    app.until(&format!("the notification {said:?}"), || {
        app.run(told, &[json!(said)]) == json!(true)
    });
    app.until(&format!("the notification {said:?} to have the focus"), || {
        let focused = app.run("return document.activeElement.closest('.toast')?.innerText ?? ''", &[]);
        let is_there = focused.as_str().is_some_and(|text| text.contains(said) && text.contains("Undo"));
        if !is_there {
            // A dialog that closes takes the focus back to where it came from.
            app.press(&[Key::F6]);
        }
        is_there
    });
    app.press(&[Key::Enter]);
}

/// Opens the record of the one customer from the list.
fn open(app: &App) {
    app.row(LENA);
    app.tab_to("grid", "Customers");
    app.press(&[Key::Control, Key::Home]);
    app.press(&[Key::Enter]);
    app.dialog(LENA);
}

/// Chooses the first act of the menu of the record.
fn choose_first(app: &App, act: &str) {
    activate(app, "button", "More acts");
    app.until("the menu", || app.find("menuitem", act).has_focus());
    app.press(&[Key::Enter]);
}

/// Goes from the first tab to the last by the arrows, then from each to the next by its key.
fn reach_every_tab(app: &App) {
    let is_open = |tab: &str| {
        let tab = app.find("tab", tab);
        tab.attribute("aria-selected").as_deref() == Some("true") && tab.has_focus()
    };
    app.press_with(Key::Control, '1');
    app.tab_to("tab", "Details");
    for tab in TABS.into_iter().skip(1) {
        app.press(&[Key::Right]);
        app.until(&format!("the tab {tab} by an arrow"), || is_open(tab) && app.shows("tabpanel", tab));
    }
    for (number, tab) in ('1'..='7').zip(TABS) {
        app.press_with(Key::Control, number);
        app.until(&format!("the tab {tab} by its key"), || is_open(tab) && app.shows("tabpanel", tab));
    }
}

/// The account and the billing address are edited, whatever the customer is.
fn details(app: &App) {
    app.press_with(Key::Control, '1');
    app.find("heading", "Account");
    app.type_text("e");
    app.dialog("Edit customer");
    app.press(&[Key::Escape]);
    app.gone("dialog", "Edit customer");
    look_into(app, "Edit billing address", "Billing address of Lena Hoffmann");
}

/// What is owed is told, and something else can be billed.
fn invoices(app: &App, number: &str) {
    app.press_with(Key::Control, '5');
    app.find("grid", "Invoices");
    look_into(app, "Statement", "Statement of Lena Hoffmann");
    look_into(app, "New invoice", "New invoice");
    look_into(app, number, &format!("Invoice {number}"));
}

/// Money is taken and given back.
fn payments(app: &App) {
    app.press_with(Key::Control, '6');
    activate(app, "button", "Record payment");
    app.until("the amount", || app.field("Amount").has_focus());
    app.type_text("5");
    app.see("Pays part of");
    app.press(&[Key::Control, Key::Enter]);
    app.see("recorded.");
    activate(app, "button", "Refund \u{20ac}5.00");
    app.dialog("Refund \u{20ac}5.00");
    app.until("the amount", || app.field("Amount").value() == "5.00");
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}5.00 refunded");
    app.gone("dialog", "Refund \u{20ac}5.00");
}

/// A domain is added, changed, removed and brought back.
fn domains(app: &App) {
    app.press_with(Key::Control, '4');
    app.row("lena.example");
    activate(app, "button", "Add domain");
    app.dialog("Add domain");
    app.tab_to("field", "Domain name");
    app.type_text("walk.example");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Add domain");
    app.row("walk.example");
    activate(app, "button", "Change walk.example");
    app.dialog("Change walk.example");
    app.tab_to("field", "Registrar");
    app.type_text("Names Ltd");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Change walk.example");
    app.until("the registrar", || app.row("walk.example").text().contains("Names Ltd"));
    activate(app, "button", "Remove walk.example");
    app.dialog("Remove walk.example?");
    activate(app, "button", "Remove domain");
    app.until("the domain to go", || !app.shows("row", "walk.example"));
    undo(app, "walk.example removed");
    app.row("walk.example");
}

/// Everything of this kind that is there, by its state.
fn states(app: &App, operation: &str) -> Vec<String> {
    let page = app.ask(operation, json!({"limit": 50}));
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_inactive_customer_is_worked_on_in_every_tab() {
    let (app, customer, plan, number) = book("keyboard_inactive");
    let license = app.ask(
        "add_license",
        json!({"customer_id": customer, "plan_id": plan, "billing_cycle": "yearly", "create_subscription": true}),
    );
    open(&app);
    choose_first(&app, "Set inactive");
    app.see("Lena Hoffmann set inactive");
    reach_every_tab(&app);
    details(&app);

    // What is sold stays and can end; nothing new is sold, also not by its key.
    app.press_with(Key::Control, '2');
    app.find("article", "License Studio");
    app.see("Inactive: nothing new is sold");
    assert!(!app.shows("button", "Add license"));
    app.type_text("l");
    app.rest();
    assert!(!app.shows("dialog", "Add license"));
    activate(&app, "button", "Copy key");
    app.see("Key copied");
    activate(&app, "button", "Cancel license");
    app.dialog("Cancel Studio for Lena Hoffmann?");
    activate(&app, "button", "Cancel license");
    undo(&app, "License Studio canceled");
    app.see("License Studio is back");
    assert_eq!(states(&app, "list_licenses"), ["active"]);

    app.press_with(Key::Control, '3');
    app.see("Inactive: nothing new is sold");
    assert!(!app.shows("button", "Add subscription"));
    look_into(&app, "Change", "Change Studio");
    activate(&app, "button", "Pause");
    undo(&app, "Studio paused");
    app.see("Studio goes on");
    activate(&app, "button", "Cancel subscription");
    app.dialog("Cancel the subscription Studio");
    activate(&app, "button", "Cancel subscription");
    undo(&app, "Subscription Studio ends");
    app.see("Subscription Studio goes on");
    assert_eq!(states(&app, "list_subscriptions"), ["active"]);

    invoices(&app, &number);
    payments(&app);
    domains(&app);

    app.ask("cancel_license", json!({"id": license["id"]}));
    app.press_with(Key::Control, '7');
    activate(&app, "button", "Undo: canceled license");
    app.until("the license", || states(&app, "list_licenses") == ["active"]);
    // Active again, everything is sold again.
    choose_first(&app, "Set active");
    app.see("Lena Hoffmann set active");
    app.press_with(Key::Control, '2');
    look_into(&app, "Add license", "Add license");
}

#[test]
fn a_customer_who_was_deleted_and_came_back_is_worked_on_in_every_tab() {
    let (app, _, _, number) = book("keyboard_restored");
    app.row(LENA);
    app.tab_to("grid", "Customers");
    app.press(&[Key::Control, Key::Home]);
    app.press(&[Key::Delete]);
    app.dialog("Delete Lena Hoffmann?");
    activate(&app, "button", "Delete customer");
    app.until("the row to go", || !app.shows("row", LENA));
    undo(&app, "Lena Hoffmann archived");
    open(&app);
    reach_every_tab(&app);
    details(&app);

    // Everything is sold as to anybody, and taken back with the draft that came with it.
    app.press_with(Key::Control, '2');
    app.see("No license yet");
    app.type_text("l");
    app.dialog("Add license");
    app.field("Plan");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Add license");
    app.find("article", "License Studio");
    undo(&app, "Studio added for Lena Hoffmann");
    app.see("License Studio is canceled again");
    assert_eq!(states(&app, "list_licenses"), ["canceled"]);

    app.press_with(Key::Control, '3');
    app.find("article", "Subscription Studio");
    activate(&app, "button", "Add subscription");
    app.dialog("Add subscription");
    app.find("heading", "When you add it");
    app.field("Quantity");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Add subscription");
    undo(&app, "Subscription Studio added for Lena Hoffmann");
    app.see("Subscription Studio is canceled again");
    assert_eq!(states(&app, "list_subscriptions"), ["canceled", "canceled"]);
    assert_eq!(states(&app, "list_licenses"), ["canceled", "canceled"]);
    assert_eq!(states(&app, "list_invoices"), ["open"], "the drafts are gone");

    invoices(&app, &number);
    payments(&app);
    domains(&app);

    app.press_with(Key::Control, '7');
    app.see("brought back the customer");
    choose_first(&app, "Set inactive");
    undo(&app, "Lena Hoffmann set inactive");
    app.until("an active customer", || app.record("lena@example.com")["is_active"] == json!(true));
}

/// What is drawn around what has the keyboard, as wide as it is in pixels, and in which color: a field has it on its frame, a list on its
/// row or cell.
fn ring(app: &App) -> (u64, String) {
    let script = "const at = document.activeElement;
        const style = [at, at.closest('.input'), ...at.querySelectorAll('.grid__row.is-focused, .is-cell')]
            .filter((node) => node !== null)
            .map((node) => getComputedStyle(node))
            .find((style) => style.outlineStyle !== 'none');
        return style ? [Math.floor(Number.parseFloat(style.outlineWidth)), style.outlineColor] : [0, 'none']";
    let drawn = app.run(script, &[]);
    (drawn[0].as_u64().unwrap(), drawn[1].as_str().unwrap().to_owned())
}

/// In both themes, with the color of each.
#[track_caller]
fn is_ringed(app: &App, what: &str) {
    let [light, dark] = ["light", "dark"].map(|theme| {
        app.paint(theme);
        app.until(&format!("a ring around {what} in the {theme} theme"), || ring(app).0 >= 2);
        ring(app).1
    });
    assert_ne!(light, dark, "{what} has the same ring in both themes");
}

#[test]
fn what_has_the_keyboard_is_ringed_wherever_tab_leads() {
    let app = App::start("keyboard_ring").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer(LENA, "lena@example.com", "");
    app.dismiss();
    app.button("Account").click();
    app.find("menuitem", "Sign out").click();

    app.tab_to("field", "Password");
    is_ringed(&app, "a field of the sign-in");
    app.type_text(e2e::PASSWORD);
    app.tab_to("button", "Sign in");
    is_ringed(&app, "the button of the sign-in");
    app.press(&[Key::Enter]);

    app.tab_to("link", "Plans");
    is_ringed(&app, "the navigation");
    app.tab_to("link", "Customers");
    app.press(&[Key::Enter]);
    app.find("heading", "Customers");
    app.row(LENA);
    app.tab_to("grid", "Customers");
    app.press(&[Key::Control, Key::Home]);
    is_ringed(&app, "a row");
    app.press(&[Key::Right]);
    app.until("a cell", || !app.all(".is-cell").is_empty());
    is_ringed(&app, "a cell");

    activate(&app, "button", "New customer");
    app.dialog("New customer");
    app.tab_to("field", "Email");
    is_ringed(&app, "a field of a dialog");
    app.tab_to("button", "Cancel");
    is_ringed(&app, "a button of a dialog");
}
