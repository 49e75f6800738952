//! The list of customers: found, ordered, walked through, and used in every window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::json;

fn count(app: &App) -> String {
    app.run("return document.querySelector('.grid__foot [role=status]').textContent", &[])
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The number of the row that the keyboard is at, from 1.
fn place(app: &App) -> u64 {
    let script = "const id = document.querySelector('[role=grid]').getAttribute('aria-activedescendant'); \
        return Number(document.getElementById(id)?.closest('[role=row]')?.getAttribute('aria-rowindex') ?? 0) - 1";
    app.run(script, &[]).as_u64().unwrap_or(0)
}

/// Rows that can be seen whole.
fn rows_seen(app: &App) -> u64 {
    let script = "return Array.from(document.querySelectorAll('.grid__window [role=row]')).filter((row) => { \
        const box = row.getBoundingClientRect(); \
        const view = row.closest('.grid__viewport').getBoundingClientRect(); \
        return box.height > 0 && box.top >= Math.max(0, view.top) - 1 && box.bottom <= Math.min(innerHeight, view.bottom) + 1 }).length";
    app.run(script, &[]).as_u64().unwrap_or(0)
}

fn first_cells(app: &App, column: u32) -> Vec<String> {
    let script = "return Array.from(document.querySelectorAll('.grid__window [role=row]')).slice(0, 12).map((row) => row.children[arguments[0]].innerText)";
    let cells = app.run(script, &[json!(column)]);
    let text = |cell: &serde_json::Value| cell.as_str().unwrap_or_default().to_owned();
    cells.as_array().map(|cells| cells.iter().map(text).collect()).unwrap_or_default()
}

fn settle(app: &App) {
    app.until("the rows", || {
        app.run(
            "return document.querySelectorAll('[role=grid][aria-busy=true], .grid__row--bones').length",
            &[],
        ) == json!(0)
    });
}

#[test]
fn customers_are_sorted_filtered_and_searched() {
    let app = App::start("customers_found").unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    settle(&app);
    let name = app.first_customer();
    let all = count(&app);

    // By every order of the menu, also by those without a column; the same again turns it round.
    for (order, by, direction, turned) in [
        ("Name", "full_name", "A to Z", "Z to A"),
        ("Email", "email", "A to Z", "Z to A"),
        ("Company", "company_name", "A to Z", "Z to A"),
        ("Status", "is_active", "active first", "inactive first"),
        ("Active licenses", "active_licenses", "most first", "fewest first"),
        ("Active subscriptions", "active_subscriptions", "most first", "fewest first"),
        ("Revenue", "revenue", "highest first", "lowest first"),
        ("Outstanding", "outstanding", "highest first", "lowest first"),
        ("Joined", "created_at", "newest first", "oldest first"),
    ] {
        for (direction, descending) in [(direction, direction != "A to Z"), (turned, direction == "A to Z")] {
            app.button("Sort").click();
            app.find("menuitem", order).click();
            app.button(&format!("Sort: {order}, {direction}"));
            settle(&app);
            assert_eq!(count(&app), all, "an order hides nobody");
            let wanted = app.ask("list_customers", json!({"sort": by, "descending": descending, "limit": 1}));
            let first = &wanted["items"][0]["full_name"];
            app.until(&format!("{order}, {direction}"), || json!(app.first_customer()) == *first);
        }
    }
    app.find("columnheader", "Joined").find("button", "Joined").click();
    settle(&app);
    assert_eq!(
        app.find("columnheader", "Joined").attribute("aria-sort").as_deref(),
        Some("descending")
    );
    assert_eq!(app.first_customer(), name);

    // By status.
    for (status, badge) in [("Active", "Active"), ("Inactive", "Inactive")] {
        app.find("radio", status).click();
        app.until("fewer", || count(&app).contains(" of ") && count(&app).contains("match"));
        settle(&app);
        let cells = first_cells(&app, 1);
        assert!(
            !cells.is_empty() && cells.iter().all(|cell| cell.trim() == badge),
            "{status}: {cells:?}"
        );
    }
    app.find("radio", "All").click();
    app.until("all again", || count(&app) == all);

    // By what they have.
    for what in ["licenses", "subscriptions", "outstanding invoices"] {
        let mut numbers = Vec::new();
        for with in ["With", "Without"] {
            app.button("Add a filter").click();
            app.find("menuitem", &format!("{with} {what}")).click();
            app.until("fewer", || count(&app).contains("match"));
            settle(&app);
            let text = count(&app);
            numbers.push(text.split(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap());
            app.button(&format!("Remove filter: {} {what}", with.to_lowercase())).click();
            app.until("all again", || count(&app) == all);
        }
        let total: u64 = all.split(' ').next().unwrap().replace(',', "").parse().unwrap();
        assert_eq!(numbers.iter().sum::<u64>(), total, "with and without {what} are all");
        let filter = format!("has_{}", what.trim_end_matches(" invoices"));
        let with = app.ask("list_customers", json!({filter: true, "limit": 1}))["total"].as_u64();
        assert_eq!(numbers.first().copied(), with, "with {what}");
    }

    // By what is typed, whatever else stands in the field.
    app.field("Search customers").fill(&name.to_uppercase());
    app.until("few", || count(&app).contains("match"));
    settle(&app);
    assert!(app.shows("row", &name));
    app.press(&[Key::Escape]);
    app.until("all again", || count(&app) == all);
    let long = "x".repeat(210);
    app.field("Search customers").fill(&long);
    app.find("alert", "");
    app.button("Sort").click();
    app.find("menuitem", "Name").click();
    app.button("Sort: Name, A to Z");
    assert_eq!(
        app.field("Search customers").value(),
        long,
        "another order leaves alone what is typed"
    );
}

#[test]
fn keys_lead_through_the_list() {
    let app = App::start("customers_keys").unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    settle(&app);
    let all = count(&app);
    let total: u64 = all.split(' ').next().unwrap().replace(',', "").parse().unwrap();
    app.tab_to("grid", "Customers");
    app.press(&[Key::Control, Key::Home]);
    let begin = place(&app);
    assert_eq!(begin, 1);
    app.press(&[Key::Down]);
    app.until("the second row", || place(&app) == 2);
    app.press(&[Key::PageDown]);
    app.until("a page on", || place(&app) > 5);
    let page = place(&app);
    app.press(&[Key::PageUp]);
    app.until("a page back", || place(&app) == 2 && page > 5);
    app.press(&[Key::Control, Key::End]);
    app.until("the last row", || place(&app) == total);
    settle(&app);
    assert!(rows_seen(&app) > 3);
    app.press(&[Key::Control, Key::Home]);
    app.until("the first row", || place(&app) == 1);
    // To the head, along it, and back.
    app.press(&[Key::Up]);
    app.press(&[Key::End]);
    app.press(&[Key::Left]);
    app.press(&[Key::Space]);
    app.until("another order", || {
        app.find("columnheader", "Joined").attribute("aria-sort").as_deref() == Some("ascending")
    });
    settle(&app);
    app.press(&[Key::Down]);
    app.press(&[Key::Enter]);
    app.until("the record", || !app.all("dialog").is_empty());
    // The next and the previous customer without going back.
    let title = || app.run("return document.querySelector('dialog[open] h2').textContent", &[]);
    app.find("tab", "Details");
    let first = title();
    app.type_text("j");
    app.until("the next", || title() != first && app.shows("tab", "Details"));
    app.type_text("k");
    app.until("the one before", || title() == first);
    // Back to the list, forward to the record.
    app.press(&[Key::Alt, Key::Left]);
    app.until("the list", || app.all("dialog").is_empty());
    app.press(&[Key::Alt, Key::Right]);
    app.until("the record again", || !app.all("dialog").is_empty());
    let mouse = |button: u8| {
        app.run(
            "document.body.dispatchEvent(new MouseEvent('mouseup', {button: arguments[0], bubbles: true, cancelable: true}))",
            &[json!(button)],
        )
    };
    mouse(3);
    app.until("the list", || app.all("dialog").is_empty());
    mouse(4);
    app.until("the record again", || !app.all("dialog").is_empty());
    // Not over a form, where something may be typed.
    app.find("tab", "Details");
    app.type_text("e");
    app.dialog("Edit customer");
    app.press(&[Key::Alt, Key::Left]);
    app.rest();
    app.dialog("Edit customer");
}

#[test]
fn rows_are_seen_at_the_largest_zoom_and_in_the_smallest_window() {
    let app = App::start("customers_low").unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    settle(&app);
    for (width, height, zoom) in [(1280, 800, 200), (420, 480, 100), (900, 480, 100), (420, 800, 200)] {
        app.resize(width, height);
        app.press_with(Key::Control, '0');
        let size = || app.run("return document.documentElement.style.fontSize", &[]);
        app.until("100 %", || size() == "100%");
        while zoom > 100 && size() != "200%" {
            app.press_with(Key::Control, '+');
        }
        settle(&app);
        app.rest();
        let what = format!("{width} x {height} at {zoom} %");
        assert!(app.painted_wrong().is_empty(), "{what}: {:?}", app.painted_wrong());
        if (width, height) != (420, 800) {
            assert!(rows_seen(&app) >= 1, "{what}: a row is seen at once");
        }
        app.tab_to("grid", "Customers");
        app.press(&[Key::Control, Key::End]);
        settle(&app);
        app.rest();
        assert!(rows_seen(&app) >= 2, "{what}: {} rows are seen at the end", rows_seen(&app));
        let last = app.run("const rows = Array.from(document.querySelectorAll('.grid__window [role=row]')); return String(Math.max(...rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).map((row) => Number(row.getAttribute('aria-rowindex')) - 1)))", &[]);
        assert_eq!(last, json!(place(&app).to_string()), "{what}: the last row is on screen");
        app.press(&[Key::Control, Key::Home]);
        settle(&app);
        app.press_with(Key::Control, 'f');
        app.until("the search", || app.field("Search customers").has_focus());
    }
}

#[test]
fn at_420_everything_is_within_reach() {
    let app = App::start("customers_phone").unwrap();
    app.resize(420, 800);
    app.begin();
    app.button("Open navigation").click();
    app.link("Customers").click();
    app.find("heading", "Customers");
    for (name, email) in [("Lena Hoffmann", "lena@example.com"), ("Adam Novak", "adam@example.com")] {
        app.button("New customer").click();
        app.field("Email").fill(email);
        app.field("Full name").fill(name);
        app.field("Password").fill("eight or more");
        app.dismiss();
        app.button("Create customer").click();
        app.gone("dialog", "New customer");
        app.row(name);
    }
    app.dismiss();

    // Sorted without the head.
    app.button("Sort").click();
    app.find("menuitem", "Name").click();
    app.until("another order", || app.first_customer() == "Adam Novak");

    // Only what can be seen is a stop of the arrows.
    app.tab_to("grid", "Customers");
    for _ in 0..8 {
        app.press(&[Key::Right]);
        let is_seen = "const id = document.querySelector('[role=grid]').getAttribute('aria-activedescendant'); return (document.getElementById(id)?.offsetWidth ?? 0) > 0";
        assert_eq!(app.run(is_seen, &[]), json!(true));
    }
    app.press(&[Key::Escape]);

    // Set inactive and deleted in the record, both undone.
    app.row("Adam Novak").click();
    app.dialog("Adam Novak");
    app.button("More acts").click();
    app.find("menuitem", "Set inactive").click();
    app.see("Adam Novak set inactive");
    app.button("Undo").click();
    app.button("More acts").click();
    app.find("menuitem", "Set inactive");
    app.press(&[Key::Escape]);
    app.dismiss();
    app.button("More acts").click();
    app.find("menuitem", "Delete").click();
    app.button("Delete customer").click();
    app.until("the row to go", || app.all("dialog").is_empty() && !app.shows("row", "Adam Novak"));
    app.see("Adam Novak deleted");
    app.button("Undo").click();
    app.row("Adam Novak");

    // Archived customers are found and brought back: whoever has paid is kept.
    let adam = app.record("adam@example.com");
    app.ask(
        "record_payment",
        json!({"customer_id": adam["id"], "amount": {"amount": 500, "currency": currency(&app)}, "method": "cash"}),
    );
    app.dismiss();
    app.row("Adam Novak").click();
    app.dialog("Adam Novak");
    app.button("More acts").click();
    app.find("menuitem", "Delete").click();
    app.button("Delete customer").click();
    app.until("the row to go", || app.all("dialog").is_empty() && !app.shows("row", "Adam Novak"));
    app.dismiss();
    app.find("radio", "Archived").click();
    app.row("Adam Novak").click();
    app.dialog("Adam Novak");
    app.see("This customer is archived");
    app.button("Bring back").click();
    app.see("Adam Novak is back");
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.find("radio", "All").click();
    app.row("Adam Novak");
    assert!(app.painted_wrong().is_empty(), "{:?}", app.painted_wrong());
}

fn currency(app: &App) -> serde_json::Value {
    app.ask("current_session", json!({}))["currency"].clone()
}

#[test]
fn the_widest_window_is_filled_and_nothing_is_cut_off() {
    let app = App::start("customers_wide").unwrap();
    app.resize(2560, 1300);
    app.explore();
    for page in [
        "Dashboard",
        "Customers",
        "Licenses",
        "Plans",
        "Invoices",
        "Payments",
        "Domains",
        "Statistics",
        "Catch up",
    ] {
        app.visit(page);
        app.until(page, || app.all("[aria-busy=true], .skeleton, .bone").is_empty());
        app.rest();
        assert!(app.painted_wrong().is_empty(), "{page}: {:?}", app.painted_wrong());
    }
    app.visit("Customers");
    settle(&app);
    assert!(rows_seen(&app) >= 12, "{} rows", rows_seen(&app));
}

/// How what scrolls stands in each layer, from the page to the topmost dialog: whether it can be scrolled, and how far it is.
fn layers(app: &App) -> serde_json::Value {
    let script = "const open = [...document.querySelectorAll('dialog[open]')]; \
        const layer = (node) => node.closest('dialog[open]'); \
        return [null, ...open].map((dialog) => [...document.querySelectorAll('.grid__viewport, .scroll, .tabpanel, .dialog__body')] \
            .filter((node) => layer(node) === dialog && node.clientHeight > 0) \
            .map((node) => [getComputedStyle(node).overflowY, node.scrollTop, node.clientWidth]))";
    app.run(script, &[])
}

#[test]
fn what_lies_below_a_dialog_shows_no_scrollbars_and_stays_where_it_is() {
    let app = App::start("customers_covered").unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    settle(&app);
    app.tab_to("grid", "Customers");
    for _ in 0..3 {
        app.press(&[Key::PageDown]);
    }
    settle(&app);
    app.rest();
    let page = layers(&app)[0][0].clone();
    assert_eq!(page[0], json!("auto"));
    assert!(page[1].as_f64() > Some(0.0), "the list is scrolled: {page}");

    // The record over the list, then a form over the record, which stands inside of it in the document or not.
    app.press(&[Key::Enter]);
    app.until("the record", || app.shows("tabpanel", ""));
    app.find("tab", "Details");
    let below = json!(["hidden", page[1], page[2]]);
    app.until("a list without a scrollbar", || layers(&app)[0][0] == below);
    assert_eq!(layers(&app)[1][0][0], json!("auto"), "the record is above");
    app.open_tab("Domains");
    app.button("Add domain").click();
    app.dialog("Add domain");
    app.until("a record without a scrollbar", || layers(&app)[1][0][0] == json!("hidden"));
    let three = layers(&app);
    assert_eq!((&three[0][0], &three[2][0][0]), (&below, &json!("auto")), "{three}");
    app.escape();
    app.gone("dialog", "Add domain");
    app.until("the record to scroll again", || layers(&app)[1][0][0] == json!("auto"));
    app.type_text("e");
    app.dialog("Edit customer");
    app.until("a record without a scrollbar", || layers(&app)[1][0][0] == json!("hidden"));
    app.escape();
    app.gone("dialog", "Edit customer");

    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.until("the list to scroll again", || layers(&app)[0][0][0] == json!("auto"));
    assert_eq!(layers(&app)[0][0][2], page[2], "nothing has moved");
}

#[test]
fn a_customer_who_comes_back_without_a_domain_is_told_which() {
    let app = App::start("customers_lost_domain").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.add_customer("Adam Novak", "adam@example.com", "");
    let id = |email: &str| app.record(email)["id"].clone();
    let (lena, adam) = (id("lena@example.com"), id("adam@example.com"));
    for name in ["one.example", "b\u{fc}cher.example"] {
        app.ask("add_domain", json!({"customer_id": lena, "name": name}));
    }
    app.row("Lena Hoffmann").find("button", "Delete").click();
    app.dismiss();
    app.button("Delete customer").click();
    app.until("the row to go", || !app.shows("row", "Lena Hoffmann"));
    app.see("Lena Hoffmann deleted");
    app.ask("add_domain", json!({"customer_id": adam, "name": "b\u{fc}cher.example"}));
    app.button("Undo: Lena Hoffmann deleted").click();
    app.row("Lena Hoffmann");
    app.see("Lena Hoffmann is back without b\u{fc}cher.example, which belongs to another customer now");
    let page = app.ask("list_domains", json!({"customer_id": lena}));
    assert_eq!((&page["total"], &page["items"][0]["name"]), (&json!(1), &json!("one.example")));

    // A customer who is new is gone again as easily; the one above is not.
    app.dismiss();
    app.add_customer("Eva Lind", "eva@example.com", "");
    app.button("Undo: Eva Lind created").click();
    app.until("the row to go", || !app.shows("row", "Eva Lind"));
    app.row("Lena Hoffmann");
}
