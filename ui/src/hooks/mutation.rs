//! Changing the book.

use std::{cell::RefCell, rc::Rc};

use contract::{Effect, Error, Operation, Outcome, Request};
use yew::prelude::*;

use crate::{
    hooks::{Toast, is_shut_out, use_book_changes, use_confirmation, use_latest, use_link, use_return, use_toasts},
    ipc,
};

/// Called with the answer.
type OnEnd<R> = Callback<Result<<R as Request>::Output, Error>>;

/// A change that can be made, and how far it has come.
pub struct Mutation<R: Operation> {
    /// Whether it is being made.
    pub is_busy: bool,
    /// Why the newest attempt was refused.
    pub error: Option<Error>,
    run: Callback<(R, OnEnd<R>)>,
    forget: Callback<()>,
}

impl<R: Operation> Clone for Mutation<R> {
    fn clone(&self) -> Self {
        Self {
            is_busy: self.is_busy,
            error: self.error.clone(),
            run: self.run.clone(),
            forget: self.forget.clone(),
        }
    }
}

impl<R: Operation> PartialEq for Mutation<R> {
    fn eq(&self, other: &Self) -> bool {
        self.is_busy == other.is_busy && self.error == other.error && self.run == other.run
    }
}

impl<R: Operation> Mutation<R> {
    /// Makes the change; `on_done` is called if it was made. A refusal is in [`Mutation::error`].
    pub fn run(&self, request: R, on_done: impl Fn(R::Output) + 'static) {
        self.run_with(request, move |answer| {
            if let Ok(output) = answer {
                on_done(output);
            }
        });
    }

    /// Makes the change; `on_end` is called either way.
    pub fn run_with(&self, request: R, on_end: impl Fn(Result<R::Output, Error>) + 'static) {
        self.run.emit((request, Callback::from(on_end)));
    }

    /// Forgets the last refusal, for instance when the form is typed in again.
    pub fn forget_error(&self) {
        self.forget.emit(());
    }
}

#[derive(Clone, PartialEq, Default)]
struct Progress {
    is_busy: bool,
    error: Option<Error>,
}

/// How often the answer to a save is asked for that did not come.
const TRIES: u32 = 3;

/// Offers a change. If the app asks for the password again, the person is asked and the change is tried once more. If it
/// is not known whether it was saved, the same request is repeated under the same key as soon as the database answers, which
/// makes it once at most; and again if the person tries again. Every read on the page is repeated after a write. A refusal that
/// comes when the component is gone is a notification.
#[hook]
pub fn use_mutation<R: Operation + Clone + PartialEq>() -> Mutation<R> {
    let progress = use_state_eq(Progress::default);
    let changes = use_book_changes();
    let prompt = use_confirmation();
    let unsure = use_mut_ref(|| None::<(R, String)>);
    let is_running = use_mut_ref(|| false);
    let toasts = use_toasts();
    let toasts = use_latest(toasts);
    let link = use_link();
    let link = use_latest(link);
    let is_there = use_mut_ref(|| true);
    {
        let is_there = Rc::clone(&is_there);
        use_effect_with((), move |()| {
            move || {
                is_there.replace(false);
            }
        });
    }
    {
        let progress = progress.clone();
        use_return(Callback::from(move |()| {
            if progress.error.as_ref().is_some_and(is_shut_out) {
                progress.set(Progress::default());
            }
        }));
    }
    let run = {
        let progress = progress.setter();
        use_callback(
            (changes.clone(), prompt),
            move |(request, on_end): (R, OnEnd<R>), (changes, prompt)| {
                // A second press before the busy state is painted must not make the change twice.
                if is_running.replace(true) {
                    return;
                }
                progress.set(Progress {
                    is_busy: true,
                    error: None,
                });
                let (toasts, is_there, link) = (toasts.borrow().clone(), Rc::clone(&is_there), link.borrow().clone());
                let (progress, changes, prompt, unsure, is_running) = (
                    progress.clone(),
                    changes.clone(),
                    prompt.clone(),
                    Rc::clone(&unsure),
                    Rc::clone(&is_running),
                );
                wasm_bindgen_futures::spawn_local(async move {
                    let key = key_for(&unsure, &request);
                    let mut answer = ipc::call_with_key(&request, &key).await;
                    if let (Err(Error::ConfirmationNeeded), Some(prompt)) = (&answer, &prompt)
                        && prompt.ask().await
                    {
                        answer = ipc::call_with_key(&request, &key).await;
                    }
                    let mut tries = 1;
                    while let (Err(error), Some(link)) = (&answer, &link)
                        && is_unsure(error)
                        && tries < TRIES
                    {
                        link.wait().await;
                        answer = ipc::call_with_key(&request, &key).await;
                        tries += 1;
                    }
                    *unsure.borrow_mut() = match &answer {
                        Err(error) if is_unsure(error) => Some((request, key)),
                        _ => None,
                    };
                    is_running.replace(false);
                    progress.set(Progress {
                        is_busy: false,
                        error: answer.as_ref().err().cloned(),
                    });
                    if answer.is_ok()
                        && R::EFFECT == Effect::Write
                        && let Some(changes) = &changes
                    {
                        changes.note();
                    }
                    // The form that would have said why is closed by now.
                    if let Err(error) = &answer
                        && *error != Error::ConfirmationNeeded
                        && !*is_there.borrow()
                    {
                        toasts.show(Toast::failed(error));
                    }
                    on_end.emit(answer);
                });
            },
        )
    };
    let forget = {
        let progress = progress.setter();
        use_callback((), move |(), ()| progress.set(Progress::default()))
    };
    Mutation {
        is_busy: progress.is_busy,
        error: progress.error.clone(),
        run,
        forget,
    }
}

/// Whether a change may have been made although its answer is missing.
fn is_unsure(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable {
            outcome: Outcome::Unknown,
            ..
        }
    )
}

fn key_for<R: PartialEq>(unsure: &RefCell<Option<(R, String)>>, request: &R) -> String {
    match &*unsure.borrow() {
        Some((earlier, key)) if earlier == request => key.clone(),
        _ => ipc::fresh_key(),
    }
}
