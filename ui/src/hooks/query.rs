//! Reading from the book.

use std::{cell::Cell, rc::Rc};

use contract::{Error, Request};
use yew::prelude::*;

use crate::{
    hooks::{is_shut_out, turns::turn, use_book_changes, use_latest, use_return},
    ipc::{self, Lane},
};

/// How far a question has come.
#[derive(Debug)]
pub enum Query<T> {
    /// No answer yet.
    Loading,
    /// The newest answer. It stays while it is asked for again.
    Ready(Rc<T>),
    /// Refused, and there is no earlier answer.
    Failed(Error),
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading => Self::Loading,
            Self::Ready(value) => Self::Ready(Rc::clone(value)),
            Self::Failed(error) => Self::Failed(error.clone()),
        }
    }
}

impl<T> Query<T> {
    /// The answer, if there is one.
    #[must_use]
    pub fn ready(&self) -> Option<&Rc<T>> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// A question, its answer, and how to ask again.
pub struct QueryHandle<T> {
    /// How far it has come.
    pub state: Query<T>,
    /// Whether it is being asked again while an older answer is shown.
    pub is_reloading: bool,
    /// Why the newest attempt failed although an older answer is shown.
    pub reload_error: Option<Error>,
    /// Asks again.
    pub reload: Callback<()>,
}

struct Progress<T> {
    /// Number of the newest question; answers to older ones are dropped.
    newest: u32,
    is_running: bool,
    state: Query<T>,
    reload_error: Option<Error>,
}

enum Step<T> {
    Asked(u32),
    Answered(u32, Result<T, Error>),
}

impl<T> Reducible for Progress<T> {
    type Action = Step<T>;

    fn reduce(self: Rc<Self>, action: Step<T>) -> Rc<Self> {
        match action {
            Step::Asked(newest) => {
                let state = match &self.state {
                    Query::Failed(_) => Query::Loading,
                    other => other.clone(),
                };
                Rc::new(Self {
                    newest,
                    is_running: true,
                    state,
                    reload_error: None,
                })
            }
            Step::Answered(number, _) if number != self.newest => self,
            Step::Answered(newest, Ok(value)) => Rc::new(Self {
                newest,
                is_running: false,
                state: Query::Ready(Rc::new(value)),
                reload_error: None,
            }),
            Step::Answered(newest, Err(error)) => match &self.state {
                Query::Ready(_) => Rc::new(Self {
                    newest,
                    is_running: false,
                    state: self.state.clone(),
                    reload_error: Some(error),
                }),
                _ => Rc::new(Self {
                    newest,
                    is_running: false,
                    state: Query::Failed(error),
                    reload_error: None,
                }),
            },
        }
    }
}

/// Asks when the component appears, when the request changes, when this page has changed the book, and on `reload`.
///
/// The answer to the earlier request stays until the newer one is there. Where that would show one record under the name
/// of another, give the component that asks a `key` of the record.
#[hook]
pub fn use_query<R: Request + Clone + PartialEq>(request: R) -> QueryHandle<R::Output> {
    use_query_if(Some(request))
}

/// The same where there may be nothing to ask, because what is typed cannot be read yet. What was answered before stays.
#[hook]
pub fn use_query_if<R: Request + Clone + PartialEq>(request: Option<R>) -> QueryHandle<R::Output> {
    use_asking(request, None)
}

/// The same where the question changes with each letter that is typed: each ends the one before it, so that the app looks for
/// nothing any more that nobody waits for.
#[hook]
pub fn use_search<R: Request + Clone + PartialEq>(request: Option<R>) -> QueryHandle<R::Output> {
    let lane = use_memo((), |()| Lane::new());
    use_asking(request, Some(lane))
}

/// Asks in a lane, if there is one.
#[hook]
fn use_asking<R: Request + Clone + PartialEq>(request: Option<R>, lane: Option<Rc<Lane>>) -> QueryHandle<R::Output> {
    let progress = use_reducer(|| Progress {
        newest: 0,
        is_running: true,
        state: Query::Loading,
        reload_error: None,
    });
    let changes = use_book_changes().map_or(0, |changes| changes.number());
    let attempt = use_state(|| 0_u32);
    let counter = use_mut_ref(|| 0_u32);
    let is_there = use_memo((), |()| Cell::new(true));
    {
        let is_there = Rc::clone(&is_there);
        use_effect_with((), move |()| move || is_there.set(false));
    }
    let last = use_mut_ref(|| None);
    {
        let dispatcher = progress.dispatcher();
        use_effect_with((request, changes, *attempt), move |(request, _, attempt)| {
            let Some(request) = request.clone() else { return };
            let number = {
                let mut counter = counter.borrow_mut();
                *counter = counter.wrapping_add(1);
                *counter
            };
            let asked = Some((request.clone(), *attempt));
            let is_again = last.replace(asked.clone()) == asked;
            dispatcher.dispatch(Step::Asked(number));
            wasm_bindgen_futures::spawn_local(async move {
                let own = if is_again { Some(turn().await) } else { None };
                // It is asked anew, or nobody looks at it any more.
                if own.is_some() && (*counter.borrow() != number || !is_there.get()) {
                    return;
                }
                let answer = match lane {
                    Some(lane) => ipc::call_in(&lane, &request).await,
                    None => ipc::call(request).await,
                };
                drop(own);
                dispatcher.dispatch(Step::Answered(number, answer));
            });
        });
    }
    let attempt = use_latest(attempt);
    let reload = use_callback((), move |(), ()| {
        let attempt = attempt.borrow().clone();
        attempt.set(attempt.wrapping_add(1));
    });
    {
        let error = match &progress.state {
            Query::Failed(error) => Some(error),
            _ => progress.reload_error.as_ref(),
        };
        let (was_shut_out, reload) = (error.is_some_and(is_shut_out), reload.clone());
        use_return(Callback::from(move |()| {
            if was_shut_out {
                reload.emit(());
            }
        }));
    }
    let is_reloading = progress.is_running && matches!(progress.state, Query::Ready(_));
    QueryHandle {
        state: progress.state.clone(),
        is_reloading,
        reload_error: progress.reload_error.clone(),
        reload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(steps: Vec<Step<&'static str>>) -> Rc<Progress<&'static str>> {
        let start = Rc::new(Progress {
            newest: 0,
            is_running: true,
            state: Query::Loading,
            reload_error: None,
        });
        steps.into_iter().fold(start, |progress, step| progress.reduce(step))
    }

    fn shown(progress: &Progress<&'static str>) -> Option<&'static str> {
        progress.state.ready().map(|value| **value)
    }

    #[test]
    fn a_late_answer_to_an_older_question_is_dropped() {
        let end = after(vec![
            Step::Asked(1),
            Step::Asked(2),
            Step::Answered(2, Ok("new")),
            Step::Answered(1, Ok("old")),
        ]);
        assert_eq!(shown(&end), Some("new"));
    }

    #[test]
    fn an_answer_stays_while_it_is_asked_for_again_and_when_that_fails() {
        let asked = after(vec![Step::Asked(1), Step::Answered(1, Ok("a")), Step::Asked(2)]);
        assert_eq!((shown(&asked), asked.is_running), (Some("a"), true));
        let failed = asked.reduce(Step::Answered(2, Err(Error::Locked)));
        assert_eq!((shown(&failed), failed.reload_error.clone()), (Some("a"), Some(Error::Locked)));
    }

    #[test]
    fn a_failure_gives_way_to_loading_when_it_is_tried_again() {
        let end = after(vec![Step::Asked(1), Step::Answered(1, Err(Error::Locked)), Step::Asked(2)]);
        assert!(matches!(end.state, Query::Loading));
    }
}
