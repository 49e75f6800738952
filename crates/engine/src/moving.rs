//! Moving a book: from a file to a server or back. Nobody changes the book meanwhile, the rows are compared on both sides,
//! and the book that was moved stays where it was, untouched.
//!
//! What a move has written when its process dies is gone on with by the next one to the same place: `move_state` says of
//! which book, in which state, it is. A move that is canceled takes its beginnings away.

use std::path::{Path, PathBuf};

use contract::work::{TableProof, WorkKind, WorkProblem, WorkStage, WorkState};
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::ConnectionTrait;

use crate::{
    app::App,
    backup,
    book::{self, BookLocation, Server},
    db::{Db, Stop},
    lock::Hold,
    session, transfer,
    work::{Done, Trouble, Work},
};

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

/// Where a book is moved to.
enum Target {
    /// A file that is filled under another name.
    File { path: PathBuf, partial: PathBuf },
    /// A schema.
    Server(Server),
}

/// What is in that place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    /// Nothing.
    Nothing,
    /// A move of this book in this state that was broken off.
    Begun,
    /// A move of another book, or of this one in another state.
    Stale,
}

/// Moves a book. The open one takes no changes meanwhile and none afterwards: whoever works on goes to the new place.
///
/// # Errors
/// Why it did not move; the book is as it was.
pub async fn move_book(app: &App, target: &BookLocation, options: MoveOptions, work: &Work) -> Result<Moved, Trouble> {
    let target = Target::of(target);
    work.begin(WorkStage::Checking, 0);
    let mut hold = app.0.hold.lock().await;
    if !hold.alone().await? {
        return Err(Trouble::plain(WorkProblem::InUse));
    }
    let moved = match app.0.db.exclusive().await {
        Ok(Some(mut exclusive)) => {
            app.0.close_to_writes(true);
            let moved = async {
                let moved = run(app, &target, options, work).await?;
                // Lost with its connection, others may have written meanwhile.
                exclusive.check().await?;
                Ok(moved)
            };
            let moved = moved.await;
            exclusive.end().await;
            moved
        }
        Ok(None) => Err(Trouble::plain(WorkProblem::InUse)),
        Err(error) => Err(error.into()),
    };
    if options.dry_run || moved.is_err() {
        app.0.close_to_writes(false);
    }
    let shared = hold.with_others().await;
    if let Err(Trouble::Canceled) = &moved {
        target.take_away().await;
    }
    let moved = moved?;
    shared?;
    Ok(moved)
}

async fn run(app: &App, target: &Target, options: MoveOptions, work: &Work) -> Result<Moved, Trouble> {
    let state = state_of(&app.0.db).await?;
    let there = target.look(&state).await?;
    if options.dry_run {
        return Ok(Moved {
            place: target.to_string(),
            proof: transfer::prove(&app.0.db, work).await?,
            resumed: there == There::Begun,
        });
    }
    if there == There::Stale {
        target.take_away().await;
    }
    // Two moves to one place at the same time would be in each other's way.
    let _alone = match target {
        Target::File { partial, .. } => Hold::take_alone(partial).await?,
        Target::Server(_) => Hold::none(),
    };
    let db = target.open().await?;
    let filled = fill(app, &db, &state, work).await;
    let closed = db.close().await;
    let proof = filled?;
    closed?;
    if let Target::File { path, partial } = target {
        std::fs::File::open(partial)?.sync_all()?;
        backup::take_name(partial, path)?;
        backup::sync_folder_of(path)?;
        backup::restore::remove(&crate::lock::file_of(partial));
    }
    Ok(Moved {
        place: target.to_string(),
        proof,
        resumed: there == There::Begun,
    })
}

async fn fill(app: &App, db: &Db, state: &str, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let exclusive = db.exclusive().await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
    let filled = async {
        Migrator::bring_up(&db.writer()).await?;
        let mut rows = db.rows_to_write().await?;
        if !rows.has_table("move_state").await? {
            // Letters and digits only, so that it can stand in the statement.
            rows.run(&format!(
                "CREATE TABLE move_state (state TEXT NOT NULL); INSERT INTO move_state VALUES ('{state}')"
            ))
            .await?;
        }
        rows.commit().await?;
        let proof = transfer::fill(&app.0.db, db, work).await?;
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

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => write!(f, "{}", path.display()),
            Self::Server(server) => server.fmt(f),
        }
    }
}

impl Target {
    fn of(location: &BookLocation) -> Self {
        match location {
            BookLocation::File(path) => {
                let mut partial = path.as_os_str().to_owned();
                partial.push("-moving");
                Self::File {
                    path: path.clone(),
                    partial: partial.into(),
                }
            }
            BookLocation::Server(server) => Self::Server(server.clone()),
        }
    }

    /// Looks what is there; a book, or anything else that is not ours, is refused.
    async fn look(&self, state: &str) -> Result<There, Trouble> {
        match self {
            Self::File { path, partial } => {
                if path.exists() {
                    return Err(Trouble::plain(WorkProblem::Exists));
                }
                if !folder_of(path).is_dir() {
                    return Err(Trouble::plain(WorkProblem::Missing));
                }
                if !partial.exists() {
                    return Ok(There::Nothing);
                }
                // A file that holds nothing yet is no book and no move.
                let Ok(db) = Db::open_file(partial, false).await else {
                    return Ok(There::Stale);
                };
                let there = look_into(&db, state).await;
                let _ = db.close().await;
                Ok(there?.unwrap_or(There::Stale))
            }
            Self::Server(server) => {
                let db = book::open_server(server, false).await?;
                let there = look_into(&db, state).await;
                let _ = db.close().await;
                there?.ok_or_else(|| Trouble::plain(WorkProblem::Exists))
            }
        }
    }

    /// Opens the place to be filled.
    async fn open(&self) -> Result<Db, Trouble> {
        match self {
            Self::File { partial, .. } => {
                if !partial.exists() {
                    backup::private(partial)?;
                }
                Ok(Db::open_file(partial, true).await?)
            }
            Self::Server(server) => Ok(book::open_server(server, true).await?),
        }
    }

    /// Removes what a move has begun to write.
    async fn take_away(&self) {
        match self {
            Self::File { partial, .. } => backup::restore::remove(partial),
            Self::Server(server) => {
                let Ok(db) = book::open_server(server, false).await else { return };
                let removed = async {
                    // Only what a move has made, and never a book.
                    if look_into(&db, "").await?.is_none_or(|there| there == There::Nothing) {
                        return Ok(());
                    }
                    let sql = format!("DROP SCHEMA IF EXISTS {} CASCADE", server.schema);
                    db.writer().execute_unprepared(&sql).await?;
                    Ok::<_, Trouble>(())
                };
                if let Err(trouble) = removed.await {
                    tracing::warn!(%trouble, "the beginnings of a move are left");
                }
                let _ = db.close().await;
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// What is in an open place; none, if it is something else than a move.
async fn look_into(db: &Db, state: &str) -> Result<Option<There>, Trouble> {
    let mut rows = db.rows_at_once().await?;
    if rows.has_table("move_state").await? {
        let found = rows
            .texts("SELECT state FROM move_state", 1)
            .await?
            .and_then(|mut texts| texts.pop());
        return Ok(Some(if found.as_deref() == Some(state) {
            There::Begun
        } else {
            There::Stale
        }));
    }
    for table in rows.tables().await? {
        if rows.count(&table).await? > 0 {
            return Ok(None);
        }
    }
    Ok(Some(There::Nothing))
}

impl App {
    /// Begins to move the book in the background. Whoever is signed in asks for it, and gives the password again unless it
    /// is only rehearsed.
    ///
    /// # Errors
    /// `WorkRuns`, if something else runs; `ConfirmationNeeded`.
    pub async fn begin_move(&self, target: BookLocation, options: MoveOptions) -> Result<WorkState, contract::Error> {
        let allowed = async {
            session::who(&self.0).await?;
            if options.dry_run {
                Ok(())
            } else {
                session::require_confirmation_of(&self.0).await
            }
        };
        allowed.await.map_err(|error| self.broken("move", error))?;
        let moving = move |app: Self, work: Work| async move {
            let moved = move_book(&app, &target, options, &work).await?;
            Ok(Done {
                result: moved.place,
                proof: moved.proof,
                reopen: !options.dry_run,
            })
        };
        self.begin_work(WorkKind::Move, moving)
            .await
            .map_err(|error| self.broken("move", error))
    }
}
