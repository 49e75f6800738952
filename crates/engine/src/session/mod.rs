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
    Forbidden, Timestamp,
    session::{Administrator, CurrentSession, SessionStage, SessionState},
};
use sea_orm::EntityTrait;

use crate::{
    app::{App, Inner},
    call::Run,
    entity::customer,
    error::{Error, Result},
    scope::{Actor, Scope},
};

/// How long a check of an account's rights counts for reads. Writes check each time.
const RIGHTS_COUNT: Duration = Duration::from_secs(5);
/// How long a password that was given again counts.
const CONFIRMATION_COUNTS: Duration = Duration::from_secs(5 * 60);
/// The longest session.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Who is signed in. Times are monotonic: setting the clock neither prolongs nor shortens a session.
#[derive(Debug, Default)]
pub struct Session(Option<Seat>);

#[derive(Clone, Debug)]
struct Seat {
    actor: Actor,
    email: String,
    is_locked: bool,
    since: Instant,
    last_used: Instant,
    rights_checked: Instant,
    confirmed: Option<Instant>,
}

impl Session {
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

/// Who asks. Locks a session that was idle for too long and ends one that is too old.
pub async fn who(inner: &Arc<Inner>) -> Result<Actor> {
    let idle_minutes = inner.book.read().await.idle_lock_minutes;
    let idle = Duration::from_secs(u64::try_from(idle_minutes)?.saturating_mul(60));
    let (actor, is_stale) = {
        let mut session = inner.session.write().await;
        let seat = session.0.as_mut().ok_or(Error::Refused(contract::Error::SignedOut))?;
        if seat.since.elapsed() > LONGEST {
            session.0 = None;
            return Err(contract::Error::SignedOut.into());
        }
        // A little longer than the page waits, so that the page's own lock comes first.
        if seat.is_locked || seat.last_used.elapsed() > idle + Duration::from_secs(30) {
            seat.is_locked = true;
            return Err(contract::Error::Locked.into());
        }
        seat.last_used = Instant::now();
        (seat.actor.clone(), seat.rights_checked.elapsed() > RIGHTS_COUNT)
    };
    if is_stale {
        crate::settings::reload(inner).await?;
        let scope = Scope::read(inner, Some(actor.clone()), "session").await?;
        check_rights(&scope, &actor).await?;
        if let Some(seat) = inner.session.write().await.0.as_mut() {
            seat.rights_checked = Instant::now();
        }
    }
    Ok(actor)
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
    let session = scope.inner().session.read().await;
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
    async fn run(self, scope: &Scope) -> Result<SessionState> {
        state(scope).await
    }
}

impl App {
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
