//! Work in the background: how far it has come, and how it is ended.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use contract::{
    Conflict,
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
const ANSWERED_WITHIN: Duration = Duration::from_secs(8);
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
        DbErr::Exec(sea_orm::RuntimeErr::SqlxError(Arc::new(error))).into()
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

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        let problem = match &error {
            OpenError::Missing => WorkProblem::Missing,
            OpenError::Locked => WorkProblem::InUse,
            OpenError::ReadOnly => WorkProblem::ReadOnly,
            OpenError::NotABook => WorkProblem::NotABook,
            OpenError::Damaged => WorkProblem::Damaged,
            OpenError::Newer => WorkProblem::Newer,
            OpenError::DiskFull => WorkProblem::DiskFull,
            OpenError::Unfinished => WorkProblem::Exists,
            OpenError::Unreachable(_) | OpenError::SignIn(_) | OpenError::Tls(_) | OpenError::Swapped => {
                return Self::Problem(WorkProblem::Unreachable, error.to_string());
            }
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
    canceled: AtomicBool,
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
            canceled: AtomicBool::new(false),
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
        self.0.canceled.store(true, Ordering::Relaxed);
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
        if self.0.canceled.load(Ordering::Relaxed) {
            Err(Trouble::Canceled)
        } else {
            Ok(())
        }
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
        self.0.canceled.load(Ordering::Relaxed)
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
    /// Begins work in the background, one piece at a time, and waits a little for its end.
    pub(crate) async fn begin_work<F>(&self, kind: WorkKind, work: impl FnOnce(Self, Work) -> F) -> Result<WorkState>
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
        let _ = tokio::time::timeout(ANSWERED_WITHIN, watch.wait_for(|state| !state.stage.is_running())).await;
        Ok(current.state())
    }

    /// The work that runs or ran last.
    #[must_use]
    pub fn work(&self) -> Work {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends work that runs, and waits for its end.
    pub(crate) async fn end_work(&self) {
        let work = self.work();
        if work.state().stage.is_running() {
            work.cancel();
            let _ = work.watch().wait_for(|state| !state.stage.is_running()).await;
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
