//! From the start of the process to the painted window, beside an empty window, started in turn.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use e2e::App;
use serde_json::{Value, json};

use crate::{
    EMAIL, PASSWORD, Programs,
    figures::spread,
    memory::{newest_process, of_tree, stat},
};

/// Starts of each window.
const STARTS: usize = 7;

/// The app with a book; the window is open when this returns.
pub fn open_app(programs: &Programs, book: &Path) -> Result<App> {
    App::start_with_book(&programs.app, book, "measure")
}

/// Milliseconds from the start of the process to the mark of the first painted frame.
pub fn measure(programs: &Programs, book: &Path) -> Result<Value> {
    let (mut app_times, mut empty_times) = (Vec::new(), Vec::new());
    let mut empty_memory = Value::Null;
    for _ in 0..STARTS {
        let empty = App::start_program(&programs.empty, &[], "empty")?;
        empty_times.push(since_process_start(&empty, &programs.empty, "painted")?);
        empty_memory = of_tree(&programs.empty)?;
        drop(empty);
        let app = open_app(programs, book)?;
        app_times.push(since_process_start(&app, &programs.app, "painted-sign-in")?);
        drop(app);
    }
    Ok(json!({ "empty_window": spread(&empty_times), "sign_in": spread(&app_times), "empty_window_kilobytes": empty_memory }))
}

fn since_process_start(app: &App, binary: &Path, mark: &str) -> Result<f64> {
    let started = process_start(binary)?;
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        let script =
            "const mark = performance.getEntriesByName(arguments[0])[0]; return mark ? performance.timeOrigin + mark.startTime : null;";
        if let Some(painted) = app.run(script, &[json!(mark)]).as_f64() {
            return Ok(painted - started);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("{} never set the mark {mark}", binary.display())
}

/// When the newest process of a program began, in milliseconds since 1970, to the kernel's hundredth of a second.
fn process_start(binary: &Path) -> Result<f64> {
    let ticks = stat(newest_process(binary)?, 22).context("the start of the process cannot be read")?;
    let uptime: f64 = fs::read_to_string("/proc/uptime")?
        .split_whitespace()
        .next()
        .and_then(|text| text.parse().ok())
        .context("/proc/uptime")?;
    Ok(now()? - uptime * 1000.0 + ticks as f64 * 10.0)
}

/// Milliseconds since 1970, as the page counts them.
#[allow(clippy::disallowed_methods, reason = "a measurement reads the computer's clock")]
fn now() -> Result<f64> {
    Ok(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64() * 1000.0)
}

/// Signs in with the list of customers as the page, and answers with the milliseconds from the click to its first
/// painted rows.
pub fn sign_in_to_table(app: &App) -> Result<f64> {
    app.run("location.hash = '#/customers';", &[]);
    app.field("Email").fill(EMAIL);
    app.field("Password").fill(PASSWORD);
    let script = "
        const done = arguments[arguments.length - 1];
        const button = [...document.querySelectorAll('button')].find(one => one.textContent.trim().startsWith('Sign in'));
        const from = performance.now();
        button.click();
        const look = () => document.querySelector('[role=grid] [role=row][aria-rowindex] bdi, [role=grid] [role=row][data-id]')
            ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))) : requestAnimationFrame(look);
        look();";
    app.run_until_called(script, &[]).as_f64().context("the table did not appear")
}
