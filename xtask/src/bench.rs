//! Builds for release and measures the engine beside the same queries through SQLite's C interface.

use anyhow::{Result, bail};

use crate::{
    place,
    step::{self, say},
};

/// Builds and measures; what it takes is what the program `bench` takes.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut given = arguments.iter();
    while let Some(argument) = given.next() {
        let is_known = match argument.as_str() {
            "--quick" | "--peers" => true,
            "--customers" => given.next().is_some_and(|number| number.parse::<u32>().is_ok()),
            _ => false,
        };
        if !is_known {
            bail!("cargo xtask bench [--customers N] [--peers] | --quick");
        }
    }
    say("Building for release; this takes minutes.");
    let release = place::target().join("release");
    for build in ["clientelectl", "benches"] {
        let bin = if build == "benches" { "bench" } else { build };
        step::run(step::cargo().args(["build", "--release", "--package", build, "--bin", bin]))?;
    }
    let folder = place::target().join("bench");
    say(format!("Measuring; books and figures are kept in {}.", folder.display()));
    step::run(
        step::program(release.join("bench"))
            .args(arguments)
            .env("CLIENTELE_CTL", release.join("clientelectl"))
            .env("CLIENTELE_BENCH", folder),
    )
}
