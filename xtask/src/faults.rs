//! The campaigns of `crates/ctl/tests/faults/`, large: processes, servers and networks that end in the middle of a write.
//! An ended run is gone on with by the next one. The catch-up has a campaign of its own.

mod catch_up;

use anyhow::{Result, bail};

use crate::{
    debian, place, postgres,
    step::{self, say},
};

/// Points of a campaign that does not say.
const POINTS: &str = "500";
/// Customers of the book that is moved.
const CUSTOMERS: &str = "100000";

/// Runs the campaigns whose names contain a word, or all.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some((kind, rest)) = arguments.split_first()
        && kind == "catch-up"
    {
        return catch_up::run(rest);
    }
    let mut names = Vec::new();
    let (mut points, mut customers, mut anew) = (POINTS.to_owned(), CUSTOMERS.to_owned(), false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--anew" => anew = true,
            "--points" | "--customers" => {
                let Some(number) = rest.next() else {
                    bail!("after {argument} comes a number")
                };
                if argument == "--points" {
                    points.clone_from(number);
                } else {
                    customers.clone_from(number);
                }
            }
            name if !name.starts_with('-') => names.push(name.to_owned()),
            _ => bail!("after faults come names of campaigns, --points N, --customers N and --anew, or nothing"),
        }
    }
    debian::install_missing(debian::Purpose::Test)?;
    let state = place::target().join("faults");
    if anew && state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    let server = postgres::Server::start(postgres::Way::Plain)?;
    say(format!(
        "Running {points} points of each campaign; what was survived before is not run again."
    ));
    let mut tests = step::cargo();
    tests
        .args([
            "test",
            "--release",
            "--no-fail-fast",
            "--package",
            "clientelectl",
            "--test",
            "faults",
            "--",
        ])
        .args(["--nocapture", "--test-threads=1", "--include-ignored"])
        .args(names)
        .env("CLIENTELE_TEST_POSTGRES", server.url())
        .env("CLIENTELE_FAULT_POINTS", points)
        .env("CLIENTELE_FAULT_CUSTOMERS", customers)
        .env("CLIENTELE_FAULT_STATE", state);
    step::run(&mut tests)
}
