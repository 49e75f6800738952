//! What must hold before a change is shown to anyone, short of the tests.

use anyhow::{Result, bail};

use crate::{
    debian,
    step::{self, say},
    tidy,
    wasm::{self, Toolchain},
};

/// Runs every check, also after one failed, and then says which failed.
pub fn check() -> Result<()> {
    debian::install_missing(debian::Purpose::Build)?;
    let mut failed = Vec::new();
    let mut note = |what: &str, result: Result<()>| {
        if let Err(error) = result {
            println!("{error:#}");
            failed.push(what.to_owned());
        }
    };
    say("Checking the format.");
    note("format", step::run(step::cargo().args(["fmt", "--all", "--check"])));
    say("Checking the rules of the house.");
    note("tidy", tidy::check());
    say("Checking the lints.");
    note(
        "lints",
        step::run(step::cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])),
    );
    say("Checking the page and the contract for WebAssembly.");
    note("WebAssembly", wasm::toolchain().and_then(page));
    if !failed.is_empty() {
        bail!("not in order: {}", failed.join(", "));
    }
    say("All in order.");
    Ok(())
}

fn page(toolchain: Toolchain) -> Result<()> {
    let packages = [
        "--package",
        "ui",
        "--package",
        "contract",
        "--target",
        wasm::TARGET,
        "--profile",
        "wasm-dev",
    ];
    let mut command = toolchain.cargo();
    // Clippy comes with the toolchain of its own compiler; Debian's has none that builds the standard library too.
    if toolchain == Toolchain::Own {
        step::run(command.arg("clippy").args(packages).args(["--", "--deny", "warnings"]))
    } else {
        step::run(command.arg("check").args(packages))
    }
}
