//! Measures the engine beside the physical limit, on a server beside the bare driver, and beside its peers: `cargo xtask bench`.
//! Prints a table, writes JSON.
#![allow(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "figures of time, for people"
)]

mod bare;
mod book;
mod cancel;
mod delay;
mod desk;
mod distance;
mod growth;
mod lists;
mod memory;
mod peer;
mod plain;
mod postgres;
mod raw;
mod report;
mod same;
mod searches;
mod server;
mod side;
mod timing;
mod writes;

use std::{path::PathBuf, time::Instant};

use anyhow::{Context, Result, ensure};

use crate::{report::Report, side::Sides};

/// The password of the administrator of the books that are made here.
pub const PASSWORD: &str = "measured against the clock 2026";

/// What is measured in the book of a file, one after the other.
const OF_FILE: [&str; 5] = ["lists", "searches", "cancel", "writes", "growth"];
/// What may be measured by itself.
const PARTS: &str = "lists, searches, cancel, writes, growth, postgres, peers, load";

/// What was asked for.
struct Arguments {
    customers: Option<u32>,
    is_quick: bool,
    with_peers: bool,
    /// The URL of a server on which a book may be made.
    postgres: Option<String>,
    /// The parts that are wanted, if not all.
    only: Option<String>,
}

impl Arguments {
    fn read() -> Result<Self> {
        let mut wanted = Self {
            customers: None,
            is_quick: false,
            with_peers: false,
            postgres: None,
            only: None,
        };
        let mut given = std::env::args().skip(1);
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--quick" => wanted.is_quick = true,
                "--peers" => wanted.with_peers = true,
                "--customers" => wanted.customers = Some(given.next().context("--customers N")?.parse()?),
                "--postgres" => wanted.postgres = Some(given.next().context("--postgres URL")?),
                "--only" => wanted.only = Some(given.next().context("--only PARTS")?),
                other => anyhow::bail!("{other:?} is not known here: --customers N, --quick, --peers, --postgres URL, --only PARTS"),
            }
        }
        ensure!(!wanted.is_quick || wanted.postgres.is_none(), "--quick looks at files alone");
        for part in wanted.only.iter().flat_map(|only| only.split(',')) {
            ensure!(
                PARTS.split(", ").any(|known| known == part) && wanted.wants(part),
                "--only takes some of {PARTS}, with commas between; a server and the peer are asked for by --postgres and --peers, too"
            );
        }
        Ok(wanted)
    }

    fn wants(&self, part: &str) -> bool {
        let is_asked_for = match part {
            "postgres" => self.postgres.is_some(),
            "peers" => self.with_peers,
            _ => true,
        };
        is_asked_for && self.only.as_ref().is_none_or(|only| only.split(',').any(|one| one == part))
    }
}

/// A run, which goes on with the next part where one fails.
struct Run {
    wanted: Arguments,
    report: Report,
    failed: Vec<String>,
}

impl Run {
    fn part(&mut self, name: &str, measure: impl FnOnce(&mut Report) -> Result<()>) {
        if !self.wanted.wants(name) {
            return;
        }
        println!("measuring {name}");
        let from = Instant::now();
        let measured = measure(&mut self.report);
        println!("{name}: {:.0} s", from.elapsed().as_secs_f64());
        if let Err(error) = measured {
            println!("{name} FAILED: {error:#}");
            self.failed.push(name.to_owned());
        }
    }
}

fn main() -> Result<()> {
    let wanted = Arguments::read()?;
    let folder = std::env::var_os("CLIENTELE_BENCH")
        .map(PathBuf::from)
        .context("CLIENTELE_BENCH is not set: run `cargo xtask bench`")?;
    std::fs::create_dir_all(&folder)?;
    if wanted.is_quick {
        return growth::quick(&folder, wanted.customers.unwrap_or(100_000));
    }
    let customers = wanted.customers.unwrap_or(1_000_000);
    let report = Report::new(customers, &folder, wanted.only.as_deref());
    let mut run = Run {
        wanted,
        report,
        failed: Vec::new(),
    };
    let mut is_new = false;
    if OF_FILE.iter().any(|part| run.wanted.wants(part)) {
        is_new = !book::path(&folder, customers).exists();
        let large = book::made(&folder, customers, &mut run.report)?;
        let sides = Sides::open(&large)?;
        run.part("lists", |report| lists::measure(&sides, customers, report));
        run.part("searches", |report| searches::measure(&sides, report));
        run.part("cancel", |report| cancel::measure(&sides, report));
        run.part("writes", |report| writes::measure(&sides, &large, report));
        run.part("growth", |report| {
            let small = book::made(&folder, 10_000, report)?;
            growth::measure(&Sides::open(&small)?, &sides, customers, report)
        });
    }
    if let Some(url) = run.wanted.postgres.clone() {
        run.part("postgres", |report| postgres::measure(&url, customers, report));
    }
    run.part("peers", |report| peer::measure(&folder, customers, report));
    // Last, because it takes as long as all others together.
    if is_new || run.wanted.only.is_some() {
        run.part("load", |report| {
            book::made(&folder, customers, report)?;
            book::beside_limit(&folder, customers, report)
        });
    }
    println!("written to {}", run.report.write()?.display());
    ensure!(run.failed.is_empty(), "this failed: {}", run.failed.join(", "));
    Ok(())
}
