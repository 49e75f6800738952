//! Running what is due, in parts, until nothing is left.

use std::{cell::Cell, rc::Rc};

use contract::{
    CatchUpRunId, Error,
    catch_up::{CatchUpRun, DueCount, DueKind, RunCatchUp},
};
use yew::prelude::*;

use super::words;
use crate::hooks::{Mutation, Toast, use_latest, use_mutation, use_toasts};

/// How far it has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Whether it is running.
    pub is_running: bool,
    /// Whether it ends with the part that runs.
    pub is_stopping: bool,
    /// What was due when it began.
    pub of: u64,
    /// What was done since.
    pub done: Vec<DueCount>,
    /// The runs of which it consists that noted reminders.
    pub reminded: Vec<CatchUpRunId>,
    /// Whether it has ended, so that what was done is said.
    pub has_ended: bool,
    /// Why it went no further.
    pub error: Option<Error>,
}

/// How it goes on.
pub enum Step {
    /// It begins, with so much that is due.
    Begin(u64),
    /// A part was done.
    Done(CatchUpRun),
    /// It shall end with this part.
    Stop,
    /// It has ended.
    End(Option<Error>),
    /// What came of it was read.
    Forget,
}

/// Whether a run noted reminders.
pub fn has_reminders(run: &CatchUpRun) -> bool {
    run.counts.iter().any(|count| count.kind == DueKind::Reminder && count.count > 0)
}

impl Reducible for Progress {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::Begin(of) => {
                next = Self {
                    is_running: true,
                    of,
                    ..Self::default()
                }
            }
            Step::Done(run) => {
                next.done = words::added(next.done, &run.counts);
                next.reminded.extend(has_reminders(&run).then_some(run.id));
            }
            Step::Stop => next.is_stopping = true,
            Step::End(error) => {
                next.is_running = false;
                next.has_ended = true;
                next.error = error;
            }
            Step::Forget if next.is_running => return self,
            Step::Forget => next = Self::default(),
        }
        Rc::new(next)
    }
}

/// Running what is due.
#[derive(Clone, Default, PartialEq)]
pub struct Running {
    /// How far it has come.
    pub progress: Progress,
    /// Begins, with so much that is due.
    pub begin: Callback<u64>,
    /// Ends it after the part that runs.
    pub stop: Callback<()>,
    /// Whether it is on screen. What came of it is said in a notification where it is not, and forgotten once it was.
    pub watch: Callback<bool>,
}

/// Offers to run what is due, for as long as the component is there: it goes on while the person is on another page.
#[hook]
pub fn use_running() -> Running {
    let progress = use_reducer_eq(Progress::default);
    let run = use_mutation::<RunCatchUp>();
    let wants_stop = use_memo((), |()| Cell::new(false));
    let is_watched = use_memo((), |()| Cell::new(false));
    let toasts = use_toasts();
    {
        // Who signs out does not stop the part that runs, but no other begins.
        let wants_stop = Rc::clone(&wants_stop);
        use_effect_with((), move |()| move || wants_stop.set(true));
    }
    let begin = {
        let (dispatcher, wants_stop) = (progress.dispatcher(), Rc::clone(&wants_stop));
        let run = use_latest(run);
        use_callback(progress.is_running, move |of: u64, is_running| {
            if *is_running {
                return;
            }
            wants_stop.set(false);
            dispatcher.dispatch(Step::Begin(of));
            let run = run.borrow().clone();
            // Each thing that is due is done once whatever key it comes under; the answer to an earlier run is none to this one.
            run.begin_anew();
            part(run, dispatcher.clone(), Rc::clone(&wants_stop));
        })
    };
    let stop = {
        let (progress, wants_stop) = (progress.dispatcher(), Rc::clone(&wants_stop));
        use_callback((), move |(), ()| {
            wants_stop.set(true);
            progress.dispatch(Step::Stop);
        })
    };
    {
        let (done, is_watched) = (progress.done.clone(), Rc::clone(&is_watched));
        use_effect_with((progress.has_ended, progress.error.clone()), move |(has_ended, error)| {
            if *has_ended && !is_watched.get() {
                toasts.show(match error {
                    Some(error) => Toast::failed(error),
                    None => Toast::done(format!("Caught up: {}", words::summary(&done))),
                });
            }
        });
    }
    let watch = {
        let (progress, is_watched) = (progress.dispatcher(), Rc::clone(&is_watched));
        use_callback((), move |is_on: bool, ()| {
            is_watched.set(is_on);
            if !is_on {
                progress.dispatch(Step::Forget);
            }
        })
    };
    Running {
        progress: (*progress).clone(),
        begin,
        stop,
        watch,
    }
}

/// Runs one part, and the next when there is more.
fn part(run: Mutation<RunCatchUp>, progress: UseReducerDispatcher<Progress>, wants_stop: Rc<Cell<bool>>) {
    let again = run.clone();
    run.run_with(RunCatchUp {}, move |answer| match answer {
        Ok(done) => {
            let goes_on = done.has_more && !wants_stop.get();
            progress.dispatch(Step::Done(done));
            if goes_on {
                part(again.clone(), progress.clone(), Rc::clone(&wants_stop));
            } else {
                progress.dispatch(Step::End(None));
            }
        }
        Err(error) => progress.dispatch(Step::End(Some(error))),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Timestamp;

    #[test]
    fn parts_add_up_and_a_failure_keeps_what_was_done() {
        let run = |number: u128, kind, count| CatchUpRun {
            id: CatchUpRunId(uuid::Uuid::from_u128(number)),
            at: Timestamp(0),
            actor: None,
            counts: vec![DueCount {
                kind,
                count,
                amounts: Vec::new(),
            }],
            has_more: false,
        };
        let steps = [
            Step::Begin(214),
            Step::Done(run(1, DueKind::Renewal, 200)),
            Step::Stop,
            Step::Done(run(2, DueKind::Reminder, 14)),
            Step::End(Some(Error::Locked)),
        ];
        let end = steps
            .into_iter()
            .fold(Rc::new(Progress::default()), |progress, step| progress.reduce(step));
        assert_eq!((words::total(&end.done), end.of), (214, 214));
        assert_eq!(end.reminded, [CatchUpRunId(uuid::Uuid::from_u128(2))]);
        assert!(!end.is_running && end.has_ended && end.is_stopping);
        assert_eq!(end.error, Some(Error::Locked));
        // Another run begins with nothing of it.
        let again = end.reduce(Step::Begin(3));
        assert!(again.done.is_empty() && again.error.is_none() && !again.has_ended);
        assert!(Rc::clone(&again).reduce(Step::Forget).is_running, "what runs is not forgotten");
    }
}
