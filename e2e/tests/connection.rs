//! A server that its own authority vouches for, one that is not there, one that becomes another, and who else is on it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{
    App, PASSWORD,
    server::{AUTHORITY, CLERK_PASSWORD, Way, fresh_schema, port, run_as, secured},
};
use serde_json::json;

/// Another administrator.
const OTHER: (&str, &str) = ("jo@example.com", "nine patient lanterns");

/// Opens the dialog in which a connection is typed.
fn connect(app: &App) {
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
}

#[test]
fn an_authority_of_ones_own_is_chosen_as_a_file_and_named_in_the_test_of_the_connection() {
    let (port, authority) = secured().unwrap();
    let mut app = App::start("authority").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.database_settings();
    connect(&app);
    app.fill_connection("localhost", port, &fresh_schema("authority"), CLERK_PASSWORD);
    app.field("Encryption").choose("Verify server");
    app.button("Test connection").click();
    app.see("Not connected");
    app.see("No authority that this computer trusts vouches for the server");

    app.save_as(Some(authority.as_path()));
    app.button("Choose a file: Certificate of your own authority").click();
    app.until("the path", || {
        app.field("Certificate of your own authority").value() == authority.display().to_string()
    });
    app.button("Test connection").click();
    app.see(&format!("Verified, with a certificate of {AUTHORITY}"));
    app.see("Connected");
    app.button("Make a new book there").click();
    app.begin();
    app.see("localhost");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");

    // The next start knows the file.
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.row("Lena Hoffmann");
}

#[test]
fn a_host_that_is_not_there_is_said_to_be_it_also_where_nothing_is_encrypted() {
    let app = App::start("wrong_host").unwrap();
    app.resize(1280, 800);
    connect(&app);
    app.fill_connection("no-such-host.invalid", port().unwrap(), &fresh_schema("wrong_host"), CLERK_PASSWORD);
    app.field("Encryption").choose("None");
    app.field("Type the name of the server").fill("no-such-host.invalid");
    app.button("Test connection").click();
    app.see("Not connected");
    app.see("Find the server");
    // It lies below all the fields.
    let is_in_sight = "const of = (selector) => document.querySelector(selector).getBoundingClientRect(); \
        const [outcome, body] = [of('[aria-label=\"Connection test\"]'), of('dialog[open] .dialog__body')]; \
        return outcome.top >= body.top && outcome.bottom <= body.bottom";
    app.until("what came of it to be in sight", || app.run(is_in_sight, &[]) == json!(true));
    assert!(!app.text().contains("Sign in"), "nobody was there to sign in to: {}", app.text());
}

#[test]
fn a_server_that_becomes_another_one_is_said_to_be_it_until_the_right_one_is_back() {
    let app = App::start("another").unwrap();
    app.resize(1280, 800);
    app.begin();
    let (way, schema) = (Way::open().unwrap(), fresh_schema("another"));
    app.begin_on_server(way.port, &schema);
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    let kept = format!("{schema}_kept");
    let rename = |from: &str, to: &str| run_as("postgres", &format!("ALTER SCHEMA {from} RENAME TO {to}")).unwrap();
    let is_said = || app.text().contains("This is not the server, or not the book, that was opened");

    way.cut();
    rename(&schema, &kept);
    way.mend();
    app.until("the other one to be said", is_said);
    app.see("Nothing is read or changed there");
    app.row("Lena Hoffmann");
    rename(&kept, &schema);
    app.until("the right one to be back", || !is_said());
    app.add_customer("Bea Lindqvist", "bea@example.com", "");
}

#[test]
fn who_else_works_on_a_book_is_seen_until_they_leave() {
    let (ines, other) = (App::start("here_one").unwrap(), App::start("here_two").unwrap());
    let (port, schema) = (port().unwrap(), fresh_schema("here"));
    for app in [&ines, &other] {
        app.resize(1280, 800);
    }
    ines.begin();
    ines.begin_on_server(port, &schema);
    let (email, password) = OTHER;
    ines.ask("confirm_password", json!({"password": PASSWORD}));
    ines.ask(
        "create_customer",
        json!({"email": email, "full_name": "Jo Okafor", "password": password, "is_admin": true}),
    );
    ines.database_settings();
    ines.find("heading", "Who is here");

    connect(&other);
    other.fill_connection("127.0.0.1", port, &schema, CLERK_PASSWORD);
    other.button("Connect").click();
    other.field("Email").fill(email);
    other.field("Password").fill(password);
    other.button("Sign in").click();
    other.find("heading", "Dashboard");

    // Each sees the other, and which of them is they.
    let seen = ines.row_of_list("Jo Okafor").text();
    assert!(seen.contains(email) && seen.contains("since ") && !seen.contains("(you)"), "{seen}");
    other.database_settings();
    let seen = other.row_of_list("Jo Okafor").text();
    assert!(seen.contains("(you)"), "{seen}");
    let seen = other.row_of_list("Ines Moreau").text();
    assert!(!seen.contains("(you)"), "{seen}");

    other.ask("sign_out", json!({}));
    ines.until("Jo Okafor to be gone", || !ines.text().contains("Jo Okafor"));
}
