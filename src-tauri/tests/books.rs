//! Books in other places: another file, a server, a move, news of others. Real JSON through the real commands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::path::{Path, PathBuf};

use common::{Desk, problem};
use serde_json::{Value, json};

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
fn a_connection_that_others_could_listen_to_is_not_even_tried_without_the_name_of_its_host() {
    let desk = Desk::start();
    assert!(desk.startup().ready);
    let connection = json!({
        "host": "db.example", "port": 5432, "database": "books", "user": "ann", "schema": "clientele", "tls": "unverified"
    });
    let refused = [
        ("test_connection", json!({ "connection": connection })),
        ("open_place", json!({ "place": { "kind": "server", "connection": connection } })),
        (
            "move_book",
            json!({ "target": { "kind": "server", "connection": connection }, "dry_run": true }),
        ),
    ];
    for (command, request) in refused {
        let refusal = desk.ask(command, request).unwrap_err();
        let field = refusal["fields"][0]["field"].as_str().unwrap();
        assert!(field.ends_with("accepted_host"), "{command}: {refusal}");
    }
    assert!(desk.startup().ready, "the book that is open stays open");
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
fn what_another_desk_saves_is_news_and_what_one_saves_oneself_is_none() {
    let (desk, shared) = another(Desk::start(), "shared.db");
    let other = Desk::start();
    assert!(other.startup().ready);
    for desk in [&desk, &other] {
        assert_eq!(open(desk, file(&shared))["ready"], json!(true));
    }
    let known = |signal: &Value| json!({ "known": signal["number"] });
    first_run(&desk);
    let heard = other.ask("watch_book", json!({ "known": 0 })).unwrap();
    assert_eq!(heard["is_news"], json!(true), "{heard}");
    // Long enough that its own change would have been heard of.
    let own = desk.ask("watch_book", json!({ "known": null })).unwrap();
    assert_eq!(own["is_news"], json!(false), "{own}");
    let again = desk.ask("watch_book", known(&own)).unwrap();
    assert_eq!(again["is_news"], json!(false), "{again}");
}
