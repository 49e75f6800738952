//! Where the book is: connecting, moving, going back, and a server that does not answer.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{
    App, KeyringTrouble, PASSWORD,
    server::{CLERK, CLERK_PASSWORD, Way, fresh_schema, make_everyday, port},
};

pub const PART: Part = Part {
    name: "database",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    [
        "database-file",
        "backup-flawed",
        "database-loading",
        "database-failed",
        "backup-question",
        "connection",
        "connection-refused",
        "connection-not-secure",
        "connection-weaker",
        "connection-empty",
        "move-choose",
        "move-rehearsed",
        "move-running",
        "move-elsewhere",
        "move-canceled",
        "move-done-elsewhere",
        "move-done",
        "database-server",
        "forget-book",
        "restore-running",
        "restore-done",
        "no-connection",
        "problem-unreachable",
        "problem-password",
        "problem-swapped",
        "problem-no-book",
        "problem-no-file",
        "problem-owner",
        "problem-owner-refused",
    ]
    .map(stage)
    .to_vec()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let mut app = App::start("stages_database")?;
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    file(tour, &app)?;
    connection(tour, &app)?;
    let way = Way::open()?;
    moving(tour, &app, &way);
    server(tour, &app, &way);
    // Without its keyring and without its server, the next start has two questions.
    way.cut();
    app.trouble_keyring(KeyringTrouble::Missing)?;
    app.restart()?;
    app.find("heading", "The database did not answer");
    tour.stop(&app, "problem-unreachable");
    way.mend();
    app.button("Retry").click();
    app.find("heading", "The server asks for a password");
    tour.stop(&app, "problem-password");
    elsewhere(tour, &mut app)?;
    drop(app);
    owner(tour)
}

/// A server on which only somebody else may make the tables.
fn owner(tour: &mut Tour<'_>) -> Result<()> {
    let (port, schema) = (port()?, fresh_schema("stages_owner"));
    let everyday = make_everyday(&schema)?;
    let app = App::start("stages_owner")?;
    app.resize(1280, 800);
    app.ask_for_owner(port, &schema, &everyday);
    tour.stop(&app, "problem-owner");
    app.give_owner(CLERK, "not the password");
    app.see("the sign-in of the owner was refused");
    tour.stop(&app, "problem-owner-refused");
    Ok(())
}

/// What was opened before is not what is there now.
fn elsewhere(tour: &mut Tour<'_>, app: &mut App) -> Result<()> {
    let connect = |app: &App| {
        app.field("Password of the server").fill(CLERK_PASSWORD);
        app.button("Connect").click();
    };
    connect(app);
    app.button("Sign in");
    let file = app.folder().join("books.json");
    let remembered: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let change = |app: &mut App, pointer: &str, value: Value| -> Result<()> {
        app.close()?;
        let mut books = remembered.clone();
        *books.pointer_mut(pointer).context("the list of books has another form")? = value;
        fs::write(&file, serde_json::to_vec(&books)?)?;
        app.open()
    };
    change(app, "/books/0/identity/book", json!("00000000-0000-0000-0000-000000000000"))?;
    connect(app);
    app.find("heading", "This is not the book that was here before");
    tour.stop(app, "problem-swapped");
    change(app, "/current/connection/schema", json!(fresh_schema("nothing_there")))?;
    connect(app);
    app.find("heading", "There is no book in this place");
    tour.stop(app, "problem-no-book");
    change(app, "/current", json!({"kind": "file", "path": "nowhere.db"}))?;
    app.find("heading", "The file of the book is not there");
    tour.stop(app, "problem-no-file");
    Ok(())
}

/// Makes the one backup look as if it had been made of a book that does not pass its check, and as it was again.
fn flawed(tour: &mut Tour<'_>, app: &App) -> Result<()> {
    let folder = app.folder().join("backups");
    let files = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let backup = files.filter(|path| path.extension().is_some_and(|end| end == "db")).max();
    let backup = backup.context("there is no backup")?;
    let record = |copy: &Path| format!("{}.json", copy.display());
    let copy = folder.join("clientele 2999-12-31 093000Z daily.db.flawed");
    fs::copy(&backup, &copy)?;
    fs::copy(record(&backup), record(&copy))?;
    app.link("Appearance").click();
    app.link("Database").click();
    app.row("Did not pass");
    loaded(app);
    tour.stop(app, "backup-flawed");
    fs::remove_file(record(&copy))?;
    fs::remove_file(copy)?;
    Ok(())
}

fn file(tour: &mut Tour<'_>, app: &App) -> Result<()> {
    app.database_settings();
    app.button("Make a backup").click();
    app.row("made by hand");
    app.dismiss();
    loaded(app);
    tour.stop(app, "database-file");
    flawed(tour, app)?;
    app.link("Appearance").click();
    let asked = ["list_books", "list_backups", "list_desks"];
    app.hold(&asked);
    app.link("Database").click();
    loading(app);
    tour.stop(app, "database-loading");
    app.release();
    loaded(app);
    app.link("Appearance").click();
    app.refuse(&asked);
    app.link("Database").click();
    failed(app);
    tour.stop(app, "database-failed");
    retry(app);
    app.row("made by hand").find("button", "Go back").click();
    app.button("Keep the book as it is");
    tour.stop(app, "backup-question");
    app.button("Keep the book as it is").click();
    Ok(())
}

fn connection(tour: &mut Tour<'_>, app: &App) -> Result<()> {
    let (port, schema) = (port()?, fresh_schema("stages"));
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
    tour.stop(app, "connection");
    app.button("Connect").click();
    app.see("Enter a value.");
    tour.stop(app, "connection-refused");
    app.fill_connection("127.1", port, &schema, CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("The server offers no secured connection");
    tour.stop(app, "connection-not-secure");
    app.field("Encryption").choose("None");
    app.see("Others could read this connection");
    tour.stop(app, "connection-weaker");
    app.fill_connection("127.0.0.1", port, &schema, CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("There is no book on this server yet");
    tour.stop(app, "connection-empty");
    app.escape();
    app.gone("dialog", "Connect to a server");
    Ok(())
}

fn moving(tour: &mut Tour<'_>, app: &App, way: &Way) {
    app.button("Move this book").click();
    app.dialog("Move this book");
    tour.stop(app, "move-choose");
    app.fill_connection("127.0.0.1", way.port, &fresh_schema("moved"), CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    tour.stop(app, "move-rehearsed");
    // Long enough to be looked at twice.
    way.slow_down(Duration::from_millis(400));
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.button("Cancel the move");
    tour.stop(app, "move-running");
    app.dialog("Move this book").find("button", "Close").click();
    app.gone("dialog", "Move this book");
    app.visit("Plans");
    app.see("The book is being moved");
    loaded(app);
    tour.stop(app, "move-elsewhere");
    app.button("Show the move").click();
    way.slow_down(Duration::from_millis(5));
    app.button("Cancel the move").click();
    app.see("What was made so far is removed");
    tour.stop(app, "move-canceled");
    way.slow_down(Duration::ZERO);
    app.button("Choose the place again").click();
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    way.slow_down(Duration::from_millis(20));
    app.button("Move now").click();
    app.button("Cancel the move");
    app.dialog("Move this book").find("button", "Close").click();
    app.gone("dialog", "Move this book");
    app.visit("Plans");
    way.slow_down(Duration::ZERO);
    app.see("The book has moved and was compared");
    loaded(app);
    tour.stop(app, "move-done-elsewhere");
    app.button("Show the move").click();
    app.see("Moved and compared");
    tour.stop(app, "move-done");
    app.button("Open the book there").click();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
}

/// Going back on a server, where each step of it can be made to last; that of a file ends with its start.
fn going_back(tour: &mut Tour<'_>, app: &App, way: &Way) {
    app.button("Make a backup").click();
    app.row("made by hand");
    app.dismiss();
    loaded(app);
    app.row("made by hand").find("button", "Go back").click();
    app.see("Everything that was entered since is not in it any more");
    way.slow_down(Duration::from_millis(80));
    app.button("Go back").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.button("Cancel going back");
    tour.stop(app, "restore-running");
    way.slow_down(Duration::ZERO);
    app.see("The book is as the backup has it");
    app.row("before going back");
    app.dismiss();
    loaded(app);
    tour.stop(app, "restore-done");
}

fn server(tour: &mut Tour<'_>, app: &App, way: &Way) {
    app.database_settings();
    loaded(app);
    tour.stop(app, "database-server");
    app.button("Forget ").click();
    app.button("Keep it on the list");
    tour.stop(app, "forget-book");
    app.button("Keep it on the list").click();
    going_back(tour, app, way);
    app.visit("Customers");
    app.row("Lena Hoffmann");
    way.cut();
    app.field("Search customers").fill("Len");
    app.see("No connection to the database");
    app.freeze_clock(0);
    tour.stop(app, "no-connection");
    app.thaw_clock();
    way.mend();
    app.until("the connection to be back", || {
        !app.text().contains("No connection to the database")
    });
}
