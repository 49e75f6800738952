//! A disk that has no room left from some write on: what is asked for is refused in so many words, nothing is half there, and
//! with room again everything goes on.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{
    campaign::{ALL, Campaign},
    common::{PASSWORD, Place, answer},
    deeds::{Begun, check, deeds, number},
};

/// Runs the program; from its `number`-th write of a thread on, the disk is full.
fn full_from(number: u64, place: &Place, arguments: &[&str]) -> Value {
    full_for(None, number, place, arguments)
}

/// The same, where only writes into one file count and fail.
fn full_for(file: Option<&Path>, number: u64, place: &Place, arguments: &[&str]) -> Value {
    let mut command = Command::new("strace");
    if let Some(file) = file {
        command.arg("-P").arg(file);
    }
    command
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,fallocate", "-e"])
        .arg(format!("inject=pwrite64,fallocate:error=ENOSPC:when={number}+"))
        .arg(env!("CARGO_BIN_EXE_clientelectl"))
        .arg("--book")
        .arg(place.path())
        .args(arguments)
        .env("CLIENTELE_PASSWORD", PASSWORD)
        .stdin(Stdio::null());
    let output = command.output().expect("strace is installed");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

/// The memory that all who have a book open share: a file beside it, which takes room like any other.
fn shared_memory(place: &Place) -> PathBuf {
    // As the system tells of it, where the folder is reached by a link.
    let mut name = place.path().canonicalize().unwrap().into_os_string();
    name.push("-shm");
    name.into()
}

#[test]
fn a_book_for_whose_opening_there_is_no_room_says_so() {
    let begun = Begun::new();
    let full = json!({"error": {"kind": "cannot_open", "reason": "disk_full"}});
    // It is made of eight pages, one after the other.
    for first in [1, 2, 8] {
        let place = begun.copy();
        assert!(!shared_memory(&place).exists(), "a book that was closed has nothing beside it");
        assert_eq!(full_from(first, &place, &["verify"]), full, "{first}");
        check(&place);
    }
}

#[test]
fn a_book_whose_shared_memory_cannot_grow_says_so() {
    let place = Place::file();
    // Its tables are there before, and it is no new file that would be taken away with what failed.
    std::fs::write(place.path(), []).unwrap();
    let too_short = place
        .command()
        .args(["demo", "--customers", "1"])
        .env("CLIENTELE_PASSWORD", "short")
        .output();
    assert_eq!(too_short.unwrap().status.code(), Some(1));
    assert!(std::fs::metadata(place.path()).unwrap().len() > 0 && !shared_memory(&place).exists());
    // The ninth page of it is needed where a transaction fills more of the log than the first eight tell of, some four thousand
    // pages; so many customers fill more than that.
    let told = full_for(Some(&shared_memory(&place)), 9, &place, &["demo", "--customers", "2000"]);
    assert_eq!(told, json!({"error": {"kind": "conflict", "conflict": {"conflict": "disk_full"}}}));
    assert_eq!(
        number(&place.path(), "SELECT COUNT(*) FROM customer WHERE is_admin"),
        0,
        "it is not finished"
    );
}

#[test]
fn a_backup_that_meets_a_full_disk_says_so_and_leaves_no_half_of_itself() {
    let begun = Begun::new();
    // The copy is written by a thread of its own, page by page.
    for first in [9, 40] {
        let place = begun.copy();
        let names = || {
            let entries = std::fs::read_dir(place.path().with_file_name("backups")).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = names();
        let told = full_from(first, &place, &["backup"]);
        assert_eq!(
            told,
            json!({"error": {"kind": "not_done", "reason": "disk_full", "detail": ""}}),
            "{first}"
        );
        assert_eq!(names(), before, "{first}");
        check(&place);
        answer(&place.run(&["backup"]));
    }
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost_or_half_there() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("disk_full");
    let deeds = deeds(&begun.values);
    let points = campaign.points(40, 3, ALL);
    let mut said = 0;
    for point in &points {
        for deed in &deeds {
            let arguments = deed.arguments();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let place = begun.copy();
            let told = full_from(point + 1, &place, &arguments);
            check(&place);
            let found = number(&place.path(), deed.effect);
            let is_done = told["error"].is_null() && !told.is_null();
            assert!(found <= 1 && (found == 1 || !is_done), "{}: {found} {told}", deed.op);
            assert_ne!(told["error"]["kind"], "internal", "{}: {told}", deed.op);
            assert_ne!(told["error"]["reason"], "other", "{}: {told}", deed.op);
            if told["error"]["conflict"]["conflict"] == "disk_full" {
                said += 1;
                assert_eq!(found, 0, "{}", deed.op);
            }
            answer(&place.run(&arguments));
            assert_eq!(number(&place.path(), deed.effect), 1, "{}", deed.op);
            check(&place);
        }
        campaign.survived(*point);
    }
    // Nothing is left to run where an earlier run survived all of it.
    assert!(said > 0 || points.is_empty(), "no write met the full disk");
}
