//! Opening a book: finding it, bringing its tables up to date, or saying why not.

pub(crate) mod drive;
pub(crate) mod error;
pub(crate) mod examine;
mod file;
mod limit;
mod owner;
mod passfile;
mod roles;
mod server;
mod tls;
mod variables;

use std::{fmt, path::PathBuf};

use contract::Currency;
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbErr, EntityTrait};

pub use error::OpenError;
pub(crate) use error::{cause_at, db_cause};
pub use examine::{EXAMINED_WITHIN, examine, examine_within, is_there};
pub use file::discard_unfinished;
pub(crate) use file::look_into;
pub use owner::OwnerSignIn;
pub(crate) use owner::bring_up;
pub use roles::roles_sql;
pub use server::{Server, Tls, TlsMode};
pub(crate) use server::{open as open_server, open_empty};

use uuid::Uuid;

use crate::{
    backup,
    clock::Clock,
    db::{self, Db},
    entity::{book, chain_head},
    lock::Hold,
    random, zone,
};
use limit::{Limit, in_time};

/// Where a book is.
#[derive(Clone)]
pub enum BookLocation {
    /// A SQLite file.
    File(PathBuf),
    /// A schema of a Postgres server.
    Server(Server),
}

impl fmt::Debug for BookLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Server(server) => server.fmt(f),
        }
    }
}

/// What a book is known by again: its own identity, and that of the database cluster which holds it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The id of the book.
    pub book: Uuid,
    /// The number that a cluster got when it was made; none for a file, or where the role may not ask for it.
    pub system: Option<String>,
}

/// What a book that does not exist yet is made with.
#[derive(Clone, Debug)]
pub struct NewBook {
    /// The name.
    pub name: String,
    /// The currency of its figures.
    pub currency: Currency,
    /// The IANA time zone of its days; the computer's, if it is not given.
    pub time_zone: Option<String>,
    /// Whether it takes its time from the caller. For tests.
    pub is_test_clock: bool,
    /// Whether it holds sample data.
    pub is_sample: bool,
}

impl Default for NewBook {
    fn default() -> Self {
        Self {
            name: "Clientele".to_owned(),
            currency: Currency::EUR,
            time_zone: None,
            is_test_clock: false,
            is_sample: false,
        }
    }
}

/// How to open a book.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Make it, if there is none.
    pub create: Option<NewBook>,
    /// Stop the clock at this time. Refused for a book that was not made with a test clock.
    pub now: Option<contract::Timestamp>,
    /// Only look: a file that may be read but not written will do. Its tables must be up to date.
    pub read_only: bool,
    /// Refuse any other book than this one, before anything is changed.
    pub expected: Option<Identity>,
    /// Where its backups go; beside a file, if this is not given. A book on a server has none without it.
    pub backups: Option<PathBuf>,
    /// Who owns its tables, where the user of a server may not make or change them: for this opening alone, and only until they
    /// are up to date.
    pub owner: Option<OwnerSignIn>,
}

impl OpenOptions {
    /// Whether a place for it may be made. Where a known book is expected, there is none to be made.
    fn may_make(&self) -> bool {
        self.create.is_some() && self.expected.is_none()
    }
}

/// An open database with what belongs to it.
pub struct Opened {
    pub db: Db,
    pub book: book::Model,
    pub hold: Hold,
    pub identity: Identity,
}

/// Opens the database of a book and brings its tables up to date.
pub async fn open(location: &BookLocation, options: &OpenOptions, clock: &Clock) -> Result<Opened, OpenError> {
    if let Some(zone) = options.create.as_ref().and_then(|new| new.time_zone.as_deref())
        && zone.parse::<chrono_tz::Tz>().is_err()
    {
        return Err(OpenError::UnknownTimeZone);
    }
    if let BookLocation::Server(server) = location
        && let Some(owner) = options.owner.as_ref().filter(|_| !options.read_only)
    {
        Box::pin(owner::prepare(server, owner, options, clock)).await?;
    }
    let limit = Limit::begin();
    let (db, mut hold) = match location {
        BookLocation::File(path) if options.read_only => (look_into(path).await?, Hold::none()),
        BookLocation::File(path) => file::open_file(path, options.create.is_some()).await?,
        BookLocation::Server(server) => {
            let db = server::open_with(server, server.options(), options.may_make(), limit).await?;
            (db, Hold::none())
        }
    };
    let done = Box::pin(prepare(location, options, clock, &db, &mut hold, limit)).await;
    match done {
        Ok((book, identity)) => {
            db.expect(Some(identity.clone()));
            Ok(Opened { db, book, hold, identity })
        }
        Err(error) => {
            limit.close(db).await;
            Err(error)
        }
    }
}

async fn prepare(
    location: &BookLocation,
    options: &OpenOptions,
    clock: &Clock,
    db: &Db,
    hold: &mut Hold,
    mut limit: Limit,
) -> Result<(book::Model, Identity), OpenError> {
    let system = limit.of(db, async { db.system_identifier().await.map_err(db::of_driver) }).await?;
    if let Some(expected) = &options.expected {
        server::recognize(db, expected, system.as_deref(), limit).await?;
    }
    if options.read_only {
        check_steps(db, false, limit).await?;
    } else {
        limit = Box::pin(migrate(location, options, db, hold, limit)).await?;
    }
    let found = limit.of(db, async { book::Entity::find().one(&db.reader()).await }).await?;
    let book = match (found, &options.create) {
        (Some(book), _) => book,
        _ if limit.of(db, is_being_filled(db)).await? => return Err(OpenError::Unfinished),
        (None, Some(new)) => limit.of(db, make(db, new, clock)).await?,
        (None, None) => return Err(OpenError::NotABook),
    };
    if book.format > migrations::FORMAT {
        return Err(OpenError::Newer);
    }
    if let Some(now) = options.now {
        if !book.is_test_clock {
            return Err(OpenError::TestClock);
        }
        clock.set(now);
    }
    let identity = Identity { book: book.id, system };
    Ok((book, identity))
}

/// Whether the place is being filled by a move.
async fn is_unfinished(db: &Db) -> Result<bool, OpenError> {
    in_time(db, is_being_filled(db)).await
}

async fn is_being_filled(db: &Db) -> Result<bool, DbErr> {
    let found = async { db.rows_at_once().await?.has_table("move_state").await };
    found.await.map_err(db::of_driver)
}

/// Refuses a book with steps that this app does not know and, unless it is to be made, a place without any. Answers with
/// how many it has been through.
async fn check_steps(db: &Db, create: bool, limit: Limit) -> Result<usize, OpenError> {
    let applied = limit.of(db, async { Migrator::applied(&db.reader()).await }).await?;
    if applied.iter().any(|name| !Migrator::names().contains(name)) {
        return Err(OpenError::Newer);
    }
    if applied.is_empty() && !create {
        return Err(if db.is_server() { OpenError::Missing } else { OpenError::NotABook });
    }
    Ok(applied.len())
}

/// Runs the steps that are missing while nobody else writes; what has rows is copied before. Answers with the limit for what comes
/// after: the steps take as long as they take, but for a server that is not heard any more.
async fn migrate(location: &BookLocation, options: &OpenOptions, db: &Db, hold: &mut Hold, limit: Limit) -> Result<Limit, OpenError> {
    let applied = check_steps(db, options.create.is_some(), limit).await?;
    if applied == Migrator::names().len() {
        return Ok(limit);
    }
    if !hold.alone().await? || !hold.is_of_the_opened() {
        return Err(OpenError::Locked);
    }
    let lost = |error| cause_at(db, &db::of_driver(error));
    let Some(mut exclusive) = db.exclusive().await.map_err(lost)? else {
        return Err(OpenError::Locked);
    };
    let done = async {
        if applied > 0
            && let BookLocation::File(path) = location
        {
            backup::before_update(path, options.backups.as_deref(), db).await?;
        }
        owner::bring_up(db).await.map_err(|error| cause_at(db, &error))
    };
    let done = exclusive.while_heard(done).await;
    if done.is_ok() {
        exclusive.end().await;
    }
    // Why the steps failed comes first: that somebody else holds the book meanwhile does not tell.
    let shared = hold.with_others().await;
    done.map_err(lost)??;
    shared?;
    Ok(Limit::begin())
}

async fn make(db: &Db, new: &NewBook, clock: &Clock) -> Result<book::Model, DbErr> {
    let now = clock.now();
    let fault = |error| DbErr::Custom(format!("{error:?}"));
    let transaction = db.begin().await?;
    chain_head::ActiveModel {
        only_row: Set(1),
        number: Set(0),
        hash: Set(vec![0; 32]),
    }
    .insert(&transaction)
    .await?;
    let book = book::ActiveModel {
        id: Set(random::Ids::default().new_id(now).map_err(fault)?),
        format: Set(migrations::FORMAT),
        only_row: Set(1),
        name: Set(new.name.clone()),
        currency: Set(new.currency.code().to_owned()),
        time_zone: Set(new.time_zone.clone().unwrap_or_else(zone::of_computer)),
        is_test_clock: Set(new.is_test_clock),
        is_sample: Set(new.is_sample),
        secret: Set(random::bytes::<32>().map_err(fault)?.to_vec()),
        expiring_days: Set(30),
        idle_lock_minutes: Set(10),
        created_at: Set(now.0),
        updated_at: Set(now.0),
        version: Set(1),
    }
    .insert(&transaction)
    .await?;
    crate::billing::make(&transaction, &new.name, now.0).await?;
    transaction.commit().await?;
    Ok(book)
}
