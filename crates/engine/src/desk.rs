//! This desk among the others that work on the book: who they are, and whether one of them has changed something.

use std::sync::{
    Arc, OnceLock, Weak,
    atomic::{AtomicI64, Ordering},
};

use contract::{
    Timestamp,
    desk::{BookState, Desk, DeskList, GetBookState, ListDesks},
};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{app::Inner, call::Run, db::Notices, entity::desk, error::Result, scope::Scope};

/// Who was not heard of for so long is gone.
const HEARD_WITHIN: i64 = 120_000;

/// What this desk is known by, and the numbers of the last changes.
#[derive(Debug)]
pub struct Own {
    id: OnceLock<Uuid>,
    own_number: AtomicI64,
    newest: watch::Sender<i64>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            id: OnceLock::new(),
            own_number: AtomicI64::new(0),
            newest: watch::Sender::new(0),
        }
    }
}

impl Own {
    /// Whether others were told of this desk.
    pub fn is_known(&self) -> bool {
        self.id.get().is_some()
    }

    /// A change was made here.
    pub fn wrote(&self, number: i64) {
        self.own_number.fetch_max(number, Ordering::Relaxed);
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

/// Says that somebody works here, or that nobody does any more. No record: it is not in the change log.
pub async fn report(inner: &Arc<Inner>) -> Result<()> {
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
                let is_own = number <= inner.desk.own_number.load(Ordering::Relaxed);
                inner.desk.newest.send_if_modified(|known| {
                    let is_news = number > *known;
                    *known = number.max(*known);
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
    Scope::read(inner, None, "get_book_state")
        .await?
        .number("SELECT number FROM chain_head", Vec::new())
        .await
}

impl Run for GetBookState {
    async fn run(self, scope: &Scope) -> Result<BookState> {
        let number = scope.number("SELECT number FROM chain_head", Vec::new()).await?;
        let inner = scope.inner();
        let own_number = inner.desk.own_number.load(Ordering::Relaxed).min(number);
        Ok(BookState {
            number: u64::try_from(number)?,
            own_number: u64::try_from(own_number)?,
            is_maintained: inner.is_closed_to_writes() || crate::db::is_maintained(scope).await?,
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
