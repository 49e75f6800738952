//! Which compiler builds the page for WebAssembly.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{
    debian, place,
    step::{self, say},
};

/// The target of the page.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can make WebAssembly.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that builds everything else; it has the target.
    Own,
    /// Debian's, which sits beside it and builds the standard library from source.
    Debian,
}

/// Finds one, or installs what is missing for one.
pub fn toolchain() -> Result<Toolchain> {
    if own_has_target()? {
        return Ok(Toolchain::Own);
    }
    if debian::is_debian() && debian::missing(debian::WASM)?.is_empty() {
        return Ok(Toolchain::Debian);
    }
    if place::program("rustup").is_some() {
        say("Adding the WebAssembly target to Rust by rustup.");
        if step::run(step::program("rustup").args(["target", "add", TARGET])).is_ok() && own_has_target()? {
            return Ok(Toolchain::Own);
        }
        say("rustup could not add it.");
    }
    if debian::is_debian() {
        say("Debian's own compiler for WebAssembly does as well.");
        debian::install(&debian::missing(debian::WASM)?)?;
        return Ok(Toolchain::Debian);
    }
    bail!("the page needs Rust's target {TARGET}: install rustup and run `rustup target add {TARGET}`")
}

fn own_has_target() -> Result<bool> {
    let sysroot = step::read(step::program("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

impl Toolchain {
    /// Cargo, set to build for WebAssembly in a folder of its own.
    pub fn cargo(self) -> Command {
        let mut command = step::cargo();
        command.env("CARGO_TARGET_DIR", place::wasm_target());
        if self == Self::Debian {
            command
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22");
        }
        command
    }
}
