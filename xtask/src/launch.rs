//! Builds Clientele and opens its window.

use anyhow::Result;

use crate::{
    debian, page, place,
    step::{self, say},
};

/// Sets up, builds and starts; what the app is given follows `--`.
pub fn run(release: bool, arguments: &[String]) -> Result<()> {
    debian::install_missing(debian::Purpose::Build)?;
    page::build(page::Profile::release_if(release))?;
    say("Building the app; the first time this takes a while, later seconds.");
    let mut build = step::cargo();
    build.args(["build", "--package", "clientele", "--features", "custom-protocol"]);
    if release {
        build.arg("--release");
    }
    step::run(&mut build)?;
    say("Opening the window.");
    let app = place::target().join(if release { "release" } else { "debug" }).join("clientele");
    step::run(step::program(app).args(arguments))
}
