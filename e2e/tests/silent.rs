//! How fast the page answers while its server is silent: walked alone, because it looks at the time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::time::{Duration, Instant};

use e2e::{
    App,
    server::{Way, fresh_schema},
};
use serde_json::json;

/// Presses what is answered by the page alone, and answers with how many milliseconds each took.
fn press(app: &App) -> Vec<u64> {
    let account = app.button("Account: ");
    let menu = "[role=menu]:not([hidden])";
    let mut took = vec![app.time_of_press(&account, menu, true), app.time_of_press(&account, menu, false)];
    took.push(app.time_of_press(&app.button("New customer"), "dialog[open]", true));
    took.push(app.time_of_press(&app.button("Cancel"), "dialog[open]", false));
    took
}

#[test]
fn a_server_that_falls_silent_holds_up_its_own_answers_and_nothing_else() {
    let app = App::start("silent").unwrap();
    app.resize(1280, 800);
    app.begin();
    let way = Way::open().unwrap();
    app.begin_on_server(way.port, &fresh_schema("silent"));
    app.add_customer("Adam Novak", "adam@example.com", "");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    let mut took = press(&app);

    // A save: its dialog goes on, and says how it stands with it.
    app.row("Lena Hoffmann").find("button", "Edit").click();
    app.dialog("Edit customer");
    app.field("Full name").fill("Lena Huber");
    way.silence();
    let silent = Instant::now();
    app.button("Save").click();
    for is_shown in [true, false, true, false] {
        took.push(app.time_of_press(&app.button("Show password"), "dialog input[name=password][type=text]", is_shown));
    }
    app.see("What you typed stays");
    assert!(silent.elapsed() < Duration::from_secs(15), "said after {:?}", silent.elapsed());
    assert!(app.shows("button", "Saving"), "the save waits");
    // It is said above the page, behind the dialog.
    let waits = "return document.body.innerText.includes('One save waits for its answer and is made once.')";
    app.until("the save to be called open", || app.run(waits, &[]) == json!(true));
    way.mend();
    app.gone("dialog", "Edit customer");
    app.row("Lena Huber");
    assert_eq!(app.record("lena@example.com")["version"], json!(2), "it was saved once");
    let is_back = || !app.text().contains("No connection to the database");
    app.until("the connection to be back", is_back);

    // A search: the page goes on, and the answer comes by itself.
    app.dismiss();
    way.silence();
    let silent = Instant::now();
    app.field("Search customers").fill("Huber");
    took.extend(press(&app));
    took.extend(press(&app));
    app.see("No connection to the database");
    assert!(silent.elapsed() < Duration::from_secs(15), "said after {:?}", silent.elapsed());
    took.extend(press(&app));
    way.mend();
    app.until("the connection to be back", is_back);
    app.until("the answer to the search", || !app.shows("row", "Adam Novak"));
    app.row("Lena Huber");

    // The computer that runs this may be busy with something else for a moment, once.
    took.sort_unstable();
    println!("milliseconds from a press to its picture: {took:?}");
    let (last, others) = took.split_last().unwrap();
    assert!(others.iter().all(|time| *time < 100) && *last < 250, "{took:?}");
}
