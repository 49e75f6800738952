//! Backups, restore and move.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use contract::{
    backup::BackupReason,
    work::{WorkKind, WorkState},
};
use engine::{BookLocation, MoveOptions, Shelf, Trouble, Work};
use serde_json::json;

use crate::{args::Global, book, progress::Patience, refusal::Refusal, write};

/// A piece of work that tells its progress and is canceled by Ctrl-C.
async fn with_progress<T>(kind: WorkKind, work: impl AsyncFnOnce(&Work) -> T) -> T {
    let piece = Work::new(kind);
    let mut watch = piece.watch();
    let telling = tokio::spawn(async move {
        let mut last = String::new();
        while watch.changed().await.is_ok() {
            let line = line(&watch.borrow_and_update());
            if io::stderr().is_terminal() && line != last {
                let _ = write!(io::stderr(), "\r\x1b[K{line}");
                last = line;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    let canceling = tokio::spawn({
        let piece = piece.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                piece.cancel();
            }
        }
    });
    let done = work(&piece).await;
    telling.abort();
    canceling.abort();
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    done
}

fn line(state: &WorkState) -> String {
    let mut line = state.stage.as_str().to_owned();
    if let Some(table) = &state.table {
        line.push_str(&format!(" {table}"));
    }
    if state.total > 0 {
        line.push_str(&format!(": {} of {} rows", state.done, state.total));
    }
    if let (Some(rate), Some(left)) = (state.per_second, state.seconds_left) {
        line.push_str(&format!(", {rate} a second, {left} s left"));
    }
    line
}

pub async fn backup(global: &Global, file: Option<PathBuf>) -> Result<(), Refusal> {
    let app = book::look_into(global).await?;
    let made = with_progress(WorkKind::Backup, async |work| match (&file, app.location()) {
        // As it was before there were records: only the copy itself, and nothing beside it that would be taken for its record.
        (Some(file), BookLocation::File(_)) => {
            let bytes = app.backup_watched(file, &Patience::begin()).await?;
            Ok::<_, Refusal>(json!({"file": file, "bytes": bytes}))
        }
        (Some(file), BookLocation::Server(_)) => {
            let proof = app.write_backup(file, work).await?;
            Ok(json!({"file": file, "bytes": std::fs::metadata(file)?.len(), "tables": proof}))
        }
        (None, BookLocation::File(_)) => {
            let done = app.make_backup(BackupReason::ByHand, work).await?;
            Ok(json!({"file": done.result, "bytes": std::fs::metadata(&done.result)?.len(), "tables": done.proof}))
        }
        (None, BookLocation::Server(_)) => Err(Refusal::WrongUse("Name the file into which the book is to be written.".to_owned())),
    })
    .await;
    app.close().await;
    write(&made?.to_string())?;
    Ok(())
}

/// The folder of the backups of a file book, which need not be there itself.
fn shelf(global: &Global) -> Result<(PathBuf, Shelf), Refusal> {
    match book::location(global)? {
        BookLocation::File(file) => {
            let shelf = Shelf::of_file(&file, None);
            Ok((file, shelf))
        }
        BookLocation::Server(_) => Err(Refusal::WrongUse(
            "Name a file book with --book; a book on a server has no folder of backups.".to_owned(),
        )),
    }
}

pub fn backups(global: &Global) -> Result<(), Refusal> {
    let (_, shelf) = shelf(global)?;
    let items = shelf.list().map_err(Refusal::of_file(&shelf.folder))?;
    let flawed = shelf.flawed().map_err(Refusal::of_file(&shelf.folder))?;
    write(&json!({"folder": shelf.folder, "items": items, "flawed": flawed}).to_string())?;
    Ok(())
}

pub async fn restore(global: &Global, backup: &Path) -> Result<(), Refusal> {
    let (file, shelf) = shelf(global)?;
    let named = backup.to_str().and_then(|name| shelf.file(name));
    let backup = named.unwrap_or_else(|| backup.to_owned());
    let done = with_progress(WorkKind::Restore, async |work| engine::restore(&file, &backup, work).await).await?;
    write(&json!({"book": done.result, "from": backup, "tables": done.proof}).to_string())?;
    Ok(())
}

pub async fn move_to(global: &Global, target: &BookLocation, dry_run: bool) -> Result<(), Refusal> {
    let app = book::open(global).await?;
    let moved = with_progress(WorkKind::Move, async |work| {
        engine::move_book(&app, target, MoveOptions { dry_run }, work).await
    })
    .await;
    app.close().await;
    let moved = moved?;
    let told = json!({
        "to": moved.place,
        "dry_run": dry_run,
        "resumed": moved.resumed,
        "was_complete": moved.was_complete,
        "tables": moved.proof,
    });
    write(&told.to_string())?;
    Ok(())
}

pub async fn discard_move(global: &Global, target: &BookLocation) -> Result<(), Refusal> {
    let app = book::open(global).await?;
    let discarded = engine::discard_move(&app, target).await;
    app.close().await;
    discarded?;
    write(&json!({"discarded": true}).to_string())?;
    Ok(())
}

pub async fn test(global: &Global) -> Result<(), Refusal> {
    let BookLocation::Server(server) = book::location(global)? else {
        return Err(Refusal::WrongUse("Name a server with --postgres.".to_owned()));
    };
    let steps = engine::examine(&server).await;
    let failed = steps.iter().find(|step| !step.is_done).map(|step| step.detail.clone());
    write(&json!({"steps": steps}).to_string())?;
    match failed {
        None => Ok(()),
        Some(detail) => Err(Refusal::NotDone(Trouble::Problem(contract::work::WorkProblem::Unreachable, detail))),
    }
}
