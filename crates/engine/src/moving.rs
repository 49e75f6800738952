//! Moving a book: from a file to a server or back. Nobody changes the book meanwhile, the rows are compared on both sides,
//! and the book that was moved stays where it was, untouched.
//!
//! What a move has written when its process dies is gone on with by the next one to the same place: `move_state` says of
//! which book, in which state, it is. A move that is canceled takes its beginnings away.

mod rights;
mod target;

use std::time::{Duration, Instant};

use contract::{
    Outcome,
    backup::BackupReason,
    work::{TableProof, WorkKind, WorkProblem, WorkStage, WorkState},
};
use migrations::{Migrator, MigratorTraitExt as _};

use self::target::{Target, There, names_of};
use crate::{
    app::App,
    backup,
    book::BookLocation,
    db::{Db, Stop},
    files, session, transfer,
    work::{Done, Trouble, Work, in_time},
};

pub(crate) use target::finish;

/// How long an answer waits for the end of a move: whoever asked for it is shown how far it is.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);
/// How long it may take until it is known whether who asks may move the book. A keyring that was asked before may have taken a while.
const ALLOWED_WITHIN: Duration = Duration::from_secs(8);

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
}

/// Moves a book. The open one takes no changes meanwhile and none afterwards: whoever works on goes to the new place.
///
/// # Errors
/// Why it did not move; the book is as it was.
pub async fn move_book(app: &App, target: &BookLocation, options: MoveOptions, work: &Work) -> Result<Moved, Trouble> {
    let target = Target::of(target);
    work.begin(WorkStage::Checking, 0);
    let alone = app.alone().await?;
    let moved = match app.0.db.exclusive().await {
        Ok(Some(mut exclusive)) => {
            app.0.close_to_writes(true);
            // On the heap: it would fill a good part of the stack of whoever waits for it.
            let moved = Box::pin(async {
                end_of_writes(&app.0.db).await?;
                if options.dry_run {
                    return rehearse(app, &target, work).await;
                }
                target.require_free()?;
                if matches!(app.location(), BookLocation::File(_)) {
                    match app.make_backup(BackupReason::BeforeMove, work).await {
                        // The book moves as it is; its copy is kept under a name that says so.
                        Err(Trouble::Problem(WorkProblem::Flawed, finding)) => {
                            tracing::warn!(finding, "a book that does not pass its check moves")
                        }
                        made => drop(made?),
                    }
                }
                let state = work.step(state_of(&app.0.db)).await?;
                // Two moves to one place at the same time would be in each other's way: what one writes is to the other what was
                // left by one that was broken off.
                let _held = target.hold().await?;
                let there = target.look(&state).await?;
                if there == There::Stale {
                    target.clear(&app.0.db).await;
                }
                let db = target.open().await?;
                let agreed = async {
                    // Lost with its connection, others may have written meanwhile.
                    exclusive.check().await?;
                    require_state(&app.0.db, &state).await
                };
                let filled = fill(app, &db, &state, agreed, work).await;
                let closed = db.close().await;
                let proof = filled?;
                closed?;
                if let Target::File { path, partial } = &target {
                    std::fs::File::open(partial)?.sync_all()?;
                    // Again, because checking a large file takes long: what has its name is a book that is never given up.
                    exclusive.check().await?;
                    in_time(require_state(&app.0.db, &state)).await?;
                    backup::take_name(partial, path)?;
                    files::sync_folder_of(path)?;
                    backup::restore::remove(&crate::lock::file_of(partial));
                }
                Ok(Moved {
                    place: target.to_string(),
                    proof,
                    resumed: there == There::Begun,
                })
            });
            let moved = moved.await;
            exclusive.end().await;
            moved
        }
        Ok(None) => Err(Trouble::plain(WorkProblem::InUse)),
        Err(error) => Err(error.into()),
    };
    let shared = alone.end(options.dry_run || moved.is_err()).await;
    // A rehearsal has begun nothing; what is there is for the next move to go on with.
    if !options.dry_run && matches!(moved, Err(Trouble::Canceled)) {
        target.take_away(&app.0.db).await;
    }
    let moved = moved?;
    shared?;
    Ok(moved)
}

/// Checks and counts, and makes nothing. What is said to be possible has to be.
async fn rehearse(app: &App, target: &Target, work: &Work) -> Result<Moved, Trouble> {
    let there = target.look(&work.step(state_of(&app.0.db)).await?).await?;
    work.step(target.require_rights(&app.0.db)).await?;
    Ok(Moved {
        place: target.to_string(),
        proof: transfer::prove(&app.0.db, work).await?,
        resumed: there == There::Begun,
    })
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
        Migrator::bring_up(&db.writer()).await?;
        in_time(mark(db, state)).await?;
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

impl App {
    /// Begins to move the book in the background. Whoever is signed in asks for it, and gives the password again unless it
    /// is only rehearsed. Whether it is refused is known in the answer, however long that takes; how the move ends only if
    /// that is soon.
    ///
    /// # Errors
    /// `WorkRuns`, if something else runs; `ConfirmationNeeded`.
    pub async fn begin_move(&self, target: BookLocation, options: MoveOptions) -> Result<WorkState, contract::Error> {
        let began = Instant::now();
        let allowed = async {
            session::who(&self.0).await?;
            if options.dry_run {
                Ok(())
            } else {
                session::require_confirmation_of(&self.0).await
            }
        };
        let allowed = tokio::time::timeout(ALLOWED_WITHIN, allowed).await.unwrap_or_else(|_| {
            // A network that swallows what is sent would swallow the next one too.
            self.0.db.renew_since(began);
            let outcome = Outcome::NotDone;
            Err(contract::Error::Unavailable { outcome, key: None }.into())
        });
        allowed.map_err(|error| self.broken("move", error))?;
        let moving = move |app: Self, work: Work| async move {
            let moved = move_book(&app, &target, options, &work).await?;
            Ok(Done {
                result: moved.place,
                proof: moved.proof,
                reopen: !options.dry_run,
            })
        };
        self.begin_work(WorkKind::Move, ANSWERED_WITHIN, moving)
            .await
            .map_err(|error| self.broken("move", error))
    }
}
