//! Measures the app in a real window: `cargo xtask measure`. Prints JSON, then each figure beside its goal.
#![allow(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "figures of time, for people"
)]

mod figures;
mod goals;
mod memory;
mod scroll;
mod search;
mod start;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

/// The account of a book of sample data.
pub const EMAIL: &str = "owner@example.com";
/// Its password in this run.
pub const PASSWORD: &str = "measured against the clock 2026";

/// What is measured, by path.
pub struct Programs {
    /// The app with the switch that lets WebDriver drive it.
    app: PathBuf,
    /// The app as it ships.
    shipped: PathBuf,
    empty: PathBuf,
    ctl: PathBuf,
    page: PathBuf,
}

fn main() -> Result<()> {
    let variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .with_context(|| format!("{name} is not set: run `cargo xtask measure`"))
    };
    let programs = Programs {
        app: variable("CLIENTELE_APP")?,
        shipped: variable("CLIENTELE_SHIPPED_APP")?,
        empty: variable("CLIENTELE_EMPTY_WINDOW")?,
        ctl: variable("CLIENTELE_CTL")?,
        page: variable("CLIENTELE_PAGE")?,
    };
    let customers = env::var("CLIENTELE_CUSTOMERS").unwrap_or_else(|_| "10000".to_owned());
    let folder = tempfile::tempdir()?;
    let book = folder.path().join("book.db");
    let started = std::time::Instant::now();
    let made = Command::new(&programs.ctl)
        .arg("--book")
        .arg(&book)
        .args(["demo", "--customers", &customers, "--seed", "1"])
        .env("CLIENTELE_PASSWORD", PASSWORD)
        .status()?;
    ensure!(made.success(), "the book could not be made");
    let demo_seconds = started.elapsed().as_secs_f64();

    let result = json!({
        "customers": customers,
        "demo_seconds": demo_seconds,
        "bytes": {
            "app": fs::metadata(&programs.shipped)?.len(),
            "measured_app": fs::metadata(&programs.app)?.len(),
            "empty_window": fs::metadata(&programs.empty)?.len(),
            "wasm": fs::metadata(programs.page.join("ui_bg.wasm"))?.len(),
            "book": fs::metadata(&book)?.len(),
        },
        "start_milliseconds": start::measure(&programs, &book)?,
        "window": in_the_window(&programs, &book)?,
    });
    println!("{}", serde_json::to_string_pretty(&result)?);
    let lines = goals::lines(&result);
    for line in &lines {
        println!("{}", line.text);
    }
    let missed = lines.iter().filter(|line| line.is_missed).count();
    ensure!(missed == 0, "goals that are missed: {missed}");
    Ok(())
}

/// Signs in and measures the list of customers.
fn in_the_window(programs: &Programs, book: &Path) -> Result<serde_json::Value> {
    let app = start::open_app(programs, book)?;
    let table = start::sign_in_to_table(&app)?;
    let search = search::measure(&app)?;
    let scroll = scroll::measure(&app)?;
    let memory = memory::of_tree(&programs.app)?;
    Ok(
        json!({ "kilobytes": memory, "submit_to_first_table_milliseconds": table, "keystroke_to_painted_rows_milliseconds": search, "scroll": scroll }),
    )
}
