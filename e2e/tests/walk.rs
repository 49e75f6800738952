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
    assert!(card.contains("€120.00 / year"), "the new license is for a year: {card}");
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

/// What the page is painted on in each theme: its `--canvas`.
const LIGHT: [u8; 3] = [0xf4, 0xf3, 0xf0];
const DARK: [u8; 3] = [0x11, 0x12, 0x14];

/// The color in the upper left corner of the window, as it is on the screen.
fn corner(app: &App) -> [u8; 3] {
    let mut picture = png::Decoder::new(std::io::Cursor::new(app.picture())).read_info().unwrap();
    let mut points = vec![0; picture.output_buffer_size().unwrap()];
    picture.next_frame(&mut points).unwrap();
    *points.first_chunk().unwrap()
}

#[test]
fn the_theme_is_that_of_the_system_until_another_is_chosen() {
    let mut app = App::start("walk_theme").unwrap();
    app.resize(1280, 800);
    app.begin();
    for (system, theme, canvas) in [("Adwaita:dark", "dark", DARK), ("Adwaita", "light", LIGHT)] {
        app.set_system_theme(system);
        app.restart().unwrap();
        assert_eq!(app.theme(), theme, "{system}: from the first paint on");
        app.resize(1280, 800);
        app.button("Sign in");
        assert_eq!(corner(&app), canvas, "{system}: on the screen");
    }

    // Another is chosen, and given up for that of the system, which the page then follows while it runs.
    choose_another_and_come_back(&app, ("Dark", "dark", DARK), ("light", LIGHT));
}

#[test]
fn a_desktop_that_prefers_dark_without_a_dark_theme_is_followed_too() {
    let mut app = App::start("walk_prefers_dark").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.prefer_dark().unwrap();
    app.restart().unwrap();
    assert_eq!(app.theme(), "dark", "from the first paint on");
    app.resize(1280, 800);
    app.button("Sign in");
    assert_eq!(corner(&app), DARK, "on the screen");
    choose_another_and_come_back(&app, ("Light", "light", LIGHT), ("dark", DARK));
}

fn choose_another_and_come_back(app: &App, (other, theme, canvas): (&str, &str, [u8; 3]), own: (&str, [u8; 3])) {
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    app.link("Settings").click();
    app.link("Appearance").click();
    assert!(app.find("radio", "System").is_on(), "nothing else was chosen");
    app.find("radio", other).click();
    app.until("the other theme", || app.theme() == theme);
    assert_eq!(corner(app), canvas);
    app.find("radio", "System").click();
    app.until("the theme of the system", || app.theme() == own.0);
    assert_eq!(corner(app), own.1);
}

#[test]
fn the_same_is_done_with_the_keyboard_alone() {
    let mut app = App::start("walk_keyboard").unwrap();
    app.resize(1280, 800);
    type_in(
        &app,
        &[
            ("Full name", e2e::NAME),
            ("Email", e2e::EMAIL),
            ("Password", PASSWORD),
            ("Password again", PASSWORD),
        ],
    );
    app.press(&[Key::Enter]);
    app.find("heading", "Dashboard");

    app.press_with(Key::Control, '4');
    app.find("heading", "Plans");
    activate(&app, "button", "New plan");
    app.dialog("New plan");
    type_in(
        &app,
        &[("Name", "Studio"), ("Code", "studio"), ("Monthly", "12"), ("Yearly", "120")],
    );
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "New plan");
    app.row("Studio");

    app.press_with(Key::Control, '2');
    app.find("heading", "Customers");
    app.press_with(Key::Control, 'n');
    app.dialog("New customer");
    type_in(
        &app,
        &[
            ("Email", "lena@example.com"),
            ("Full name", CUSTOMER),
            ("Company", "Hoffmann GmbH"),
            ("Password", "eight or more"),
        ],
    );
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "New customer");
    app.row(CUSTOMER);

    sell_by_keyboard(&app);
    be_refused_by_keyboard(&app);
    cancel_by_keyboard(&app);
    delete_and_undo_by_keyboard(&app);

    // Dark, and locked.
    app.press_with(Key::Control, ',');
    app.find("heading", "General");
    activate(&app, "link", "Appearance");
    app.tab_to("radio", "System");
    app.press(&[Key::Right]);
    app.press(&[Key::Right]);
    app.until("the dark theme", || app.theme() == "dark");
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    assert!(app.field("Password").has_focus(), "the lock asks for the password at once");
    app.type_text(PASSWORD);
    app.press(&[Key::Enter]);
    app.find("heading", "Appearance");

    // Ended and begun again, everything is there.
    app.restart().unwrap();
    assert_eq!(app.theme(), "dark", "from the first paint on");
    app.resize(1280, 800);
    app.button("Sign in");
    app.until("the focus in the password", || app.field("Password").has_focus());
    app.type_text(PASSWORD);
    app.press(&[Key::Enter]);
    app.find("heading", "Dashboard");
    app.see(CUSTOMER);
    app.press_with(Key::Control, '4');
    app.row("Studio");
    app.press_with(Key::Control, '2');
    open_by_keyboard(&app);
    app.press_with(Key::Control, '2');
    let card = app.find("article", "License Studio").text();
    assert!(card.contains("Canceled"), "the license as it was left: {card}");
    app.press_with(Key::Control, '3');
    let card = app.find("article", "Subscription Studio").text();
    assert!(card.contains("Canceled"), "the subscription as it was left: {card}");
    app.press_with(Key::Control, '7');
    app.see("license");
}

/// Goes to each field with Tab and types.
fn type_in(app: &App, fields: &[(&str, &str)]) {
    for (label, text) in fields {
        app.tab_to("field", label);
        app.type_text(text);
    }
}

/// Goes there with Tab and presses Enter.
fn activate(app: &App, role: &str, name: &str) {
    app.tab_to(role, name);
    app.press(&[Key::Enter]);
}

/// Opens the details of the one customer from the list.
fn open_by_keyboard(app: &App) {
    app.row(CUSTOMER);
    app.tab_to("grid", "Customers");
    app.press(&[Key::Control, Key::Home]);
    app.press(&[Key::Enter]);
    app.dialog(CUSTOMER);
    app.find("tab", "Details");
}

/// A license with a subscription, to be seen in the record, the list, the cards and on the dashboard.
fn sell_by_keyboard(app: &App) {
    open_by_keyboard(app);
    app.tab_to("tab", "Details");
    app.press(&[Key::Right]);
    app.see("No license yet");
    app.type_text("l");
    app.dialog("Add license");
    app.field("Plan");
    app.tab_to("field", "Renew with a subscription");
    // Off and on again: the key does it.
    app.press(&[Key::Space]);
    app.until("no subscription", || !app.field("Renew with a subscription").is_on());
    app.press(&[Key::Space]);
    app.until("a subscription", || app.field("Renew with a subscription").is_on());
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Add license");
    let card = app.find("article", "License Studio").text();
    assert!(
        card.contains("Active") && card.contains("Renewed by its subscription"),
        "the new license: {card}"
    );
    app.press_with(Key::Control, '3');
    let card = app.find("article", "Subscription Studio").text();
    assert!(card.contains("Active"), "the new subscription: {card}");
    app.escape();
    app.gone("dialog", CUSTOMER);

    let row = app.row(CUSTOMER).text();
    assert_eq!(
        row.matches("active of 1").count(),
        2,
        "licenses and subscriptions, active of total: {row}"
    );
    let cards = |app: &App| app.find("section", "Figures").text();
    app.until("the cards to count it", || {
        cards(app).contains("With subscriptions 1") && cards(app).contains("1 active license")
    });
    app.press_with(Key::Control, '1');
    app.find("heading", "Dashboard");
    app.see(CUSTOMER);
    app.until("the figures of the dashboard", || cards(app).contains("With subscriptions 1"));
    app.press_with(Key::Control, '2');
}

fn be_refused_by_keyboard(app: &App) {
    app.row(CUSTOMER);
    app.tab_to("grid", "Customers");
    app.press(&[Key::Delete]);
    activate(app, "button", "Delete customer");
    app.see("cannot be deleted");
    app.see("1 active");
    app.escape();
    app.until("the end of the question", || app.all("dialog").is_empty());
    app.row(CUSTOMER);
}

fn cancel_by_keyboard(app: &App) {
    open_by_keyboard(app);
    app.press_with(Key::Control, '2');
    activate(app, "button", "Cancel license");
    app.button("Keep license");
    app.see("is canceled with it");
    activate(app, "button", "Cancel license");
    app.until("the license to be canceled", || {
        app.find("article", "License Studio").text().contains("Canceled")
    });
    app.press_with(Key::Control, '3');
    app.until("its subscription to be canceled with it", || {
        app.find("article", "Subscription Studio").text().contains("Canceled")
    });
    app.escape();
    app.gone("dialog", CUSTOMER);
}

fn delete_and_undo_by_keyboard(app: &App) {
    app.tab_to("grid", "Customers");
    app.press(&[Key::Delete]);
    activate(app, "button", "Delete customer");
    app.until("the row to go", || !app.shows("row", CUSTOMER));
    app.see("Lena Hoffmann deleted");
    // That of the canceled license may still be there, with an Undo of its own: the newest is the one that says so.
    app.press(&[Key::F6]);
    app.until("the newest notification to have the focus", || {
        let focused = app.run("return document.activeElement.closest('.toast')?.innerText ?? ''", &[]);
        focused
            .as_str()
            .is_some_and(|text| text.contains("Lena Hoffmann deleted") && text.contains("Undo"))
    });
    app.press(&[Key::Enter]);
    app.row(CUSTOMER);
}
