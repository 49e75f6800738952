//! What a desk does by itself while it has a book open: it listens for changes of others, says that it is there, makes the
//! backup of the day, gives back memory, and takes away what restores that were killed have left on a server.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use contract::work::WorkKind;
use tokio::{sync::watch, task::AbortHandle};

use crate::{
    app::{App, Inner},
    backup, desk,
    work::{Trouble, Work},
};

/// How often a desk says that it is there.
const REPORTS: Duration = Duration::from_secs(30);
/// After so long in which nobody has asked for anything, memory is given back, and a connection to a server that was not used; and
/// how often that is looked at.
const RESTS: Duration = Duration::from_secs(60);
/// How often it is looked, until the first backup of the day may begin, whether it may.
const GLANCE: Duration = Duration::from_secs(1);

/// When the backup of the day is made.
///
/// It reads the whole book several times. So it begins neither while the window starts nor while somebody works, unless that goes on
/// for long. A book that is never open for long enough has it soon after a sign-in of another day.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The book is open for at least so long.
    pub opened: Duration,
    /// Nobody has asked for anything for so long.
    pub quiet: Duration,
    /// The longest wait for that, from the opening on.
    pub longest: Duration,
    /// So long after a sign-in it is made all the same, if an earlier day has changed the book and no backup has that.
    pub behind: Duration,
    /// How often it is looked, after the first, whether the day has one.
    pub looks: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            opened: Duration::from_secs(90),
            quiet: Duration::from_secs(20),
            longest: Duration::from_secs(10 * 60),
            behind: Duration::from_secs(10),
            looks: Duration::from_secs(15 * 60),
        }
    }
}

/// Goes on until it is dropped.
#[derive(Debug)]
pub struct Upkeep {
    tasks: Vec<AbortHandle>,
    /// Ends by itself: a copy that is given up in the middle would go on, and nobody would know of it.
    backup: Work,
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.backup.cancel();
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl App {
    /// Begins what a desk does by itself. `with_backups`: also the backup of the day.
    #[must_use]
    pub fn upkeep(&self, with_backups: bool) -> Upkeep {
        self.upkeep_at(with_backups.then(Pace::default))
    }

    /// The same, with when the backup of the day is made, if it is.
    #[must_use]
    pub fn upkeep_at(&self, backups: Option<Pace>) -> Upkeep {
        let weak = || Arc::downgrade(&self.0);
        let backup = Work::new(WorkKind::Backup);
        let tasks = vec![
            tokio::spawn(desk::listen(weak())).abort_handle(),
            tokio::spawn(report(weak())).abort_handle(),
            tokio::spawn(tidy(weak())).abort_handle(),
            tokio::spawn(rest(weak())).abort_handle(),
        ];
        if let Some(pace) = backups {
            tokio::spawn(back_up(weak(), pace, backup.clone()));
        }
        Upkeep { tasks, backup }
    }

    /// The number of the newest change; told anew when another desk has changed the book. Needs [`App::upkeep`].
    #[must_use]
    pub fn changes_elsewhere(&self) -> watch::Receiver<i64> {
        self.0.desk.newest()
    }
}

async fn report(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(REPORTS).await;
        let Some(inner) = inner.upgrade() else { return };
        if let Err(error) = desk::report(&inner).await {
            tracing::debug!(?error, "saying that a desk is there");
        }
    }
}

/// Once, soon after the book was opened: nobody waits for it, and nothing depends on it.
async fn tidy(inner: Weak<Inner>) {
    if let Some(app) = inner.upgrade().map(App) {
        backup::tidy_server(&app).await;
    }
}

async fn rest(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(RESTS).await;
        let Some(inner) = inner.upgrade() else { return };
        if inner.session.read().await.is_quiet(RESTS) {
            inner.db.rest().await;
        } else {
            inner.db.rest_unused(RESTS).await;
        }
    }
}

async fn back_up(inner: Weak<Inner>, pace: Pace, work: Work) {
    let mut turn = Turn::new(pace);
    while !turn.has_come(&inner).await {
        if !goes_on(&work, GLANCE).await {
            return;
        }
    }
    while work.check().is_ok() {
        let Some(app) = inner.upgrade().map(App) else { return };
        match app.keep_daily_backup_as(&work).await {
            Ok(None) => {}
            Ok(Some(done)) => tracing::info!(file = done.result, "the backup of the day"),
            Err(Trouble::Canceled) => tracing::debug!("the backup of the day was given up"),
            Err(trouble) => tracing::warn!(%trouble, "there is no backup of the day"),
        }
        drop(app);
        goes_on(&work, pace.looks).await;
    }
}

/// Waits. False, at once, if there is nothing more to wait for.
async fn goes_on(work: &Work, pause: Duration) -> bool {
    tokio::select! {
        () = work.canceled() => false,
        () = tokio::time::sleep(pause) => true,
    }
}

/// The wait for the first look at whether the day has a backup.
struct Turn {
    pace: Pace,
    opened: Instant,
    /// Since when somebody is signed in.
    entered: Option<Instant>,
    /// Whether it was asked already if an earlier day has no backup.
    was_asked: bool,
}

impl Turn {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            opened: Instant::now(),
            entered: None,
            was_asked: false,
        }
    }

    /// Whether it is over; also if the book is not open any more.
    async fn has_come(&mut self, inner: &Weak<Inner>) -> bool {
        let Some(app) = inner.upgrade().map(App) else { return true };
        let (is_somebody_there, is_quiet) = {
            let session = app.0.session.read().await;
            (session.account().is_some(), session.is_quiet(self.pace.quiet))
        };
        let open = self.opened.elapsed();
        if open >= self.pace.longest || (open >= self.pace.opened && is_quiet) {
            return true;
        }
        self.entered = is_somebody_there.then(|| self.entered.unwrap_or_else(Instant::now));
        if self.was_asked || self.entered.is_none_or(|entered| entered.elapsed() < self.pace.behind) {
            return false;
        }
        self.was_asked = true;
        app.misses_backup().await.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the backups cannot be looked at");
            false
        })
    }
}
