//! The books that are measured: made once by `clientelectl demo` and kept beside the build.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{PASSWORD, raw::Raw, report::Report, timing::Times};

/// Where the book of so many customers is.
pub fn path(folder: &Path, customers: u32) -> PathBuf {
    folder.join(format!("{customers}.clientele"))
}

/// What the time is kept in that it took to make the book.
fn took(folder: &Path, customers: u32) -> PathBuf {
    folder.join(format!("{customers}.seconds"))
}

/// The book of so many customers; made if there is none.
pub fn made(folder: &Path, customers: u32, report: &mut Report) -> Result<PathBuf> {
    let path = path(folder, customers);
    if path.exists() {
        return Ok(path);
    }
    let partial = folder.join(format!("{customers}.clientele.new"));
    remove(&partial);
    println!("making a book of {customers} customers");
    let seconds = demo(&[OsStr::new("--book"), partial.as_os_str()], customers)?;
    std::fs::rename(&partial, &path)?;
    std::fs::write(took(folder, customers), seconds.to_string())?;
    report.fact(
        &format!("book of {customers}"),
        json!({ "seconds": seconds, "customers_per_second": f64::from(customers) / seconds, "bytes": std::fs::metadata(&path)?.len() }),
    );
    Ok(path)
}

/// The time that it took to make the book, beside that of C for the same.
pub fn beside_limit(folder: &Path, customers: u32, report: &mut Report) -> Result<()> {
    let seconds = std::fs::read_to_string(took(folder, customers)).context("it is not known how long it took to make the book")?;
    let seconds: f64 = seconds.trim().parse()?;
    let raw = limit(folder, &path(folder, customers))?;
    report.row(
        &format!("make a book of {customers}, with figures, orders and search"),
        &Times(vec![seconds * 1000.0]),
        Some((&Times(vec![raw * 1000.0]), 2.0)),
    );
    Ok(())
}

/// Makes a book by `clientelectl demo`, told by its options where; answers with the seconds that it took.
pub fn demo(place: &[&OsStr], customers: u32) -> Result<f64> {
    let ctl = std::env::var_os("CLIENTELE_CTL").context("CLIENTELE_CTL is not set: run `cargo xtask bench`")?;
    let from = Instant::now();
    let status = Command::new(ctl)
        .args(place)
        .args(["demo", "--seed", "1", "--customers", &customers.to_string()])
        .env("CLIENTELE_PASSWORD", PASSWORD)
        .status()?;
    ensure!(status.success(), "the book could not be made");
    Ok(from.elapsed().as_secs_f64())
}

/// Seconds that C takes for the same final state: the same rows into the same tables, orders and search after them.
fn limit(folder: &Path, book: &Path) -> Result<f64> {
    let path = folder.join("raw.clientele");
    remove(&path);
    let raw = Raw::open(&path, true)?;
    raw.run("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    raw.run(&format!("ATTACH '{}' AS source", book.display()))?;
    let list = |condition: &str| -> Result<Vec<Vec<String>>> {
        let sql = format!("SELECT name, sql FROM source.sqlite_master WHERE sql IS NOT NULL AND {condition}");
        let rows = raw.prepare(&sql)?.texts()?;
        Ok(rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect())
    };
    println!("writing the same rows through C");
    let from = Instant::now();
    let tables =
        list("type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'customer_index%' AND name NOT LIKE 'customer_terms%'")?;
    for table in &tables {
        raw.run(&table[1])?;
    }
    for table in &tables {
        // A column that is computed is not listed, and not copied.
        let sql = format!("SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('{}')", table[0]);
        let columns = raw
            .prepare(&sql)?
            .texts()?
            .into_iter()
            .flatten()
            .flatten()
            .next()
            .unwrap_or_default();
        raw.run(&format!(
            "INSERT INTO main.\"{0}\" ({columns}) SELECT {columns} FROM source.\"{0}\"",
            table[0]
        ))?;
    }
    for index in list("type = 'index'")? {
        raw.run(&index[1])?;
    }
    for index in list("name = 'customer_index'")? {
        raw.run(&index[1])?;
    }
    raw.run(
        "INSERT INTO customer_index (rowid, text)
         SELECT seq, replace(search_text, char(10), char(10) || char(10)) || char(10) || char(10) FROM customer_summary WHERE place = 0",
    )?;
    let seconds = from.elapsed().as_secs_f64();
    drop(raw);
    remove(&path);
    Ok(seconds)
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}
