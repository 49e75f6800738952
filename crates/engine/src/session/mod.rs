//! Who is signed in. The session lives here, in memory: no token of it ever reaches the page.

mod enter;
mod first_run;
mod leave;
mod throttle;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contract::{
    Forbidden, Request, Timestamp,
    backup::ListBackups,
    desk::{GetBookState, ListDesks},
    session::{Administrator, CurrentSession, SessionStage, SessionState},
    work::GetWork,
};
use sea_orm::EntityTrait;

use crate::{
    app::{App, Inner},
    call::Run,
    entity::customer,
    error::{Error, Result},
    scope::{Actor, Scope},
};

pub use first_run::require_empty;
pub use throttle::Waits;

/// How long a check of an account's rights counts for reads. Writes check each time.
const RIGHTS_COUNT: Duration = Duration::from_secs(5);
/// How long a password that was given again counts.
const CONFIRMATION_COUNTS: Duration = Duration::from_secs(5 * 60);
/// What a page asks again and again by itself: whether there is a backup, whether the book is heard again, how far work has come, and
/// who else is here. That somebody is there does not follow from it.
const ASKED_BY_ITSELF: &[&str] = &[ListBackups::NAME, GetBookState::NAME, GetWork::NAME, ListDesks::NAME];
/// The longest session.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Who is signed in. Times are monotonic: setting the clock neither prolongs nor shortens a session.
#[derive(Debug, Default)]
pub struct Session(Option<Seat>);

#[derive(Clone, Debug)]
struct Seat {
    actor: Actor,
    /// As it was at sign-in, for the page; the account may have another by now.
    email: String,
    is_locked: bool,
    since: Instant,
    last_used: Instant,
    rights_checked: Instant,
    confirmed: Option<Instant>,
}

impl Session {
    /// Who is signed in, also while the session is locked.
    pub fn account(&self) -> Option<uuid::Uuid> {
        self.0.as_ref().map(|seat| seat.actor.id)
    }

    /// Whether nobody has asked for anything for so long.
    pub fn is_quiet(&self, long: Duration) -> bool {
        self.0.as_ref().is_none_or(|seat| seat.last_used.elapsed() >= long)
    }

    fn sign_in(&mut self, account: &customer::Model) {
        let now = Instant::now();
        self.0 = Some(Seat {
            actor: Actor {
                id: account.id,
                full_name: account.full_name.clone(),
            },
            email: account.email.clone(),
            is_locked: false,
            since: now,
            last_used: now,
            rights_checked: now,
            confirmed: None,
        });
    }
}

/// Takes note if somebody is there. Locks a session that was idle for too long and ends one that is too old. The sample
/// never locks: nobody knows the password of its owner.
async fn attend(inner: &Arc<Inner>, is_there: bool) -> Result<()> {
    let (idle_minutes, is_sample) = {
        let book = inner.book.read().await;
        (book.idle_lock_minutes, book.is_sample)
    };
    // A little longer than the page waits, so that the page's own lock comes first.
    let idle = Duration::from_secs(u64::try_from(idle_minutes)?.saturating_mul(60) + 30);
    let mut session = inner.session.write().await;
    let Some(seat) = session.0.as_mut() else { return Ok(()) };
    if is_sample {
        return Ok(());
    }
    if seat.since.elapsed() > LONGEST {
        session.0 = None;
    } else if seat.last_used.elapsed() > idle {
        seat.is_locked = true;
        seat.confirmed = None;
    } else if is_there {
        seat.last_used = Instant::now();
    }
    Ok(())
}

/// Whether the account that asks still has the session; it may have been locked or left meanwhile.
pub async fn check_seat(inner: &Arc<Inner>, actor: &Actor) -> Result<()> {
    match &inner.session.read().await.0 {
        Some(seat) if seat.actor.id != actor.id => Err(contract::Error::SignedOut.into()),
        Some(seat) if seat.is_locked => Err(contract::Error::Locked.into()),
        Some(_) => Ok(()),
        None => Err(contract::Error::SignedOut.into()),
    }
}

/// Who has the session, unless it is locked.
async fn seat(inner: &Arc<Inner>, is_there: bool) -> Result<Seat> {
    attend(inner, is_there).await?;
    let seat = inner.session.read().await.0.clone();
    let seat = seat.ok_or(Error::Refused(contract::Error::SignedOut))?;
    if seat.is_locked {
        return Err(contract::Error::Locked.into());
    }
    Ok(seat)
}

/// Who asks, and whether it is known that they still may.
#[derive(Clone, Debug)]
pub struct Standing {
    pub actor: Actor,
    is_known: bool,
}

impl Standing {
    /// Looks at the rights again, and at the settings, if that was not done for a while. Answers with whether the settings have
    /// become others.
    pub async fn renew(&self, inner: &Arc<Inner>) -> Result<bool> {
        if self.is_known {
            return Ok(false);
        }
        let asked = Instant::now();
        let scope = Scope::read(inner, Some(self.actor.clone()), "session").await?;
        let (checked, changed) = tokio::join!(check_rights(&scope, &self.actor), crate::settings::reload(inner));
        checked?;
        let changed = changed?;
        if let Some(seat) = inner.session.write().await.0.as_mut()
            && seat.actor.id == self.actor.id
        {
            seat.rights_checked = asked;
        }
        Ok(changed)
    }
}

/// Who asks for an operation, as far as that is known without the database.
pub async fn standing(inner: &Arc<Inner>, operation: &str) -> Result<Standing> {
    standing_of(inner, !ASKED_BY_ITSELF.contains(&operation)).await
}

async fn standing_of(inner: &Arc<Inner>, is_there: bool) -> Result<Standing> {
    let seat = seat(inner, is_there).await?;
    Ok(Standing {
        is_known: seat.rights_checked.elapsed() <= RIGHTS_COUNT,
        actor: seat.actor,
    })
}

/// Who asks.
pub async fn who(inner: &Arc<Inner>) -> Result<Actor> {
    let standing = standing_of(inner, true).await?;
    standing.renew(inner).await?;
    Ok(standing.actor)
}

/// Tells the other desks who works here. That they cannot be told is no reason to refuse a session.
async fn tell_others(inner: &Arc<Inner>) {
    if let Err(error) = crate::desk::report(inner).await {
        tracing::debug!(?error, "saying who works here");
    }
}

/// Checks that an account may still work here, and ends its session if not.
pub async fn check_rights(scope: &Scope, actor: &Actor) -> Result<()> {
    let account = customer::Entity::find_by_id(actor.id).one(scope).await?;
    let refusal = match account {
        None => contract::Error::SignedOut,
        Some(account) if account.deleted_at.is_some() || account.archived_at.is_some() => contract::Error::SignedOut,
        Some(account) if !account.is_admin => contract::Error::Forbidden {
            reason: Forbidden::NotAdministrator,
        },
        Some(account) if !account.is_active => contract::Error::Forbidden {
            reason: Forbidden::Inactive,
        },
        Some(_) => return Ok(()),
    };
    scope.inner().session.write().await.0 = None;
    Err(refusal.into())
}

/// Refuses what is grave, unless the password was given again within the last five minutes.
pub async fn require_confirmation(scope: &Scope) -> Result<()> {
    require_confirmation_of(scope.inner()).await
}

/// The same, for what has no scope.
pub async fn require_confirmation_of(inner: &Inner) -> Result<()> {
    let session = inner.session.read().await;
    let confirmed = session.0.as_ref().and_then(|seat| seat.confirmed);
    if confirmed.is_some_and(|at| at.elapsed() < CONFIRMATION_COUNTS) {
        Ok(())
    } else {
        Err(contract::Error::ConfirmationNeeded.into())
    }
}

/// The state of the session.
async fn state(scope: &Scope) -> Result<SessionState> {
    let seat = scope.inner().session.read().await.0.clone();
    let stage = match &seat {
        Some(seat) if seat.is_locked => SessionStage::Locked,
        Some(_) => SessionStage::SignedIn,
        None if has_administrator(scope).await? => SessionStage::SignedOut,
        None => SessionStage::FirstRun,
    };
    Ok(SessionState {
        stage,
        administrator: seat.map(|seat| Administrator {
            id: seat.actor.id.into(),
            full_name: seat.actor.full_name,
            email: seat.email,
        }),
        book_name: scope.book.name.clone(),
        currency: scope.currency()?,
        time_zone: scope.book.time_zone.clone(),
        idle_lock_minutes: u32::try_from(scope.book.idle_lock_minutes)?,
        retry_after: throttle::wait(scope, throttle::EVERYONE).await?,
        test_clock: scope.book.is_test_clock,
    })
}

/// The state of the session, read anew.
async fn current(inner: &Arc<Inner>) -> Result<SessionState> {
    state(&Scope::read(inner, None, "current_session").await?).await
}

async fn has_administrator(scope: &Scope) -> Result<bool> {
    Ok(scope
        .number(
            "SELECT COUNT(*) FROM customer WHERE is_admin = TRUE AND deleted_at IS NULL",
            Vec::new(),
        )
        .await?
        > 0)
}

impl Run for CurrentSession {
    /// Somebody who asks is there: the page asks while there is input that leads to no other operation.
    async fn run(self, scope: &Scope) -> Result<SessionState> {
        attend(scope.inner(), true).await?;
        state(scope).await
    }
}

impl App {
    /// Refuses unless somebody is signed in whose session is not locked: what a window does for whoever works in it, it must
    /// not do for anyone else. The database is not asked, so that this is known also while it does not answer.
    ///
    /// # Errors
    /// `SignedOut` or `Locked`.
    pub async fn check_signed_in(&self) -> std::result::Result<(), contract::Error> {
        let seat = seat(&self.0, true).await;
        seat.map(drop).map_err(|error| self.broken("session", error))
    }

    /// Signs the owner of a sample book in: its password is of no use to anyone.
    ///
    /// # Errors
    /// `Forbidden` for a book that was not made with sample data.
    pub async fn enter_sample(&self) -> std::result::Result<(), contract::Error> {
        let fault = |detail: String| {
            let reference = crate::random::reference();
            tracing::error!(%reference, detail, "entering the sample book");
            contract::Error::Internal { reference }
        };
        if !self.0.book.read().await.is_sample {
            return Err(contract::Error::Forbidden {
                reason: Forbidden::NotAdministrator,
            });
        }
        let scope = Scope::read(&self.0, None, "enter_sample")
            .await
            .map_err(|error| fault(format!("{error:?}")))?;
        let sql =
            "SELECT * FROM customer WHERE is_admin = TRUE AND is_active = TRUE AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1";
        let owner = customer::Entity::find()
            .from_raw_sql(scope.statement(sql, Vec::new()))
            .one(&scope)
            .await;
        match owner.map_err(|error| fault(error.to_string()))? {
            Some(owner) => self.0.session.write().await.sign_in(&owner),
            None => return Err(contract::Error::SignedOut),
        }
        Ok(())
    }
}

/// The end of a confirmation that was given now.
fn confirmed_until(now: Timestamp) -> Timestamp {
    now.plus_millis(i64::try_from(CONFIRMATION_COUNTS.as_millis()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use contract::session::Lock;

    use super::*;
    use crate::{BookLocation, NewBook, OpenOptions};

    async fn signed_in(is_sample: bool) -> (App, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook {
                is_sample,
                ..NewBook::default()
            }),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        let owner = contract::session::FirstRun {
            full_name: "Olga Owner".to_owned(),
            email: "owner@example.com".to_owned(),
            password: "correct horse battery staple".into(),
            book_name: None,
            currency: None,
            time_zone: None,
        };
        app.call(owner, None).await.unwrap();
        (app, folder)
    }

    /// Lets the session have been unused for so long.
    async fn leave(app: &App, seconds: u64) {
        let then = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        app.0.session.write().await.0.as_mut().unwrap().last_used = then;
    }

    async fn stage(app: &App) -> SessionStage {
        app.call(CurrentSession {}, None).await.unwrap().stage
    }

    #[tokio::test]
    async fn a_session_locks_itself_after_idle_minutes_and_stays_while_somebody_is_there() {
        let (app, _folder) = signed_in(false).await;
        leave(&app, 10 * 60 + 29).await;
        assert_eq!(stage(&app).await, SessionStage::SignedIn);
        // Asking was a sign of life: the time begins anew.
        leave(&app, 10 * 60 + 31).await;
        assert_eq!(
            app.call(contract::settings::GetSettings {}, None).await,
            Err(contract::Error::Locked)
        );
        assert_eq!(stage(&app).await, SessionStage::Locked);
        app.close().await;
    }

    #[tokio::test]
    async fn what_a_page_asks_by_itself_keeps_no_session_open() {
        let (app, _folder) = signed_in(false).await;
        leave(&app, 10 * 60 + 20).await;
        app.call(ListBackups {}, None).await.unwrap();
        app.call(GetBookState {}, None).await.unwrap();
        app.call(GetWork {}, None).await.unwrap();
        app.call(ListDesks {}, None).await.unwrap();
        let idle = app.0.session.read().await.0.as_ref().unwrap().last_used.elapsed();
        assert!(idle >= Duration::from_secs(10 * 60 + 20), "{idle:?}");
        leave(&app, 10 * 60 + 31).await;
        let refusal = app.call(ListBackups {}, None).await;
        assert_eq!(refusal.map(drop), Err(contract::Error::Locked));
        app.close().await;
    }

    #[tokio::test]
    async fn the_sample_does_not_lock_itself_but_can_be_locked() {
        let (app, _folder) = signed_in(true).await;
        leave(&app, 60 * 60).await;
        assert_eq!(stage(&app).await, SessionStage::SignedIn);
        app.call(Lock {}, None).await.unwrap();
        assert_eq!(stage(&app).await, SessionStage::Locked);
        app.close().await;
    }

    #[tokio::test]
    async fn a_write_that_was_begun_before_the_lock_is_refused_after_it() {
        let (app, _folder) = signed_in(false).await;
        let actor = who(&app.0).await.unwrap();
        app.call(Lock {}, None).await.unwrap();
        let refusal = check_seat(&app.0, &actor).await.unwrap_err();
        assert!(matches!(refusal, Error::Refused(contract::Error::Locked)));
        app.close().await;
    }
}
