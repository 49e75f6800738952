//! Builds Clientele and opens its window.

use anyhow::Result;

use crate::{
    debian, page, place, release,
    step::{self, say},
};

/// Sets up, builds and starts; what the app is given follows `--`.
pub fn run(is_release: bool, arguments: &[String]) -> Result<()> {
    debian::install_missing(debian::Purpose::Build)?;
    page::build(page::Profile::release_if(is_release))?;
    say("Building the app; the first time this takes a while, later seconds.");
    let app = if is_release {
        release::build()?
    } else {
        step::run(step::cargo().args(["build", "--package", "clientele", "--features", "custom-protocol"]))?;
        place::target().join("debug").join("clientele")
    };
    say("Opening the window.");
    step::run(step::program(app).args(arguments))
}
