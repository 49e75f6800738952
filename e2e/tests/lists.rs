//! The lists of licenses, subscriptions, invoices, payments and domains: one page, five times.

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
