//! This desk among the others that work on the book: who they are, and whether one of them has changed something.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{
    Timestamp,
    desk::{BookState, Desk, DeskList, GetBookState, ListDesks},
};
use sea_orm::{ActiveValue::Set, ConnAcquireErr, DbErr, EntityTrait, sea_query::OnConflict};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    app::Inner,
    call::Run,
    db::{self, Notices},
    entity::desk,
    error::{Error, Result},
    scope::Scope,
};

/// Who was not heard of for so long is gone.
const HEARD_WITHIN: i64 = 120_000;
/// How long the database may take over what a desk asks or says by itself.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// The same when the desk leaves, and somebody waits for that, as for the next book that is to be opened.
const LEFT_WITHIN: Duration = Duration::from_secs(2);

/// What this desk is known by, and the numbers of the last changes.
#[derive(Debug)]
pub struct Own {
    id: OnceLock<Uuid>,
    own_number: AtomicI64,
    /// Changes that were made here and not told of yet, as the first and the last of those that follow each other.
    own: Mutex<BTreeMap<i64, i64>>,
    /// Writes of this desk that are being kept.
    ending: AtomicUsize,
    newest: watch::Sender<i64>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            id: OnceLock::new(),
            own_number: AtomicI64::new(0),
            own: Mutex::default(),
            ending: AtomicUsize::new(0),
            newest: watch::Sender::new(0),
        }
    }
}

/// A write that is being kept.
pub struct Ending<'a>(&'a AtomicUsize);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Own {
    /// Whether others were told of this desk.
    fn is_known(&self) -> bool {
        self.id.get().is_some()
    }

    /// Changes were made here.
    pub fn wrote(&self, numbers: RangeInclusive<i64>) {
        let (first, last) = numbers.into_inner();
        self.own_number.fetch_max(last, Ordering::Relaxed);
        let mut own = self.own();
        if let Some(mut newest) = own.last_entry()
            && newest.get() + 1 == first
        {
            newest.insert(last);
            return;
        }
        own.insert(first, last);
    }

    fn own(&self) -> MutexGuard<'_, BTreeMap<i64, i64>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all changes after one that is known, up to the newest, were made here: an own one must not hide that of another desk
    /// before it. Asked once of each.
    fn are_own(&self, known: i64, newest: i64) -> bool {
        let mut own = self.own();
        let mut reached = known;
        for (first, last) in own.iter() {
            if *first > reached + 1 {
                break;
            }
            reached = reached.max(*last);
        }
        own.retain(|_, last| *last > newest);
        known <= newest && newest <= reached
    }

    /// A write of this desk is about to be kept. Until the answer is dropped, what is new in the book may be that write.
    pub fn ending(&self) -> Ending<'_> {
        self.ending.fetch_add(1, Ordering::SeqCst);
        Ending(&self.ending)
    }

    /// Waits for a moment until no write of this desk is being kept: its news may come before its own answer.
    async fn settled(&self) {
        for _ in 0..50 {
            if self.ending.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The log was put back to an earlier end, as by a restore: nothing that is read from now on is known.
    pub fn went_back(&self) {
        self.own_number.store(0, Ordering::Relaxed);
        self.own().clear();
    }

    /// The newest change that is known of, told when another desk has made it.
    pub fn newest(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }
}

fn id_of(inner: &Inner, now: Timestamp) -> Result<Uuid> {
    if let Some(id) = inner.desk.id.get() {
        return Ok(*id);
    }
    let id = inner.ids.new_id(now)?;
    Ok(*inner.desk.id.get_or_init(|| id))
}

/// What is asked outside of an operation, which has a deadline of its own. Where no answer comes, as on connections that died
/// without a word while the computer slept, the next ones are taken.
async fn in_time<T>(inner: &Inner, limit: Duration, asked: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = tokio::time::timeout(limit, asked)
        .await
        .unwrap_or_else(|_| Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into()));
    match answer {
        Err(Error::Broken(error)) => {
            let error = inner.db.told(error).await;
            if db::is_lost(&error) {
                inner.db.renew();
            }
            Err(Error::Broken(error))
        }
        answer => answer,
    }
}

/// Says that somebody works here, or that nobody does any more. No record: it is not in the change log.
pub async fn report(inner: &Arc<Inner>) -> Result<()> {
    in_time(inner, ANSWERED_WITHIN, say(inner)).await
}

/// Says that nobody works here any more, to those who were told that somebody does.
pub async fn leave(inner: &Arc<Inner>) {
    if inner.desk.is_known()
        && let Err(error) = in_time(inner, LEFT_WITHIN, say(inner)).await
    {
        tracing::debug!(?error, "leaving");
    }
}

async fn say(inner: &Arc<Inner>) -> Result<()> {
    let account = inner.session.read().await.account();
    let now = inner.clock.now();
    let id = id_of(inner, now)?;
    if inner.is_closed_to_writes() {
        return Ok(());
    }
    let connection = inner.db.writer();
    match account {
        Some(account_id) => {
            let row = desk::ActiveModel {
                id: Set(id),
                account_id: Set(account_id),
                computer: Set(computer()),
                since: Set(now.0),
                seen_at: Set(now.0),
            };
            let known = OnConflict::column(desk::Column::Id)
                .update_columns([desk::Column::AccountId, desk::Column::SeenAt])
                .to_owned();
            desk::Entity::insert(row)
                .on_conflict(known)
                .exec_without_returning(&connection)
                .await?;
        }
        None => {
            desk::Entity::delete_by_id(id).exec(&connection).await?;
        }
    }
    Ok(())
}

/// What the computer is called, as far as it says so.
fn computer() -> String {
    let said = ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = said.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    name.map_or_else(String::new, |name| {
        name.trim().chars().filter(|letter| !letter.is_control()).take(100).collect()
    })
}

/// Listens for changes of other desks until the book is closed.
pub async fn listen(inner: Weak<Inner>) {
    let Some(db) = inner.upgrade().map(|inner| inner.db.clone()) else {
        return;
    };
    let mut notices = Notices::new(db);
    loop {
        notices.wait().await;
        let Some(inner) = inner.upgrade() else { return };
        match newest(&inner).await {
            Ok(number) => {
                let known = *inner.desk.newest.borrow();
                if number < known {
                    inner.desk.went_back();
                }
                inner.desk.settled().await;
                let is_own = inner.desk.are_own(known, number);
                inner.desk.newest.send_if_modified(|known| {
                    let is_news = number != *known;
                    *known = number;
                    is_news && !is_own
                });
                if !is_own {
                    inner.next_due.store(i64::MIN, Ordering::Relaxed);
                }
            }
            Err(error) => {
                tracing::debug!(?error, "asking for the newest change");
                notices.start_over();
            }
        }
    }
}

async fn newest(inner: &Arc<Inner>) -> Result<i64> {
    let asked = async {
        let scope = Scope::read(inner, None, "get_book_state").await?;
        scope.number("SELECT number FROM chain_head", Vec::new()).await
    };
    in_time(inner, ANSWERED_WITHIN, asked).await
}

impl Run for GetBookState {
    async fn run(self, scope: &Scope) -> Result<BookState> {
        let number = scope.number("SELECT number FROM chain_head", Vec::new()).await?;
        let inner = scope.inner();
        let own_number = inner.desk.own_number.load(Ordering::Relaxed).min(number);
        Ok(BookState {
            number: u64::try_from(number)?,
            own_number: u64::try_from(own_number)?,
            is_maintained: inner.is_closed_to_writes() || db::is_maintained(scope).await?,
        })
    }
}

impl Run for ListDesks {
    async fn run(self, scope: &Scope) -> Result<DeskList> {
        let own = id_of(scope.inner(), scope.now)?;
        let sql = "SELECT d.id, d.account_id, d.computer, d.since, d.seen_at, c.full_name, c.email
                   FROM desk d JOIN customer c ON c.id = d.account_id WHERE d.seen_at > ? ORDER BY d.since, d.id";
        let mut items = Vec::new();
        for row in scope.rows(sql, vec![(scope.now.0 - HEARD_WITHIN).into()]).await? {
            let id: Uuid = row.try_get("", "id")?;
            let desk = Desk {
                account_id: row.try_get::<Uuid>("", "account_id")?.into(),
                full_name: row.try_get("", "full_name")?,
                email: row.try_get("", "email")?,
                computer: row.try_get("", "computer")?,
                since: Timestamp(row.try_get("", "since")?),
                seen_at: Timestamp(row.try_get("", "seen_at")?),
                is_own: id == own,
            };
            items.push(desk);
        }
        items.sort_by_key(|desk| !desk.is_own);
        Ok(DeskList { items })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_change_hides_none_of_another_desk() {
        let desk = Own::default();
        desk.wrote(1..=3);
        desk.wrote(4..=4);
        assert!(desk.are_own(0, 4));
        // The fifth is another's, or was moved by itself.
        desk.wrote(6..=7);
        assert!(!desk.are_own(4, 7));
        desk.wrote(8..=8);
        desk.wrote(10..=10);
        assert!(desk.are_own(7, 8), "the ninth is not seen yet");
        assert!(!desk.are_own(8, 10));
        assert!(!desk.are_own(10, 11));
        desk.wrote(12..=14);
        // Of what is kept while it is asked, a part is seen.
        assert!(desk.are_own(11, 13));
        assert!(desk.are_own(13, 14));
        // Put back by a restore.
        desk.went_back();
        assert!(!desk.are_own(14, 5));
        assert!(!desk.are_own(5, 6));
    }
}
