//! Faults on purpose, in greater number than the tests have time for.

mod catch_up;

use anyhow::{Result, bail};

/// Runs those of the named kind.
pub fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((kind, rest)) if kind == "catch-up" => catch_up::run(rest),
        _ => bail!("say which faults: catch-up"),
    }
}
