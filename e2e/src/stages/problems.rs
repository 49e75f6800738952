//! Books that cannot be opened: each has its sentence and its way out, and Retry takes it.

use std::{
    fs::{self, File, Permissions},
    io::{Seek, SeekFrom, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::{Result, ensure};
use serde_json::json;

use super::{Part, Stage, Tour, stage};
use crate::{App, PASSWORD};

pub const PART: Part = Part {
    name: "problems",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    [
        "problem-missing",
        "problem-other",
        "problem-not-a-book",
        "problem-disk-full",
        "problem-network-drive",
        "problem-damaged",
        "problem-newer",
        "problem-read-only",
        "problem-gone",
        "problem-locked",
        "problem-sample",
    ]
    .map(stage)
    .to_vec()
}

/// Of every answer to this command the page reads another problem than the app has told, until [`answer_as_it_is`]: nobody who
/// only runs the tests can fill a disk of theirs, or be given a drive of a network.
fn answer_with(app: &App, command: &str, problem: &str) {
    let script = "const [command, problem] = arguments;
        const real = (window.realFetch ??= window.fetch);
        window.fetch = async (address, options) => {
            const answer = await real.call(window, address, options);
            if (!String(address).endsWith(`/${command}`)) return answer;
            const changed = JSON.stringify({ ...(await answer.json()), problem });
            return new Response(changed, { headers: { 'Content-Type': 'application/json', 'Tauri-Response': 'ok' } });
        }";
    app.run(script, &[json!(command), json!(problem)]);
}

/// The page reads what the app answers.
fn answer_as_it_is(app: &App) {
    app.run("window.fetch = window.realFetch ?? window.fetch", &[]);
}

/// A problem is on screen: what is the matter, what to do, which file, and Retry.
#[track_caller]
fn told(app: &App, title: &str, advice: &str) {
    app.find("heading", title);
    app.see(advice);
    app.button("Retry");
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let mut app = App::start_prepared("stages_problems", |folder| fs::write(folder, "a file where the folder would be"))?;
    let (folder, book) = (app.folder(), app.book());
    told(&app, "The folder of the book is not there", "make the folder, then retry");
    app.see(&book.display().to_string());
    tour.stop(&app, "problem-missing");

    // Retry finds what stands there now, whatever was the matter before.
    fs::remove_file(&folder)?;
    fs::create_dir(&folder)?;
    // Nobody does that by mistake, so only the log explains it.
    let lock = folder.join("book.lock");
    fs::create_dir(&lock)?;
    app.button("Retry").click();
    told(&app, "The book could not be opened", "The log has the details under the reference");
    app.button("Copy reference");
    tour.stop(&app, "problem-other");

    fs::remove_dir(&lock)?;
    fs::write(&book, "text, and no book at all")?;
    app.button("Retry").click();
    told(&app, "This file is not a book", "or put the book back in its place");
    tour.stop(&app, "problem-not-a-book");
    for (problem, title, advice, name) in [
        ("disk_full", "The disk is full", "Free some space, then retry", "problem-disk-full"),
        (
            "network_drive",
            "The book is on a network drive",
            "Move the file to a disk of this computer",
            "problem-network-drive",
        ),
    ] {
        answer_with(&app, "retry_startup", problem);
        app.button("Retry").click();
        told(&app, title, advice);
        tour.stop(&app, name);
    }
    answer_as_it_is(&app);
    ensure!(fs::read(&book)? == b"text, and no book at all", "what is no book is left as it is");

    fs::remove_file(&book)?;
    app.button("Retry").click();
    app.begin();
    app.ask("make_backup", json!({}));
    // Opened anew, it is in its file as a whole and not in its log.
    app.ask("open_book", json!({"book": "own"}));
    app.close()?;
    let sound = fs::read(&book)?;

    damage(&book)?;
    let damaged = fs::read(&book)?;
    app.open()?;
    told(&app, "The book is damaged", "the damaged file is kept");
    app.find("heading", "Go back to a backup");
    tour.stop(&app, "problem-damaged");
    ensure!(fs::read(&book)? == damaged, "nothing is written to a damaged book");

    fs::write(&book, newer(&sound)?)?;
    app.button("Retry").click();
    told(&app, "The book is newer than this app", "Update the app");
    tour.stop(&app, "problem-newer");

    fs::write(&book, &sound)?;
    fs::set_permissions(&book, Permissions::from_mode(0o400))?;
    app.button("Retry").click();
    told(&app, "The book cannot be written", "Allow writing, then retry");
    tour.stop(&app, "problem-read-only");
    fs::set_permissions(&book, Permissions::from_mode(0o600))?;
    app.button("Retry").click();
    app.button("Sign in");
    app.close()?;

    let elsewhere = folder.join("moved.db");
    fs::rename(&book, &elsewhere)?;
    app.open()?;
    told(&app, "The book is not there any more", "go back to a backup");
    tour.stop(&app, "problem-gone");
    fs::rename(&elsewhere, &book)?;
    app.button("Retry").click();
    app.button("Sign in");
    app.close()?;

    let other_window = File::options().write(true).create(true).truncate(false).open(&lock)?;
    // The system lets go of the lock of a process that ended a moment later.
    other_window.lock()?;
    app.open()?;
    told(&app, "The book is open already", "Close that one, then retry");
    tour.stop(&app, "problem-locked");
    drop(other_window);
    app.button("Retry").click();
    app.button("Sign in");

    app.close()?;
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", book.display()));
    }
    damage(&book)?;
    app.open()?;
    app.button("Go back to the backup of ").click();
    app.sign_in(PASSWORD);
    app.find("heading", "Dashboard");
    let kept = fs::read_dir(folder.join("backups"))?.flatten();
    let kept = kept.filter(|entry| {
        entry.file_name().to_string_lossy().contains("replaced") && entry.path().extension().is_some_and(|end| end == "db")
    });
    ensure!(kept.count() == 1, "the damaged book is kept");
    app.ask("sign_out", json!({}));
    app.close()?;
    app.open()?;
    app.button("Sign in");

    // A sample that does not open can be thrown away.
    fs::write(folder.join("sample.db"), "no sample")?;
    app.button("Explore with sample data").click();
    told(&app, "This file is not a book", "Throw the sample away and explore it anew");
    app.button("Throw the sample away");
    tour.stop(&app, "problem-sample");
    app.button("Throw the sample away").click();
    app.button("Sign in");
    Ok(())
}

/// Overwrites what a bad disk would: everything after the first page.
fn damage(book: &Path) -> Result<()> {
    let length = fs::metadata(book)?.len();
    let mut file = File::options().write(true).open(book)?;
    file.seek(SeekFrom::Start(4096))?;
    file.write_all(&vec![0x5a; usize::try_from(length.saturating_sub(4096))?])?;
    Ok(())
}

/// The same book after a step of migration that this app does not know, made of the name of one that it knows.
fn newer(book: &[u8]) -> Result<Vec<u8>> {
    let (known, unknown) = (b"m20261122_book", b"m29991231_book");
    let mut newer = book.to_vec();
    let mut found = 0;
    for at in 0..newer.len() {
        if let Some(name) = newer.get_mut(at..at + known.len()).filter(|name| *name == known) {
            name.copy_from_slice(unknown);
            found += 1;
        }
    }
    ensure!(found > 0, "the book names no migration");
    Ok(newer)
}
