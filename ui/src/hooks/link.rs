//! Whether the database answers, and what waits until it does again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use contract::{Error, Timestamp, desk::GetBookState, session::SessionStage};
use gloo_timers::{callback::Interval, future::TimeoutFuture};
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::{html::ChildrenProps, prelude::*};

use crate::{
    components::Icon,
    format,
    hooks::{Toast, is_shut_out, use_book_changes, use_latest, use_opened_book, use_session, use_toasts},
    ipc,
};

/// How long until the database is asked again whether it is there.
const AGAIN: u32 = 2_000;
/// How long it may take to say so.
const SAID_WITHIN: Duration = Duration::from_secs(5);
/// How often it is asked while nothing else is: a server may go while nobody does anything.
const PULSE: u32 = 5_000;

/// How it stands with the database.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkState {
    /// Since when it does not answer.
    pub lost_since: Option<Timestamp>,
    /// Whether another server answers in its place, or has another book there.
    pub is_swapped: bool,
    /// Saves of which it is not known whether they were made.
    pub unsure: u32,
}

/// How it changes.
pub enum Step {
    /// It does not answer, as of now.
    Lost(Timestamp),
    /// Whether another one answers in its place.
    Swapped(bool),
    /// It answers.
    Back,
    /// One save more waits for its answer.
    Unsure,
    /// One less.
    Sure,
}

impl Reducible for LinkState {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = *self;
        match step {
            Step::Lost(at) => next.lost_since = next.lost_since.or(Some(at)),
            Step::Swapped(is_swapped) => next.is_swapped = is_swapped,
            Step::Back => (next.lost_since, next.is_swapped) = (None, false),
            Step::Unsure => next.unsure = next.unsure.saturating_add(1),
            Step::Sure => next.unsure = next.unsure.saturating_sub(1),
        }
        Rc::new(next)
    }
}

/// How it stands with the database, and how to wait for it.
#[derive(Clone)]
pub struct Link {
    /// How it stands.
    pub state: LinkState,
    dispatcher: UseReducerDispatcher<LinkState>,
    /// Asks at once whether it is there.
    pub look: Callback<()>,
    waiting: Rc<RefCell<Vec<Function>>>,
    is_there: Rc<Cell<bool>>,
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Link {
    /// Waits until the database answers whoever is signed in, for a save of which it is not known whether it was made. False
    /// if another book or person has taken over meanwhile: they must not make that save.
    pub async fn wait(&self) -> bool {
        self.dispatcher.dispatch(Step::Unsure);
        let answers = Promise::new(&mut |resolve, _| self.waiting.borrow_mut().push(resolve));
        self.look.emit(());
        // It is only ever resolved.
        let _ = JsFuture::from(answers).await;
        self.dispatcher.dispatch(Step::Sure);
        self.is_there.get()
    }
}

/// Around the app: looks after the database when an operation got no answer.
#[component]
pub fn LinkProvider(props: &ChildrenProps) -> Html {
    let state = use_reducer_eq(LinkState::default);
    let waiting = use_mut_ref(Vec::<Function>::new);
    let (is_looking, is_there) = (use_memo((), |()| Cell::new(false)), use_memo((), |()| Cell::new(true)));
    let (changes, toasts) = (use_book_changes(), use_toasts());
    let newest = use_latest((changes, toasts));
    let session = use_session();
    let is_in = use_latest(session.state.stage == SessionStage::SignedIn);
    let look = {
        let (dispatcher, waiting, is_there) = (state.dispatcher(), Rc::clone(&waiting), Rc::clone(&is_there));
        use_callback((), move |(), ()| {
            if is_looking.replace(true) {
                return;
            }
            let (dispatcher, waiting, newest) = (dispatcher.clone(), Rc::clone(&waiting), Rc::clone(&newest));
            let (is_looking, is_there, is_in) = (Rc::clone(&is_looking), Rc::clone(&is_there), Rc::clone(&is_in));
            wasm_bindgen_futures::spawn_local(async move {
                let mut was_lost = false;
                while is_there.get() {
                    let is_signed_in = *is_in.borrow();
                    let heard = if is_signed_in {
                        Heard::of(ipc::call_quietly(GetBookState {}, SAID_WITHIN).await)
                    } else {
                        Heard::ShutOut
                    };
                    match heard {
                        Heard::Answer => break,
                        Heard::Silence | Heard::Another if was_lost => dispatcher.dispatch(Step::Swapped(heard == Heard::Another)),
                        Heard::Silence | Heard::Another => {
                            dispatcher.dispatch(Step::Lost(format::now()));
                            dispatcher.dispatch(Step::Swapped(heard == Heard::Another));
                            was_lost = true;
                            // Where a dialog is open, it is seen there and the banner is not.
                            let (_, toasts) = newest.borrow().clone();
                            let said = if heard == Heard::Another {
                                "Another server, or another book, is in this place. What you typed stays."
                            } else {
                                "No connection to the database. What you typed stays."
                            };
                            toasts.show(Toast::done(said).icon(Icon::Alert));
                        }
                        // A save that waits would be refused before it is looked up, so it waits for the session, too.
                        Heard::ShutOut if was_lost || !waiting.borrow().is_empty() => {}
                        Heard::ShutOut => break,
                    }
                    TimeoutFuture::new(AGAIN).await;
                }
                is_looking.set(false);
                dispatcher.dispatch(Step::Back);
                for resolve in waiting.take() {
                    // The function that resolves a promise does not throw.
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }
                if was_lost && is_there.get() {
                    let (changes, toasts) = newest.borrow().clone();
                    if let Some(changes) = changes {
                        changes.note();
                    }
                    toasts.show(Toast::done("The database answers again").icon(Icon::CheckCircle));
                }
            });
        })
    };
    {
        let (look, is_there) = (look.clone(), Rc::clone(&is_there));
        use_effect_with((), move |()| {
            ipc::on_no_answer(Some(look));
            move || {
                ipc::on_no_answer(None);
                is_there.set(false);
            }
        });
    }
    let is_on_server = use_opened_book().is_some_and(|book| !book.is_sample() && book.startup.is_on_server());
    {
        let look = look.clone();
        use_effect_with(is_on_server, move |is_on_server| {
            let pulse = is_on_server.then(|| Interval::new(PULSE, move || look.emit(())));
            move || drop(pulse)
        });
    }
    let link = Link {
        state: *state,
        dispatcher: state.dispatcher(),
        look,
        waiting,
        is_there,
    };
    html! { <ContextProvider<Link> context={link}>{ props.children.clone() }</ContextProvider<Link>> }
}

/// What asking for the state of the book tells of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// It answers.
    Answer,
    /// It does not.
    Silence,
    /// Another one does, which is not asked.
    Another,
    /// Nothing: the session is locked or over, and the database was not asked.
    ShutOut,
}

impl Heard {
    fn of<T>(answer: Result<T, Error>) -> Self {
        match answer {
            Err(Error::Unavailable { .. }) => Self::Silence,
            Err(Error::Swapped) => Self::Another,
            Err(error) if is_shut_out(&error) => Self::ShutOut,
            // Any other refusal is an answer.
            Ok(_) | Err(_) => Self::Answer,
        }
    }
}

/// How it stands with the database; only inside the app.
#[hook]
pub fn use_link() -> Option<Link> {
    use_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_session_tells_nothing_of_the_database() {
        let silence = Error::Unavailable {
            outcome: contract::Outcome::NotDone,
            key: None,
        };
        let told = [Ok(()), Err(Error::Locked), Err(Error::SignedOut), Err(silence), Err(Error::Swapped)].map(Heard::of);
        let expected = [Heard::Answer, Heard::ShutOut, Heard::ShutOut, Heard::Silence, Heard::Another];
        assert_eq!(told, expected);
    }

    #[test]
    fn it_is_lost_since_the_first_time_that_it_did_not_answer() {
        let steps = [Step::Lost(Timestamp(7)), Step::Unsure, Step::Lost(Timestamp(9))];
        let lost = steps
            .into_iter()
            .fold(Rc::new(LinkState::default()), |state, step| state.reduce(step));
        assert_eq!((lost.lost_since, lost.unsure), (Some(Timestamp(7)), 1));
        let lost = lost.reduce(Step::Swapped(true));
        assert!(lost.is_swapped && lost.lost_since == Some(Timestamp(7)));
        let back = lost.reduce(Step::Back).reduce(Step::Sure).reduce(Step::Sure);
        assert_eq!(*back, LinkState::default());
    }
}
