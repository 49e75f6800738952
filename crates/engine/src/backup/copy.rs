//! Copies of a book, each verified by opening it before it gets its name.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use contract::{
    Conflict,
    backup::NoRoom,
    words,
    work::{BackupRecord, TableProof, WorkProblem},
};
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use super::{partial::Partial, room, shelf};
use crate::{
    app::App,
    book::{self, BookLocation, OpenError, OpenOptions},
    db::{self, Stop},
    files::{self, private, remove, sync_folder_of},
    lock::{self, Mark},
    transfer,
    watch::Watch,
    work::{Trouble, Work},
};

/// How often a copy under way is looked at.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Why there is no copy.
#[derive(Debug)]
pub enum BackupError {
    /// The book is on a server.
    NotAFile,
    /// There is a file of that name already; nothing is overwritten.
    Exists,
    /// The disk has too little room. Nothing was begun.
    NoRoom(NoRoom),
    /// There is a file already that would be taken for the record of the copy.
    RecordExists(PathBuf),
    /// The file could not be written.
    Io(io::Error),
    /// It was given up.
    Canceled,
    /// The copy was written and is not what it should be; it was removed.
    Unusable(String),
    /// The record of what the copy holds could not be made.
    Record(Trouble),
    /// The book itself does not pass its check; the copy is as good as the book and was kept.
    Flawed {
        /// Where.
        kept: PathBuf,
        /// The first thing that is not what it should be.
        finding: String,
    },
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile => f.write_str("A book on a server is backed up by the server's own means, such as pg_dump."),
            Self::Record(trouble) => trouble.fmt(f),
            Self::Exists => f.write_str("There is a file of that name already. Choose another name; nothing is overwritten."),
            Self::RecordExists(record) => write!(
                f,
                "{} is there already and would be taken for the record of the copy. Choose another name; nothing is overwritten.",
                record.display()
            ),
            Self::Canceled => f.write_str("The copy was given up. No file was left."),
            Self::NoRoom(room) => write!(
                f,
                "The disk has too little room for the copy: {}. Choose a folder on another disk, or remove old backups.",
                words::no_room(room)
            ),
            Self::Io(error) => write!(f, "The copy could not be written: {error}"),
            Self::Flawed { kept, finding } => write!(
                f,
                "The book does not pass its check ({finding}), so its copy does not either. It was kept as {}. Run verify, and keep older backups.",
                kept.display()
            ),
            Self::Unusable(detail) => write!(f, "The copy did not pass its check and was removed: {detail}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<NoRoom> for BackupError {
    fn from(room: NoRoom) -> Self {
        Self::NoRoom(room)
    }
}

impl From<BackupError> for Trouble {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::NotAFile => Self::plain(WorkProblem::NotABook),
            BackupError::Exists => Self::plain(WorkProblem::Exists),
            BackupError::NoRoom(room) => room.into(),
            BackupError::RecordExists(record) => Self::Problem(WorkProblem::Exists, record.display().to_string()),
            BackupError::Io(error) => error.into(),
            BackupError::Canceled => Self::Canceled,
            BackupError::Record(trouble) => trouble,
            BackupError::Unusable(detail) => Self::Problem(WorkProblem::Differs, detail),
            BackupError::Flawed { kept, finding } => Self::Problem(WorkProblem::Flawed, format!("{finding}; {}", kept.display())),
        }
    }
}

impl App {
    /// Copies the book, as it is at one instant, into a new file, while others go on working. Answers with its size in
    /// bytes.
    ///
    /// # Errors
    /// Why there is no copy; no file is left then.
    pub async fn backup(&self, target: &Path) -> Result<u64, BackupError> {
        self.backup_watched(target, &()).await
    }

    /// The same, and says how far it is.
    ///
    /// # Errors
    /// As [`App::backup`]; `Canceled` when it was given up.
    pub async fn backup_watched(&self, target: &Path, watch: &dyn Watch) -> Result<u64, BackupError> {
        if !matches!(self.location(), BookLocation::File(_)) {
            return Err(BackupError::NotAFile);
        }
        if is_taken(target) {
            return Err(BackupError::Exists);
        }
        let partial = begin(target)?;
        match self.copy(partial.path(), target, watch, None).await {
            Err(_) if watch.is_canceled() => Err(BackupError::Canceled),
            copied => copied.map(|(bytes, _)| bytes),
        }
    }

    /// The same, with a record of what the copy holds beside it.
    pub(super) async fn backup_with_record(&self, target: &Path, work: &Work) -> Result<Vec<TableProof>, Trouble> {
        let partial = begin(target)?;
        match self.copy(partial.path(), target, work, Some(work)).await {
            Err(_) if work.is_canceled() => Err(BackupError::Canceled.into()),
            copied => Ok(copied?.1),
        }
    }

    /// Answers with the size of the copy, and with what its record says of each table, if it has one.
    async fn copy(
        &self,
        partial: &Path,
        target: &Path,
        watch: &dyn Watch,
        record: Option<&Work>,
    ) -> Result<(u64, Vec<TableProof>), BackupError> {
        room::require(&self.0.db, files::folder_of(target)).await?;
        private(partial)?;
        self.copy_watched(partial, watch).await.map_err(|error| {
            if db::is_full(&error) {
                full()
            } else {
                BackupError::Unusable(error.to_string())
            }
        })?;
        files::sync(partial)?;
        keep(partial, target, watch, record).await
    }

    async fn copy_watched(&self, partial: &Path, watch: &dyn Watch) -> Result<(), sea_orm::DbErr> {
        let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
        let all = match self.location() {
            BookLocation::File(path) => size(path),
            BookLocation::Server(_) => 0,
        };
        let stop = Stop::default();
        let copied = self.0.db.copy_file(partial, &stop);
        tokio::pin!(copied);
        loop {
            match tokio::time::timeout(LOOK, &mut copied).await {
                Ok(copied) => return copied,
                Err(_) if watch.is_canceled() => stop.stop().await,
                Err(_) => watch.at("bytes copied", size(partial), all),
            }
        }
    }
}

/// That others have filled the disk meanwhile.
fn full() -> BackupError {
    io::Error::new(io::ErrorKind::StorageFull, "the disk is full").into()
}

/// Checks a copy that is written, and gives it its name, with its record, if it gets one. Answers with its size, and with what its
/// record says of each table.
pub async fn keep(partial: &Path, target: &Path, watch: &dyn Watch, record: Option<&Work>) -> Result<(u64, Vec<TableProof>), BackupError> {
    let finding = examine(partial, watch).await?;
    // What the book itself has wrong is wrong in its copy; that is better than none, under a name that says so.
    let [whole, flawed] = shelf::names_of(target);
    let name = if finding.is_none() { &whole } else { &flawed };
    let record = match record {
        Some(work) => Some(make_record(partial, name, work).await.map_err(BackupError::Record)?),
        None => None,
    };
    match &record {
        Some(record) => take_names(partial, name, record)?,
        // By the record of another copy this one would be taken for one that was altered.
        None if shelf::record_of(name).exists() => return Err(BackupError::RecordExists(shelf::record_of(name))),
        None => take_name(partial, name)?,
    }
    sync_folder_of(target)?;
    let tables = record.map(|record| record.tables).unwrap_or_default();
    match finding {
        None => Ok((fs::metadata(target)?.len(), tables)),
        Some(finding) => Err(BackupError::Flawed {
            kept: name.clone(),
            finding,
        }),
    }
}

/// Opens a copy and checks it; answers with the first thing that is not what it should be.
async fn examine(copy: &Path, watch: &dyn Watch) -> Result<Option<String>, BackupError> {
    let unusable = |error: OpenError| match error {
        OpenError::DiskFull => full(),
        error => BackupError::Unusable(error.to_string()),
    };
    let opened = App::open(
        BookLocation::File(copy.to_owned()),
        OpenOptions {
            read_only: true,
            ..OpenOptions::default()
        },
    )
    .await
    .map_err(unusable)?;
    let verified = opened.verify_watched(watch).await;
    opened.close().await;
    match verified {
        Ok(verified) => match verified.findings.first() {
            None => Ok(None),
            // A file that SQLite itself finds damaged is no copy.
            Some(finding) if finding.table == "file" => Err(BackupError::Unusable(finding.found.clone())),
            Some(finding) => Ok(Some(format!("{} {} {}", finding.table, finding.row, finding.column))),
        },
        Err(contract::Error::Conflict {
            conflict: Conflict::DiskFull,
        }) => Err(full()),
        Err(error) => Err(BackupError::Unusable(words::error(&error).title)),
    }
}

/// The place of a copy until it has its name, and its record, if it gets one. A record that was left alone there goes first: its
/// writer was killed before the copy had its name, or the copy was taken away since. So does a file of nothing in its place. Whatever
/// else has the name of the record stays, and the copy is refused before it is made.
pub fn begin(target: &Path) -> Result<Partial, BackupError> {
    for name in shelf::names_of(target) {
        let record = shelf::record_of(&name);
        let is_left = shelf::record(&name).is_some() || is_nothing(&record);
        // In this order: whoever had written the record and was through before it was asked for writers has left the copy, too.
        if is_left && !shelf::is_being_written(target) && !is_taken(&name) {
            remove(&record);
        }
    }
    let record = shelf::record_of(target);
    if is_taken(&record) {
        return Err(BackupError::RecordExists(record));
    }
    Ok(Partial::of(target)?)
}

/// The record of what a finished copy holds, which has no name yet either.
#[derive(Debug)]
pub struct Record {
    partial: Partial,
    /// What it says of each table.
    pub tables: Vec<TableProof>,
}

/// Makes the record of what a finished copy holds. `name` is what the copy will be called.
pub async fn make_record(copy: &Path, name: &Path, work: &Work) -> Result<Record, Trouble> {
    let db = book::look_into(copy).await?;
    let proved = transfer::prove(&db, work).await;
    let steps = Migrator::applied(&db.reader()).await;
    let customers = count_customers(&db.reader()).await;
    let _ = db.close().await;
    let tables = proved?;
    let (sha256, bytes) = checksum(copy).await?;
    let record = BackupRecord {
        sha256,
        bytes,
        steps: steps?,
        customers: customers?,
        tables: tables.clone(),
    };
    let text = serde_json::to_vec_pretty(&record).map_err(|error| Trouble::other(&error))?;
    let partial = Partial::of(&shelf::record_of(name))?;
    files::write_new(partial.path(), &text)?;
    Ok(Record { partial, tables })
}

/// How many customers there are, as the list of them counts.
async fn count_customers(connection: &impl ConnectionTrait) -> Result<u64, Trouble> {
    let sql = "SELECT COUNT(*) FROM customer WHERE is_admin = FALSE AND deleted_at IS NULL AND archived_at IS NULL";
    let row = connection.query_one_raw(db::statement(connection, sql, Vec::new())).await?;
    let number = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?;
    u64::try_from(number).map_err(|error| Trouble::other(&error))
}

/// SHA-256 of a file and its length.
pub async fn checksum(file: &Path) -> io::Result<(String, u64)> {
    let file = file.to_owned();
    let summing = tokio::task::spawn_blocking(move || {
        let mut hasher = Sha256::new();
        let mut file = fs::File::open(file)?;
        let mut buffer = vec![0; 1 << 20];
        let mut bytes = 0;
        loop {
            let read = io::Read::read(&mut file, &mut buffer)?;
            if read == 0 {
                return Ok((crate::random::hex(&hasher.finalize()), bytes));
            }
            hasher.update(buffer.get(..read).unwrap_or_default());
            bytes += u64::try_from(read).unwrap_or(0);
        }
    });
    summing.await.map_err(io::Error::other)?
}

/// Whether a name is taken. By a file of nothing it is not: where there are no links, that is what is left of a copy that was cut
/// off before it had its name.
pub fn is_taken(name: &Path) -> bool {
    name.exists() && !is_nothing(name)
}

/// Neither a folder nor a link, and nothing in it.
fn is_nothing(name: &Path) -> bool {
    fs::symlink_metadata(name).is_ok_and(|there| there.is_file() && there.len() == 0)
}

/// Gives a finished copy and its record their names, unless one of them is taken.
///
/// The record comes first and holds the place: of two who want the same name only one gets it, and a record is never of another
/// copy than the one beside it. One that is left alone, because its writer was killed between the two, is no backup.
pub fn take_names(partial: &Path, name: &Path, record: &Record) -> Result<(), BackupError> {
    let beside = shelf::record_of(name);
    take_name(record.partial.path(), &beside)?;
    let named = take_name(partial, name);
    if named.is_err() {
        remove(&beside);
    }
    named
}

/// Gives a finished copy its name, unless that is taken.
pub fn take_name(partial: &Path, name: &Path) -> Result<(), BackupError> {
    // A link fails where the name is taken; a rename would overwrite it.
    match fs::hard_link(partial, name) {
        Ok(()) => remove(partial),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !is_nothing(name) => return Err(BackupError::Exists),
        // Somebody has taken the copy away; a file of nothing must not stand for it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BackupError::Io(error)),
        // Where there are no links, the name is taken by an empty file first; or one is there already.
        Err(_) => {
            // Held alone meanwhile: what another copy has just taken, or a book is about to be made of, is not what was left.
            let Some(mark) = Mark::set(name)? else {
                return Err(BackupError::Exists);
            };
            let named = take_by_rename(partial, name);
            remove(&lock::file_of(name));
            drop(mark);
            named?;
        }
    }
    Ok(())
}

/// The same by an empty file of that name.
fn take_by_rename(partial: &Path, name: &Path) -> Result<(), BackupError> {
    match private(name) {
        Ok(_) => {}
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
        Err(_) if !is_nothing(name) => return Err(BackupError::Exists),
        Err(_) => {}
    }
    if let Err(error) = fs::rename(partial, name) {
        remove(name);
        return Err(error.into());
    }
    Ok(())
}
