//! Where the book is: connecting, moving, going back, and a server that does not answer.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{
    App, KeyringTrouble, PASSWORD,
    server::{CLERK, CLERK_PASSWORD, Way, fresh_schema, make_everyday, port, run_as},
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
        "connection-wrong-host",
        "connection-wrong-password",
        "connection-not-secure",
        "connection-weaker",
        "connection-empty",
        "move-choose",
        "move-rehearsed",
        "move-running",
        "move-elsewhere",
        "move-canceled",
        "move-failed-elsewhere",
        "move-failed",
        "move-done-elsewhere",
        "move-done",
        "database-server",
        "forget-book",
        "restore-failed",
        "restore-running",
        "restore-done",
        "no-connection",
        "problem-unreachable",
        "problem-password",
        "problem-sign-in",
        "problem-swapped",
        "problem-no-book",
        "problem-unfinished",
        "problem-tls",
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
    let unfinished = moving(tour, &app, &way)?;
    server(tour, &app, &way)?;
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
    app.field("Password of the server").fill("not the password");
    app.button("Connect").click();
    app.find("heading", "The server refuses the sign-in");
    tour.stop(&app, "problem-sign-in");
    elsewhere(tour, &mut app, &unfinished)?;
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

/// What was opened before is not what is there now. A move into the schema given was broken off.
fn elsewhere(tour: &mut Tour<'_>, app: &mut App, unfinished: &str) -> Result<()> {
    let connect = |app: &App| {
        app.field("Password of the server").fill(CLERK_PASSWORD);
        app.button("Connect").click();
    };
    connect(app);
    app.button("Sign in");
    let file = app.folder().join("books.json");
    let remembered: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let change = |app: &mut App, values: &[(&str, Value)]| -> Result<()> {
        app.close()?;
        let mut books = remembered.clone();
        for (pointer, value) in values {
            *books.pointer_mut(pointer).context("the list of books has another form")? = value.clone();
        }
        fs::write(&file, serde_json::to_vec(&books)?)?;
        app.open()
    };
    let nobody = json!("00000000-0000-0000-0000-000000000000");
    change(app, &[("/books/0/identity/book", nobody)])?;
    connect(app);
    app.find("heading", "This is not the book that was here before");
    tour.stop(app, "problem-swapped");
    change(app, &[("/current/connection/schema", json!(fresh_schema("nothing_there")))])?;
    connect(app);
    app.find("heading", "There is no book in this place");
    tour.stop(app, "problem-no-book");
    change(app, &[("/current/connection/schema", json!(unfinished))])?;
    connect(app);
    app.find("heading", "A move into this place was not finished");
    tour.stop(app, "problem-unfinished");
    // An address of loopback that is not written as one, so that it has to be secured; the suite's server cannot do that.
    let secured = [
        ("/current/connection/host", json!("127.1")),
        ("/current/connection/tls", json!("verified")),
    ];
    change(app, &secured)?;
    app.find("heading", "The server offers no secured connection");
    tour.stop(app, "problem-tls");
    change(app, &[("/current", json!({"kind": "file", "path": "nowhere.db"}))])?;
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
    // It is at the end of the page, which is of another length at each width.
    app.run(
        "window.onresize = () => document.getElementById('backups-title').scrollIntoView(); window.onresize()",
        &[],
    );
    tour.stop(app, "backup-flawed");
    app.run("window.onresize = null", &[]);
    fs::remove_file(record(&copy))?;
    fs::remove_file(copy)?;
    Ok(())
}

fn file(tour: &mut Tour<'_>, app: &App) -> Result<()> {
    app.database_settings();
    app.button("Make a backup").click();
    app.row("Made by hand");
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
    app.row("Made by hand").find("button", "Go back").click();
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
    app.see("Enter a host.");
    tour.stop(app, "connection-refused");
    app.fill_connection("no-such-host.invalid", port, &schema, CLERK_PASSWORD);
    app.button("Test connection").click();
    app.see("Not connected");
    tour.stop(app, "connection-wrong-host");
    app.fill_connection("127.0.0.1", port, &schema, "not the password");
    app.button("Test connection").click();
    app.see("password authentication failed");
    tour.stop(app, "connection-wrong-password");
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

/// A schema that is not there, whatever an earlier walk has left.
fn vacant_schema(name: &str) -> Result<String> {
    let schema = fresh_schema(name);
    run_as("postgres", &format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))?;
    Ok(schema)
}

/// Moves the book, with a try that is canceled and one that is broken off. Answers with the schema in which that one has begun.
fn moving(tour: &mut Tour<'_>, app: &App, way: &Way) -> Result<String> {
    app.button("Move this book").click();
    app.dialog("Move this book");
    tour.stop(app, "move-choose");
    let schema = vacant_schema("moved")?;
    app.fill_connection("127.0.0.1", way.port, &schema, CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    tour.stop(app, "move-rehearsed");
    way.slow_down(Duration::from_millis(20));
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.button("Cancel the move");
    app.until("a rate and the time that is left", || app.shows_pace());
    // Long enough to be looked at twice.
    way.slow_down(Duration::from_millis(200));
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
    let unfinished = broken_off(tour, app, way)?;
    app.button("Choose the place again").click();
    begin_and_leave(app, way, &schema);
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
    Ok(unfinished)
}

/// Begins a move, slow enough to leave it for another page.
fn begin_and_leave(app: &App, way: &Way, schema: &str) {
    app.fill_connection("127.0.0.1", way.port, schema, CLERK_PASSWORD);
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    way.slow_down(Duration::from_millis(20));
    app.button("Move now").click();
    app.button("Cancel the move");
    app.dialog("Move this book").find("button", "Close").click();
    app.gone("dialog", "Move this book");
    app.visit("Plans");
}

/// A move whose server goes away after it has begun to write. Answers with the schema in which it has.
fn broken_off(tour: &mut Tour<'_>, app: &App, way: &Way) -> Result<String> {
    let schema = vacant_schema("broken_off")?;
    begin_and_leave(app, way, &schema);
    let begun = format!("SELECT 1 FROM {schema}.move_state");
    app.until("the beginnings of the move", || run_as("postgres", &begun).is_ok());
    // Long enough to be cut before it ends.
    way.slow_down(Duration::from_millis(100));
    way.cut();
    app.see("The book has not moved");
    loaded(app);
    tour.stop(app, "move-failed-elsewhere");
    app.button("Show the move").click();
    app.dialog("Move this book");
    app.button("Choose the place again");
    tour.stop(app, "move-failed");
    way.slow_down(Duration::ZERO);
    way.mend();
    Ok(schema)
}

/// The newest backup of the book on the server.
fn backup_of_server(app: &App) -> Result<PathBuf> {
    let mut files = Vec::new();
    for folder in fs::read_dir(app.folder().join("server-backups"))? {
        files.extend(fs::read_dir(folder?.path())?.flatten().map(|entry| entry.path()));
    }
    let backups = files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|end| end == "clientele"));
    backups.max().context("there is no backup of the server")
}

/// Going back on a server, where each step of it can be made to last; that of a file ends with its start.
fn going_back(tour: &mut Tour<'_>, app: &App, way: &Way) -> Result<()> {
    app.button("Make a backup").click();
    app.row("Made by hand");
    app.dismiss();
    loaded(app);
    let backup = backup_of_server(app)?;
    let sound = fs::read(&backup)?;
    fs::write(&backup, [sound.as_slice(), b"and more".as_slice()].concat())?;
    app.row("Made by hand").find("button", "Go back").click();
    app.see("Everything that was entered since is not in it any more");
    app.button("Go back").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.see("The backup was changed after it was made");
    loaded(app);
    tour.stop(app, "restore-failed");

    fs::write(&backup, sound)?;
    app.row("Made by hand").find("button", "Go back").click();
    app.see("Everything that was entered since is not in it any more");
    way.slow_down(Duration::from_millis(80));
    app.button("Go back").click();
    app.button("Cancel going back");
    tour.stop(app, "restore-running");
    way.slow_down(Duration::ZERO);
    app.see("The book is as the backup has it");
    app.row("Before going back");
    app.dismiss();
    loaded(app);
    tour.stop(app, "restore-done");
    Ok(())
}

fn server(tour: &mut Tour<'_>, app: &App, way: &Way) -> Result<()> {
    app.database_settings();
    loaded(app);
    tour.stop(app, "database-server");
    app.button("Forget ").click();
    app.button("Keep it on the list");
    tour.stop(app, "forget-book");
    app.button("Keep it on the list").click();
    going_back(tour, app, way)?;
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
    Ok(())
}
