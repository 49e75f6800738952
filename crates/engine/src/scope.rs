//! What a running operation may touch: one transaction, the time, who asks, and the change it will leave.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::NaiveDate;
use chrono_tz::Tz;
use contract::{Conflict, Currency, Timestamp};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, ExecResult, FromQueryResult, QueryResult, Statement,
    Value,
};
use uuid::Uuid;

use crate::{
    app::Inner,
    change::Entry,
    db,
    entity::book,
    error::{Error, Result},
    figure, summary,
    summary::Figures,
    sweep, zone,
};

/// What a conflict says of a password that was to be set. Another word than the change log has for one that was, because two
/// new passwords are never known to be the same.
const NEW_PASSWORD: &str = "new";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: Uuid,
    pub full_name: String,
}

/// The connection of a running operation: a reader for a read of one statement, else a transaction.
enum Work {
    Connection(DatabaseConnection),
    Transaction(DatabaseTransaction),
}

/// See the module. Made only by the gate in `call.rs` and by the sessions, so that nothing reaches the data past them.
pub struct Scope {
    work: Work,
    inner: Arc<Inner>,
    /// The time of the operation; it does not move while it runs.
    pub now: Timestamp,
    /// The book as it was when the operation began.
    pub book: book::Model,
    pub zone: Tz,
    pub actor: Option<Actor>,
    operation: &'static str,
    /// The hash of the password that the request sets.
    pub password_hash: Option<String>,
    /// The fields of the request, as they came over the wire.
    wanted: serde_json::Map<String, serde_json::Value>,
    /// Whether somebody waits for the end of it. Of what goes on by itself the page is told as of the change of another desk.
    pub is_awaited: bool,
    /// Gives up a read.
    pub stop: db::Stop,
    /// With whether it fell due by itself.
    entries: Mutex<Vec<(bool, Entry)>>,
    touched: Mutex<BTreeMap<Uuid, Option<Figures>>>,
    /// Customers whose stored states are those of now.
    current: Mutex<BTreeSet<Uuid>>,
    /// Whether what is due is being moved.
    is_moving: AtomicBool,
}

/// What is due is being moved, until this is dropped.
pub struct Moving<'a>(&'a AtomicBool);

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Scope {
    pub async fn read(inner: &Arc<Inner>, actor: Option<Actor>, operation: &'static str) -> Result<Self> {
        let book = inner.book.read().await.clone();
        Self::new(inner, Work::Connection(inner.db.reader()), book, actor, operation)
    }

    /// For a read of several statements that have to agree with each other. Ended with `rollback`.
    pub async fn snapshot(inner: &Arc<Inner>, operation: &'static str) -> Result<Self> {
        let transaction = inner.db.snapshot().await?;
        let book = inner.db.answered(book::Entity::find().one(&transaction)).await?;
        let book = book.ok_or_else(|| Error::Fault("the book has lost its row".to_owned()))?;
        Self::new(inner, Work::Transaction(transaction), book, None, operation)
    }

    pub async fn write(inner: &Arc<Inner>, actor: Option<Actor>, operation: &'static str) -> Result<Self> {
        // Nobody waits for the writer of a book that takes no changes.
        if inner.is_closed_to_writes() {
            return Err(Conflict::Maintenance.into());
        }
        let transaction = inner.db.begin().await?;
        let sql = db::statement(&transaction, db::book_to_write(&transaction), Vec::new());
        let row = inner.db.answered(transaction.query_one_raw(sql)).await?;
        let row = row.ok_or_else(|| Error::Fault("the book has lost its row".to_owned()))?;
        let book = book::Model::from_query_result(&row, "")?;
        // Again, now that the writer is had: the book may have been closed to changes while this waited for it, and what is
        // moved from then on must not miss anything.
        let is_free = row.try_get::<i32>("", "free")? == 1 && !inner.is_closed_to_writes();
        // A newer app may have changed the tables since they were opened here.
        if !is_free || book.format > migrations::FORMAT {
            inner.db.roll_back(transaction).await?;
            return Err(Conflict::Maintenance.into());
        }
        // Another process may have changed the settings that reads go by.
        if *inner.book.read().await != book {
            inner.book.write().await.clone_from(&book);
        }
        Self::new(inner, Work::Transaction(transaction), book, actor, operation)
    }

    /// The same; none while the book takes no changes, for what can be left out or done later.
    pub async fn write_unless_closed(inner: &Arc<Inner>, actor: Option<Actor>, operation: &'static str) -> Result<Option<Self>> {
        match Self::write(inner, actor, operation).await {
            Err(Error::Refused(contract::Error::Conflict {
                conflict: Conflict::Maintenance,
            })) => Ok(None),
            scope => scope.map(Some),
        }
    }

    fn new(inner: &Arc<Inner>, work: Work, book: book::Model, actor: Option<Actor>, operation: &'static str) -> Result<Self> {
        let zone = book
            .time_zone
            .parse()
            .map_err(|_| crate::error::unknown_word("book.time_zone", &book.time_zone))?;
        Ok(Self {
            work,
            inner: Arc::clone(inner),
            now: inner.clock.now(),
            book,
            zone,
            actor,
            operation,
            password_hash: None,
            wanted: serde_json::Map::new(),
            is_awaited: true,
            stop: db::Stop::default(),
            entries: Mutex::default(),
            touched: Mutex::default(),
            current: Mutex::default(),
            is_moving: AtomicBool::new(false),
        })
    }

    /// Remembers what the request asks for, so that a conflict can say what it would have become. Of a password only that
    /// there is a new one: without it a merge would take the field for one that nobody but the other has changed.
    pub fn remember(&mut self, request: &impl serde::Serialize) -> Result<()> {
        if let serde_json::Value::Object(mut fields) = serde_json::to_value(request)? {
            for name in ["id", "version"] {
                fields.remove(name);
            }
            if let Some(password) = fields.remove("password")
                && password.as_str().is_some_and(|password| !password.is_empty())
            {
                fields.insert("password".to_owned(), NEW_PASSWORD.into());
            }
            self.wanted = fields;
        }
        Ok(())
    }

    /// What the request asks for.
    pub fn wanted(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.wanted
    }

    /// The day on which the operation runs.
    pub fn today(&self) -> NaiveDate {
        zone::day(self.zone, self.now)
    }

    /// The book's currency.
    pub fn currency(&self) -> Result<Currency> {
        Currency::parse(&self.book.currency).ok_or_else(|| crate::error::unknown_word("book.currency", &self.book.currency))
    }

    /// A new identifier.
    pub fn new_id(&self) -> Result<Uuid> {
        self.inner.ids.new_id(self.now)
    }

    /// The end of the time that counts as soon.
    pub fn soon(&self) -> Timestamp {
        self.now.plus_millis(self.book.expiring_days.saturating_mul(86_400_000))
    }

    /// A statement with `?` for its values.
    pub fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        db::statement(self, sql, values)
    }

    /// The rows of a query.
    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        Ok(self.query_all_raw(self.statement(sql, values)).await?)
    }

    /// The rows of a query whose columns are all text; for lists, which wait for no other read.
    pub async fn texts(&self, sql: &str, values: Vec<Value>) -> Result<Vec<db::Texts>> {
        #[cfg(feature = "record")]
        self.inner.record.note(sql, &values);
        Ok(self.inner.db.texts(sql, values, &self.stop).await?)
    }

    /// The only row of a query, if there is one.
    pub async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>> {
        Ok(self.query_one_raw(self.statement(sql, values)).await?)
    }

    /// The only number of a query; 0 without a row.
    pub async fn number(&self, sql: &str, values: Vec<Value>) -> Result<i64> {
        match self.row(sql, values).await? {
            Some(row) => Ok(row.try_get_by_index::<Option<i64>>(0)?.unwrap_or(0)),
            None => Ok(0),
        }
    }

    /// Executes a statement.
    pub async fn execute_sql(&self, sql: &str, values: Vec<Value>) -> Result<ExecResult> {
        Ok(self.execute_raw(self.statement(sql, values)).await?)
    }

    /// Locks a customer until the operation ends and brings what belongs to the customer up to the clock: what is due in a whole book
    /// can take longer than a write waits for. To be called before the first change of anything that belongs to the customer, and
    /// before what decides about that is read.
    pub async fn touch(&self, customer: Uuid) -> Result<()> {
        self.hold(customer).await?;
        // What moves it does so in its own order.
        if self.is_moving.load(Ordering::Relaxed) || self.inner.next_due.load(Ordering::Relaxed) > self.now.0 {
            return Ok(());
        }
        let is_behind = self.current.lock().unwrap_or_else(PoisonError::into_inner).insert(customer);
        if is_behind {
            sweep::of_customer(self, customer).await?;
        }
        Ok(())
    }

    /// Locks a customer until the operation ends and keeps the figures as they are, so that the end can book the difference.
    pub async fn hold(&self, customer: Uuid) -> Result<()> {
        if self.touched.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&customer) {
            return Ok(());
        }
        self.row(
            &format!("SELECT version FROM customer WHERE id = ?{}", db::for_update(self)),
            vec![customer.into()],
        )
        .await?;
        let before = summary::compute(self, customer).await?;
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(customer, before);
        Ok(())
    }

    /// Notes that a customer is made, who has no figures yet and is nobody's to lock.
    pub fn hold_new(&self, customer: Uuid) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(customer, None);
    }

    /// What is changed until the answer is dropped fell due by itself, and the change log says so.
    pub fn moving(&self) -> Moving<'_> {
        self.is_moving.store(true, Ordering::Relaxed);
        Moving(&self.is_moving)
    }

    /// Notes what the operation changed.
    pub fn log(&self, entry: Entry) {
        let fell_due = self.is_moving.load(Ordering::Relaxed);
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push((fell_due, entry));
    }

    /// What of a record was moved within this write because it fell due.
    pub fn fell_due(&self, id: Uuid) -> Vec<Entry> {
        self.noted(id, true)
    }

    /// What the operation itself has changed of a record so far.
    pub fn changed(&self, id: Uuid) -> Vec<Entry> {
        self.noted(id, false)
    }

    fn noted(&self, id: Uuid, by_itself: bool) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let own = entries.iter().filter(|(fell_due, entry)| *fell_due == by_itself && entry.id == id);
        own.map(|(_, entry)| entry.clone()).collect()
    }

    /// Does a part of a write with which the rest must not fail: one that is refused or meets a fault leaves nothing, and what was
    /// done before it stays. Where the database fails, all of the write does.
    pub async fn apart<T>(&self, part: impl Future<Output = Result<T>>) -> Result<Result<T>> {
        self.execute_unprepared("SAVEPOINT part").await?;
        let noted = self.entries.lock().unwrap_or_else(PoisonError::into_inner).len();
        let done = part.await;
        if matches!(done, Err(Error::Broken(_) | Error::Uncertain(_))) {
            return done.map(Ok);
        }
        if done.is_err() {
            self.execute_unprepared("ROLLBACK TO SAVEPOINT part").await?;
            self.entries.lock().unwrap_or_else(PoisonError::into_inner).truncate(noted);
        }
        self.execute_unprepared("RELEASE SAVEPOINT part").await?;
        Ok(done)
    }

    /// Ends a write: books the figures, writes the change log, commits.
    pub async fn commit(self) -> Result<()> {
        self.book_figures().await?;
        let entries = std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner));
        let is_of_settings = entries.iter().any(|(_, entry)| entry.noun == contract::Noun::Settings);
        let numbers = self.append(entries).await?;
        let may_be_lost = db::is_server(&self);
        let ending = self.inner.desk.ending();
        match self.work {
            Work::Transaction(transaction) => self.inner.db.answered(transaction.commit()).await.map_err(|error| match error {
                // A server that gives a transaction up says so; one that says nothing may have kept it.
                error if may_be_lost && db::is_lost(&error) => Error::Uncertain(error),
                error => Error::Broken(error),
            })?,
            Work::Connection(_) => return Err(Error::Fault("a read cannot be committed".to_owned())),
        }
        self.inner.next_due.store(i64::MIN, Ordering::Relaxed);
        if let Some(numbers) = numbers.filter(|_| self.is_awaited) {
            self.inner.desk.wrote(numbers);
        }
        drop(ending);
        if is_of_settings && let Err(error) = crate::settings::reload(&self.inner).await {
            // They are saved, and a refusal would say that they are not. The next write reads them anyway.
            tracing::warn!(?error, "reading the settings again");
        }
        Ok(())
    }

    /// Writes the change log, last of all, because every other writer waits for its end from here on. First what fell due: the
    /// operation acted on what came of that. Answers with the numbers of the changes.
    async fn append(&self, entries: Vec<(bool, Entry)>) -> Result<Option<RangeInclusive<i64>>> {
        let all = i64::try_from(entries.len())?;
        let (due, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(fell_due, _)| *fell_due);
        let only = |entries: Vec<(bool, Entry)>| entries.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>();
        let fallen = crate::change::append(self, sweep::NAME, None, &only(due)).await?;
        let actor = self.actor.as_ref().map(|actor| actor.id);
        let done = crate::change::append(self, self.operation, actor, &only(own)).await?;
        // They follow each other: nobody else can write to the log until this is kept.
        Ok(done.or(fallen).map(|last| last - all + 1..=last))
    }

    async fn book_figures(&self) -> Result<()> {
        let touched = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        let mut difference = BTreeMap::new();
        for (customer, before) in touched {
            let after = summary::compute(self, customer).await?;
            if after != before {
                summary::store(self, customer, before.as_ref(), after.as_ref()).await?;
                figure::subtract(&mut difference, before.as_ref());
                figure::add(&mut difference, after.as_ref());
            }
        }
        figure::book(self, &difference).await
    }

    /// Ends a write and leaves nothing.
    pub async fn rollback(self) {
        if let Work::Transaction(transaction) = self.work
            && let Err(error) = self.inner.db.roll_back(transaction).await
        {
            tracing::warn!(%error, "rolling back");
        }
    }

    /// The state that all operations of the open book share.
    pub fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Scope {
    fn get_database_backend(&self) -> sea_orm::DbBackend {
        match &self.work {
            Work::Connection(connection) => connection.get_database_backend(),
            Work::Transaction(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        match &self.work {
            Work::Connection(connection) => self.inner.db.answered(connection.execute_raw(statement)).await,
            Work::Transaction(transaction) => self.inner.db.answered(transaction.execute_raw(statement)).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        match &self.work {
            Work::Connection(connection) => self.inner.db.answered(connection.execute_unprepared(sql)).await,
            Work::Transaction(transaction) => self.inner.db.answered(transaction.execute_unprepared(sql)).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        match &self.work {
            Work::Connection(_) => Ok(self.inner.db.asked(statement, db::Wanted::One, &self.stop).await?.pop()),
            Work::Transaction(transaction) => self.inner.db.answered(transaction.query_one_raw(statement)).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        match &self.work {
            Work::Connection(_) => self.inner.db.asked(statement, db::Wanted::All, &self.stop).await,
            Work::Transaction(transaction) => self.inner.db.answered(transaction.query_all_raw(statement)).await,
        }
    }
}
