//! Work in the background: how far it has come, and how it is ended.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use contract::{
    Conflict,
    backup::NoRoom,
    work::{CancelWork, GetWork, TableProof, WorkKind, WorkProblem, WorkStage, WorkState},
};
use sea_orm::DbErr;
use tokio::sync::watch;

use crate::{
    OpenError,
    app::App,
    call::{Run, RunUpkeep},
    db,
    error::Result,
    random,
    scope::Scope,
    watch::Watch,
};

/// How long an operation that begins work waits for its end before it answers with how far it has come.
pub(crate) const ANSWERED_WITHIN: Duration = Duration::from_secs(8);
/// How long a database may take over one step: long enough for a page of rows on a slow network.
const STEP_WITHIN: Duration = Duration::from_secs(120);
/// A rate is told after so long.
const RATE_AFTER: Duration = Duration::from_millis(500);

/// Why work was not done.
#[derive(Debug)]
pub enum Trouble {
    /// The person ended it.
    Canceled,
    /// What went wrong, with what exactly.
    Problem(WorkProblem, String),
}

impl Trouble {
    /// A problem that needs no more words.
    pub fn plain(problem: WorkProblem) -> Self {
        Self::Problem(problem, String::new())
    }

    /// Something that only the log explains.
    pub fn other(detail: &dyn std::fmt::Display) -> Self {
        let reference = random::reference();
        tracing::error!(%reference, %detail, "work failed");
        Self::Problem(WorkProblem::Other, reference)
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Canceled => f.write_str("It was canceled; nothing was changed."),
            Self::Problem(problem, detail) => {
                let words = contract::words::work_problem(*problem);
                let more = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
                write!(f, "{}{more}. {}", words.title, words.advice)
            }
        }
    }
}

impl std::error::Error for Trouble {}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        db::of_driver(error).into()
    }
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        if db::is_lost(&error) {
            tracing::warn!(%error, "the server went away");
            return Self::plain(WorkProblem::Unreachable);
        }
        match crate::book::db_cause(&error) {
            OpenError::Other { reference, .. } => Self::Problem(WorkProblem::Other, reference),
            error => error.into(),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::plain(WorkProblem::Missing),
            io::ErrorKind::AlreadyExists => Self::plain(WorkProblem::Exists),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::plain(WorkProblem::ReadOnly),
            io::ErrorKind::StorageFull => Self::plain(WorkProblem::DiskFull),
            _ => Self::other(&error),
        }
    }
}

impl From<NoRoom> for Trouble {
    fn from(room: NoRoom) -> Self {
        Self::Problem(WorkProblem::NoRoom, contract::words::no_room(&room))
    }
}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        let problem = match &error {
            OpenError::Missing => WorkProblem::Missing,
            OpenError::Locked => WorkProblem::InUse,
            OpenError::ReadOnly => WorkProblem::ReadOnly,
            OpenError::NetworkDrive => WorkProblem::NetworkDrive,
            OpenError::NotABook => WorkProblem::NotABook,
            OpenError::Damaged => WorkProblem::Damaged,
            OpenError::Newer => WorkProblem::Newer,
            OpenError::DiskFull => WorkProblem::DiskFull,
            OpenError::Unfinished => WorkProblem::Exists,
            OpenError::Unreachable(_)
            | OpenError::NoDatabase(_)
            | OpenError::TooManyConnections(_)
            | OpenError::SignIn(_)
            | OpenError::MayNotConnect(_)
            | OpenError::Tls(_)
            | OpenError::Variable(_)
            | OpenError::Swapped => {
                return Self::Problem(WorkProblem::Unreachable, error.to_string());
            }
            OpenError::NoRoom(said) => return Self::Problem(WorkProblem::NoRoom, said.clone()),
            OpenError::OwnerNeeded(said) => return Self::Problem(WorkProblem::OwnerNeeded, said.clone()),
            OpenError::Other { reference, .. } => return Self::Problem(WorkProblem::Other, reference.clone()),
            OpenError::TestClock | OpenError::UnknownTimeZone => return Self::other(&error),
        };
        Self::plain(problem)
    }
}

/// A piece of work, told to whoever asks. Copies share it.
#[derive(Clone, Debug)]
pub struct Work(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    canceled: watch::Sender<bool>,
    state: watch::Sender<WorkState>,
    stage_began: Mutex<Instant>,
}

impl Default for Work {
    fn default() -> Self {
        Self::with(WorkState::default())
    }
}

impl Work {
    /// Work that begins.
    #[must_use]
    pub fn new(kind: WorkKind) -> Self {
        Self::with(WorkState {
            kind: Some(kind),
            stage: WorkStage::Checking,
            ..WorkState::default()
        })
    }

    fn with(state: WorkState) -> Self {
        Self(Arc::new(Shared {
            canceled: watch::Sender::new(false),
            state: watch::Sender::new(state),
            stage_began: Mutex::new(Instant::now()),
        }))
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> WorkState {
        self.0.state.borrow().clone()
    }

    /// Told of every step.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<WorkState> {
        self.0.state.subscribe()
    }

    /// Asks it to end soon.
    pub fn cancel(&self) {
        self.0.canceled.send_replace(true);
    }

    /// Goes on with another stage of so many rows.
    pub(crate) fn begin(&self, stage: WorkStage, total: u64) {
        *self.0.stage_began.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.state.send_modify(|state| {
            state.stage = stage;
            (state.table, state.done, state.total) = (None, 0, total);
            (state.per_second, state.seconds_left) = (None, None);
        });
    }

    /// Goes on with a table.
    pub(crate) fn table(&self, name: &str) {
        self.0.state.send_modify(|state| state.table = Some(name.to_owned()));
    }

    /// So many more rows are done. Fails if the work was canceled.
    pub(crate) fn advance(&self, rows: usize) -> std::result::Result<(), Trouble> {
        let elapsed = self.0.stage_began.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        self.0.state.send_modify(|state| {
            state.done = state.done.saturating_add(u64::try_from(rows).unwrap_or(0));
            let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
            if elapsed > RATE_AFTER && state.done > 0 {
                let rate = (state.done.saturating_mul(1_000) / millis).max(1);
                state.per_second = Some(rate);
                state.seconds_left = Some(state.total.saturating_sub(state.done).div_ceil(rate));
            }
        });
        self.check()
    }

    /// Fails if the work was canceled.
    pub(crate) fn check(&self) -> std::result::Result<(), Trouble> {
        if self.is_canceled() { Err(Trouble::Canceled) } else { Ok(()) }
    }

    /// What a database answers to one step. Given up when the work is canceled, also in the middle, and as [`in_time`] does:
    /// where the network swallows what is sent, the answer would never come.
    pub(crate) async fn step<T, E: Into<Trouble>>(
        &self,
        asked: impl Future<Output = std::result::Result<T, E>>,
    ) -> std::result::Result<T, Trouble> {
        tokio::select! {
            biased;
            () = self.canceled() => Err(Trouble::Canceled),
            answer = in_time(asked) => answer,
        }
    }

    /// Comes when the work is canceled.
    pub(crate) async fn canceled(&self) {
        let _ = self.0.canceled.subscribe().wait_for(|is_canceled| *is_canceled).await;
    }

    /// It ended.
    pub(crate) fn end(&self, ended: std::result::Result<Done, Trouble>) {
        self.0.state.send_modify(|state| {
            (state.table, state.per_second, state.seconds_left) = (None, None, None);
            match ended {
                Ok(done) => {
                    state.stage = WorkStage::Done;
                    (state.result, state.proof, state.reopen) = (Some(done.result), done.proof, done.reopen);
                }
                Err(Trouble::Canceled) => state.stage = WorkStage::Canceled,
                Err(Trouble::Problem(problem, detail)) => {
                    state.stage = WorkStage::Failed;
                    state.problem = Some(problem);
                    state.detail = (!detail.is_empty()).then_some(detail);
                }
            }
        });
    }
}

impl Watch for Work {
    fn is_canceled(&self) -> bool {
        *self.0.canceled.borrow()
    }
}

/// What a database answers, if it does so in time. For what must not be given up in the middle by a person.
pub(crate) async fn in_time<T, E: Into<Trouble>>(
    asked: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, Trouble> {
    match tokio::time::timeout(STEP_WITHIN, asked).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => {
            tracing::warn!("the server does not answer any more");
            Err(Trouble::plain(WorkProblem::Unreachable))
        }
    }
}

/// What came of work.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// The file or the place that was made.
    pub result: String,
    /// What proves it.
    pub proof: Vec<TableProof>,
    /// Whether the book has to be opened again.
    pub reopen: bool,
}

impl App {
    /// Begins work in the background, one piece at a time, and waits so long for its end.
    pub(crate) async fn begin_work<F>(&self, kind: WorkKind, within: Duration, work: impl FnOnce(Self, Work) -> F) -> Result<WorkState>
    where
        F: Future<Output = std::result::Result<Done, Trouble>> + Send + 'static,
    {
        let current = {
            let mut current = self.0.work.lock().unwrap_or_else(PoisonError::into_inner);
            if current.state().stage.is_running() {
                return Err(Conflict::WorkRuns.into());
            }
            *current = Work::new(kind);
            current.clone()
        };
        let mut watch = current.watch();
        let running = tokio::spawn(work(self.clone(), current.clone()));
        let ending = current.clone();
        tokio::spawn(async move {
            let ended = running.await.unwrap_or_else(|panic| Err(Trouble::other(&panic)));
            if let Err(trouble) = &ended {
                tracing::warn!(%trouble, "work ended");
            }
            ending.end(ended);
        });
        let _ = tokio::time::timeout(within, watch.wait_for(|state| !state.stage.is_running())).await;
        Ok(current.state())
    }

    /// The work that runs or ran last.
    #[must_use]
    pub fn work(&self) -> Work {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends work that runs, and waits a little for its end.
    pub(crate) async fn end_work(&self) {
        let work = self.work();
        if work.state().stage.is_running() {
            work.cancel();
            let mut watch = work.watch();
            let ended = watch.wait_for(|state| !state.stage.is_running());
            if tokio::time::timeout(ANSWERED_WITHIN, ended).await.is_err() {
                tracing::warn!("work that was canceled has not ended yet");
            }
        }
    }
}

impl Run for GetWork {
    async fn run(self, scope: &Scope) -> Result<WorkState> {
        let inner = scope.inner();
        let work = inner.work.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(work.state())
    }
}

impl RunUpkeep for CancelWork {
    async fn run(self, app: App) -> Result<WorkState> {
        app.end_work().await;
        Ok(app.work().state())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_that_is_never_answered_ends_when_the_work_is_canceled() {
        let work = Work::new(WorkKind::Backup);
        let answered = work.step(async { Ok::<_, DbErr>(1) }).await.unwrap();
        assert_eq!(answered, 1);
        let canceling = work.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            canceling.cancel();
        });
        let silent = std::future::pending::<std::result::Result<(), DbErr>>();
        let ended = tokio::time::timeout(Duration::from_secs(5), work.step(silent)).await.unwrap();
        assert!(matches!(ended, Err(Trouble::Canceled)), "{ended:?}");
        // Nor does a further one begin.
        let ended = work.step(async { Ok::<_, DbErr>(1) }).await;
        assert!(matches!(ended, Err(Trouble::Canceled)), "{ended:?}");
        assert!(work.check().is_err());
    }

    #[test]
    fn what_only_the_owner_may_and_a_drive_of_the_network_have_problems_of_their_own() {
        let problem = |error: OpenError| match Trouble::from(error) {
            Trouble::Problem(problem, detail) => (problem, detail),
            Trouble::Canceled => panic!("nobody has canceled it"),
        };
        let said = "permission denied for database books";
        assert_eq!(
            problem(OpenError::OwnerNeeded(said.to_owned())),
            (WorkProblem::OwnerNeeded, said.to_owned())
        );
        assert_eq!(problem(OpenError::NetworkDrive), (WorkProblem::NetworkDrive, String::new()));
    }
}
