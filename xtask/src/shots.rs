//! Pictures of every page and dialog, taken from the real window, and all of axe-core asked at each; and of documents on paper.

use anyhow::Result;

use crate::{
    debian, postgres,
    step::{self, say},
    suite,
};

/// Takes them all, or those whose name contains one of the words given.
pub fn take(names: &[String]) -> Result<()> {
    debian::install_missing(debian::Purpose::Test)?;
    suite::accessibility_checker()?;
    suite::built_app()?;
    say("Taking pictures into shots/, and asking axe-core about each; those of the README go to docs/pictures.");
    let server = postgres::Server::start(postgres::Way::Plain)?;
    let mut command = step::cargo();
    command
        .args(["run", "--quiet", "--package", "e2e", "--bin", "shots", "--"])
        .args(names);
    step::run(
        command
            .env("CLIENTELE_TEST_POSTGRES", server.url())
            .env("CLIENTELE_APP", suite::app()),
    )
}
