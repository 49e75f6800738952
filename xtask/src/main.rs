//! What a developer runs: `cargo xtask run`, `cargo xtask test`, `cargo xtask check`, …
//!
//! Needs nothing but Rust; everything else it finds or installs, and says so.

#![allow(clippy::print_stdout, reason = "a command line tool talks on standard output")]

use std::process::ExitCode;

mod bench;
mod check;
mod debian;
mod faults;
mod launch;
mod measure;
mod page;
mod place;
mod postgres;
mod release;
mod shots;
mod step;
mod suite;
mod tidy;
mod walks;
mod wasm;
mod year;

const USAGE: &str = "\
cargo xtask run [--release] [-- ARGUMENTS]   build Clientele and open its window
cargo xtask test [SUITE… | --tls] [-- ARGUMENTS]
                                             run every test, on SQLite and Postgres and in a real window; with --tls
                                             the engine's alone, with a server that is reached by TLS
cargo xtask check                            format, lints, the page for wasm, tidy rules
cargo xtask setup [--test]                   install what is missing to build (and to test), and nothing else
cargo xtask ui [--release]                   build the page into ui/dist
cargo xtask shots [WORD…]                    take pictures of every page and dialog from the real window, and ask all of axe-core
cargo xtask measure [--customers N]          time start, search and scrolling of a release in a real window
cargo xtask bench [--customers N] [--peers] [--postgres] [--only PART,…]
                                             measure the engine at 1,000,000 customers beside the physical limit (and peers;
                                             and on a throwaway Postgres beside the bare driver), or some parts of that:
                                             lists, searches, cancel, writes, growth, postgres, peers, load
cargo xtask bench --quick [--dev]            see how its work grows from 10,000 to 100,000 customers (or a tenth of both, soon)
cargo xtask year [--customers N]             simulate a year of a vendor and audit its books
cargo xtask faults catch-up [--points N]     kill the catch-up at many moments and compare the books
cargo xtask faults [NAME…] [--points N] [--customers N] [--anew]
                                             kill processes, servers and networks in the middle of writes; goes on where it was
cargo xtask faults --small                   a few points of each, as `test` runs them; fails if they take too long
cargo xtask postgres                         run a throwaway Postgres for tests until Enter is pressed

Suites: contract document migrations engine clientelectl ui clientele xtask e2e";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> anyhow::Result<()> {
    let (command, rest) = arguments
        .split_first()
        .map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    let (own, passed_on) = match rest.iter().position(|argument| argument == "--") {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &[][..]),
    };
    match command {
        "run" => launch::run(flag(own, "--release")?, passed_on),
        "test" => suite::test(own, passed_on),
        "check" => flags(own, &[]).and_then(|()| check::check()),
        "setup" => setup(flag(own, "--test")?),
        "ui" => page::build(page::Profile::release_if(flag(own, "--release")?)),
        "shots" => shots::take(own),
        "bench" => bench::run(own),
        "measure" => measure::run(own),
        "year" => year::run(own),
        "faults" => faults::run(own),
        "postgres" => postgres::serve_until_enter(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => anyhow::bail!("there is no command {other:?}\n\n{USAGE}"),
    }
}

fn setup(test: bool) -> anyhow::Result<()> {
    debian::install_missing(if test { debian::Purpose::Test } else { debian::Purpose::Build })?;
    wasm::toolchain().map(|_| ())
}

fn flag(arguments: &[String], name: &str) -> anyhow::Result<bool> {
    flags(arguments, &[name])?;
    Ok(arguments.iter().any(|argument| argument == name))
}

fn flags(arguments: &[String], known: &[&str]) -> anyhow::Result<()> {
    match arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        Some(unknown) => anyhow::bail!("{unknown:?} is not known here\n\n{USAGE}"),
        None => Ok(()),
    }
}
