//! The core job from an empty computer on, with the mouse and then with the keyboard alone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use e2e::{App, Key, PASSWORD};

const CUSTOMER: &str = "Lena Hoffmann";

#[test]
fn a_customer_is_sold_a_license_and_everything_is_there_after_a_restart() {
    let mut app = App::start("walk_mouse").unwrap();
    app.resize(1280, 800);
    app.begin();

    // A license needs a plan, so without one the way leads there.
    app.add_customer(CUSTOMER, "lena@example.com", "Hoffmann GmbH");
    app.open_customer(CUSTOMER);
    app.open_tab("Licenses");
    app.button("Add license").click();
    app.link("Go to plans").click();
    app.find("heading", "Plans");
    app.add_plan("Studio", "studio", "12", "120");

    // The license, with a subscription.
    app.visit("Customers");
    app.open_customer(CUSTOMER);
    app.open_tab("Licenses");
    app.button("Add license").click();
    app.field("Plan").choose("Studio");
    app.find("radio", "Yearly").click();
    if !app.field("Renew with a subscription").is_on() {
        app.field("Renew with a subscription").click();
    }
    app.dismiss();
    app.dialog("Add license").find("button", "Add license").click();
    app.gone("dialog", "Add license");
    let card = app.find("article", "License Studio").text();
    assert!(card.contains("Active"), "the new license is active: {card}");
    app.open_tab("Subscriptions");
    app.see("Studio");
    app.open_tab("Timeline");
    app.see("license");
    app.escape();
    app.gone("dialog", CUSTOMER);

    // In the list, the cards and on the dashboard.
    let row = app.row(CUSTOMER).text();
    assert!(
        row.matches("active of 1").count() == 2,
        "licenses and subscriptions, active of total: {row}"
    );
    app.until("the card to count the subscription", || {
        app.find("section", "Figures").text().contains("With subscriptions 1")
    });
    app.visit("Dashboard");
    app.see(CUSTOMER);

    // The delete is refused and says why.
    app.visit("Customers");
    app.row(CUSTOMER).find("button", "Delete").click();
    app.until("the refusal or the question", || {
        app.shows("button", "Delete customer") || app.text().contains("1 active license")
    });
    if app.shows("button", "Delete customer") {
        app.button("Delete customer").click();
    }
    app.see("1 active license");
    app.button("Close").click();
    app.row(CUSTOMER);

    // The license is canceled, and its subscription with it.
    app.open_customer(CUSTOMER);
    app.open_tab("Licenses");
    app.find("article", "License Studio").find("button", "Cancel license").click();
    app.see("is canceled with it");
    app.button("Cancel license").click();
    app.until("the license to be canceled", || {
        app.find("article", "License Studio").text().contains("Canceled")
    });
    app.open_tab("Subscriptions");
    app.see("Canceled");
    app.escape();
    app.gone("dialog", CUSTOMER);

    // Now the delete goes through, and Undo brings the customer back.
    app.row(CUSTOMER).find("button", "Delete").click();
    app.dismiss();
    app.button("Delete customer").click();
    app.until("the row to go", || !app.shows("row", CUSTOMER));
    app.see("Lena Hoffmann deleted");
    app.button("Undo").click();
    app.row(CUSTOMER);

    // Dark, remembered over a restart.
    app.link("Settings").click();
    app.link("Appearance").click();
    app.find("radio", "Dark").click();
    app.until("the dark theme", || app.theme() == "dark");
    app.restart().unwrap();
    assert_eq!(app.theme(), "dark", "from the first paint on");
    app.resize(1280, 800);
    app.sign_in(PASSWORD);
    app.visit("Plans");
    app.row("Studio");
    app.visit("Customers");
    app.open_customer(CUSTOMER);
    app.open_tab("Licenses");
    app.until("the license", || app.find("article", "License Studio").text().contains("Canceled"));

    // Locked, nothing of it is left in the page; unlocked, it is all there again.
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    app.until("an empty page", || {
        !app.run("return document.documentElement.outerHTML", &[])
            .as_str()
            .unwrap_or_default()
            .contains("lena@example.com")
    });
    app.field("Password").fill(PASSWORD);
    app.button("Unlock").click();
    app.find("article", "License Studio");
}

#[test]
fn the_same_is_done_with_the_keyboard_alone() {
    let app = App::start("walk_keyboard").unwrap();
    app.resize(1280, 800);
    for (label, text) in [
        ("Full name", e2e::NAME),
        ("Email", e2e::EMAIL),
        ("Password", PASSWORD),
        ("Password again", PASSWORD),
    ] {
        app.tab_to("field", label);
        app.type_text(text);
    }
    app.press(&[Key::Enter]);
    app.find("heading", "Dashboard");

    app.press_with(Key::Control, '3');
    app.find("heading", "Plans");
    app.tab_to("button", "New plan");
    app.press(&[Key::Enter]);
    app.dialog("New plan");
    for (label, text) in [("Name", "Studio"), ("Code", "studio"), ("Monthly", "12"), ("Yearly", "120")] {
        app.tab_to("field", label);
        app.type_text(text);
    }
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "New plan");
    app.row("Studio");

    app.press_with(Key::Control, '2');
    app.find("heading", "Customers");
    app.press_with(Key::Control, 'n');
    app.dialog("New customer");
    for (label, text) in [
        ("Email", "lena@example.com"),
        ("Full name", CUSTOMER),
        ("Company", "Hoffmann GmbH"),
        ("Password", "eight or more"),
    ] {
        app.tab_to("field", label);
        app.type_text(text);
    }
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "New customer");
    app.row(CUSTOMER);

    app.tab_to("grid", "Customers");
    app.press(&[Key::Down]);
    app.press(&[Key::Enter]);
    app.dialog(CUSTOMER);
    app.tab_to("tab", "Details");
    app.press(&[Key::Right]);
    app.find("tabpanel", "");
    app.see("No license yet");
    app.type_text("l");
    app.dialog("Add license");
    app.field("Plan");
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Add license");
    app.find("article", "License Studio");
    app.tab_to("button", "Cancel license");
    app.press(&[Key::Enter]);
    app.button("Keep license");
    app.tab_to("button", "Cancel license");
    app.press(&[Key::Enter]);
    app.until("the license to be canceled", || {
        app.find("article", "License Studio").text().contains("Canceled")
    });
    app.escape();
    app.gone("dialog", CUSTOMER);

    app.press(&[Key::Delete]);
    app.tab_to("button", "Delete customer");
    app.press(&[Key::Enter]);
    app.until("the row to go", || !app.shows("row", CUSTOMER));
    app.see("Lena Hoffmann deleted");
    // The newest notification is the one that says so.
    app.press(&[Key::F6]);
    app.until("the notification to have the focus", || {
        app.run("return document.activeElement !== document.body", &[]) == true
    });
    for _ in 0..3 {
        if app.run("return document.activeElement.innerText", &[]) != "Undo" {
            app.press(&[Key::Tab]);
        }
    }
    app.press(&[Key::Enter]);
    app.row(CUSTOMER);

    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    assert!(app.field("Password").has_focus(), "the lock asks for the password at once");
    app.type_text(PASSWORD);
    app.press(&[Key::Enter]);
    app.row(CUSTOMER);
}
