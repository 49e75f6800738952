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

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::{report::Report, side::Sides};

/// The password of the administrator of the books that are made here.
pub const PASSWORD: &str = "measured against the clock 2026";

/// What was asked for.
struct Arguments {
    customers: Option<u32>,
    is_quick: bool,
    with_peers: bool,
    /// The URL of a server on which a book may be made.
    postgres: Option<String>,
}

fn arguments() -> Result<Arguments> {
    let mut wanted = Arguments {
        customers: None,
        is_quick: false,
        with_peers: false,
        postgres: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--quick" => wanted.is_quick = true,
            "--peers" => wanted.with_peers = true,
            "--customers" => wanted.customers = Some(given.next().context("--customers N")?.parse()?),
            "--postgres" => wanted.postgres = Some(given.next().context("--postgres URL")?),
            other => anyhow::bail!("{other:?} is not known here: --customers N, --quick, --peers, --postgres URL"),
        }
    }
    ensure!(!wanted.is_quick || wanted.postgres.is_none(), "--quick looks at files alone");
    Ok(wanted)
}

fn main() -> Result<()> {
    let wanted = arguments()?;
    let folder = std::env::var_os("CLIENTELE_BENCH")
        .map(PathBuf::from)
        .context("CLIENTELE_BENCH is not set: run `cargo xtask bench`")?;
    std::fs::create_dir_all(&folder)?;
    if wanted.is_quick {
        return growth::quick(&folder, wanted.customers.unwrap_or(100_000));
    }
    let customers = wanted.customers.unwrap_or(1_000_000);
    let mut report = Report::new(customers);
    let small = book::made(&folder, 10_000, &mut report)?;
    let large = book::made(&folder, customers, &mut report)?;
    println!("measuring {customers} customers");
    let sides = Sides::open(&large)?;
    lists::measure(&sides, customers, &mut report)?;
    searches::measure(&sides, &mut report)?;
    cancel::measure(&sides, &mut report)?;
    writes::measure(&sides, &large, &mut report)?;
    growth::measure(&Sides::open(&small)?, &sides, customers, &mut report)?;
    if let Some(url) = &wanted.postgres {
        postgres::measure(url, customers, &mut report)?;
    }
    if wanted.with_peers {
        peer::measure(&folder, customers, &mut report)?;
    }
    report.write(&folder)
}
