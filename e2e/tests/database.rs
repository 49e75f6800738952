//! Where the book is: on a server, in another file, moved, backed up, shared, and out of reach for a while.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use e2e::{
    App, Key, KeyringTrouble, PASSWORD,
    server::{CLERK, CLERK_PASSWORD, Way, fresh_schema, port},
};
use serde_json::json;

/// Whether a text stands in any file of a folder.
fn is_written(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return is_written(&path, text);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn a_book_on_a_server_is_as_easy_to_reach_as_a_mail_account() {
    let mut app = App::start("server").unwrap();
    app.resize(1280, 800);
    app.begin();
    let schema = fresh_schema("server");
    let port = port().unwrap();
    app.database_settings();
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");

    // A host that is not there, and a password that is wrong: said at the step, and nothing is opened.
    app.fill_connection("no-such-host.invalid", port, &schema, CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("Not connected");
    app.see("Find the server");
    app.fill_connection("127.0.0.1", port, &schema, "wrong-canary-5512");
    app.button("Connect").click();
    app.see("password authentication failed");
    app.see(&format!("Port {port} answers"));

    app.fill_connection("127.0.0.1", port, &schema, CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("Connected");
    app.see(&format!("As {CLERK}"));
    app.see("No book yet");
    app.button("Make a new book there").click();
    app.begin();
    app.see("127.0.0.1");
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");

    // The next start knows the place, and the keyring the password; no file does.
    app.restart().unwrap();
    app.see(&format!("127.0.0.1:{port}/postgres"));
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.row("Lena Hoffmann");
    assert!(!is_written(&app.folder(), CLERK_PASSWORD), "the password stands in a file");
    assert!(!is_written(&app.folder(), "wrong-canary-5512"), "what was typed stands in a file");

    // The book of this computer is on the list, and as it was.
    app.database_settings();
    app.see("the file of this computer");
    let own = app.row_of_list("the file of this computer");
    own.find("button", "Open").click();
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.see("Your customers will appear here");
}

#[test]
fn a_colleague_joins_a_shared_book_from_the_first_screen() {
    let (port, schema) = (port().unwrap(), fresh_schema("join"));
    let first = App::start("join_first").unwrap();
    first.resize(1280, 800);
    first.begin();
    first.begin_on_server(port, &schema);
    first.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");

    let other = App::start("join_other").unwrap();
    other.resize(1280, 800);
    other.button("Connect to a server").click();
    other.dialog("Connect to a server");
    other.fill_connection("127.0.0.1", port, &schema, CLERK_PASSWORD);
    other.button("Connect").click();
    other.sign_in(PASSWORD);
    other.visit("Customers");
    other.row("Lena Hoffmann");
}

#[test]
fn a_keyring_that_does_not_answer_is_said_and_the_password_asked_for_at_each_start() {
    let mut app = App::start("keyring").unwrap();
    app.resize(1280, 800);
    app.begin();
    let way = Way::open().unwrap();
    let schema = fresh_schema("keyring");
    app.make_on_server(way.port, &schema);
    app.begin();

    for (trouble, why) in [
        (KeyringTrouble::Locked, "The keyring of this computer is locked."),
        (KeyringTrouble::Silent, "did not answer within five seconds; it may be locked."),
        (KeyringTrouble::Missing, "This computer has no keyring that runs."),
    ] {
        app.trouble_keyring(trouble).unwrap();
        way.cut();
        let started = Instant::now();
        app.restart().unwrap();
        app.find("heading", "The database did not answer");
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{trouble:?} took {:?}",
            started.elapsed()
        );
        // The server is back, and the keyring is not asked once more for that.
        way.mend();
        let back = Instant::now();
        app.find("heading", "The server asks for a password");
        assert!(
            back.elapsed() < Duration::from_secs(5),
            "{trouble:?}: found after {:?}",
            back.elapsed()
        );
        app.see(why);
    }
    app.field("Password of the server").fill("wrong");
    app.button("Connect").click();
    app.find("heading", "The server refuses the sign-in");
    app.field("Password of the server").fill(CLERK_PASSWORD);
    app.button("Connect").click();
    app.see("so the password is not kept");
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");

    // A keyring that is started later keeps it, and forgets it where it is not to be kept any more.
    app.mend_keyring().unwrap();
    let connect = |app: &App, keeps: bool| {
        app.database_settings();
        app.button("Connect to a server").click();
        app.dialog("Connect to a server");
        app.fill_connection("127.0.0.1", way.port, &schema, CLERK_PASSWORD);
        if !keeps {
            app.field("Keep the password in the keyring").click();
        }
        app.button("Connect").click();
        app.sign_in(PASSWORD);
        app.find("heading", "Dashboard");
    };
    connect(&app, true);
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    connect(&app, false);
    app.restart().unwrap();
    app.find("heading", "The server asks for a password");
    app.see("The keyring of this computer has none for it.");
}

#[test]
fn weaker_than_verified_needs_the_name_of_the_server_and_is_said_all_the_time() {
    let app = App::start("weaker").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.database_settings();
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
    // An address of loopback that is not written as one: for the app it is another computer.
    app.fill_connection("127.1", port().unwrap(), &fresh_schema("weaker"), CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("The server offers no secured connection");
    app.field("Encryption").choose("None");
    app.see("Others could read this connection");
    app.button("Test connection").click();
    app.until("the wrong field", || app.field("Type the name of the server").has_focus());
    app.field("Type the name of the server").fill("127.2");
    app.button("Test connection").click();
    app.see("This is not the name of the server");
    app.field("Type the name of the server").fill("127.1");
    app.button("Connect").click();
    app.button("Make a new book there").click();
    // Before anybody is signed in, too: what is typed there is sent over it.
    app.button("Create administrator");
    app.see("The connection to 127.1 is not verified");
    app.begin();
    app.see("The connection to 127.1 is not verified");
    app.visit("Customers");
    app.see("The connection to 127.1 is not verified");
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    app.see("The connection to 127.1 is not verified");
}

#[test]
fn a_server_that_goes_and_comes_back_loses_nothing() {
    let mut app = App::start("gone").unwrap();
    app.resize(1280, 800);
    app.begin();
    let way = Way::open().unwrap();
    app.begin_on_server(way.port, &fresh_schema("gone"));
    app.add_customer("Lena Hoffmann", "lena@example.com", "");

    // It is said without anybody doing anything, and what is on screen stays.
    way.cut();
    app.see("No connection to the database");
    app.see("Everything that was saved is safe");
    assert!(!app.text().contains("waits for its answer"), "a save waits: {}", app.text());
    app.row("Lena Hoffmann");
    way.mend();
    let back = Instant::now();
    app.until("the connection to be back", || {
        !app.text().contains("No connection to the database")
    });
    assert!(back.elapsed() < Duration::from_secs(5), "it took {:?}", back.elapsed());

    // A save whose answer does not come is made when the server is back, once, and nobody has to press again.
    let known = app.record("lena@example.com");
    way.cut();
    app.row("Lena Hoffmann").find("button", "Edit").click();
    app.dialog("Edit customer");
    app.field("Full name").fill("Lena Huber");
    app.button("Save").click();
    app.see("What you typed stays");
    assert!(app.shows("button", "Saving"), "the save waits");
    way.mend();
    app.gone("dialog", "Edit customer");
    app.row("Lena Huber");
    let saved = app.record("lena@example.com");
    assert_eq!(
        saved["version"].as_u64(),
        known["version"].as_u64().map(|version| version + 1),
        "it was saved once"
    );

    // A start without the server goes on by itself as well.
    way.cut();
    app.restart().unwrap();
    app.see("The database did not answer");
    way.mend();
    app.find("button", "Sign in");
}

#[test]
fn two_people_share_a_book_and_neither_overwrites_the_other() {
    let (ines, other) = (App::start("desk_one").unwrap(), App::start("desk_two").unwrap());
    let (port, schema) = (port().unwrap(), fresh_schema("desks"));
    for app in [&ines, &other] {
        app.resize(1280, 800);
        app.begin();
    }
    ines.begin_on_server(port, &schema);
    ines.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    other.database_settings();
    other.button("Connect to a server").click();
    other.fill_connection("127.0.0.1", port, &schema, CLERK_PASSWORD);
    other.button("Connect").click();
    other.sign_in(PASSWORD);
    other.visit("Customers");
    other.row("Lena Hoffmann");

    // What one saves appears at the other without being asked for.
    ines.add_customer("Adam Novak", "adam@example.com", "");
    other.row("Adam Novak");

    // Both change the name; the other one's company is taken as it is.
    other.row("Lena Hoffmann").find("button", "Edit").click();
    other.dialog("Edit customer");
    let known = ines.record("lena@example.com");
    ines.ask(
        "update_customer",
        json!({"id": known["id"], "version": known["version"], "full_name": "Lena Theirs", "company_name": "Theirs AG"}),
    );
    other.field("Full name").fill("Lena Mine");
    other.button("Save").click();
    other.dialog("Ines Moreau saved this customer first");
    other.find("radio", "Full name, theirs: Lena Theirs");
    other.find("radio", "Full name, yours: Lena Mine").click();
    other.button("Save").click();
    other.until("the end of the dialogs", || other.all("dialog").is_empty());
    ines.row("Lena Mine");
    assert_eq!(ines.record("lena@example.com")["company_name"], json!("Theirs AG"));
}

#[test]
fn a_book_moves_with_its_progress_on_screen_and_is_proved() {
    let app = App::start("move").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    let way = Way::open().unwrap();
    app.database_settings();
    app.button("Move this book").click();
    app.dialog("Move this book");
    app.fill_connection("127.0.0.1", way.port, &fresh_schema("move"), CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    app.row("Customers and administrators");
    assert!(!app.text().contains("Sums of money"), "there is no money in it");

    // Canceled in the middle: nothing is there, and the book is as it was.
    way.slow_down(Duration::from_millis(15));
    app.button("Move now").click();
    app.dialog("Enter your password");
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("The book stays as it is until this is done");
    app.button("Cancel the move").click();
    app.see("What was made so far is removed");
    way.slow_down(Duration::ZERO);
    app.button("Choose the place again").click();
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");

    way.slow_down(Duration::from_millis(5));
    app.button("Move now").click();
    app.see("Moved and compared");
    app.see("Checksum, both sides");
    way.slow_down(Duration::ZERO);
    app.open_moved("Lena Hoffmann");
    app.see("127.0.0.1");

    // And back into a file of another name.
    let file = app.home().join("back.db");
    app.save_as(Some(file.as_path()));
    app.database_settings();
    app.button("Move this book").click();
    app.button("Choose a file").click();
    app.until("the path", || app.field("File").value() == file.display().to_string());
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("Moved and compared");
    app.open_moved("Lena Hoffmann");
    assert!(file.exists());
}

#[test]
fn going_back_to_a_backup_asks_for_the_password_and_keeps_what_it_replaces() {
    let app = App::start("restore").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.database_settings();
    app.button("Make a backup").click();
    app.see("Backup made and read back");
    app.row("Made by hand");
    app.add_customer("Adam Novak", "adam@example.com", "");

    app.database_settings();
    app.row("Made by hand").find("button", "Go back").click();
    app.see("Everything that was entered since is not in it any more");
    app.button("Go back").click();
    app.dialog("Enter your password");
    app.field("Your password").fill("wrong");
    app.button("Continue").click();
    app.see("That password does not match");
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.row("Lena Hoffmann");
    assert!(!app.shows("row", "Adam Novak"), "he was entered after the backup");
    app.database_settings();
    app.row("Replaced by going back");
}

#[test]
fn where_the_book_is_can_be_seen_to_by_keyboard_alone() {
    let app = App::start("database_keys").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.database_settings();
    app.tab_to("button", "Make a backup");
    app.press(&[Key::Enter]);
    app.see("Backup made and read back");

    // A question that is taken back leaves the keyboard where it was.
    let back = app.row("Made by hand").find("button", "Go back").attribute("aria-label").unwrap();
    app.tab_to("button", &back);
    app.press(&[Key::Enter]);
    app.see("Everything that was entered since is not in it any more");
    app.press(&[Key::Escape]);
    app.until("the end of the question", || app.all("dialog").is_empty());
    app.until("the keyboard at what was pressed", || app.button(&back).has_focus());

    app.tab_to("button", "Connect to a server\u{2026}");
    app.press(&[Key::Enter]);
    app.dialog("Connect to a server");
    app.until("the first field", || app.field("Host").has_focus());
    app.type_text("127.0.0.1");
    app.press(&[Key::Tab]);
    app.press(&[Key::Tab]);
    app.type_text("books");
    // What is missing is said at its field, and the keyboard is there.
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter the name of the user.");
    app.until("the field that is missing", || app.field("User").has_focus());
    app.press(&[Key::Escape]);
    app.gone("dialog", "Connect to a server");

    app.tab_to("button", "Move this book\u{2026}");
    app.press(&[Key::Enter]);
    app.dialog("Move this book");
    app.press(&[Key::Escape]);
    app.gone("dialog", "Move this book");
}
