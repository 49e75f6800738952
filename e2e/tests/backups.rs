//! Backups of a book that does not pass its check, which are marked, and nobody is offered to go back to one; and a day without any.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{
    thread,
    time::{Duration, Instant},
};

use e2e::{App, PASSWORD};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// The backup of the day is tried for soon after the start of the app.
const TRIED_WITHIN: Duration = Duration::from_secs(180);

/// Changes the kept number of customers behind the app's back.
fn change_figure(app: &App, by: i64) {
    let options = SqliteConnectOptions::new().filename(app.book());
    let sql = format!("UPDATE figure SET amount = amount + ({by}) WHERE kind = 'customers'");
    let changing = async {
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let changed = sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        changed.rows_affected()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(changing) > 0);
}

#[test]
fn a_copy_that_did_not_pass_its_check_is_marked_and_not_offered() {
    let mut app = App::start("flawed").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    change_figure(&app, 1);
    app.database_settings();
    app.button("Make a backup").click();
    app.see("The book does not pass its check, so its copy does not either");
    let flawed = app.row("Did not pass");
    assert!(flawed.text().contains("Made by hand"), "{}", flawed.text());
    assert!(!app.shows("button", "Go back"), "there is nothing to go back to");
    app.link("Appearance").click();
    app.see("There is no backup of this book from the last two days");
    app.button("Show the backups").click();
    app.row("Did not pass");

    // It is said as long as nothing newer passes, also at the next start.
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    app.database_settings();
    app.row("Did not pass");
    app.see("clientelectl verify names what that is");
    change_figure(&app, -1);
    app.button("Make a backup").click();
    app.see("Backup made and read back");
    app.until("the end of the warning", || !app.text().contains("does not pass its check"));
    app.row("Did not pass");
    app.button("Go back to the backup of ");
    app.link("Appearance").click();
    app.until("the end of the banner", || !app.text().contains("There is no backup of this book"));
}

#[test]
fn that_the_day_has_no_backup_is_said_with_the_reason_until_it_has_one() {
    let mut app = App::start("no_backup").unwrap();
    // Before there is anything worth a backup: what is there leads nowhere, so that no folder can be made.
    let folder = app.folder().join("backups");
    std::os::unix::fs::symlink("nowhere/at/all", &folder).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    // The backup of the day waits until nobody works, so nothing is pressed meanwhile.
    let began = Instant::now();
    while !app.text().contains("There is no backup of this book from the last two days") {
        assert!(began.elapsed() < TRIED_WITHIN, "nobody is told: {}", app.text());
        thread::sleep(Duration::from_secs(1));
    }
    app.button("Show the backups").click();
    app.see("The backup of the day was not made");
    app.see("There is something in that place already");
    std::fs::remove_file(&folder).unwrap();
    app.button("Make a backup").click();
    app.see("Backup made and read back");
    app.until("the end of the notice", || {
        !app.text().contains("The backup of the day was not made")
    });
}
