//! Where the book is: connecting, moving, going back, and a server that does not answer.

use std::time::Duration;

use anyhow::Result;

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{
    App, PASSWORD,
    server::{CLERK_PASSWORD, Way, fresh_schema, port},
};

pub const PART: Part = Part {
    name: "database",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    [
        "database-file",
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
        "move-canceled",
        "move-done",
        "database-server",
        "forget-book",
        "no-connection",
        "problem-unreachable",
        "problem-password",
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
    file(tour, &app);
    connection(tour, &app)?;
    let way = Way::open()?;
    moving(tour, &app, &way);
    server(tour, &app, &way);
    // Without its keyring and without its server, the next start has two questions.
    way.cut();
    app.without_keyring();
    app.restart()?;
    app.find("heading", "The database did not answer");
    tour.stop(&app, "problem-unreachable");
    way.mend();
    app.button("Retry").click();
    app.find("heading", "The server asks for a password");
    tour.stop(&app, "problem-password");
    Ok(())
}

fn file(tour: &mut Tour<'_>, app: &App) {
    app.database_settings();
    app.button("Make a backup").click();
    app.row("made by hand");
    app.dismiss();
    loaded(app);
    tour.stop(app, "database-file");
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
    way.slow_down(Duration::from_millis(200));
    app.button("Move now").click();
    app.field("Your password").fill(PASSWORD);
    app.button("Continue").click();
    app.button("Cancel the move");
    tour.stop(app, "move-running");
    way.slow_down(Duration::from_millis(5));
    app.button("Cancel the move").click();
    app.see("What was made so far is removed");
    tour.stop(app, "move-canceled");
    way.slow_down(Duration::ZERO);
    app.button("Choose the place again").click();
    app.button("Check and rehearse").click();
    app.see("Rehearsed: this would move");
    app.button("Move now").click();
    app.see("Moved and compared");
    tour.stop(app, "move-done");
    app.button("Open the book there").click();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
}

fn server(tour: &mut Tour<'_>, app: &App, way: &Way) {
    app.database_settings();
    loaded(app);
    tour.stop(app, "database-server");
    app.button("Forget ").click();
    app.button("Keep it on the list");
    tour.stop(app, "forget-book");
    app.button("Keep it on the list").click();
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
