//! Pictures of every page and dialog, taken from the real window.

use anyhow::Result;

use crate::{
    debian,
    step::{self, say},
    suite,
};

/// Takes them all, or those whose name contains one of the words given.
pub fn take(names: &[String]) -> Result<()> {
    debian::install_missing(debian::Purpose::Test)?;
    suite::built_app()?;
    say("Taking pictures into shots/; those of the README go to docs/pictures.");
    let mut command = step::cargo();
    command
        .args(["run", "--quiet", "--package", "e2e", "--bin", "shots", "--"])
        .args(names);
    step::run(command.env("CLIENTELE_APP", suite::app()))
}
