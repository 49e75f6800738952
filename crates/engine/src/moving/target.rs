//! Where a book is moved to, and what is there already.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use contract::work::WorkProblem;
use sea_orm::ConnectionTrait;

use super::finished;
use crate::{
    backup,
    book::{self, BookLocation, Server},
    db::{Db, OF_THE_PLACE},
    files,
    lock::{self, Hold, Mark},
    work::{Trouble, in_time},
};

/// What stands beside a schema that a move has made.
const MADE: &str = "made by a move of Clientele";
/// How long what a move has begun is tried to be removed: what it was doing when it was canceled ends meanwhile.
const REMOVED_WITHIN: Duration = Duration::from_secs(10);
/// How long between.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a book is moved to.
pub enum Target {
    /// A file that is filled under another name.
    File { path: PathBuf, partial: PathBuf },
    /// A schema.
    Server(Server),
}

/// What is in that place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum There {
    /// Nothing.
    Nothing,
    /// A move of this book in this state that was broken off.
    Begun,
    /// All of this book in this state, in a file that has not got its name.
    Written,
    /// A move of another book, or of this one in another state.
    Stale,
}

impl There {
    /// Whether it is gone on with.
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Begun | Self::Written)
    }
}

/// The name that a file has until a book has moved into it.
fn partial_of(path: &Path) -> PathBuf {
    let mut partial = path.as_os_str().to_owned();
    partial.push("-moving");
    partial.into()
}

/// Takes away the second name of a book to which a move had given its own when it was killed. Called whenever the book is opened:
/// under that name SQLite would not find the log.
pub fn finish(book: &Path) {
    let partial = partial_of(book);
    if files::are_same(&partial, book)
        // Who is still there does that.
        && let Some(_mark) = Mark::of_left(&partial)
    {
        files::remove(&partial);
        files::remove(&lock::file_of(&partial));
    }
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
    pub fn of(location: &BookLocation) -> Self {
        match location {
            BookLocation::File(path) => {
                let path = files::behind_links(path);
                let partial = partial_of(&path);
                Self::File { path, partial }
            }
            BookLocation::Server(server) => Self::Server(server.clone()),
        }
    }

    /// Refuses a name that is taken, or whose folder a book cannot be in.
    pub fn require_free(&self) -> Result<(), Trouble> {
        let Self::File { path, .. } = self else { return Ok(()) };
        if backup::is_taken(path) {
            return Err(Trouble::plain(WorkProblem::Exists));
        }
        if !files::folder_of(path).is_dir() {
            return Err(Trouble::plain(WorkProblem::Missing));
        }
        Ok(book::drive::check(path)?)
    }

    /// Refuses a file whose disk has too little room for what of the book is not there yet.
    pub async fn require_room(&self, source: &Db) -> Result<(), Trouble> {
        let Self::File { path, partial } = self else { return Ok(()) };
        let there = std::fs::metadata(partial).map_or(0, |file| file.len());
        Ok(backup::room::require_rest(source, files::folder_of(path), there).await?)
    }

    /// Keeps other moves out of a file. Those into a schema are kept out by what keeps others from writing there.
    pub async fn hold(&self) -> Result<Hold, Trouble> {
        match self {
            Self::File { partial, .. } => Ok(Hold::take_alone(partial).await?),
            Self::Server(_) => Ok(Hold::none()),
        }
    }

    /// Looks what is there; a book, or anything else that is not ours, is refused.
    pub async fn look(&self, state: &str) -> Result<There, Trouble> {
        self.require_free()?;
        match self {
            Self::File { partial, .. } => {
                if !partial.exists() {
                    return Ok(There::Nothing);
                }
                // A file that holds nothing yet is no book and no move.
                let Ok(db) = Db::open_file(partial, false).await else {
                    return Ok(There::Stale);
                };
                let there = match look_into(&db, state).await {
                    Ok(None) if finished::is_it(&db, state).await.unwrap_or(false) => Ok(There::Written),
                    there => there.map(|there| there.unwrap_or(There::Stale)),
                };
                let _ = db.close().await;
                there
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
    pub async fn open(&self) -> Result<Db, Trouble> {
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
    /// in a schema that was there is not ours. Only with the file held.
    ///
    /// # Errors
    /// Why it is, or may be, left.
    pub async fn clear(&self, source: &Db) -> Result<(), Trouble> {
        match self {
            Self::File { partial, .. } => {
                backup::restore::remove(partial);
                if partial.exists() {
                    return Err(Trouble::plain(WorkProblem::ReadOnly));
                }
                Ok(())
            }
            Self::Server(server) => clear_schema(book::open_server(server, false).await?, source, &server.schema).await,
        }
    }

    /// The same for who does not hold it: what another move is writing meanwhile stays.
    ///
    /// # Errors
    /// Why it is, or may be, left.
    pub async fn take_away(&self, source: &Db) -> Result<(), Trouble> {
        let partial = match self {
            Self::File { partial, .. } => partial,
            Self::Server(server) => return take_away_from_server(server, source).await,
        };
        if partial.exists() || lock::file_of(partial).exists() {
            let _held = self.hold().await?;
            self.clear(source).await?;
            // While it is held: whoever waits for it finds that it is gone, and makes another.
            files::remove(&lock::file_of(partial));
        }
        Ok(())
    }
}

/// More than once: a server may not have noticed yet that what it was doing has been given up.
async fn take_away_from_server(server: &Server, source: &Db) -> Result<(), Trouble> {
    // Why it is left, if a try is going on when the time is over.
    let mut left = Trouble::plain(WorkProblem::Unreachable);
    let trying = async {
        loop {
            let removed = match book::open_server(server, false).await {
                Ok(db) => clear_schema(db, source, &server.schema).await,
                // As a password that is not right: a server may count how often it is given.
                Err(error) if !error.may_pass() => return Err(Trouble::from(error)),
                Err(error) => Err(Trouble::from(error)),
            };
            let Err(trouble) = removed else { return Ok(()) };
            tracing::info!(%trouble, "what a move has begun is not removed yet");
            left = trouble;
            tokio::time::sleep(PAUSE).await;
        }
    };
    let removed = tokio::time::timeout(REMOVED_WITHIN, trying).await;
    removed.unwrap_or(Err(left))
}

/// Removes what a move has begun to write into a schema.
async fn clear_schema(db: Db, source: &Db, schema: &str) -> Result<(), Trouble> {
    let removed = async {
        // Another move may be filling it.
        let exclusive = in_time(db.exclusive()).await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
        let taken = in_time(take_away_from(&db, source, schema)).await;
        exclusive.end().await;
        taken
    };
    let removed = removed.await;
    let _ = db.close().await;
    removed
}

/// Removes what a move has made in a schema that is held alone.
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
pub async fn names_of(source: &Db) -> Result<String, Trouble> {
    let own = source.rows_at_once().await?.tables().await?;
    let names = own.iter().map(|table| table.name.as_str()).chain(OF_THE_PLACE.iter().copied());
    Ok(names.map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", "))
}

/// What is in an open place; none, if it is something else than a move.
pub async fn look_into(db: &Db, state: &str) -> Result<Option<There>, Trouble> {
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
