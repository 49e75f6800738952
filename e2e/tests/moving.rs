//! A move whose dialog is closed: it goes on, every page says so and leads back to it, and its end is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::time::Duration;

use e2e::{
    App, Key, PASSWORD,
    server::{CLERK_PASSWORD, Way, fresh_schema, run_as},
};

/// Rehearses a move over this way.
fn rehearse(app: &App, way: &Way, schema: &str) {
    app.database_settings();
    app.button("Move this book").click();
    app.dialog("Move this book");
    app.fill_connection("127.0.0.1", way.port, schema, CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
}

/// Begins a move over this way, slow enough to do something else meanwhile.
fn begin_move(app: &App, way: &Way, schema: &str) {
    rehearse(app, way, schema);
    way.slow_down(Duration::from_millis(100));
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("The book stays as it is until this is done");
}

/// Waits until a move that has begun has written something.
fn begins_to_write(app: &App, way: &Way, schema: &str) {
    way.slow_down(Duration::from_millis(20));
    let has_written = format!("SELECT 1 FROM {schema}.move_state");
    app.until("the beginnings of the move", || run_as("postgres", &has_written).is_ok());
    way.slow_down(Duration::from_millis(100));
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
    // How fast, and how long it takes yet.
    way.slow_down(Duration::from_millis(20));
    app.until("a rate and the time that is left", || app.shows_pace());
    way.slow_down(Duration::from_millis(100));

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
    app.open_moved("Lena Hoffmann");
    app.see("127.0.0.1");
    assert!(!app.text().contains("has moved"), "it is done with");
}

#[test]
fn a_move_that_fails_while_nobody_looks_says_so_until_somebody_does() {
    let app = App::start("move_lost").unwrap();
    app.resize(1280, 800);
    app.begin();
    let (way, schema) = (Way::open().unwrap(), fresh_schema("lost"));
    begin_move(&app, &way, &schema);
    leave(&app);
    app.visit("Plans");
    begins_to_write(&app, &way, &schema);
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
    // What led to the dialog is gone with the banner: the keyboard goes on in the content of the page.
    app.until("the keyboard in the page", || {
        app.run("return document.activeElement === document.querySelector('main')", &[]) == true
    });
    app.press(&[Key::Tab]);
    app.until("the next stop in the page", || {
        app.run("return document.activeElement.closest('main') !== null", &[]) == true
    });
    // The book is as it was, and takes changes.
    app.add_customer("Adam Novak", "adam@example.com", "");

    // The same move again, which takes them along.
    way.mend();
    way.slow_down(Duration::ZERO);
    rehearse(&app, &way, &schema);
    app.see("A move into this place was broken off");
    app.button("Move now").click();
    app.see("Moved and compared");
    app.open_moved("Adam Novak");
    app.see("127.0.0.1");
}

#[test]
fn a_move_whose_app_was_ended_leaves_no_book_to_connect_to_and_goes_on_in_the_same_place() {
    let mut app = App::start("move_killed").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    let (way, schema) = (Way::open().unwrap(), fresh_schema("killed"));
    begin_move(&app, &way, &schema);
    begins_to_write(&app, &way, &schema);
    app.kill();
    way.slow_down(Duration::ZERO);
    // It would go with the schema, if the move began anew.
    run_as("postgres", &format!("CREATE VIEW {schema}.kept AS SELECT 1 AS one")).unwrap();
    app.open().unwrap();
    app.resize(1280, 800);
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");

    app.database_settings();
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
    app.fill_connection("127.0.0.1", way.port, &schema, CLERK_PASSWORD);
    app.button("Connect").click();
    app.see("A move into this place was not finished");
    app.see("begin the same move again");
    app.escape();
    app.gone("dialog", "Connect to a server");

    rehearse(&app, &way, &schema);
    app.see("A move into this place was broken off");
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("Moved and compared");
    run_as("postgres", &format!("SELECT one FROM {schema}.kept")).unwrap();
    app.open_moved("Lena Hoffmann");
    app.see("127.0.0.1");
}

#[test]
fn a_move_that_is_canceled_where_nobody_is_heard_says_what_it_leaves_and_removes_it_later() {
    let app = App::start("move_left_behind").unwrap();
    app.resize(1280, 800);
    app.begin();
    let (way, schema) = (Way::open().unwrap(), fresh_schema("behind"));
    begin_move(&app, &way, &schema);
    begins_to_write(&app, &way, &schema);
    way.silence();
    app.button("Cancel the move").click();
    app.until("what is left", || {
        app.text().contains("what it had copied may still be in the new place")
    });
    assert!(!app.text().contains("What was made so far is removed"));
    let has_written = format!("SELECT 1 FROM {schema}.move_state");
    run_as("postgres", &has_written).unwrap();

    way.mend();
    way.slow_down(Duration::ZERO);
    app.button("Remove what is left there").click();
    app.see("What was made so far is removed");
    assert!(run_as("postgres", &has_written).is_err());
    app.button("Choose the place again");
    leave(&app);
    // The book takes changes.
    app.add_customer("Adam Novak", "adam@example.com", "");
}

#[test]
fn a_book_that_is_in_the_new_place_already_is_found_and_compared_once_more() {
    let app = App::start("move_found").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    let (way, schema) = (Way::open().unwrap(), fresh_schema("found"));
    rehearse(&app, &way, &schema);
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("Moved and compared");
    // As for somebody who was not told: the old book is open, and somebody has signed in there since.
    app.button("Stay with the old place").click();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");

    rehearse(&app, &way, &schema);
    app.see("The book is in that place already");
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("Moved and compared");
    app.open_moved("Lena Hoffmann");
    app.see("127.0.0.1");
}
