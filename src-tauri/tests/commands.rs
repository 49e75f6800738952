//! Real JSON through the real commands, without a window.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use common::{Desk, problem};
use contract::desktop::StartupState;
use desktop::{
    Shell, commands,
    lock::{BookLock, LockError},
};
use serde_json::{Value, json};
use tauri::Manager;

#[test]
fn an_operation_is_answered_with_the_json_of_the_engine() {
    let desk = Desk::start();
    let answer = desk.ask("current_session", json!({})).unwrap();
    serde_json::from_value::<contract::session::SessionState>(answer).unwrap();
}

#[test]
fn the_opening_says_who_is_signed_in() {
    let desk = Desk::start();
    let stage = |state: Value| state["session"]["stage"].as_str().map(str::to_owned);
    let told = |command: &str, request: Value| stage(desk.ask(command, request).unwrap());
    assert_eq!(told("startup", json!({})).as_deref(), Some("first_run"));
    assert_eq!(told("open_book", json!({ "book": "sample" })).as_deref(), Some("signed_in"));
    assert_eq!(told("retry_startup", json!({})).as_deref(), Some("signed_in"));
    assert_eq!(told("discard_sample", json!({})).as_deref(), Some("first_run"));
    let own = json!({ "kind": "file", "path": desk.data().join("clientele.db") });
    assert_eq!(told("open_place", json!({ "place": own })).as_deref(), Some("first_run"));
    desk.close();
    assert_eq!(told("startup", json!({})), None, "nobody is in a book that is closed");
}

#[test]
fn a_refusal_arrives_as_an_error_of_the_contract() {
    let desk = Desk::start();
    let refusal = desk.ask("list_customers", json!({})).unwrap_err();
    assert_eq!(refusal, json!({ "kind": "signed_out" }));
}

#[test]
fn whatever_is_sent_the_refusal_can_be_read() {
    let desk = Desk::start();
    let bodies = [
        json!(null),
        json!([]),
        json!({}),
        json!({ "request": "text" }),
        json!({ "request": { "surprise": 1 } }),
        json!({ "request": {}, "key": 7 }),
        json!({ "request": {}, "now": "2026-01-01T00:00:00.000Z" }),
    ];
    for body in bodies {
        for command in ["current_session", "create_customer", "set_preferences"] {
            if command == "current_session" && body == json!({}) {
                continue;
            }
            let refusal = desk.send(command, body.clone()).unwrap_err();
            let error: contract::Error = serde_json::from_value(refusal).unwrap();
            assert!(
                matches!(error, contract::Error::Invalid { .. } | contract::Error::SignedOut),
                "{command} {body}: {error:?}"
            );
        }
    }
    let zoom = json!({ "preferences": { "theme": "dark", "density": "compact", "zoom": 900, "last_email": null } });
    assert_eq!(desk.ask("set_preferences", zoom).unwrap_err()["fields"][0]["field"], "zoom");
}

#[test]
fn what_the_window_does_for_whoever_works_in_it_it_does_for_nobody_else() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let document = json!({ "document": { "kind": "invoice", "id": "01890000-0000-7000-8000-000000000000" } });
    let asked = [
        ("copy_text", json!({ "text": "a name", "secret": false })),
        ("save_text", json!({ "name": "Domains.ics", "text": "BEGIN:VCALENDAR" })),
        ("save_document", document.clone()),
        ("open_document", document),
        ("note_book_name", json!({ "name": "Alder Hosting" })),
        ("forget_book", json!({ "place": { "kind": "file", "path": "/elsewhere.db" } })),
    ];
    let refused_as = |kind: &str| {
        for (command, request) in &asked {
            let refusal = desk.ask(command, request.clone()).unwrap_err();
            assert_eq!(refusal, json!({ "kind": kind }), "{command}");
        }
    };
    refused_as("signed_out");
    let password = "seven quiet herons";
    let first = json!({ "full_name": "Ines Moreau", "email": "ines@example.com", "password": password });
    desk.ask("first_run", first).unwrap();
    desk.ask("lock", json!({})).unwrap();
    refused_as("locked");
    desk.ask("unlock", json!({ "password": password })).unwrap();
    desk.ask("note_book_name", json!({ "name": "Alder Hosting" })).unwrap();
    let missing = json!({ "kind": "not_found", "noun": "invoice" });
    assert_eq!(desk.ask("open_document", asked[3].1.clone()).unwrap_err(), missing);
}

#[test]
fn a_failure_of_the_page_is_reported_by_its_place_in_the_source() {
    let desk = Desk::start();
    let report = |place: &str| desk.ask("report_page_failure", json!({ "place": place, "message": "out of range" }));
    assert_eq!(report("src/app.rs:12:5"), Ok(json!({})));
    for place in [
        "",
        "src/app.rs",
        "src/app.rs:12",
        "app.txt:1:2",
        "there is no customer ada@example.com",
    ] {
        assert_eq!(report(place).unwrap_err()["fields"][0]["field"], "place", "{place}");
    }
}

#[test]
fn the_lists_of_commands_are_the_same_everywhere() {
    let listed: Vec<&str> = contract::operations::OPERATIONS
        .iter()
        .map(|operation| operation.name)
        .chain(contract::desktop::REQUESTS.iter().copied())
        .collect();
    let handled: Vec<&str> = commands::OPERATIONS.iter().chain(commands::REQUESTS).copied().collect();
    assert_eq!(handled, listed);

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let configuration: Value = serde_json::from_slice(&std::fs::read(root.join("tauri.conf.json")).unwrap()).unwrap();
    let capabilities = configuration["app"]["security"]["capabilities"].as_array().unwrap();
    assert_eq!(capabilities.len(), 1);
    let allowed: Vec<&str> = capabilities[0]["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let wanted: Vec<String> = listed.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    assert_eq!(allowed, wanted);
    assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len(), "a name stands twice");
}

#[test]
fn every_command_is_reached_and_no_other() {
    let desk = Desk::start();
    for name in commands::OPERATIONS.iter().chain(commands::REQUESTS) {
        // No request has this shape, so every command refuses it, in its own words.
        let refusal = desk.send(name, json!({ "request": 7 })).unwrap_err();
        assert!(refusal["kind"].is_string(), "{name}: {refusal}");
    }
    for name in [
        "delete_everything",
        "plugin:fs|read_file",
        "plugin:window|close",
        "plugin:event|listen",
        "plugin:webview|internal_toggle_devtools",
    ] {
        let refusal = desk.send(name, json!({ "request": {} })).unwrap_err();
        assert!(refusal.is_string(), "{name}: {refusal}");
    }
}

#[test]
fn a_second_window_on_the_same_book_is_refused() {
    let first = Desk::start();
    assert!(first.startup().ready);
    let taken = tauri::async_runtime::block_on(BookLock::take(&first.data().join("book.lock")));
    assert!(matches!(taken, Err(LockError::Held)));

    let (first, second) = first.beside();
    let refused = second.startup();
    assert_eq!((refused.ready, problem(&refused)), (false, "locked"));
    assert_eq!(second.ask("current_session", json!({})).unwrap_err()["kind"], "unavailable");

    first.close();
    let state: StartupState = serde_json::from_value(second.ask("retry_startup", json!({})).unwrap()).unwrap();
    assert!(state.ready, "{state:?}");
    assert!(second.ask("current_session", json!({})).is_ok());
}

#[test]
fn what_cannot_be_opened_is_named_and_can_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let book = data.join("clientele.db");
    std::fs::write(&book, "text, and no book at all").unwrap();
    let desk = Desk::start_in(Arc::new(folder));
    let state = desk.startup();
    assert_eq!(problem(&state), "not_a_book");
    assert_eq!(state.location, book.display().to_string());
    assert_eq!(
        std::fs::read_to_string(&book).unwrap(),
        "text, and no book at all",
        "the file is left as it was"
    );

    std::fs::remove_file(&book).unwrap();
    let state: StartupState = serde_json::from_value(desk.ask("retry_startup", json!({})).unwrap()).unwrap();
    assert!(state.ready, "{state:?}");
}

#[test]
fn a_start_that_comes_late_leaves_the_book_that_was_chosen_meanwhile() {
    let desk = Desk::start();
    desk.ask("open_book", json!({ "book": "sample" })).unwrap();
    let late = tauri::async_runtime::block_on(desk.app.state::<Shell>().books.ensure_open());
    assert_eq!(late.book, contract::desktop::BookChoice::Sample);
    assert_eq!(desk.ask("current_session", json!({})).unwrap()["stage"], "signed_in");
}

#[test]
fn a_book_that_is_gone_is_not_replaced_by_an_empty_one_unless_asked() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    desk.close();
    let book = desk.data().join("clientele.db");
    let aside = desk.data().join("aside.db");
    std::fs::rename(&book, &aside).unwrap();

    let (desk, next) = desk.beside();
    let state = next.startup();
    assert_eq!(problem(&state), "gone");
    assert!(!book.exists(), "nothing stands in its place");
    std::fs::rename(&aside, &book).unwrap();
    assert_eq!(next.ask("retry_startup", json!({})).unwrap()["ready"], true, "it was put back");
    next.close();

    std::fs::remove_file(&book).unwrap();
    let (_, last) = desk.beside();
    assert_eq!(problem(&last.startup()), "gone");
    assert_eq!(last.ask("retry_startup", json!({ "make_new": true })).unwrap()["ready"], true);
    assert_eq!(last.ask("current_session", json!({})).unwrap()["stage"], "first_run");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file where the folder would be").unwrap();
    let state = Desk::start_in(Arc::new(folder)).startup();
    assert_eq!((state.ready, problem(&state)), (false, "missing"));
}

#[test]
fn preferences_are_remembered() {
    let desk = Desk::start();
    assert_eq!(desk.ask("get_preferences", json!({})).unwrap()["theme"], "system");
    let wanted = json!({ "theme": "dark", "density": "compact", "zoom": 110, "last_email": "owner@example.com" });
    assert_eq!(desk.ask("set_preferences", json!({ "preferences": wanted })).unwrap(), wanted);
    desk.close();
    let (_, desk) = desk.beside();
    assert_eq!(desk.ask("get_preferences", json!({})).unwrap(), wanted);
}

#[test]
fn the_sample_is_entered_without_a_password_and_thrown_away() {
    let desk = Desk::start();
    let sample = desk.data().join("sample.db");
    for _ in ["made", "opened again"] {
        let state = desk.ask("open_book", json!({ "book": "sample" })).unwrap();
        assert_eq!((&state["ready"], &state["book"]), (&json!(true), &json!("sample")), "{state}");
        assert_eq!(desk.ask("current_session", json!({})).unwrap()["stage"], "signed_in");
        let stats = desk.ask("customer_stats", json!({})).unwrap();
        assert_eq!(stats["total_customers"], 500);
        desk.ask("open_book", json!({ "book": "own" })).unwrap();
        assert_eq!(
            desk.ask("current_session", json!({})).unwrap()["stage"],
            "first_run",
            "the own book knows nothing of it"
        );
    }
    desk.ask("open_book", json!({ "book": "sample" })).unwrap();
    let state = desk.ask("discard_sample", json!({})).unwrap();
    assert_eq!((&state["ready"], &state["book"]), (&json!(true), &json!("own")), "{state}");
    assert!(!sample.exists() && !desk.data().join("sample.db-window").exists());
}

#[test]
fn an_unfinished_sample_is_made_anew_and_anything_else_left_alone() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    desk.close();
    let sample = desk.data().join("sample.db");
    std::fs::copy(desk.data().join("clientele.db"), &sample).unwrap();
    let before = std::fs::read(&sample).unwrap();
    let state = desk.ask("open_book", json!({ "book": "sample" })).unwrap();
    assert_eq!(state["problem"], "not_a_book", "a book of one's own under the name of the sample");
    assert_eq!(std::fs::read(&sample).unwrap().len(), before.len());

    std::fs::write(&sample, "").unwrap();
    let state = desk.ask("open_book", json!({ "book": "sample" })).unwrap();
    assert_eq!(state["ready"], true, "{state}");
    assert_eq!(desk.ask("customer_stats", json!({})).unwrap()["total_customers"], 500);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.data()), 0o700);
    assert_eq!(mode(&desk.data().join("clientele.db")), 0o600);
    assert_eq!(mode(&desk.data().join("book.lock")), 0o600);
    assert_eq!(mode(&desk.data().join("clientele.db-window")), 0o600);
}
