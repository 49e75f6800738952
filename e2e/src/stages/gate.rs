//! The way in: first run, lock, sign-in.

use anyhow::Result;
use serde_json::json;

use super::{Part, Stage, Tour, stage};
use crate::{App, Key, PASSWORD};

pub const PART: Part = Part {
    name: "gate",
    stages,
    walk,
};

/// A customer with a password, who works here no more than any other customer.
const CUSTOMER: (&str, &str) = ("lena@example.com", "eight or more");
/// An administrator who does not work here any more.
const INACTIVE: (&str, &str) = ("jo@example.com", "nine patient lanterns");

fn stages() -> Vec<Stage> {
    [
        "first-run",
        "first-run-refused",
        "first-run-connection",
        "lock",
        "lock-wrong",
        "sign-in",
        "sign-in-refused",
        "sign-in-not-administrator",
        "sign-in-inactive",
        "sign-in-wrong",
        "sign-in-throttled",
        "opening",
        "no-answer",
    ]
    .map(stage)
    .to_vec()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_gate")?;
    app.button("Create administrator");
    tour.stop(&app, "first-run");
    app.button("Create administrator").click();
    app.see("Enter an email address.");
    tour.stop(&app, "first-run-refused");
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
    tour.stop(&app, "first-run-connection");
    app.escape();
    app.gone("dialog", "Connect to a server");
    app.begin();
    make_accounts(&app);

    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    tour.stop(&app, "lock");
    app.field("Password").fill("not the password");
    app.button("Unlock").click();
    app.see("That password does not match.");
    tour.stop(&app, "lock-wrong");
    app.button("Sign out instead").click();

    app.button("Sign in");
    tour.stop(&app, "sign-in");
    app.field("Email").fill("");
    app.button("Sign in").click();
    app.see("Enter an email address.");
    tour.stop(&app, "sign-in-refused");
    for ((email, password), title, name) in [
        (CUSTOMER, "This account is not an administrator", "sign-in-not-administrator"),
        (INACTIVE, "This account is not active", "sign-in-inactive"),
    ] {
        app.field("Email").fill(email);
        app.field("Password").fill(password);
        app.button("Sign in").click();
        app.see(title);
        tour.stop(&app, name);
    }
    app.sign_in("not the password");
    app.see("Email and password do not match");
    tour.stop(&app, "sign-in-wrong");
    // A wait that is not counted down can be looked at as long as one likes.
    app.freeze_clock(0);
    for _ in 0..8 {
        if app.text().contains("Try again in") {
            break;
        }
        app.sign_in("not the password");
        app.until("an answer", || !app.shows("button", "Signing in"));
        app.rest();
    }
    app.see("Try again in");
    tour.stop(&app, "sign-in-throttled");

    app.hold(&["startup"]);
    app.run("location.reload()", &[]);
    app.see("Opening the book");
    tour.stop(&app, "opening");
    app.refuse(&["startup"]);
    app.see("The database did not answer");
    tour.stop(&app, "no-answer");
    app.release();
    app.button("Retry").click();
    app.until("the sign-in", || app.shows("field", "Password"));
    Ok(())
}

/// Makes the accounts that do not get in.
#[track_caller]
fn make_accounts(app: &App) {
    let (email, password) = CUSTOMER;
    app.ask(
        "create_customer",
        json!({"email": email, "full_name": "Lena Hoffmann", "password": password}),
    );
    app.ask("confirm_password", json!({"password": PASSWORD}));
    let (email, password) = INACTIVE;
    let made = app.ask(
        "create_customer",
        json!({"email": email, "full_name": "Jo Okafor", "password": password, "is_admin": true}),
    );
    app.ask(
        "update_customer",
        json!({"id": made["id"], "version": made["version"], "is_active": false}),
    );
}
