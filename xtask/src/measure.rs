//! Builds everything for release and measures the app in a real window, beside an empty one.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    debian, page, place, release,
    step::{self, say},
};

/// Sets up, builds and measures; `--customers N` sets the size of the book. Fails if a goal is missed.
pub fn run(arguments: &[String]) -> Result<()> {
    let customers = match arguments {
        [] => "10000",
        [flag, number] if flag == "--customers" && number.parse::<u32>().is_ok() => number,
        _ => bail!("cargo xtask measure [--customers N]"),
    };
    debian::install_missing(debian::Purpose::Test)?;
    page::build(page::Profile::Release)?;
    say("Building for release; this takes minutes.");
    let built = place::target().join("release");
    // One after the other: built together, the app would get the features of the others.
    for build in [
        &["--package", "clientele", "--features", "custom-protocol,automation"][..],
        &["--package", "empty-window", "--features", "custom-protocol"],
        &["--package", "clientelectl"],
        &["--package", "benches"],
    ] {
        step::run(step::cargo().args(["build", "--release"]).args(build))?;
    }
    // WebDriver drives a build that has a switch for that. As it ships, the app is built after it and takes its name again, so that
    // nobody keeps the other one for daily use; only what is linked is different.
    let driven = built.join("clientele-automation");
    fs::copy(built.join("clientele"), &driven).with_context(|| driven.display().to_string())?;
    let shipped = release::build()?;
    say("Measuring. Leave the computer alone meanwhile.");
    step::run(
        step::program(built.join("measure"))
            .env("CLIENTELE_APP", driven)
            .env("CLIENTELE_SHIPPED_APP", shipped)
            .env("CLIENTELE_EMPTY_WINDOW", built.join("empty-window"))
            .env("CLIENTELE_CTL", built.join("clientelectl"))
            .env("CLIENTELE_PAGE", place::root().join("ui/dist"))
            .env("CLIENTELE_CUSTOMERS", customers),
    )
}
