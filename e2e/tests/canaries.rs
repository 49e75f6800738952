//! Passwords that are typed stand nowhere: not in what other programs see of the app, not in its log, and in no file of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::fs;

use e2e::{
    App, Key, PASSWORD,
    server::{CLERK, CLERK_PASSWORD, fresh_schema, make_everyday, port},
};

/// What a password could look like where somebody has written it: one search for `clientelectl` and for the window.
#[path = "../../crates/ctl/tests/faults/canaries/forms.rs"]
mod forms;

const FIRST: &str = "Canary-first-18wd-Haubenlerche!";
const SIGN_IN: &str = "Canary-signin-47hk-Bienenfresser!";
const UNLOCK: &str = "Canary-unlock-63bz-Turmfalke!";
const SERVER: &str = "Canary-server-29vn-Rohrdommel!";
const OWNER: &str = "Canary-owner-81jq-Sperlingskauz!";
const CONFIRMED: &str = "Canary-confirm-55rs-Heidelerche!";
const CUSTOMER: &str = "Canary-customer-36ct-Grauammer!";
/// The right ones are among them.
const ALL: [&str; 9] = [FIRST, SIGN_IN, UNLOCK, SERVER, OWNER, CONFIRMED, CUSTOMER, PASSWORD, CLERK_PASSWORD];

/// What others see of the app and of the engine that paints its page: arguments and environment. None of them leaves memory
/// behind when it breaks, whoever takes what is left.
fn seen(app: &App) -> Vec<u8> {
    let mut seen = Vec::new();
    let processes = app.processes();
    assert!(processes.len() > 1, "the app and the engine: {processes:?}");
    for process in processes {
        let read = |name: &str| fs::read(format!("/proc/{process}/{name}")).unwrap_or_default();
        seen.extend([read("cmdline"), read("environ")].concat());
        let limits = String::from_utf8(read("limits")).unwrap();
        let cores = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"))
            .unwrap_or_default();
        assert_eq!(cores.split_whitespace().collect::<Vec<_>>(), ["0", "0", "bytes"], "{process}");
        assert_eq!(String::from_utf8(read("coredump_filter")).unwrap().trim(), "00000000", "{process}");
    }
    seen
}

/// Types passwords before somebody is in, right ones and wrong ones.
fn at_the_gate(app: &App) {
    app.field("Password").fill(FIRST);
    app.field("Password again").fill("another");
    app.press(&[Key::Tab]);
    app.see("The two passwords differ.");
    app.begin();
    app.press_with(Key::Control, 'l');
    app.field("Password").fill(UNLOCK);
    app.button("Unlock").click();
    app.see("That password does not match.");
    app.button("Sign out instead").click();
    app.sign_in(SIGN_IN);
    app.see("Email and password do not match");
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
}

/// Types those of a server and of the owner of its tables.
fn at_a_server(app: &App) {
    let (port, schema) = (port().unwrap(), fresh_schema("canaries"));
    let everyday = make_everyday(&schema).unwrap();
    app.database_settings();
    app.button("Connect to a server").click();
    app.dialog("Connect to a server");
    app.fill_connection("127.0.0.1", port, &fresh_schema("canaries_clerk"), SERVER);
    app.button("Test connection").click();
    app.see("password authentication failed");
    app.escape();
    app.gone("dialog", "Connect to a server");
    // The right one goes into the keyring.
    app.begin_on_server(port, &fresh_schema("canaries_clerk"));
    app.database_settings();
    app.ask_for_owner(port, &schema, &everyday);
    app.give_owner(CLERK, OWNER);
    app.see("the sign-in of the owner was refused");
    app.give_owner(CLERK, CLERK_PASSWORD);
    app.begin();
}

/// Types those of a customer and of whoever does something grave.
fn at_work(app: &App) {
    app.visit("Customers");
    app.button("New customer").click();
    app.field("Email").fill("lena@example.com");
    app.field("Full name").fill("Lena Hoffmann");
    app.field("Password").fill(CUSTOMER);
    app.dismiss();
    app.button("Create customer").click();
    app.gone("dialog", "New customer");
    app.database_settings();
    app.button("Make a backup").click();
    app.row("Made by hand");
    app.dismiss();
    app.row("Made by hand").find("button", "Go back").click();
    app.see("Everything that was entered since is not in it any more");
    app.button("Go back").click();
    app.dialog("Enter your password");
    app.field("Your password").fill(CONFIRMED);
    app.button("Continue").click();
    app.see("That password does not match");
    app.field("Your password").fill(PASSWORD);
    app.escape();
    app.gone("dialog", "Enter your password");
    app.button("Keep the book as it is").click();
}

#[test]
fn no_password_that_is_typed_is_seen_by_others_or_written_into_a_file() {
    // The search itself finds what it is for.
    for form in forms::forms(SERVER) {
        assert_eq!(
            forms::hits(&[b"before ".to_vec(), form, b" after".to_vec()].concat(), &ALL),
            [SERVER]
        );
    }
    let mut app = App::start("canaries").unwrap();
    app.resize(1280, 800);
    let mut said = seen(&app);
    at_the_gate(&app);
    said.extend(seen(&app));
    at_work(&app);
    at_a_server(&app);
    said.extend(seen(&app));
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    said.extend(seen(&app));
    let sign = format!("CLIENTELE_DATA_DIR={}\0", app.folder().display());
    assert!(said.windows(sign.len()).any(|found| found == sign.as_bytes()), "nothing was seen");
    assert_eq!(forms::hits(&said, &ALL), Vec::<&str>::new(), "arguments and environment");

    // Everything that it and the engine have written, the log among it.
    let home = app.home().to_owned();
    let (folder, log) = (app.folder(), app.folder().join("log/clientele.log"));
    app.close().unwrap();
    assert!(fs::metadata(log).unwrap().len() > 0);
    let mut looked_at = 0;
    for folder in [folder, home.join("data"), home.join("config"), home.join("cache")] {
        for file in forms::files(&folder) {
            // A link of the engine may lead nowhere.
            if let Ok(bytes) = fs::read(&file) {
                assert_eq!(forms::hits(&bytes, &ALL), Vec::<&str>::new(), "{file:?}");
                looked_at += 1;
            }
        }
    }
    println!("{looked_at} files");
    assert!(looked_at >= 6, "book, backup, record, books.json, settings and log: {looked_at}");
}
