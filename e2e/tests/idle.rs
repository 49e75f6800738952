//! What is left on screen when nobody is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key, PASSWORD};
use serde_json::json;

const LENA: &str = "Lena Hoffmann";

fn page(app: &App) -> String {
    app.run("return document.documentElement.outerHTML", &[])
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn unlock(app: &App) {
    app.field("Password").fill(PASSWORD);
    app.press(&[Key::Enter]);
    app.until("the page", || !app.shows("button", "Unlock"));
}

#[test]
fn the_lock_takes_notifications_away_and_nothing_of_them_can_be_pressed() {
    let app = App::start("lock_toasts").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer(LENA, "lena@example.com", "");
    app.row(LENA).find("button", "Delete").click();
    app.dismiss();
    app.button("Delete customer").click();
    app.see("Lena Hoffmann deleted");
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    app.until("an empty page", || !page(&app).contains("Lena") && !page(&app).contains("Undo"));
    assert_eq!(app.run("return document.title", &[]), json!("Locked \u{2013} Clientele"));
    unlock(&app);
    app.find("heading", "Customers");
    assert!(
        !app.shows("button", "Undo"),
        "what was offered before the lock is not offered after it"
    );

    // Nor does it reach another person or another book.
    app.add_customer("Adam Novak", "adam@example.com", "");
    app.row("Adam Novak").find("button", "Delete").click();
    app.dismiss();
    app.button("Delete customer").click();
    app.see("Adam Novak deleted");
    app.button("Account").click();
    app.find("menuitem", "Sign out").click();
    app.button("Sign in");
    assert!(!page(&app).contains("Adam"));
    app.explore();
    assert!(!app.shows("button", "Undo"));
    app.visit("Customers");
    app.until("the rows", || {
        !app.all(".grid__window [role=row]:not(.grid__row--bones)").is_empty()
    });
    let name = app.first_customer();
    app.open_customer(&name);
    app.button("More acts").click();
    app.find("menuitem", "Set").click();
    app.see("set ");
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.button("Undo");
    app.button("Leave").click();
    app.button("Sign in");
    assert!(!app.shows("button", "Undo") && !page(&app).contains(&name));
}

#[test]
fn a_warning_comes_before_the_idle_lock_and_all_is_as_it_was_after_it() {
    let app = App::start("idle").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.visit("Customers");
    app.button("New customer").click();
    app.field("Full name").fill("Half typed");
    app.field("Full name").click();

    // The warning, and input in time.
    app.sleep_for(580);
    app.see("Without input the app locks in");
    app.until("the button to have the keyboard", || app.button("Stay").has_focus());
    app.press(&[Key::Enter]);
    app.until("the warning to go", || !app.shows("button", "Stay"));
    assert!(app.field("Full name").has_focus(), "the keyboard is where it was");

    // The warning, and nobody there. WebKit may tell of the pointer up to some time after what was below it has changed: before the
    // clock is put forward.
    std::thread::sleep(std::time::Duration::from_secs(2));
    app.sleep_for(580);
    app.see("Without input the app locks in");
    app.sleep_for(30);
    app.button("Unlock");
    assert!(!page(&app).contains("Half typed"));
    unlock(&app);
    app.dialog("New customer");
    assert_eq!(app.field("Full name").value(), "Half typed");
    assert!(
        app.field("Full name").has_focus(),
        "the keyboard is where it was before the warning"
    );

    // The computer slept: the key that wakes it does not keep it open.
    app.sleep_for(3_600);
    app.press(&[Key::Shift]);
    app.button("Unlock");
    unlock(&app);
    app.dialog("New customer");

    // What was refused while it was locked is not refused any more.
    app.field("Email").fill("half@example.com");
    app.field("Password").fill("eight or more");
    app.ask("lock", json!({}));
    app.button("Create customer").click();
    app.button("Unlock");
    unlock(&app);
    app.dialog("New customer");
    assert!(!app.text().contains("The app is locked"));
    app.button("Create customer").click();
    app.gone("dialog", "New customer");
    app.row("Half typed");
}
