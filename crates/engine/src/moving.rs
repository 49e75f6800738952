//! Moving a book: from a file to a server or back. Nobody changes the book meanwhile, the rows are compared on both sides,
//! and the book that was moved stays where it was, untouched.
//!
//! What a move has written when its process dies is gone on with by the next one to the same place: `move_state` says of
//! which book, in which state, it is. Of a move that has come to its end without being heard, the book is found there. A move that
//! is canceled takes its beginnings away, or says that it could not.

mod asked;
mod finished;
mod rights;
mod target;

use std::sync::atomic::{AtomicBool, Ordering};

use contract::{
    backup::BackupReason,
    words,
    work::{TableProof, WorkProblem, WorkStage},
};

use self::target::{Target, There, names_of};
use crate::{
    app::App,
    backup,
    book::{self, BookLocation},
    db::{Db, Exclusive, Stop},
    files, transfer,
    work::{Trouble, Work, in_time},
};

pub(crate) use target::finish;

/// How to move.
#[derive(Clone, Copy, Debug, Default)]
pub struct MoveOptions {
    /// Only check and count.
    pub dry_run: bool,
}

/// What came of a move.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where the book is now, or would be.
    pub place: String,
    /// Rows, sums of money and checksum of each table; after a move equal on both sides.
    pub proof: Vec<TableProof>,
    /// Whether a move that had been broken off was gone on with, or would be.
    pub resumed: bool,
    /// Whether that one had come to its end already, and the book was only compared once more.
    pub was_complete: bool,
}

/// Moves a book. The open one takes no changes meanwhile and none afterwards: whoever works on goes to the new place. Nor does it
/// after a move whose end was not heard, until a further one to the same place has found that it was not kept.
///
/// # Errors
/// Why it did not move; the book is as it was.
pub async fn move_book(app: &App, to: &BookLocation, options: MoveOptions, work: &Work) -> Result<Moved, Trouble> {
    let target = Target::of(to);
    work.begin(WorkStage::Checking, 0);
    let alone = app.alone_to_move().await?;
    let moved = match app.0.db.exclusive().await {
        Ok(Some(mut exclusive)) => {
            app.0.close_to_writes(true);
            // On the heap: it would fill a good part of the stack of whoever waits for it.
            let moved = Box::pin(async {
                end_of_writes(&app.0.db).await?;
                if options.dry_run {
                    rehearse(app, &target, work).await
                } else {
                    really_move(app, &target, &mut exclusive, work).await
                }
            });
            let moved = moved.await;
            exclusive.end().await;
            moved
        }
        Ok(None) => Err(Trouble::plain(WorkProblem::InUse)),
        Err(error) => Err(error.into()),
    };
    if matches!(moved, Err(Trouble::Problem(WorkProblem::Uncertain, _))) {
        app.0.unheard().push(to.clone());
    }
    let shared = alone.end(options.dry_run || moved.is_err()).await;
    // A rehearsal has begun nothing; what is there is for the next move to go on with.
    if !options.dry_run && matches!(moved, Err(Trouble::Canceled)) {
        match target.take_away(&app.0.db).await {
            // Another one writes into the same file, and this one has left nothing there.
            Err(Trouble::Problem(WorkProblem::InUse, _)) if matches!(target, Target::File { .. }) => {}
            removed => removed.map_err(|trouble| left_behind(&target, &trouble))?,
        }
    }
    let moved = moved?;
    shared?;
    Ok(moved)
}

/// Removes what a move of a book has left in a place, if it was canceled or broken off. A book that is there stays, and so does
/// whatever else is not of a move.
///
/// # Errors
/// `LeftBehind`, if that is still there or it cannot be told.
pub async fn discard_move(app: &App, target: &BookLocation) -> Result<(), Trouble> {
    let target = Target::of(target);
    let removed = target.take_away(&app.0.db).await;
    removed.map_err(|trouble| left_behind(&target, &trouble))
}

/// That the beginnings of a move are still there, with where and why.
fn left_behind(target: &Target, trouble: &Trouble) -> Trouble {
    tracing::warn!(%trouble, "the beginnings of a move are left");
    let why = match trouble {
        Trouble::Canceled => String::new(),
        // What exactly, as that the sign-in is refused.
        Trouble::Problem(WorkProblem::Unreachable, said) if !said.is_empty() => format!(": {said}"),
        Trouble::Problem(problem, _) => format!(": {}", words::work_problem(*problem).title),
    };
    Trouble::Problem(WorkProblem::LeftBehind, format!("{target}{why}"))
}

async fn really_move(app: &App, target: &Target, exclusive: &mut Exclusive, work: &Work) -> Result<Moved, Trouble> {
    let moved = |proof, resumed, was_complete| Moved {
        place: target.to_string(),
        proof,
        resumed,
        was_complete,
    };
    let state = work.step(state_of(&app.0.db)).await?;
    if let Some(proof) = finished::prove(app, target, &state, false, work).await? {
        return Ok(moved(proof, true, true));
    }
    target.require_free()?;
    if matches!(app.location(), BookLocation::File(_)) {
        match app.make_backup(BackupReason::BeforeMove, work).await {
            // The book moves as it is; its copy is kept under a name that says so.
            Err(Trouble::Problem(WorkProblem::Flawed, finding)) => tracing::warn!(finding, "a book that does not pass its check moves"),
            made => drop(made?),
        }
    }
    // Two moves to one place at the same time would be in each other's way: what one writes is to the other what was
    // left by one that was broken off.
    let _held = target.hold().await?;
    let there = target.look(&state).await?;
    has_stayed(app, target);
    let written = match there {
        There::Written => finished::prove_half(app, target, work).await?,
        _ => None,
    };
    let was_complete = written.is_some();
    let proof = match written {
        Some(proof) => proof,
        None => {
            if matches!(there, There::Stale | There::Written) {
                target.clear(&app.0.db).await?;
            }
            target.require_room(&app.0.db).await?;
            write(app, target, &state, exclusive, work).await?
        }
    };
    if let Target::File { path, partial } = target {
        files::sync(partial)?;
        // Again, because checking a large file takes long: what has its name is a book that is never given up.
        exclusive.check().await?;
        in_time(require_state(&app.0.db, &state)).await?;
        backup::take_name(partial, path)?;
        files::sync_folder_of(path)?;
        backup::restore::remove(&crate::lock::file_of(partial));
    }
    Ok(moved(proof, was_complete || there == There::Begun, was_complete))
}

/// Fills the place, and asks a server anew that was lost at the very end of that.
async fn write(app: &App, target: &Target, state: &str, exclusive: &mut Exclusive, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let db = target.open().await?;
    // From then on a server may have kept the end of the move, whether it is heard or not.
    let may_be_kept = AtomicBool::new(false);
    let agreed = async {
        // Lost with its connection, others may have written meanwhile.
        exclusive.check().await?;
        require_state(&app.0.db, state).await?;
        may_be_kept.store(true, Ordering::Relaxed);
        Ok::<(), Trouble>(())
    };
    let filled = fill(app, &db, state, agreed, work).await;
    let closed = db.close().await;
    match (filled, target) {
        (Err(lost @ Trouble::Problem(WorkProblem::Unreachable, _)), Target::Server(server)) if may_be_kept.load(Ordering::Relaxed) => {
            finished::ask_again(app, server, state, lost, work).await
        }
        (filled, _) => {
            let proof = filled?;
            closed?;
            Ok(proof)
        }
    }
}

/// Checks and counts, and makes nothing. What is said to be possible has to be.
async fn rehearse(app: &App, target: &Target, work: &Work) -> Result<Moved, Trouble> {
    let state = work.step(state_of(&app.0.db)).await?;
    if let Some(proof) = finished::prove(app, target, &state, true, work).await? {
        return Ok(Moved {
            place: target.to_string(),
            proof,
            resumed: true,
            was_complete: true,
        });
    }
    let there = target.look(&state).await?;
    has_stayed(app, target);
    work.step(target.require_rights(&app.0.db)).await?;
    if there != There::Written {
        target.require_room(&app.0.db).await?;
    }
    Ok(Moved {
        place: target.to_string(),
        proof: transfer::prove(&app.0.db, work).await?,
        resumed: there.goes_on(),
        was_complete: false,
    })
}

/// The book is not in a place, and no move that has been there puts it there any more.
fn has_stayed(app: &App, target: &Target) {
    app.0.unheard().retain(|place| !target.is_at(place));
}

/// Waits for the writes that had the one writer of a file before the book was closed to them; those that come later are
/// refused. A server gives the book to one alone only when they are through.
async fn end_of_writes(db: &Db) -> Result<(), Trouble> {
    if db.is_server() {
        return Ok(());
    }
    let turn = async { db.begin().await?.rollback().await };
    turn.await.map_err(|error| {
        if crate::db::is_unavailable(&error) {
            Trouble::plain(WorkProblem::InUse)
        } else {
            error.into()
        }
    })
}

/// Fails if somebody has written since the book was in this state.
async fn require_state(db: &Db, state: &str) -> Result<(), Trouble> {
    if state_of(db).await? == state {
        Ok(())
    } else {
        Err(Trouble::plain(WorkProblem::InUse))
    }
}

async fn fill(
    app: &App,
    db: &Db,
    state: &str,
    agreed: impl Future<Output = Result<(), Trouble>>,
    work: &Work,
) -> Result<Vec<TableProof>, Trouble> {
    let exclusive = db.exclusive().await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
    let filled = async {
        book::bring_up(db).await?;
        work.step(mark(db, state)).await?;
        let proof = transfer::fill_if(&app.0.db, db, agreed, work).await?;
        let found = db.check_file(&Stop::default()).await?;
        match found.into_iter().next() {
            None => {
                db.settle().await?;
                Ok(proof)
            }
            Some(finding) => Err(Trouble::Problem(WorkProblem::Differs, finding)),
        }
    };
    let filled = filled.await;
    exclusive.end().await;
    filled
}

/// Says in the place itself what it is filled with, if that is not there already.
async fn mark(db: &Db, state: &str) -> Result<(), sqlx::Error> {
    let mut rows = db.rows_to_write().await?;
    if !rows.has_table("move_state").await? {
        // Letters and digits only, so that it can stand in the statement.
        let sql = format!("CREATE TABLE move_state (state TEXT NOT NULL); INSERT INTO move_state VALUES ('{state}')");
        rows.run(&sql).await?;
    }
    rows.commit().await
}

/// Which book it is, in which state: its id and the end of its change log.
async fn state_of(db: &Db) -> Result<String, Trouble> {
    let book = db.book_id().await?.ok_or_else(|| Trouble::plain(WorkProblem::NotABook))?;
    let mut rows = db.rows_at_once().await?;
    let sql = if db.is_server() {
        "SELECT encode(hash, 'hex') FROM chain_head"
    } else {
        "SELECT lower(hex(hash)) FROM chain_head"
    };
    let chain = rows.texts(sql, 1).await?.and_then(|mut texts| texts.pop()).unwrap_or_default();
    Ok(format!("{} {chain}", book.simple()))
}
