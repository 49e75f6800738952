//! Backups: a file is copied as it is at one instant, a book on a server is written into a file, row by row. Each is
//! verified by opening it before it gets its name, and has a record of what it holds beside it.

mod copy;
pub mod restore;
pub mod shelf;

use std::path::Path;

use contract::{
    Conflict,
    backup::{BackupList, BackupReason, ListBackups, MakeBackup, RestoreBackup},
    work::{TableProof, WorkKind, WorkProblem, WorkState},
};
use sea_orm::EntityTrait;

pub use copy::BackupError;
pub(crate) use copy::{partial_of, private, sync_folder_of, take_name};

use self::shelf::Shelf;
use crate::{
    OpenError,
    app::App,
    book::{self, BookLocation, Server},
    call::{Run, RunUpkeep},
    clock::Clock,
    db::{self, Db, Stop},
    entity,
    error::Result,
    scope::Scope,
    session, transfer,
    work::{Done, Trouble, Work},
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
        let shelf = self.shelf().ok_or_else(|| Trouble::plain(WorkProblem::Missing))?;
        shelf.make()?;
        let now = self.0.clock.now();
        let target = shelf.free(now, reason)?;
        let proof = self.write_backup(&target, work).await?;
        let time_zone = self.0.book.read().await.time_zone.clone();
        let zone = time_zone.parse().unwrap_or(chrono_tz::UTC);
        match shelf.tidy(now, zone) {
            Ok(removed) if removed.is_empty() => {}
            Ok(removed) => tracing::info!(?removed, "old backups were removed"),
            Err(error) => tracing::warn!(%error, "old backups cannot be removed"),
        }
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
        if target.exists() {
            return Err(Trouble::plain(WorkProblem::Exists));
        }
        match self.location() {
            BookLocation::File(_) => self.backup_with_record(target, work).await,
            BookLocation::Server(_) => export(&self.0.db, target, work).await,
        }
    }

    /// Makes the backup of the day, if there is none yet and the book is worth one: not a sample, and a person works on it.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn keep_daily_backup(&self) -> std::result::Result<Option<Done>, Trouble> {
        let book = self.0.book.read().await.clone();
        let Some(shelf) = self.shelf().filter(|_| !book.is_sample) else {
            return Ok(None);
        };
        // Where nothing was ever done there is nothing to lose.
        if !matches!(self.location(), BookLocation::File(_)) || self.change_number().await? == 0 {
            return Ok(None);
        }
        let zone = book.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let today = zone::day(zone, self.0.clock.now());
        let is_of_today =
            |backup: &contract::backup::Backup| !matches!(backup.reason, BackupReason::Replaced) && zone::day(zone, backup.at) == today;
        if shelf.list()?.iter().any(is_of_today) {
            return Ok(None);
        }
        self.make_backup(BackupReason::Daily, &Work::new(WorkKind::Backup)).await.map(Some)
    }
}

impl App {
    /// How many entries the change log has.
    async fn change_number(&self) -> std::result::Result<i64, Trouble> {
        let head = entity::chain_head::Entity::find().one(&self.0.db.reader()).await?;
        Ok(head.map_or(0, |head| head.number))
    }
}

/// Writes a book on a server into a new file.
async fn export(db: &Db, target: &Path, work: &Work) -> std::result::Result<Vec<TableProof>, Trouble> {
    let partial = partial_of(target)?;
    let made = async {
        restore::fill(&partial, db, work).await?;
        let proof = copy::write_record(&partial, target, work).await?;
        take_name(&partial, target)?;
        sync_folder_of(target)?;
        Ok(proof)
    };
    let made = made.await;
    if made.is_err() {
        restore::remove(&partial);
    }
    made
}

/// Copies a file before a newer app changes its tables. What those should hold only the older app knows, so the copy is
/// compared with the file row by row.
pub async fn before_update(path: &Path, folder: Option<&Path>, db: &Db) -> std::result::Result<(), OpenError> {
    let made = async {
        let shelf = Shelf::of_file(path, folder);
        shelf.make()?;
        let target = shelf.free(Clock::default().now(), BackupReason::BeforeUpdate)?;
        let partial = partial_of(&target)?;
        private(&partial)?;
        let work = Work::new(WorkKind::Backup);
        let copied = async {
            db.copy_file(&partial, &Stop::default()).await?;
            let copy = book::look_into(&partial).await?;
            let compared = transfer::equal(db, &copy, &work).await;
            let _ = copy.close().await;
            compared?;
            copy::write_record(&partial, &target, &work).await?;
            std::fs::File::open(&partial)?.sync_all()?;
            take_name(&partial, &target)?;
            Ok::<_, Trouble>(sync_folder_of(&target)?)
        };
        let copied = copied.await;
        if copied.is_err() {
            restore::remove(&partial);
        }
        copied
    };
    made.await.map_err(|trouble| match trouble {
        Trouble::Problem(WorkProblem::DiskFull, _) => OpenError::DiskFull,
        Trouble::Problem(WorkProblem::ReadOnly, _) => OpenError::ReadOnly,
        trouble => book::error::other(&trouble),
    })
}

/// Puts a book on a server back as a backup has it: in a schema of its own, which then takes the name of the old one.
async fn restore_on_server(app: &App, server: &Server, backup: &Path, work: &Work) -> std::result::Result<Done, Trouble> {
    let db = &app.0.db;
    let exclusive = db.exclusive().await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
    app.make_backup(BackupReason::BeforeRestore, work).await?;
    let time = chrono::DateTime::from_timestamp_millis(app.0.clock.now().0).unwrap_or_default();
    let short: String = server.schema.chars().take(30).collect();
    let reference = crate::random::reference();
    let kept = format!("{short}_replaced_{}_{reference}", time.format("%Y%m%d"));
    let fresh = Server {
        schema: format!("{short}_restored_{reference}"),
        ..server.clone()
    };
    let made = async {
        let target = book::open_empty(&fresh).await?;
        let filled = restore::fill_from_backup(&target, backup, work).await;
        let _ = target.close().await;
        filled
    };
    let proof = match made.await {
        Ok(proof) => proof,
        Err(trouble) => {
            exclusive.end().await;
            drop_schema(db, &fresh.schema).await;
            return Err(trouble);
        }
    };
    if let Err(error) = db::swap_schemas(exclusive, &server.schema, &kept, &fresh.schema).await {
        drop_schema(db, &fresh.schema).await;
        return Err(error.into());
    }
    // What was prepared on the open connections is of the old tables.
    db.renew();
    if let Some(row) = entity::book::Entity::find().one(&db.reader()).await? {
        *app.0.book.write().await = row;
    }
    app.0.next_due.store(i64::MIN, std::sync::atomic::Ordering::Relaxed);
    Ok(Done {
        result: kept,
        proof,
        reopen: false,
    })
}

async fn drop_schema(db: &Db, schema: &str) {
    use sea_orm::ConnectionTrait;
    let dropped = db
        .writer()
        .execute_unprepared(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
        .await;
    if let Err(error) = dropped {
        tracing::warn!(%error, schema, "a schema that was not finished is left");
    }
}

impl Run for ListBackups {
    async fn run(self, scope: &Scope) -> Result<BackupList> {
        let shelf = App(std::sync::Arc::clone(scope.inner())).shelf();
        let items = match &shelf {
            Some(shelf) => shelf.list().map_err(|error| crate::error::Error::Fault(error.to_string()))?,
            None => Vec::new(),
        };
        Ok(BackupList {
            folder: shelf.map(|shelf| shelf.folder.display().to_string()),
            items,
        })
    }
}

impl RunUpkeep for MakeBackup {
    async fn run(self, app: App) -> Result<WorkState> {
        if app.shelf().is_none() {
            return Err(Conflict::NoBackups.into());
        }
        let making = |app: App, work: Work| async move { app.make_backup(BackupReason::ByHand, &work).await };
        app.begin_work(WorkKind::Backup, making).await
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
                BookLocation::Server(server) => restore_on_server(&app, &server, &backup, &work).await,
                BookLocation::File(book) => restore_beside(&app, &book, &backup, &work).await,
            }
        };
        app.begin_work(WorkKind::Restore, restoring).await
    }
}

/// Makes the restored book wait beside the open one. From then on the open one takes no more changes, which would be lost.
async fn restore_beside(app: &App, book: &Path, backup: &Path, work: &Work) -> std::result::Result<Done, Trouble> {
    let mut hold = app.0.hold.lock().await;
    if !hold.alone().await? {
        return Err(Trouble::plain(WorkProblem::InUse));
    }
    app.0.close_to_writes(true);
    let prepared = restore::prepare(book, backup, work).await;
    let shared = hold.with_others().await;
    match prepared {
        Ok(proof) => Ok(Done {
            result: book.display().to_string(),
            proof,
            reopen: true,
        }),
        Err(trouble) => {
            app.0.close_to_writes(false);
            shared?;
            Err(trouble)
        }
    }
}
