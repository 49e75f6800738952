//! The campaigns of `crates/ctl/tests/faults/`, large or small: processes, servers and networks that end in the middle of a
//! write. A large run that was ended is gone on with by the next one. The catch-up has a campaign of its own.

mod catch_up;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    debian, place, postgres,
    step::{self, say},
};

/// As many points as each campaign has, or takes where there are too many.
const LARGE: &str = "large";
/// Customers of the book that is moved.
const CUSTOMERS: &str = "100000";
/// How long all small campaigns may take together.
pub const SMALL: Duration = Duration::from_secs(12 * 60);

/// Runs the campaigns whose names contain a word, or all.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some((kind, rest)) = arguments.split_first()
        && kind == "catch-up"
    {
        return catch_up::run(rest);
    }
    if let [only] = arguments
        && only == "--small"
    {
        return small();
    }
    let mut names = Vec::new();
    let (mut points, mut customers, mut anew) = (LARGE.to_owned(), CUSTOMERS.to_owned(), false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--anew" => anew = true,
            "--points" | "--customers" => {
                let Some(number) = rest.next() else {
                    bail!("after {argument} comes a number")
                };
                if number.parse::<u64>().is_err() {
                    bail!("{number:?} after {argument} is no number")
                }
                if argument == "--points" {
                    points.clone_from(number);
                } else {
                    customers.clone_from(number);
                }
            }
            name if !name.starts_with('-') => names.push(name.to_owned()),
            _ => bail!("after faults come names of campaigns, --points N, --customers N and --anew; or --small alone; or nothing"),
        }
    }
    debian::install_missing(debian::Purpose::Test)?;
    let state = place::target().join("faults");
    if anew && state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    let server = postgres::Server::start(postgres::Way::Plain)?;
    let size = match points.as_str() {
        LARGE => "the large campaigns".to_owned(),
        number => format!("{number} points of each campaign"),
    };
    say(format!("Running {size}; what was survived before by this build is not run again."));
    let mut tests = tests();
    tests
        .args(["--release", "--no-fail-fast", "--"])
        .args(["--nocapture", "--test-threads=1", "--include-ignored"])
        .args(names)
        .env("CLIENTELE_TEST_POSTGRES", server.url())
        .env("CLIENTELE_FAULT_POINTS", points)
        .env("CLIENTELE_FAULT_CUSTOMERS", customers)
        .env("CLIENTELE_FAULT_STATE", state);
    step::run(&mut tests)
}

fn tests() -> Command {
    let mut tests = step::cargo();
    tests.args(["test", "--package", "clientelectl", "--test", "faults"]);
    tests
}

/// Runs the few points of each that `cargo xtask test` runs, too, and fails if they take too long together.
fn small() -> Result<()> {
    debian::install_missing(debian::Purpose::Test)?;
    let server = postgres::Server::start(postgres::Way::Plain)?;
    say("Building the small campaigns.");
    step::run(tests().arg("--no-run"))?;
    say("Running a few points of each campaign.");
    let began = Instant::now();
    step::run(tests().arg("--no-fail-fast").env("CLIENTELE_TEST_POSTGRES", server.url()))?;
    let took = began.elapsed();
    say(format!("The small campaigns took {} s.", took.as_secs()));
    if took > SMALL {
        bail!("the small campaigns may take {} s together", SMALL.as_secs())
    }
    Ok(())
}
