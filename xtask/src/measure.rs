//! Builds everything for release and measures the app in a real window, beside an empty one.

use anyhow::{Result, bail};

use crate::{
    debian, page, place,
    step::{self, say},
};

/// Sets up, builds and measures; `--customers N` sets the size of the book.
pub fn run(arguments: &[String]) -> Result<()> {
    let customers = match arguments {
        [] => "10000",
        [flag, number] if flag == "--customers" && number.parse::<u32>().is_ok() => number,
        _ => bail!("cargo xtask measure [--customers N]"),
    };
    debian::install_missing(debian::Purpose::Test)?;
    page::build(page::Profile::Release)?;
    say("Building for release; this takes minutes.");
    let release = place::target().join("release");
    // One after the other: built together, the app would get the features of the others.
    for build in [
        &["--package", "clientele", "--features", "custom-protocol,automation"][..],
        &["--package", "empty-window", "--features", "custom-protocol"],
        &["--package", "clientelectl"],
        &["--package", "benches"],
    ] {
        step::run(step::cargo().args(["build", "--release"]).args(build))?;
    }
    say("Measuring. Leave the computer alone meanwhile.");
    step::run(
        step::program(release.join("measure"))
            .env("CLIENTELE_APP", release.join("clientele"))
            .env("CLIENTELE_EMPTY_WINDOW", release.join("empty-window"))
            .env("CLIENTELE_CTL", release.join("clientelectl"))
            .env("CLIENTELE_PAGE", place::root().join("ui/dist"))
            .env("CLIENTELE_CUSTOMERS", customers),
    )
}
