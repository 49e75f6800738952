//! `--security-selftest` says what this build is, and that is as closed as it has to be.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::{collections::BTreeMap, process::Command};

use serde_json::{Value, json};

fn facts() -> Value {
    let answer = Command::new(env!("CARGO_BIN_EXE_clientele"))
        .arg("--security-selftest")
        .env_remove("DISPLAY")
        .output()
        .unwrap();
    assert!(answer.status.success(), "{answer:?}");
    serde_json::from_slice(&answer.stdout).unwrap()
}

/// The directives of a policy with their sources.
fn directives(policy: &str) -> BTreeMap<&str, Vec<&str>> {
    policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect()
}

#[test]
fn the_page_may_load_run_and_reach_nothing_but_its_own() {
    let facts = facts();
    let policy = directives(facts["csp"].as_str().unwrap());
    assert_eq!(policy["default-src"], ["'none'"]);
    assert_eq!(policy["script-src"], ["'self'", "'wasm-unsafe-eval'"]);
    assert_eq!(policy["style-src"], ["'self'"]);
    assert_eq!(policy["connect-src"], ["'self'", "ipc:", "http://ipc.localhost"]);
    for (directive, sources) in &policy {
        let known = ["'none'", "'self'", "'wasm-unsafe-eval'", "ipc:", "http://ipc.localhost"];
        assert!(sources.iter().all(|source| known.contains(source)), "{directive} {sources:?}");
        assert!(
            !sources.contains(&"'unsafe-inline'") && !sources.contains(&"'unsafe-eval'"),
            "{directive}"
        );
    }
    for closed in [
        "frame-src",
        "child-src",
        "worker-src",
        "object-src",
        "base-uri",
        "form-action",
        "frame-ancestors",
    ] {
        assert_eq!(policy[closed], ["'none'"], "{closed}");
    }
}

#[test]
fn the_window_gives_the_page_its_commands_and_nothing_else() {
    let facts = facts();
    for (fact, is) in [
        ("with_global_tauri", json!(false)),
        ("freeze_prototype", json!(true)),
        ("asset_protocol", json!(false)),
        ("windows_by_configuration", json!(0)),
    ] {
        assert_eq!(facts[fact], is, "{fact}");
    }
    let capabilities = facts["capabilities"].as_array().unwrap();
    assert_eq!(capabilities.len(), 1, "one capability");
    let permissions: Vec<&str> = capabilities[0]["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let commands = facts["operations"]
        .as_array()
        .unwrap()
        .iter()
        .chain(facts["requests"].as_array().unwrap());
    let allowed: Vec<String> = commands
        .map(|name| format!("allow-{}", name.as_str().unwrap().replace('_', "-")))
        .collect();
    assert_eq!(permissions, allowed, "every command, and no permission of a plugin");
}

// What only development has, as the inspector, is asked of a release when one is built: `xtask/src/release.rs`.
#[test]
fn the_app_can_be_driven_only_where_that_was_asked_for() {
    // The suite builds it as it ships, without features: the one of the walks is none that comes by itself.
    assert_eq!(facts()["automation"], json!(false));
}

#[test]
fn the_database_is_the_pinned_one_and_loses_nothing() {
    let facts = facts();
    assert_eq!(facts["sqlite"], "3.51.3");
    for (pragma, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("mmap_size", "0"),
    ] {
        assert_eq!(facts["pragmas"][pragma], value, "{pragma}");
    }
}

#[test]
fn what_is_not_known_is_refused_instead_of_passed_over() {
    let answer = Command::new(env!("CARGO_BIN_EXE_clientele"))
        .arg("--remote-debugging")
        .output()
        .unwrap();
    assert_eq!(answer.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&answer.stderr).contains("does not know \"--remote-debugging\""));
}
