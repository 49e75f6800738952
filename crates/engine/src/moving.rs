//! Moving a book: from a file to a server or back. Nobody changes the book meanwhile, the rows are compared on both sides,
//! and the book that was moved stays where it was, untouched.
//!
//! What a move has written when its process dies is gone on with by the next one to the same place: `move_state` says of
//! which book, in which state, it is. A move that is canceled takes its beginnings away.

mod rights;

use std::{path::PathBuf, time::Duration};

use contract::{
    backup::BackupReason,
    work::{TableProof, WorkKind, WorkProblem, WorkStage, WorkState},
};
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::ConnectionTrait;

use crate::{
    app::App,
    backup,
    book::{self, BookLocation, Server},
    db::{Db, OF_THE_PLACE, Stop},
    files,
    lock::Hold,
    session, transfer,
    work::{Done, Trouble, Work, in_time},
};

/// What stands beside a schema that a move has made.
const MADE: &str = "made by a move of Clientele";
/// How long an answer waits for the end of a move: whoever asked for it is shown how far it is.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);

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
                end_of_writes(&app.0.db).await?;
                if options.dry_run {
                    return rehearse(app, &target, work).await;
                }
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
                let there = target.look(&state).await?;
                if there == There::Stale {
                    target.take_away(&app.0.db).await;
                }
                // Two moves to one place at the same time would be in each other's way.
                let _alone = match &target {
                    Target::File { partial, .. } => Hold::take_alone(partial).await?,
                    Target::Server(_) => Hold::none(),
                };
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
                if !files::folder_of(path).is_dir() {
                    return Err(Trouble::plain(WorkProblem::Missing));
                }
                book::drive::check(path)?;
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
                let there = in_time(look_into(&db, state)).await;
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
                    files::private(partial)?;
                }
                Ok(Db::open_file(partial, true).await?)
            }
            Self::Server(server) => {
                let before = book::open_server(server, false).await?;
                let was_there = in_time(before.has_own_schema()).await;
                let _ = before.close().await;
                let is_made = !was_there?;
                let db = book::open_server(server, true).await?;
                if is_made {
                    let sql = format!("COMMENT ON SCHEMA {} IS '{MADE}'", server.schema);
                    in_time(db.writer().execute_unprepared(&sql)).await?;
                }
                Ok(db)
            }
        }
    }

    /// Removes what a move has begun to write: the tables of a book, and the schema only if a move has made it. Whatever else is
    /// in a schema that was there is not ours.
    async fn take_away(&self, source: &Db) {
        match self {
            Self::File { partial, .. } => backup::restore::remove(partial),
            Self::Server(server) => {
                let Ok(db) = book::open_server(server, false).await else { return };
                let removed = async {
                    // Another move may be filling it.
                    let Some(exclusive) = db.exclusive().await? else { return Ok(()) };
                    let taken = in_time(take_away_from(&db, source, &server.schema)).await;
                    exclusive.end().await;
                    taken
                };
                if let Err(trouble) = removed.await {
                    tracing::warn!(%trouble, "the beginnings of a move are left");
                }
                let _ = db.close().await;
            }
        }
    }
}

/// The same with the schema held alone.
async fn take_away_from(db: &Db, source: &Db, schema: &str) -> Result<(), Trouble> {
    // Only what a move has made, and never a book.
    if look_into(db, "").await?.is_none_or(|there| there == There::Nothing) {
        return Ok(());
    }
    let writer = db.writer();
    let comment = format!("SELECT 1 FROM pg_namespace WHERE nspname = '{schema}' AND obj_description(oid, 'pg_namespace') = '{MADE}'");
    let is_made = writer
        .query_one_raw(crate::db::statement(&writer, &comment, Vec::new()))
        .await?
        .is_some();
    if is_made {
        writer.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await?;
        return Ok(());
    }
    let tables = names_of(source).await?;
    // With the functions that only their triggers call.
    let sql = format!(
        "DO $$ DECLARE found RECORD; called REGPROCEDURE[]; BEGIN
           SELECT COALESCE(array_agg(DISTINCT t.tgfoid::regprocedure), '{{}}') INTO called
           FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE NOT t.tgisinternal AND c.relnamespace = '{schema}'::regnamespace AND p.pronamespace = c.relnamespace
             AND c.relname IN ({tables});
           FOR found IN SELECT oid::regclass AS name FROM pg_class
             WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p') AND relname IN ({tables})
           LOOP EXECUTE 'DROP TABLE ' || found.name || ' CASCADE'; END LOOP;
           FOR found IN SELECT unnest(called) AS name
           LOOP EXECUTE 'DROP FUNCTION ' || found.name; END LOOP;
         END $$",
    );
    writer.execute_unprepared(&sql).await?;
    Ok(())
}

/// The names of all tables that a move makes, as a list of SQL.
async fn names_of(source: &Db) -> Result<String, Trouble> {
    let own = source.rows_at_once().await?.tables().await?;
    let names = own.iter().map(|table| table.name.as_str()).chain(OF_THE_PLACE.iter().copied());
    Ok(names.map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", "))
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
    /// is only rehearsed. Whether it is refused is known in the answer, however long that takes; how the move ends only if
    /// that is soon.
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
        self.begin_work(WorkKind::Move, ANSWERED_WITHIN, moving)
            .await
            .map_err(|error| self.broken("move", error))
    }
}
