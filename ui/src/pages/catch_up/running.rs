//! Running what is due, in parts, until nothing is left.

use std::{cell::Cell, rc::Rc};

use contract::{
    Error,
    catch_up::{DueCount, RunCatchUp},
};
use yew::prelude::*;

use super::words;
use crate::hooks::{Mutation, use_mutation};

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
    Done(Vec<DueCount>),
    /// It shall end with this part.
    Stop,
    /// It has ended.
    End(Option<Error>),
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
            Step::Done(counts) => next.done = words::added(next.done, &counts),
            Step::Stop => next.is_stopping = true,
            Step::End(error) => {
                next.is_running = false;
                next.has_ended = true;
                next.error = error;
            }
        }
        Rc::new(next)
    }
}

/// Running what is due.
#[derive(Clone, PartialEq)]
pub struct Running {
    /// How far it has come.
    pub progress: Progress,
    /// Begins, with so much that is due.
    pub begin: Callback<u64>,
    /// Ends it after the part that runs.
    pub stop: Callback<()>,
}

/// Offers to run what is due.
#[hook]
pub fn use_running() -> Running {
    let progress = use_reducer_eq(Progress::default);
    let run = use_mutation::<RunCatchUp>();
    let wants_stop = use_memo((), |()| Cell::new(false));
    {
        // Who leaves the page does not stop the part that runs, but no other begins.
        let wants_stop = Rc::clone(&wants_stop);
        use_effect_with((), move |()| move || wants_stop.set(true));
    }
    let begin = {
        let (progress, wants_stop) = (progress.clone(), Rc::clone(&wants_stop));
        Callback::from(move |of: u64| {
            if progress.is_running {
                return;
            }
            wants_stop.set(false);
            progress.dispatch(Step::Begin(of));
            part(run.clone(), progress.dispatcher(), Rc::clone(&wants_stop));
        })
    };
    let stop = {
        let (progress, wants_stop) = (progress.dispatcher(), Rc::clone(&wants_stop));
        Callback::from(move |()| {
            wants_stop.set(true);
            progress.dispatch(Step::Stop);
        })
    };
    Running {
        progress: (*progress).clone(),
        begin,
        stop,
    }
}

/// Runs one part, and the next when there is more.
fn part(run: Mutation<RunCatchUp>, progress: UseReducerDispatcher<Progress>, wants_stop: Rc<Cell<bool>>) {
    let again = run.clone();
    run.run_with(RunCatchUp {}, move |answer| match answer {
        Ok(done) => {
            // A part in which nothing could be done would be followed by the same.
            let goes_on = done.has_more && words::total(&done.counts) > 0 && !wants_stop.get();
            progress.dispatch(Step::Done(done.counts));
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
    use contract::catch_up::DueKind;

    #[test]
    fn parts_add_up_and_a_failure_keeps_what_was_done() {
        let renewals = |count| {
            vec![DueCount {
                kind: DueKind::Renewal,
                count,
                amounts: Vec::new(),
            }]
        };
        let steps = [
            Step::Begin(214),
            Step::Done(renewals(200)),
            Step::Stop,
            Step::Done(renewals(14)),
            Step::End(Some(Error::Locked)),
        ];
        let end = steps
            .into_iter()
            .fold(Rc::new(Progress::default()), |progress, step| progress.reduce(step));
        assert_eq!((words::total(&end.done), end.of), (214, 214));
        assert!(!end.is_running && end.has_ended && end.is_stopping);
        assert_eq!(end.error, Some(Error::Locked));
        // Another run begins with nothing of it.
        let again = end.reduce(Step::Begin(3));
        assert!(again.done.is_empty() && again.error.is_none() && !again.has_ended);
    }
}
