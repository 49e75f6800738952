//! A simulated year: the app's figures agree with those that another program computes from the raw tables, and that program
//! finds mistakes that are planted. `cargo xtask year` runs a larger one.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic")]

use std::{path::Path, process::Command};

fn python(script: &str, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulation").join(script);
    let output = Command::new("python3").arg(script).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("python3 cannot be run: {error}; `cargo xtask test` installs it"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_books_of_a_year_balance_and_every_planted_mistake_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (book, figures) = (folder.path().join("year.db"), folder.path().join("figures.json"));
    let (book, figures) = (book.to_str().unwrap(), figures.to_str().unwrap());
    let program = env!("CARGO_BIN_EXE_clientelectl");
    let places = ["--book", book, "--figures", figures];
    python("year.py", &[&places[..], &["--ctl", program, "--customers", "40"]].concat());
    assert!(python("audit.py", &places).contains("every figure agrees"));
    let found = python("mutants.py", &places);
    assert_eq!(found.matches("found: ").count(), 17, "{found}");
}
