//! A catch-up that is killed at many moments, on both databases: see `crates/ctl/tests/catch_up/`.

use anyhow::{Result, bail};

use crate::{
    debian, postgres,
    step::{self, say},
};

/// Moments of a run that does not say.
const POINTS: &str = "60";

/// Runs it.
pub fn run(arguments: &[String]) -> Result<()> {
    let points = match arguments {
        [] => POINTS,
        [name, number] if name == "--points" => number,
        _ => bail!("after catch-up comes --points and a number, or nothing"),
    };
    debian::install_missing(debian::Purpose::Test)?;
    say("Starting a throwaway Postgres.");
    let server = postgres::Server::start(postgres::Way::Plain)?;
    say(format!(
        "Killing the catch-up at {points} moments on each database, alone and with another beside it."
    ));
    let mut tests = step::cargo();
    tests
        .args([
            "test",
            "--package",
            "clientelectl",
            "--test",
            "catch_up",
            "--",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("CLIENTELE_TEST_POSTGRES", server.url())
        .env("CLIENTELE_KILL_POINTS", points);
    step::run(&mut tests)
}
