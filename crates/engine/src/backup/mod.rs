//! Backups: a file is copied as it is at one instant, a book on a server is written into a file, row by row. Each is
//! verified by opening it before it gets its name, and has a record of what it holds beside it.

mod copy;
mod on_server;
mod partial;
pub mod restore;
pub(crate) mod room;
pub mod shelf;
mod trouble;

use std::{path::Path, sync::PoisonError};

use contract::{
    Conflict, Timestamp,
    backup::{Backup, BackupList, BackupReason, ListBackups, MakeBackup, RestoreBackup},
    work::{TableProof, WorkKind, WorkProblem, WorkState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub use copy::BackupError;
pub(crate) use copy::{is_taken, take_name};
pub(crate) use on_server::tidy as tidy_server;

use self::shelf::Shelf;
use crate::{
    OpenError,
    app::App,
    book::{self, BookLocation},
    call::{Run, RunUpkeep},
    clock::Clock,
    db::{Db, Stop},
    entity,
    error::Result,
    files::{private, sync, sync_folder_of},
    scope::Scope,
    session, transfer,
    watch::Watch,
    work::{ANSWERED_WITHIN, Done, Trouble, Work},
    zone,
};

impl App {
    /// The folder of the book's backups, if it has one.
    pub(crate) fn shelf(&self) -> Option<Shelf> {
        let folder = self.0.backups.as_deref();
        match self.location() {
            BookLocation::File(path) => Some(Shelf::of_file(path, folder)),
            BookLocation::Server(server) => Some(Shelf::of_server(&server.schema, folder?)),
        }
    }

    /// Makes a backup among the others and removes those that are old enough to go.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn make_backup(&self, reason: BackupReason, work: &Work) -> std::result::Result<Done, Trouble> {
        self.make_backup_sparing(None, reason, work).await
    }

    /// The same, but one of the others stays, however old it is: somebody is about to go back to it.
    async fn make_backup_sparing(&self, spared: Option<&Path>, reason: BackupReason, work: &Work) -> std::result::Result<Done, Trouble> {
        let shelf = self.shelf().ok_or_else(|| Trouble::plain(WorkProblem::Missing))?;
        shelf.make()?;
        shelf.sweep();
        on_server::tidy(self).await;
        let now = self.0.clock.now();
        let zone = self.zone().await;
        // Nothing older goes before the new one is there, not even where there is no room for it: whether it comes to be is not known.
        let target = shelf.free(now, reason)?;
        let written = self.write_backup(&target, work).await;
        if written.is_err()
            && let Err(error) = shelf.tidy_flawed()
        {
            tracing::warn!(%error, "copies of a book that does not pass its check cannot be removed");
        }
        let proof = written?;
        *self.0.backup_trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
        tidy(&shelf, now, zone, spared);
        Ok(Done {
            result: target.display().to_string(),
            proof,
            reopen: false,
        })
    }

    /// Writes a verified backup with its record into a new file.
    ///
    /// # Errors
    /// Why there is none; nothing is left then.
    pub async fn write_backup(&self, target: &Path, work: &Work) -> std::result::Result<Vec<TableProof>, Trouble> {
        if is_taken(target) {
            return Err(Trouble::plain(WorkProblem::Exists));
        }
        match self.location() {
            BookLocation::File(_) => self.backup_with_record(target, work).await,
            BookLocation::Server(_) => export(&self.0.db, target, work).await,
        }
    }

    /// Makes the backup of the day, if there is none yet and the book is worth one: not a sample, and a person works on it.
    ///
    /// Why there is none is kept for whoever lists the backups, until there is one.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn keep_daily_backup(&self) -> std::result::Result<Option<Done>, Trouble> {
        self.keep_daily_backup_as(&Work::new(WorkKind::Backup)).await
    }

    /// The same as work that can be ended.
    pub(crate) async fn keep_daily_backup_as(&self, work: &Work) -> std::result::Result<Option<Done>, Trouble> {
        let kept = self.back_up_the_day(work).await;
        if let Err(Trouble::Problem(problem, detail)) = &kept {
            let trouble = trouble::of_the_day(self.0.clock.now(), *problem, detail);
            *self.0.backup_trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        }
        kept
    }

    async fn back_up_the_day(&self, work: &Work) -> std::result::Result<Option<Done>, Trouble> {
        let book = self.0.book.read().await.clone();
        let Some(shelf) = self.shelf().filter(|_| !book.is_sample) else {
            return Ok(None);
        };
        shelf.sweep();
        // Where nothing was ever done there is nothing to lose.
        if !matches!(self.location(), BookLocation::File(_)) || self.change_number().await? == 0 {
            return Ok(None);
        }
        let zone = self.zone().await;
        let today = zone::day(zone, self.0.clock.now());
        let is_of_today = |backup: &Backup| !matches!(backup.reason, BackupReason::Replaced) && zone::day(zone, backup.at) == today;
        // A book that does not pass its check passes it no better a quarter of an hour later.
        let was_tried = |copy: &Backup| zone::day(zone, copy.at) == today;
        if shelf.list()?.iter().any(is_of_today) || shelf.flawed()?.iter().any(was_tried) {
            return Ok(None);
        }
        self.make_backup(BackupReason::Daily, work).await.map(Some)
    }

    /// Whether the book was changed on an earlier day of which there is no backup, nor of any day since: it was never open for long
    /// enough.
    pub(crate) async fn misses_backup(&self) -> std::result::Result<bool, Trouble> {
        let Some(shelf) = self.shelf() else { return Ok(false) };
        let zone = self.zone().await;
        let today = zone::start_of(zone, zone::day(zone, self.0.clock.now()));
        let last = entity::change::Entity::find()
            .filter(entity::change::Column::At.lt(today.0))
            .order_by_desc(entity::change::Column::Number);
        let Some(last) = last.one(&self.0.db.reader()).await? else {
            return Ok(false);
        };
        let changed = zone::day(zone, Timestamp(last.at));
        let has_it = |copy: &Backup| copy.reason != BackupReason::Replaced && zone::day(zone, copy.at) >= changed;
        let (passed, flawed) = (shelf.list()?, shelf.flawed()?);
        Ok(!passed.iter().chain(&flawed).any(has_it))
    }
}

/// Removes the backups that are old enough to go.
fn tidy(shelf: &Shelf, now: Timestamp, zone: chrono_tz::Tz, spared: Option<&Path>) {
    match shelf.tidy(now, zone, spared) {
        Ok(removed) if removed.is_empty() => {}
        Ok(removed) => tracing::info!(?removed, "old backups were removed"),
        Err(error) => tracing::warn!(%error, "old backups cannot be removed"),
    }
}

impl App {
    async fn zone(&self) -> chrono_tz::Tz {
        self.0.book.read().await.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }

    /// How many entries the change log has.
    async fn change_number(&self) -> std::result::Result<i64, Trouble> {
        let head = entity::chain_head::Entity::find().one(&self.0.db.reader()).await?;
        Ok(head.map_or(0, |head| head.number))
    }
}

/// Writes a book on a server into a new file, which is checked as the copy of a file is.
async fn export(db: &Db, target: &Path, work: &Work) -> std::result::Result<Vec<TableProof>, Trouble> {
    let partial = copy::begin(target)?;
    restore::fill(partial.path(), db, work).await?;
    match copy::keep(partial.path(), target, work, Some(work)).await {
        Err(_) if work.is_canceled() => Err(Trouble::Canceled),
        kept => Ok(kept?.1),
    }
}

/// Copies a file before a newer app changes its tables. What those should hold only the older app knows, so the copy is
/// compared with the file row by row.
pub async fn before_update(path: &Path, folder: Option<&Path>, db: &Db) -> std::result::Result<(), OpenError> {
    let made = async {
        let shelf = Shelf::of_file(path, folder);
        shelf.make()?;
        shelf.sweep();
        let target = shelf.free(Clock::default().now(), BackupReason::BeforeUpdate)?;
        room::require(db, &shelf.folder).await?;
        let partial = copy::begin(&target)?;
        private(partial.path())?;
        let work = Work::new(WorkKind::Backup);
        db.copy_file(partial.path(), &Stop::default()).await?;
        let copy = book::look_into(partial.path()).await?;
        let compared = transfer::equal(db, &copy, &work).await;
        let _ = copy.close().await;
        compared?;
        let record = copy::make_record(partial.path(), &target, &work).await?;
        sync(partial.path())?;
        copy::take_names(partial.path(), &target, &record)?;
        Ok::<_, Trouble>(sync_folder_of(&target)?)
    };
    made.await.map_err(|trouble| match trouble {
        Trouble::Problem(WorkProblem::DiskFull, _) => OpenError::DiskFull,
        Trouble::Problem(WorkProblem::NoRoom, said) => OpenError::NoRoom(said),
        Trouble::Problem(WorkProblem::ReadOnly, _) => OpenError::ReadOnly,
        trouble => book::error::other(&trouble),
    })
}

impl Run for ListBackups {
    async fn run(self, scope: &Scope) -> Result<BackupList> {
        let app = App(std::sync::Arc::clone(scope.inner()));
        let shelf = app.shelf();
        let known = scope.inner().backup_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let listed = shelf
            .as_ref()
            .map(|shelf| Ok::<_, std::io::Error>((shelf.list()?, shelf.flawed()?)));
        let (items, flawed) = match listed.transpose() {
            Ok(listed) => listed.unwrap_or_default(),
            // Why none is made tells more than that there is no list of those that were.
            Err(error) if known.is_some() => {
                tracing::warn!(%error, "the backups cannot be listed");
                (Vec::new(), Vec::new())
            }
            Err(error) => return Err(unlisted(&error)),
        };
        let no_room = match &shelf {
            Some(shelf) => room::require(&app.0.db, &shelf.folder).await.err(),
            None => None,
        };
        // Of a server there is no backup of the day that would come upon what a restore has left. Nobody waits until that is gone.
        if matches!(app.location(), BookLocation::Server(_)) {
            tokio::spawn(async move { on_server::tidy(&app).await });
        }
        let trouble = trouble::now(known, &items, &flawed, scope.inner().clock.now());
        Ok(BackupList {
            folder: shelf.map(|shelf| shelf.folder.display().to_string()),
            items,
            flawed,
            no_room,
            trouble,
        })
    }
}

fn unlisted(error: &std::io::Error) -> crate::error::Error {
    crate::error::Error::Fault(error.to_string())
}

impl RunUpkeep for MakeBackup {
    async fn run(self, app: App) -> Result<WorkState> {
        if app.shelf().is_none() {
            return Err(Conflict::NoBackups.into());
        }
        let making = |app: App, work: Work| async move { app.make_backup(BackupReason::ByHand, &work).await };
        app.begin_work(WorkKind::Backup, ANSWERED_WITHIN, making).await
    }
}

impl RunUpkeep for RestoreBackup {
    async fn run(self, app: App) -> Result<WorkState> {
        session::require_confirmation_of(&app.0).await?;
        let shelf = app.shelf().ok_or(Conflict::NoBackups)?;
        let Some(backup) = shelf.file(&self.name) else {
            return Err(contract::Error::NotFound {
                noun: contract::Noun::Backup,
            }
            .into());
        };
        let restoring = move |app: App, work: Work| async move {
            match app.location().clone() {
                BookLocation::Server(server) => on_server::put_back(&app, &server, &backup, &work).await,
                BookLocation::File(book) => restore_beside(&app, &book, &backup, &work).await,
            }
        };
        app.begin_work(WorkKind::Restore, ANSWERED_WITHIN, restoring).await
    }
}

/// Makes the restored book wait beside the open one. From then on the open one takes no more changes, which would be lost.
async fn restore_beside(app: &App, book: &Path, backup: &Path, work: &Work) -> std::result::Result<Done, Trouble> {
    let alone = app.alone().await?;
    let prepared = restore::prepare(book, backup, work).await;
    let shared = alone.end(prepared.is_err()).await;
    match prepared {
        Ok(proof) => Ok(Done {
            result: book.display().to_string(),
            proof,
            reopen: true,
        }),
        Err(trouble) => {
            shared?;
            Err(trouble)
        }
    }
}
