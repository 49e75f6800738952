//! What a desk does by itself while it has a book open: it listens for changes of others, says that it is there, makes the
//! backup of the day, and takes away what restores that were killed have left on a server.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{sync::watch, task::AbortHandle};

use crate::{
    app::{App, Inner},
    backup, desk,
};

/// How often a desk says that it is there.
const REPORTS: Duration = Duration::from_secs(30);
/// How often it looks whether the day has a backup.
const LOOKS: Duration = Duration::from_secs(15 * 60);

/// Goes on until it is dropped.
#[derive(Debug)]
pub struct Upkeep(Vec<AbortHandle>);

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl App {
    /// Begins what a desk does by itself. `with_backups`: also the backup of the day.
    #[must_use]
    pub fn upkeep(&self, with_backups: bool) -> Upkeep {
        let weak = || Arc::downgrade(&self.0);
        let mut tasks = vec![
            tokio::spawn(desk::listen(weak())).abort_handle(),
            tokio::spawn(report(weak())).abort_handle(),
            tokio::spawn(tidy(weak())).abort_handle(),
        ];
        if with_backups {
            tasks.push(tokio::spawn(back_up(weak())).abort_handle());
        }
        Upkeep(tasks)
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

async fn back_up(inner: Weak<Inner>) {
    loop {
        let Some(app) = inner.upgrade().map(App) else { return };
        match app.keep_daily_backup().await {
            Ok(None) => {}
            Ok(Some(done)) => tracing::info!(file = done.result, "the backup of the day"),
            Err(trouble) => tracing::warn!(%trouble, "there is no backup of the day"),
        }
        drop(app);
        tokio::time::sleep(LOOKS).await;
    }
}
