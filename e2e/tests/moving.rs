//! A move whose dialog is closed: it goes on, every page says so and leads back to it, and its end is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::time::Duration;

use e2e::{
    App, Key, PASSWORD,
    server::{CLERK_PASSWORD, Way, fresh_schema},
};

/// Begins a move over this way, slow enough to do something else meanwhile.
fn begin_move(app: &App, way: &Way, schema: &str) {
    app.database_settings();
    app.button("Move this book").click();
    app.dialog("Move this book");
    app.fill_connection("127.0.0.1", way.port, schema, CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    way.slow_down(Duration::from_millis(100));
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("The book stays as it is until this is done");
}

/// Closes the dialog.
fn leave(app: &App) {
    app.dialog("Move this book").find("button", "Close").click();
    app.gone("dialog", "Move this book");
}

#[test]
fn a_move_that_is_left_goes_on_is_led_back_to_and_its_end_is_told() {
    let app = App::start("move_left").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    let way = Way::open().unwrap();
    begin_move(&app, &way, &fresh_schema("left"));

    // Closed, on another page, and behind the lock.
    leave(&app);
    app.see("The book is being moved");
    app.visit("Customers");
    app.see("The book is being moved");
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    assert!(!app.text().contains("being moved"), "a locked window tells nothing");
    app.field("Password").fill(PASSWORD);
    app.button("Unlock").click();
    app.see("The book is being moved");

    // Back, and away once more.
    app.button("Show the move").click();
    app.dialog("Move this book");
    app.see("The book stays as it is until this is done");
    app.see("127.0.0.1");
    leave(&app);
    app.visit("Plans");
    way.slow_down(Duration::ZERO);
    app.see("The book has moved and was compared");
    app.see("which takes no more changes");
    app.button("Show the move").click();
    app.see("Checksum, both sides");
    app.button("Open the book there").click();
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.row("Lena Hoffmann");
    app.see("127.0.0.1");
    assert!(!app.text().contains("has moved"), "it is done with");
}

#[test]
fn a_move_that_fails_while_nobody_looks_says_so_until_somebody_does() {
    let app = App::start("move_lost").unwrap();
    app.resize(1280, 800);
    app.begin();
    let way = Way::open().unwrap();
    begin_move(&app, &way, &fresh_schema("lost"));
    leave(&app);
    app.visit("Plans");
    way.cut();
    app.see("The book has not moved");
    // Leaving the page on which it could be seen is not seeing it.
    app.database_settings();
    app.visit("Plans");
    app.see("The book has not moved");
    app.button("Show the move").click();
    app.dialog("Move this book");
    app.button("Choose the place again");
    leave(&app);
    app.until("the end of the banner", || !app.text().contains("The book has not moved"));
    // The book is as it was, and takes changes.
    app.add_customer("Adam Novak", "adam@example.com", "");
}
