//! The lists of licenses, subscriptions, invoices, payments and domains: one page, five times. Where something is begun on it, too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{
    thread,
    time::{Duration, Instant},
};

use e2e::{App, Key};
use serde_json::{Value, json};

fn sample(name: &str) -> App {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.explore();
    app
}

fn loaded(app: &App) {
    app.until("the rows", || {
        app.all("[aria-busy=true], .skeleton, .bone").is_empty() && !app.all(".grid__window [role=row]").is_empty()
    });
}

/// What stands in a column of the first row.
fn first(app: &App, column: usize) -> String {
    let script = "return document.querySelector('[role=row][aria-rowindex=\"2\"]')?.children[arguments[0]]?.innerText ?? ''";
    app.run(script, &[json!(column)]).as_str().unwrap_or_default().trim().to_owned()
}

#[test]
fn every_list_shows_its_first_row_and_counts_all_and_leads_to_the_customer_and_back() {
    let app = sample("lists");
    for (number, page, operation, tab) in [
        ('3', "Licenses", "list_licenses", "Licenses"),
        ('5', "Subscriptions", "list_subscriptions", "Subscriptions"),
        ('6', "Invoices", "list_invoices", "Details"),
        ('7', "Payments", "list_payments", "Payments"),
        ('8', "Domains", "list_domains", "Domains"),
    ] {
        app.press_with(Key::Control, number);
        app.find("heading", page);
        loaded(&app);
        let total = app.ask(operation, json!({"limit": 1}))["total"].as_u64().unwrap();
        let rows: u64 = app.find("grid", page).attribute("aria-rowcount").unwrap().parse().unwrap();
        assert_eq!(rows, total + 1, "{page}");
        // The second row, by the keyboard; Esc leads back to it.
        app.run("document.querySelector('[role=grid]').focus()", &[]);
        app.press(&[Key::Control, Key::Home]);
        app.press(&[Key::Down]);
        app.press(&[Key::Enter]);
        if page == "Invoices" {
            // It opens over the list and leads on to the customer.
            let link = "return document.querySelector('dialog[open] a[href^=\"#/customers/\"]')?.innerText ?? ''";
            app.until("the link to the customer", || app.run(link, &[]) != json!(""));
            let customer = app.run(link, &[]);
            app.link(customer.as_str().unwrap().trim()).click();
        }
        app.until("the record", || app.shows("tabpanel", ""));
        if page != "Invoices" {
            let is_found = "return document.activeElement?.hasAttribute('data-sought') ?? false";
            app.until(&format!("the one of {page} to have the focus"), || {
                app.run(is_found, &[]) == json!(true)
            });
        }
        assert_eq!(app.find("tab", tab).attribute("aria-selected").as_deref(), Some("true"), "{page}");
        app.escape();
        app.find("heading", page);
        loaded(&app);
        app.until("the list to have the focus", || app.find("grid", page).has_focus());
        let at = app.run("return document.querySelector('.is-focused')?.getAttribute('aria-rowindex')", &[]);
        assert_eq!(at, json!("3"), "{page}");
    }
}

#[test]
fn an_invoice_opens_over_the_list_which_shows_what_became_of_it() {
    let app = sample("list_invoice");
    app.visit("Invoices");
    loaded(&app);
    let open = app.ask("list_invoices", json!({"status": "open", "limit": 1}))["items"][0].clone();
    let number = open["number"].as_str().unwrap();
    let title = format!("Invoice {number}");
    app.field("Search invoices").type_text(number);
    app.until("the search", || app.text().contains(" match") && first(&app, 0).contains(number));
    let closed = |how: &str| {
        app.gone("dialog", "Invoice");
        app.until(&format!("the list to have the focus, {how}"), || {
            app.find("grid", "Invoices").has_focus()
        });
        let at = app.run("return document.querySelector('.is-focused')?.getAttribute('aria-rowindex')", &[]);
        assert_eq!(at, json!("2"), "{how}");
    };
    app.run("document.querySelector('[role=grid]').focus()", &[]);
    app.press(&[Key::Control, Key::Home]);
    app.press(&[Key::Enter]);
    app.dialog(&title);
    app.button("More acts").click();
    app.find("menuitem", "Mark uncollectible").click();
    app.see("is uncollectible");
    app.dismiss();
    app.escape();
    closed("opened by Enter");
    app.until("what became of it", || first(&app, 2).contains("Uncollectible"));

    app.row(number).double_click();
    app.dialog(&title).find("button", "Close").click();
    closed("opened by a double click");
    app.button(&format!("Open invoice {number}")).click();
    app.dialog(&title);
    app.escape();
    closed("opened by its button");
}

#[test]
fn a_list_is_searched_narrowed_and_sorted() {
    let app = sample("list_filters");
    app.visit("Licenses");
    loaded(&app);
    let license = app.ask("list_licenses", json!({"limit": 60}))["items"][50].clone();
    let name = license["customer_name"].as_str().unwrap();
    app.field("Search licenses").type_text(name);
    app.until("the search", || first(&app, 1).contains(name));
    app.see("match");
    app.button("Clear search").click();

    app.button("Status: All").click();
    app.find("menuitem", "Canceled").click();
    app.until("canceled ones", || first(&app, 3).contains("Canceled"));
    let canceled = app.ask("list_licenses", json!({"status": "canceled", "limit": 1}))["total"]
        .as_u64()
        .unwrap();
    app.until("the count", || app.text().contains(&format!("{canceled} licenses match")));
    app.button("Status: Canceled").click();
    app.find("menuitem", "All").click();

    // By a column, then the other way round; the menu says so.
    let by_name = |descending: bool| {
        let page = app.ask(
            "list_licenses",
            json!({"sort": "customer_name", "descending": descending, "limit": 1}),
        );
        page["items"][0]["customer_name"].as_str().unwrap().to_owned()
    };
    let sort = || app.find("columnheader", "Customer").find("button", "Customer").click();
    sort();
    app.until("A to Z", || first(&app, 1) == by_name(false));
    sort();
    app.until("Z to A", || first(&app, 1) == by_name(true));
    app.button("Sort: Customer, Z to A").click();
    app.find("menuitem", "Expires").click();
    app.button("Sort: Expires, earliest first");
    // The place is kept for when the page is come back to.
    app.visit("Plans");
    app.visit("Licenses");
    app.button("Sort: Expires, earliest first");
}

#[test]
fn a_key_is_copied_from_the_list() {
    let app = sample("list_copy");
    app.visit("Licenses");
    loaded(&app);
    app.run("document.querySelector('[role=grid]').focus()", &[]);
    app.press(&[Key::Control, Key::Home]);
    app.type_text("c");
    app.see("Key copied");
    let copied_at = Instant::now();
    let search = app.field("Search licenses");
    search.click();
    app.press_with(Key::Control, 'v');
    app.until("the key", || !search.value().is_empty());
    let key = search.value();
    let found = app.ask("list_licenses", json!({"search": key}));
    assert_eq!((found["total"].as_u64(), &found["items"][0]["key"]), (Some(1), &json!(key)));
    // Half a minute later it is on the clipboard no more.
    search.fill("");
    thread::sleep(Duration::from_secs(31).saturating_sub(copied_at.elapsed()));
    app.press_with(Key::Control, 'v');
    app.type_text("x");
    app.until("what was typed", || search.value().ends_with('x'));
    assert_eq!(search.value(), "x");
}

#[test]
fn far_rows_are_there_as_soon_as_they_are_scrolled_to() {
    let app = sample("list_far");
    app.visit("Invoices");
    loaded(&app);
    let page = app.ask("list_invoices", json!({"limit": 1}));
    let total = page["total"].as_u64().unwrap();
    assert!(total > 150, "the sample has {total} invoices");
    app.run("document.querySelector('[role=grid]').focus()", &[]);
    app.press(&[Key::Control, Key::End]);
    let last = (total + 1).to_string();
    app.until("the last row", || {
        let script = "const row = document.querySelector(`[role=row][aria-rowindex=\"${arguments[0]}\"]`); return row !== null && !row.classList.contains('grid__row--bones')";
        app.run(script, &[json!(last)]) == json!(true)
    });
}

/// How many domains have a last day.
fn with_last_day(app: &App) -> usize {
    let (mut count, mut after) = (0, Value::Null);
    loop {
        let page = app.ask("list_domains", json!({"limit": 500, "after": after}));
        let items = page["items"].as_array().unwrap();
        count += items.iter().filter(|one| !one["expires_on"].is_null()).count();
        after = page["next"].clone();
        if after.is_null() {
            return count;
        }
    }
}

#[test]
fn the_days_on_which_domains_end_are_saved_as_a_calendar() {
    let app = sample("calendar");
    app.visit("Domains");
    loaded(&app);
    // The first to end is on top.
    let next = app.ask("list_domains", json!({"sort": "expires_on", "descending": false, "limit": 1}))["items"][0].clone();
    app.until("the first to end", || {
        first(&app, 0).contains(next["unicode_name"].as_str().unwrap())
    });
    app.button("Save calendar").click();
    let said = app.see("Calendar of").text();
    let path = said.split_once("saved: ").expect("it says where").1.trim().to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(text.matches("BEGIN:VEVENT").count(), with_last_day(&app));
    // Again: nothing is overwritten.
    app.dismiss();
    app.button("Save calendar").click();
    app.see("(2).ics");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn domains_and_payments_are_narrowed_by_status_and_the_navigation_counts_what_is_overdue() {
    let app = sample("list_status");
    let count = |operation: &str, request: serde_json::Value| app.ask(operation, request)["total"].as_u64().unwrap();
    app.visit("Domains");
    loaded(&app);
    app.button("Status: All").click();
    app.find("menuitem", "Expiring").click();
    let expiring = count("list_domains", json!({"status": "expiring", "limit": 1}));
    assert!(expiring > 0);
    app.until("the count", || app.text().contains(&format!("{expiring} domain")));
    app.until("one that expires", || first(&app, 2).contains("Expires"));

    app.visit("Payments");
    loaded(&app);
    app.find("radio", "Failed").click();
    let failed = count("list_payments", json!({"status": "failed", "limit": 1}));
    app.until("the count", || app.text().contains(&format!("{failed} payment")));

    // Not by color alone: the name says it, and a sign stands beside the number.
    let overdue = count("list_invoices", json!({"is_overdue": true, "limit": 1}));
    assert!(overdue > 0);
    let link = app.link(&format!("Invoices, {overdue} overdue"));
    assert!(link.text().contains(&overdue.to_string()));
    assert_ne!(
        app.run("return document.querySelectorAll('.nav__count--alert svg').length", &[]),
        json!(0)
    );
}

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
