//! The peer: the usual web form of the same list, filled from the same book, in `benches/peer/`.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{memory::Texts, raw::Raw, report::Report, searches};

pub fn measure(folder: &Path, customers: u32, report: &mut Report) -> Result<()> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer");
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        println!("installing the peer with pip into {}", venv.display());
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(scripts.join("requirements.txt")))?;
    }
    let book = folder.join(format!("{customers}.clientele"));
    let classes = searches::classes(&Texts::read(&Raw::open(&book, false)?)?);
    let term = |name: &str| {
        classes
            .iter()
            .find(|(class, _)| class.starts_with(name))
            .map(|(_, term)| term.clone())
    };
    let output = Command::new(&python)
        .arg(scripts.join("measure.py"))
        .arg(&book)
        .arg(folder.join(format!("peer-{customers}.db")))
        .args([term("one (").context("no rare term")?, term("5 %").context("no common term")?])
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let pairs = [
        ("first page", "page by created_at down, first", 30.0, 500.0),
        ("page at 90 %", "page by created_at down, at 90 %", 13_000.0, 13_000.0),
        ("search rare", "search one (", 500.0, 500.0),
        ("search nobody", "search nobody, by created_at", 5_000.0, 5_000.0),
        ("search common", "search 5 %", 50.0, 50.0),
        ("active with licenses", "page of active with licenses", 30.0, 500.0),
    ];
    for (theirs, ours, best, plain) in pairs {
        for (version, goal) in [("v2", best), ("v1", plain)] {
            if let (Some(peer), Some(own)) = (found[format!("{version} {theirs}")]["median"].as_f64(), report.median_of(ours)) {
                report.at_least(&format!("times faster than the peer ({version}): {theirs}"), peer / own, goal);
            }
        }
    }
    for (theirs, ours, goal) in [("stats", "the four cards", 20_000.0), ("create", "create a customer, durable", 8.0)] {
        if let (Some(peer), Some(own)) = (found[theirs]["median"].as_f64(), report.median_of(ours)) {
            report.at_least(&format!("times faster than the peer: {theirs}"), peer / own, goal);
        }
    }
    report.fact("peer, milliseconds", found);
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    ensure!(command.status()?.success(), "{command:?} failed");
    Ok(())
}
