//! Books in other places: another file, a server, a move, news of others. Real JSON through the real commands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::path::{Path, PathBuf};

use common::{Desk, problem};
use engine::{BookLocation, OpenOptions};
use serde_json::{Value, json};
use tauri::async_runtime::block_on;

const PASSWORD: &str = "seven quiet herons";

fn file(path: &Path) -> Value {
    json!({ "kind": "file", "path": path })
}

fn open(desk: &Desk, place: Value) -> Value {
    desk.ask("open_place", json!({ "place": place })).unwrap()
}

fn first_run(desk: &Desk) {
    let request = json!({ "full_name": "Ines Moreau", "email": "ines@example.com", "password": PASSWORD });
    desk.ask("first_run", request).unwrap();
}

/// A second book, made as a copy of an empty one.
fn another(desk: Desk, name: &str) -> (Desk, PathBuf) {
    assert!(desk.startup().ready);
    desk.close();
    let other = desk.folder.path().join(name);
    std::fs::copy(desk.data().join("clientele.db"), &other).unwrap();
    let (_, desk) = desk.beside();
    assert!(desk.startup().ready);
    (desk, other)
}

#[test]
fn another_file_is_opened_remembered_and_forgotten() {
    let (desk, other) = another(Desk::start(), "other.db");
    let state = open(&desk, file(&other));
    assert_eq!((&state["ready"], &state["location"]), (&json!(true), &json!(other)), "{state}");
    first_run(&desk);
    desk.ask("note_book_name", json!({ "name": "Alder Hosting" })).unwrap();
    let books = desk.ask("list_books", json!({})).unwrap();
    assert_eq!(
        (&books["items"][0]["name"], &books["items"][0]["is_current"]),
        (&json!("Alder Hosting"), &json!(true)),
        "{books}"
    );
    desk.close();

    let (_, desk) = desk.beside();
    assert_eq!(desk.startup().location, other.display().to_string(), "the next start knows it");
    desk.close();
    std::fs::remove_file(&other).unwrap();
    let (_, desk) = desk.beside();
    assert_eq!(problem(&desk.startup()), "no_file");
    assert!(!other.exists(), "nothing is made in its place");

    let own = desk.data().join("clientele.db");
    assert_eq!(open(&desk, file(&own))["ready"], json!(true));
    first_run(&desk);
    let books = desk.ask("forget_book", json!({ "place": file(&other) })).unwrap();
    assert_eq!(books["items"].as_array().unwrap().len(), 1, "{books}");
}

#[test]
fn a_place_that_does_not_open_is_not_the_one_of_the_next_start() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let nowhere = json!({ "kind": "server", "connection": {
        "host": "127.0.0.1", "port": 1, "database": "books", "user": "ann", "schema": "clientele", "tls": "off"
    } });
    let state = open(&desk, nowhere);
    assert_eq!(
        (&state["ready"], &state["problem"]),
        (&json!(false), &json!("unreachable")),
        "{state}"
    );
    assert!(state["detail"].is_string(), "{state}");
    desk.close();
    let (_, desk) = desk.beside();
    assert!(desk.startup().ready);
}

#[test]
fn whoever_owns_the_tables_is_used_for_one_opening_and_remembered_nowhere() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let place = json!({ "kind": "server", "connection": {
        "host": "127.0.0.1", "port": 1, "database": "books", "user": "ann", "schema": "clientele", "tls": "off"
    } });
    let request = |user: &str| json!({ "place": place, "make_new": true, "owner": { "user": user, "password": "canary-8830" } });
    let refusal = desk.ask("open_place", request(" ")).unwrap_err();
    assert_eq!(refusal["fields"][0]["field"], "owner.user", "{refusal}");
    assert!(desk.startup().ready, "the book that is open stays open");
    let state = desk.ask("open_place", request("owner-canary-1206")).unwrap();
    assert_eq!((&state["problem"], &state["makes_new"]), (&json!("unreachable"), &json!(true)));
    assert!(!state.to_string().contains("canary"), "{state}");
    desk.close();
    for entry in std::fs::read_dir(desk.data()).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
            assert!(!text.contains("canary"), "{:?}", entry.path());
        }
    }
}

#[test]
fn a_connection_that_others_could_listen_to_is_not_even_tried_without_the_name_of_its_host() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let connection = json!({
        "host": "db.example", "port": 5432, "database": "books", "user": "ann", "schema": "clientele", "tls": "unverified"
    });
    let refused = [
        ("test_connection", json!({ "connection": connection })),
        ("find_server", json!({ "connection": connection })),
        ("open_place", json!({ "place": { "kind": "server", "connection": connection } })),
        (
            "move_book",
            json!({ "target": { "kind": "server", "connection": connection }, "dry_run": true }),
        ),
        ("discard_move", json!({ "target": { "kind": "server", "connection": connection } })),
    ];
    for (command, request) in refused {
        let refusal = desk.ask(command, request).unwrap_err();
        let field = refusal["fields"][0]["field"].as_str().unwrap();
        assert!(field.ends_with("accepted_host"), "{command}: {refusal}");
    }
    assert!(desk.startup().ready, "the book that is open stays open");
}

#[test]
fn a_server_is_found_again_by_its_first_word() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let desk = Desk::start();
    let connection = json!({
        "host": "127.0.0.1", "port": port, "database": "books", "user": "ann-canary", "schema": "clientele", "tls": "off"
    });
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
        let mut wish = [0; 8];
        stream.read_exact(&mut wish).unwrap();
        stream.write_all(b"N").unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        rest
    });
    let found = desk.ask("find_server", json!({ "connection": connection })).unwrap();
    assert_eq!(found, json!({ "is_there": true }));
    assert_eq!(asked.join().unwrap(), b"", "neither a user nor a password was sent");
    // Nobody listens any more.
    let found = desk.ask("find_server", json!({ "connection": connection })).unwrap();
    assert_eq!(found, json!({ "is_there": false }));
}

#[test]
fn a_book_moves_for_who_is_signed_in_and_gives_the_password_again() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let there = desk.folder.path().join("moved.db");
    let request = |dry_run: bool| json!({ "target": file(&there), "dry_run": dry_run });
    assert_eq!(desk.ask("move_book", request(true)).unwrap_err()["kind"], "signed_out");
    first_run(&desk);
    let rehearsed = desk.ended(desk.ask("move_book", request(true)).unwrap());
    assert_eq!(
        (&rehearsed["stage"], &rehearsed["reopen"]),
        (&json!("done"), &json!(false)),
        "{rehearsed}"
    );
    assert!(!there.exists());

    desk.ask("lock", json!({})).unwrap();
    assert_eq!(desk.ask("move_book", request(true)).unwrap_err()["kind"], "locked");
    desk.ask("unlock", json!({ "password": PASSWORD })).unwrap();
    assert_eq!(desk.ask("move_book", request(false)).unwrap_err()["kind"], "confirmation_needed");
    desk.ask("confirm_password", json!({ "password": PASSWORD })).unwrap();
    let moved = desk.ended(desk.ask("move_book", request(false)).unwrap());
    assert_eq!((&moved["stage"], &moved["reopen"]), (&json!("done"), &json!(true)), "{moved}");
    // Unlocking was kept in between, so not every row is the same; what was billed is.
    let billing = |work: &Value| {
        work["proof"]
            .as_array()
            .unwrap()
            .iter()
            .find(|table| table["table"] == "billing")
            .cloned()
    };
    assert!(billing(&moved).is_some());
    assert_eq!(billing(&moved), billing(&rehearsed));
    assert_eq!(open(&desk, file(&there))["ready"], json!(true));
    assert_eq!(desk.ask("current_session", json!({})).unwrap()["stage"], "signed_out");
}

#[test]
fn what_a_move_has_left_is_removed_for_who_is_signed_in() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let there = desk.folder.path().join("moved.db");
    let half = desk.folder.path().join("moved.db-moving");
    std::fs::write(&half, "half a book").unwrap();
    let request = || json!({ "target": file(&there) });
    assert_eq!(desk.ask("discard_move", request()).unwrap_err()["kind"], "signed_out");
    first_run(&desk);
    let ended = desk.ended(desk.ask("discard_move", request()).unwrap());
    assert_eq!(
        (&ended["stage"], &ended["kind"], &ended["reopen"]),
        (&json!("canceled"), &json!("move"), &json!(false)),
        "{ended}"
    );
    assert!(!half.exists());

    // A server that is not there does not say whether it is rid of it.
    let nowhere = json!({ "target": { "kind": "server", "connection": {
        "host": "127.0.0.1", "port": 1, "database": "books", "user": "ann", "schema": "clientele", "tls": "off"
    } } });
    let ended = desk.ended(desk.ask("discard_move", nowhere).unwrap());
    assert_eq!(
        (&ended["stage"], &ended["problem"]),
        (&json!("failed"), &json!("left_behind")),
        "{ended}"
    );
}

#[test]
fn a_file_is_open_in_one_window_whatever_folders_the_windows_have() {
    let (desk, shared) = another(Desk::start(), "shared.db");
    assert_eq!(open(&desk, file(&shared))["ready"], json!(true));
    first_run(&desk);
    let other = Desk::start();
    assert!(other.startup().ready);
    let mut names = vec![shared.clone()];
    #[cfg(unix)]
    {
        let link = other.folder.path().join("link.db");
        std::os::unix::fs::symlink(&shared, &link).unwrap();
        names.push(link);
    }
    for path in &names {
        let refused = open(&other, file(path));
        assert_eq!(
            (&refused["ready"], &refused["problem"]),
            (&json!(false), &json!("locked")),
            "{path:?}: {refused}"
        );
    }
    let closed = open(&other, file(&desk.data().join("clientele.db")));
    assert_eq!(closed["ready"], json!(true), "a file that is open in no window: {closed}");
    assert_eq!(
        desk.ask("current_session", json!({})).unwrap()["stage"],
        "signed_in",
        "who is there stays"
    );

    // Whoever closes it, or opens another one, lets go of it.
    desk.close();
    assert_eq!(open(&other, file(&shared))["ready"], json!(true));
    let (_, desk) = desk.beside();
    assert_eq!(problem(&desk.startup()), "locked");
    let own = other.data().join("clientele.db");
    assert_eq!(open(&other, file(&own))["ready"], json!(true));
    assert_eq!(desk.ask("retry_startup", json!({})).unwrap()["ready"], json!(true));
}

#[test]
fn what_a_terminal_saves_is_news_and_what_one_saves_oneself_is_none() {
    let (desk, shared) = another(Desk::start(), "shared.db");
    assert_eq!(open(&desk, file(&shared))["ready"], json!(true));
    // What `clientelectl` does: one window has a file, and terminals beside it.
    let terminal = block_on(engine::App::open(BookLocation::File(shared), OpenOptions::default())).unwrap();
    let request = json!({ "full_name": "Ines Moreau", "email": "ines@example.com", "password": PASSWORD });
    block_on(terminal.call_json("first_run", request, None)).unwrap();
    let heard = desk.ask("watch_book", json!({ "known": 0 })).unwrap();
    assert_eq!(heard["is_news"], json!(true), "{heard}");

    desk.ask("sign_in", json!({ "email": "ines@example.com", "password": PASSWORD }))
        .unwrap();
    let plan = json!({ "name": "Studio", "code": "studio", "currency": "EUR", "price_monthly": 1_200 });
    desk.ask("create_plan", plan).unwrap();
    // Long enough that its own change would have been heard of.
    let own = desk.ask("watch_book", json!({ "known": null })).unwrap();
    assert_eq!(own["is_news"], json!(false), "{own}");
    let again = desk.ask("watch_book", json!({ "known": own["number"] })).unwrap();
    assert_eq!(again["is_news"], json!(false), "{again}");
    block_on(terminal.close());
}

#[test]
fn a_book_that_is_damaged_or_gone_goes_back_to_a_backup() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    first_run(&desk);
    let made = desk.ended(desk.ask("make_backup", json!({})).unwrap());
    assert_eq!(made["stage"], "done", "{made}");
    desk.close();
    let book = desk.data().join("clientele.db");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", book.display()));
    }
    let length = std::fs::metadata(&book).unwrap().len();
    let damaged: Vec<u8> = std::fs::read(&book).unwrap()[..4096]
        .iter()
        .copied()
        .chain(vec![0x5a; usize::try_from(length).unwrap() - 4096])
        .collect();
    std::fs::write(&book, &damaged).unwrap();

    let (desk, next) = desk.beside();
    let state = next.startup();
    assert_eq!(problem(&state), "damaged");
    let name = state.backups[0].name.clone();
    let lost = next.ask("retry_startup", json!({ "backup": "../clientele.db" })).unwrap();
    assert_eq!((&lost["problem"], &lost["recovery"]), (&json!("damaged"), &json!("missing")));
    assert!(std::fs::read(&book).unwrap() == damaged, "nothing was touched");
    let back = next.ask("retry_startup", json!({ "backup": name })).unwrap();
    assert_eq!((&back["ready"], &back["recovery"]), (&json!(true), &json!(null)));
    assert_eq!(next.ask("current_session", json!({})).unwrap()["stage"], "signed_out");
    let kept: Vec<_> = std::fs::read_dir(desk.data().join("backups"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let is_replaced = |path: &&PathBuf| path.to_string_lossy().contains("replaced") && path.extension().is_some_and(|end| end == "db");
    let replaced = kept.iter().find(is_replaced).unwrap();
    assert!(std::fs::read(replaced).unwrap() == damaged, "it is kept as it was");
    next.close();

    std::fs::remove_file(&book).unwrap();
    let (_, last) = desk.beside();
    let state = last.startup();
    assert_eq!(problem(&state), "gone");
    assert_eq!(state.backups.len(), 1, "what was damaged is not offered");
    let back = last.ask("retry_startup", json!({ "backup": state.backups[0].name })).unwrap();
    assert_eq!(back["ready"], true);
}
