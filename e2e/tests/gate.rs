//! Who gets in, and how: first run, sign-in, lock.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use e2e::{App, EMAIL, Key, NAME, PASSWORD};

#[test]
fn the_first_start_makes_a_book_in_a_closed_folder_and_its_first_administrator() {
    use std::os::unix::fs::PermissionsExt;
    let app = App::start("first_run").unwrap();
    let file = app.folder().join("clientele.db");
    app.see(file.to_str().unwrap());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(app.folder()).unwrap().permissions().mode() & 0o777, 0o700);

    app.button("Create administrator").click();
    app.see("Enter");
    assert!(app.shows("button", "Create administrator"), "an empty form is refused");

    // How good it is, is said while it is typed.
    app.field("Password").fill(PASSWORD);
    app.see("Nobody can recover it");
    app.field("Password").fill("password1234");
    app.see("Easy to guess: 12 characters.");
    app.field("Password again").fill("another");
    app.press(&[Key::Tab]);
    app.see("The two passwords differ.");
    app.begin();
    app.see(NAME);
}

#[test]
fn signing_out_in_and_locking_need_the_password_each_time() {
    let mut app = App::start("sign_in").unwrap();
    app.begin();

    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    assert!(!app.text().contains("Dashboard"), "what was on screen is gone from the page");
    app.field("Password").fill("not the password");
    app.button("Unlock").click();
    app.see("That password does not match.");
    app.field("Password").fill(PASSWORD);
    app.press(&[Key::Enter]);
    app.find("heading", "Dashboard");

    app.button("Account").click();
    app.find("menuitem", "Sign out").click();
    app.field("Email").fill("nobody@example.com");
    app.field("Password").fill(PASSWORD);
    app.button("Sign in").click();
    app.find("alert", "");
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");

    app.restart().unwrap();
    app.button("Sign in");
    assert_eq!(app.field("Email").value(), EMAIL, "the last address is offered again");
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
}

#[test]
fn wrong_tries_slow_down_and_a_restart_does_not_shorten_the_wait() {
    let mut app = App::start("throttle").unwrap();
    app.begin();
    app.button("Account").click();
    app.find("menuitem", "Sign out").click();
    let mut tries = 0;
    // Long enough for a slow start of the app to fall into.
    while wait(&app) < 12 {
        app.until("the end of a short wait", || wait(&app) == 0);
        app.sign_in("not the password");
        tries += 1;
        app.until("an answer", || {
            !app.shows("button", "Signing in") && (app.text().contains("do not match") || wait(&app) > 0)
        });
        assert!(tries < 12, "wrong tries do not slow down: {}", app.text());
    }
    assert!(tries > 5, "five tries are free");
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.until("the wait", || wait(&app) > 0);
    assert!(!app.shows("heading", "Dashboard"), "even the right password waits");
}

/// Seconds that the button counts down.
fn wait(app: &App) -> u32 {
    let text = app.text();
    let rest = text.split_once("Try again in ").map_or("", |(_, rest)| rest);
    rest.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[test]
fn the_sample_is_thrown_away_with_all_that_was_tried_in_it_and_nothing_else() {
    let app = App::start("sample").unwrap();
    app.resize(1280, 800);
    let sample = app.folder().join("sample.db");
    app.explore();
    app.add_customer("Wanda Kestrel", "wanda.kestrel@example.com", "");
    app.dismiss();
    // Kept, it is as it was; the question has to be answered.
    app.button("Throw away").click();
    let question = app.dialog("Throw the sample away?");
    question.find("button", "Keep the sample").click();
    app.gone("dialog", "Throw the sample away?");
    app.row("Wanda Kestrel");
    assert!(sample.exists());

    app.button("Throw away").click();
    app.dialog("Throw the sample away?").find("button", "Throw away").click();
    app.button("Create administrator");
    assert!(!app.text().contains("You are exploring sample data"), "the own book is open");
    assert!(!sample.exists(), "its file is gone");
    assert!(app.book().exists(), "the own book is not");

    // Made anew, it knows nothing of the one before.
    app.explore();
    app.visit("Customers");
    app.first_customer();
    app.field("Search customers").fill("wanda.kestrel@example.com");
    app.see("No customer");
}

#[test]
fn what_a_fault_of_the_webview_cuts_off_is_said_and_logged_and_begins_anew() {
    let app = App::start("thrown").unwrap();
    app.resize(1280, 800);
    app.begin();
    let throw = |stack: &str, file: &str| {
        let script = "const error = new WebAssembly.RuntimeError('about ada@example.com'); \
            Object.defineProperty(error, 'stack', { value: arguments[0] }); \
            dispatchEvent(new ErrorEvent('error', { error, filename: arguments[1], lineno: 12, colno: 5 }))";
        app.run(script, &[stack.into(), file.into()]);
    };
    let (wasm, script) = ("<?>.wasm-function[ui::render]@[wasm code]\nui.js:12:5", "tauri://localhost/ui.js");
    let has_stopped = "The page stopped because of a fault in the app";

    // What a script of the shell throws ends nothing.
    throw("send@user-script:2:1", script);
    // Nor does what the browser refuses to whoever of ours asked and does not wait for it.
    let refuse = "const error = new Error('about ada@example.com'); \
        Object.defineProperty(error, 'name', { value: 'NotAllowedError' }); \
        Object.defineProperty(error, 'stack', { value: arguments[0] }); \
        dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason: error }))";
    app.run(refuse, &[wasm.into()]);
    app.link("Customers").click();
    app.find("heading", "Customers");
    assert!(!app.text().contains(has_stopped));

    throw(wasm, script);
    app.see(has_stopped);
    let log = || std::fs::read_to_string(app.folder().join("log/clientele.log")).unwrap_or_default();
    app.until("the line in the log", || {
        log().contains("the page stopped at ui.js:12:5: RuntimeError")
    });
    assert!(!log().contains("ada@example.com"));
    app.button("Reload").click();
    app.link("Customers");

    // What does not say where it was thrown is logged, too.
    throw(wasm, "");
    app.see(has_stopped);
    app.until("the second line in the log", || {
        log().contains("the page stopped at ui.js:0:0: RuntimeError")
    });
}
