//! Changing the book.

use std::rc::Rc;

use contract::{Conflict, Effect, Error, Operation, Outcome, Request};
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
    renounce: Callback<()>,
}

impl<R: Operation> Clone for Mutation<R> {
    fn clone(&self) -> Self {
        Self {
            is_busy: self.is_busy,
            error: self.error.clone(),
            run: self.run.clone(),
            forget: self.forget.clone(),
            renounce: self.renounce.clone(),
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

    /// What is asked for next is another change, even if it is the same request as one of which nothing is known.
    pub fn begin_anew(&self) {
        self.renounce.emit(());
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
/// makes it once at most; and again if the person tries again, also after a lock. Every read on the page is repeated after a
/// write. A refusal that comes when the component is gone is a notification.
#[hook]
pub fn use_mutation<R: Operation + Clone + PartialEq>() -> Mutation<R> {
    let progress = use_state_eq(Progress::default);
    let changes = use_book_changes();
    let prompt = use_confirmation();
    let unsure = use_mut_ref(Unsure::<R>::default);
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
        let (progress, unsure) = (progress.setter(), Rc::clone(&unsure));
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
                    let mut save = unsure.borrow().save(&request);
                    let mut answer = save.ask(&request).await;
                    if let (Err(Error::ConfirmationNeeded), Some(prompt)) = (&answer, &prompt)
                        && prompt.ask().await
                    {
                        answer = save.ask(&request).await;
                    }
                    let (mut tries, mut is_page_there) = (1, true);
                    while let (Err(error), Some(link)) = (&answer, &link)
                        && is_unsure(error)
                        && tries < TRIES
                    {
                        is_page_there = link.wait().await;
                        if !is_page_there {
                            break;
                        }
                        answer = save.ask(&request).await;
                        tries += 1;
                    }
                    unsure.borrow_mut().note(request, save, answer.is_ok());
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
                        && is_page_there
                        && !*is_there.borrow()
                    {
                        toasts.show(too_late(error));
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
    let renounce = {
        let unsure = Rc::clone(&unsure);
        use_callback((), move |(), ()| *unsure.borrow_mut() = Unsure::default())
    };
    Mutation {
        is_busy: progress.is_busy,
        error: progress.error.clone(),
        run,
        forget,
        renounce,
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

/// Says why a change was not made whose form is gone. With the form went the key, so that trying again could make it twice.
fn too_late(error: &Error) -> Toast {
    let mut toast = Toast::failed(error);
    if is_unsure(error) {
        let text = "The database did not answer in time. Whether the change was saved is not known: look before you make it again.";
        toast.text = AttrValue::Static(text);
    }
    toast
}

/// Whether a refusal may have come before the app looked whether the change had been made: it tells of that as little as no
/// answer does.
fn tells_nothing(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable { .. }
            | Error::Swapped
            | Error::Locked
            | Error::SignedOut
            | Error::Conflict {
                conflict: Conflict::Maintenance
            }
    )
}

/// A change on its way, with all that is asked of it under one key.
struct Save {
    key: String,
    /// Whether it may have been made by a request whose answer is missing.
    is_unsure: bool,
}

impl Save {
    async fn ask<R: Request>(&mut self, request: &R) -> Result<R::Output, Error> {
        let answer = ipc::call_with_key(request, &self.key).await;
        self.heard(answer)
    }

    /// What an answer comes to, with what was heard before.
    fn heard<T>(&mut self, answer: Result<T, Error>) -> Result<T, Error> {
        self.is_unsure |= answer.as_ref().is_err_and(is_unsure);
        answer.map_err(|error| {
            if self.is_unsure && tells_nothing(&error) {
                Error::Unavailable {
                    outcome: Outcome::Unknown,
                    key: Some(self.key.clone()),
                }
            } else {
                error
            }
        })
    }
}

/// The last request of which it is not known whether its change was made, with its key. It stays until a change was made: of
/// what was refused meanwhile nothing else may have come.
struct Unsure<R>(Option<(R, String)>);

impl<R> Default for Unsure<R> {
    fn default() -> Self {
        Self(None)
    }
}

impl<R: PartialEq> Unsure<R> {
    /// The same request goes out under the same key.
    fn save(&self, request: &R) -> Save {
        match &self.0 {
            Some((earlier, key)) if earlier == request => Save {
                key: key.clone(),
                is_unsure: true,
            },
            _ => Save {
                key: ipc::fresh_key(),
                is_unsure: false,
            },
        }
    }

    fn note(&mut self, request: R, save: Save, is_made: bool) {
        if is_made {
            self.0 = None;
        } else if save.is_unsure {
            self.0 = Some((request, save.key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(outcome: Outcome) -> Result<(), Error> {
        Err(Error::Unavailable { outcome, key: None })
    }

    fn is_open(answer: &Result<(), Error>) -> bool {
        answer.as_ref().is_err_and(is_unsure)
    }

    #[test]
    fn what_may_have_been_made_is_not_said_to_be_undone_by_what_comes_before_it_is_looked_up() {
        let mut save = Unsure::default().save(&"a");
        assert_eq!(save.heard(silence(Outcome::NotDone)), silence(Outcome::NotDone));
        assert!(is_open(&save.heard(silence(Outcome::Unknown))));
        let maintenance = Error::from(Conflict::Maintenance);
        for refusal in [Error::Locked, Error::SignedOut, Error::Swapped, maintenance] {
            assert!(is_open(&save.heard(Err(refusal))));
        }
        assert!(is_open(&save.heard(silence(Outcome::NotDone))));
        // What only looking at the book can tell is told.
        assert_eq!(save.heard::<()>(Err(Error::ConfirmationNeeded)), Err(Error::ConfirmationNeeded));
        assert_eq!(save.heard(Ok(())), Ok(()));
    }

    #[test]
    fn the_same_request_keeps_its_key_until_a_change_was_made() {
        let mut unsure = Unsure::default();
        let mut save = unsure.save(&"a");
        let key = save.key.clone();
        let _ = save.heard(silence(Outcome::Unknown));
        unsure.note("a", save, false);
        // Refused by the lock, then for certain; and something else was refused in between.
        for refusal in [Error::Locked, Error::ConfirmationNeeded] {
            let mut save = unsure.save(&"a");
            assert_eq!(save.key, key);
            let _ = save.heard::<()>(Err(refusal));
            unsure.note("a", save, false);
            let other = unsure.save(&"b");
            assert_ne!(other.key, key);
            unsure.note("b", other, false);
        }
        let save = unsure.save(&"a");
        assert_eq!(save.key, key);
        unsure.note("a", save, true);
        assert_ne!(unsure.save(&"a").key, key);
    }
}
