//! A disk that has no room left from some write on: what is asked for is refused in so many words, nothing is half there, and
//! with room again everything goes on.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{
    campaign::Campaign,
    common::{PASSWORD, Place, answer},
    deeds::{Begun, check, deeds, number},
};

/// Runs the program; from its `number`-th write of a thread on, the disk is full.
fn full_from(number: u64, place: &Place, arguments: &[&str]) -> Value {
    let mut command = Command::new("strace");
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

#[test]
fn a_full_disk_is_said_and_nothing_is_lost_or_half_there() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("disk_full");
    let deeds = deeds(&begun.values);
    let points = campaign.points(40, 3);
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
