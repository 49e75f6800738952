//! The system packages that are needed, and how the missing ones are installed.

use std::{
    collections::BTreeSet,
    io::{IsTerminal, Write},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{
    place,
    step::{self, say},
};

const BUILD: &[&str] = &[
    "build-essential",
    "libayatana-appindicator3-dev",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

const TEST: &[&str] = &[
    "at-spi2-core",
    "dbus",
    "dbus-x11",
    "fonts-inter",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "fonts-noto-core",
    "gnome-keyring",
    "libsecret-tools",
    "poppler-utils",
    "postgresql",
    "python3",
    "qpdf",
    "strace",
    "tzdata",
    "webkit2gtk-driver",
    "xauth",
    "xdotool",
    "xvfb",
];

/// Only axe-core, the accessibility checker, comes by npm; a Node.js from elsewhere will do.
const NODE: &[&str] = &["nodejs", "npm"];

/// A compiler with the standard library's source, for where rustup's wasm target cannot be had.
pub const WASM: &[&str] = &["cargo-web", "lld-22", "rust-web-src", "rustc-web"];

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Build,
    Test,
}

/// Installs what is missing, or says exactly what to do.
pub fn install_missing(purpose: Purpose) -> Result<()> {
    let mut wanted = BUILD.to_vec();
    if purpose == Purpose::Test {
        wanted.extend(TEST);
        if place::program("node").is_none() || place::program("npm").is_none() {
            wanted.extend(NODE);
        }
    }
    if !is_debian() {
        say(format!(
            "This is not a Debian system; going on in the hope that it has what Debian calls: {}.",
            wanted.join(" ")
        ));
        return Ok(());
    }
    install(&missing(&wanted)?)
}

/// Whether packages are looked up and installed by dpkg and apt.
pub fn is_debian() -> bool {
    place::program("dpkg-query").is_some() && place::program("apt-get").is_some()
}

/// Those that are not installed.
pub fn missing<'a>(wanted: &[&'a str]) -> Result<Vec<&'a str>> {
    // The exit status is 1 as soon as one package is unknown, which is no error here.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let installed: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(wanted.iter().copied().filter(|name| !installed.contains(name)).collect())
}

/// Installs packages as root, with sudo after a question, or fails with the command to run.
pub fn install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    let mut prefix: &[&str] = &[];
    if !is_root()? {
        let by_hand = format!("sudo apt-get update && sudo apt-get install {list}");
        if !std::io::stdin().is_terminal() {
            bail!("these packages are missing: {list}\nInstall them with\n    {by_hand}\nand start again.");
        }
        print!("These Debian packages are missing: {list}\nInstall them with sudo apt-get? [y/N] ");
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            bail!("nothing was installed. To do it by hand:\n    {by_hand}");
        }
        prefix = &["sudo"];
    }
    say(format!("Installing Debian packages: {list}."));
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends"]] {
        let words: Vec<&str> = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"])
            .chain(arguments)
            .copied()
            .collect();
        let mut command = step::program(words[0]);
        command.args(&words[1..]);
        if arguments.len() > 1 {
            command.args(packages);
        }
        step::run(&mut command)?;
    }
    Ok(())
}

/// Whether we may install packages without asking, and must not run Postgres as ourselves.
pub fn is_root() -> Result<bool> {
    Ok(step::read(Command::new("id").arg("-u"))?.trim() == "0")
}
