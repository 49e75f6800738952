//! Measures the engine beside the same queries through SQLite's C interface, and on a server through the bare driver.

use anyhow::{Result, bail};

use crate::{
    debian, place, postgres,
    step::{self, say},
};

/// Customers of the book that is looked at without a build for release.
const FEW: &str = "10000";
/// Asks for a server, too; the program `bench` is told where it is.
const POSTGRES: &str = "--postgres";

/// Builds and measures; what it takes is what the program `bench` takes, and `--dev`: how the work grows, of a build for
/// development. What is counted then is the same, and no time is looked at.
pub fn run(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--dev") {
        return match arguments {
            [quick, _] if quick == "--quick" => built_and_run(&[], "debug", &["--quick", "--customers", FEW].map(str::to_owned)),
            _ => bail!("{USAGE}"),
        };
    }
    let mut given = arguments.iter();
    while let Some(argument) = given.next() {
        let is_known = match argument.as_str() {
            "--quick" | "--peers" | POSTGRES => true,
            "--customers" => given.next().is_some_and(|number| number.parse::<u32>().is_ok()),
            "--only" => given.next().is_some(),
            _ => false,
        };
        if !is_known {
            bail!("{USAGE}");
        }
    }
    if arguments.iter().any(|argument| argument == POSTGRES) {
        if arguments.iter().any(|argument| argument == "--quick") {
            bail!("{USAGE}");
        }
        debian::install_missing(debian::Purpose::Test)?;
    }
    say("Building for release; this takes minutes.");
    built_and_run(&["--release"], "release", arguments)
}

const USAGE: &str = "cargo xtask bench [--customers N] [--peers] [--postgres] [--only PART,…] | --quick [--customers N] | --quick --dev";

fn built_and_run(profile: &[&str], built: &str, arguments: &[String]) -> Result<()> {
    let built = place::target().join(built);
    for package in ["clientelectl", "bench"] {
        step::run(step::cargo().arg("build").args(profile).args(["--package", package]))?;
    }
    let mut arguments = arguments.to_vec();
    // Ended when it is dropped, after everything was measured.
    let _server = match arguments.iter().position(|argument| argument == POSTGRES) {
        Some(at) => {
            say("Starting a throwaway Postgres.");
            let server = postgres::Server::start(postgres::Way::Plain)?;
            arguments.insert(at + 1, server.url());
            Some(server)
        }
        None => None,
    };
    let folder = place::target().join("bench");
    say(format!("Measuring; books and figures are kept in {}.", folder.display()));
    step::run(
        step::program(built.join("bench"))
            .args(arguments)
            .env("CLIENTELE_CTL", built.join("clientelectl"))
            .env("CLIENTELE_BENCH", folder),
    )
}
