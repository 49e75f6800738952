//! Work in the background: a backup, a restore, a move. It is followed whatever page is open, until it ends.

use std::{cell::Cell, rc::Rc, time::Duration};

use contract::{
    Error,
    connection::BookPlace,
    session::SessionStage,
    work::{CancelWork, GetWork, WorkKind, WorkStage, WorkState},
};
use gloo_timers::future::TimeoutFuture;
use yew::{html::ChildrenProps, prelude::*};

use crate::{
    hooks::{Toast, use_latest, use_session, use_toasts},
    ipc,
};

/// How often it is asked how far work has come.
const GLANCE: u32 = 300;
/// How long it may take until work that is to end has ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// A move that this window has begun, which only the window knows all of.
#[derive(Clone, Debug, PartialEq)]
pub struct Moving {
    /// Where to.
    pub place: BookPlace,
    /// Whether the keyring is to keep the password of that place.
    pub keeps: bool,
    /// Whether it is only rehearsed.
    pub is_rehearsal: bool,
    /// Whether what it has left there is being removed, and nothing moves.
    pub is_discarded: bool,
}

/// What is known of work.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    /// As it was when it was asked last.
    state: Rc<WorkState>,
    /// Ends that were seen coming.
    ends: u32,
    /// The move that was begun last and is not done with.
    moving: Option<Rc<Moving>>,
    /// Whether the dialog of the move is open.
    is_shown: bool,
    /// Whether work has ended while it was not.
    is_unseen: bool,
}

/// How that changes.
enum Step {
    /// It has come so far.
    At(WorkState),
    /// It was found so, when nothing had been known of it.
    Found(WorkState),
    /// It has ended so.
    Ended(WorkState),
    /// A move was begun.
    Begun(Moving),
    /// The dialog of the move opens.
    Show,
    /// It closes.
    Hide,
}

impl Reducible for Known {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::At(state) => next.state = Rc::new(state),
            Step::Found(state) => {
                // A move that failed while nobody was here is told to whoever comes first.
                let is_first = next.state.kind.is_none();
                next.is_unseen |= is_first && state.kind == Some(WorkKind::Move) && state.stage == WorkStage::Failed;
                next.state = Rc::new(state);
            }
            Step::Ended(state) => {
                next.state = Rc::new(state);
                next.ends = next.ends.wrapping_add(1);
                next.is_unseen = !next.is_shown;
            }
            Step::Begun(moving) => {
                next.moving = Some(Rc::new(moving));
                next.is_unseen = false;
            }
            Step::Show => next.is_shown = true,
            Step::Hide if next.is_shown => {
                next.is_shown = false;
                next.is_unseen = false;
                // What has ended was seen; a book that has moved is opened in either place yet.
                if !next.state.stage.is_running() && !has_moved(&next.state) {
                    next.moving = None;
                }
            }
            Step::Hide => {}
        }
        Rc::new(next)
    }
}

/// Whether the book is in another place now.
fn has_moved(state: &WorkState) -> bool {
    state.kind == Some(WorkKind::Move) && state.stage == WorkStage::Done && state.reopen
}

/// How far work has come.
#[derive(Clone, PartialEq)]
pub struct WorkHandle {
    /// As it was when it was asked last.
    pub state: Rc<WorkState>,
    /// The move that this window has begun.
    pub moving: Option<Rc<Moving>>,
    /// Whether the dialog of the move is open.
    pub is_shown: bool,
    /// Whether work has ended while that dialog was not open.
    pub is_unseen: bool,
    /// Whether work is being ended.
    pub is_canceling: bool,
    /// Follows work that has just begun.
    pub follow: Callback<WorkState>,
    /// Remembers a move that has just begun.
    pub remember: Callback<Moving>,
    /// Opens or closes the dialog of the move.
    pub show: Callback<bool>,
    /// Ends work.
    pub cancel: Callback<()>,
    look: Callback<()>,
    ends: u32,
}

impl WorkHandle {
    /// Whether the work that is known of is a move.
    #[must_use]
    pub fn is_move(&self) -> bool {
        self.state.kind == Some(WorkKind::Move)
    }

    /// Whether a move runs, or is rehearsed.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.is_move() && self.state.stage.is_running()
    }

    /// Whether the book is in another place now.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        has_moved(&self.state)
    }
}

/// Around the app: follows the work of the book.
#[component]
pub fn WorkProvider(props: &ChildrenProps) -> Html {
    let known = use_reducer_eq(Known::default);
    let session = use_session();
    let is_in = use_latest(session.state.stage == SessionStage::SignedIn);
    let toasts = use_toasts();
    let toasts = use_latest(toasts);
    let (is_there, is_following) = (use_memo((), |()| Cell::new(true)), use_memo((), |()| Cell::new(false)));
    let follow = {
        let (dispatcher, is_there) = (known.dispatcher(), Rc::clone(&is_there));
        use_callback((), move |first: WorkState, ()| {
            if !first.stage.is_running() {
                // What follows it already tells of its end.
                if !is_following.get() {
                    dispatcher.dispatch(Step::Ended(first));
                }
                return;
            }
            dispatcher.dispatch(Step::At(first));
            if is_following.replace(true) {
                return;
            }
            let (dispatcher, is_there, is_following, is_in) = (
                dispatcher.clone(),
                Rc::clone(&is_there),
                Rc::clone(&is_following),
                Rc::clone(&is_in),
            );
            wasm_bindgen_futures::spawn_local(async move {
                while is_there.get() {
                    TimeoutFuture::new(GLANCE).await;
                    // A locked session is told nothing, and each refusal would shut the page anew.
                    if !*is_in.borrow() {
                        continue;
                    }
                    // Where no answer comes, it is asked again: the work itself goes on.
                    let Ok(now) = ipc::call(GetWork {}).await else { continue };
                    if !is_there.get() {
                        break;
                    }
                    if now.stage.is_running() {
                        dispatcher.dispatch(Step::At(now));
                        continue;
                    }
                    is_following.set(false);
                    dispatcher.dispatch(Step::Ended(now));
                    break;
                }
            });
        })
    };
    let look = {
        let (dispatcher, follow) = (known.dispatcher(), follow.clone());
        use_callback((), move |(), ()| {
            let (dispatcher, follow) = (dispatcher.clone(), follow.clone());
            wasm_bindgen_futures::spawn_local(async move {
                // Begun before this page was opened, or ended.
                if let Ok(found) = ipc::call(GetWork {}).await {
                    if found.stage.is_running() {
                        follow.emit(found);
                    } else {
                        dispatcher.dispatch(Step::Found(found));
                    }
                }
            });
        })
    };
    use_effect_with((), move |()| move || is_there.set(false));
    let remember = {
        let dispatcher = known.dispatcher();
        use_callback((), move |moving: Moving, ()| dispatcher.dispatch(Step::Begun(moving)))
    };
    let show = {
        let dispatcher = known.dispatcher();
        use_callback((), move |is_shown: bool, ()| {
            dispatcher.dispatch(if is_shown { Step::Show } else { Step::Hide });
        })
    };
    let canceling = use_state_eq(|| false);
    let cancel = {
        let canceling = canceling.setter();
        use_callback((), move |(), ()| {
            let (toasts, canceling) = (Rc::clone(&toasts), canceling.clone());
            canceling.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                match ipc::call_quietly(CancelWork {}, PATIENCE).await {
                    // Asked for, but not at its end yet: what follows the work tells of that.
                    Ok(_) | Err(Error::Unavailable { .. } | Error::Swapped) => {}
                    Err(error) => {
                        let toasts = toasts.borrow().clone();
                        toasts.show(Toast::failed(&error));
                    }
                }
                canceling.set(false);
            });
        })
    };
    let handle = WorkHandle {
        state: Rc::clone(&known.state),
        moving: known.moving.clone(),
        is_shown: known.is_shown,
        is_unseen: known.is_unseen,
        is_canceling: *canceling && known.state.stage.is_running(),
        follow,
        remember,
        show,
        cancel,
        look,
        ends: known.ends,
    };
    html! { <ContextProvider<WorkHandle> context={handle}>{ props.children.clone() }</ContextProvider<WorkHandle>> }
}

/// How it stands with the work of the book, asked anew when the component appears. Only inside the app.
#[hook]
pub fn use_work() -> WorkHandle {
    let work = use_context().unwrap_or_else(|| WorkHandle {
        state: Rc::default(),
        moving: None,
        is_shown: false,
        is_unseen: false,
        is_canceling: false,
        follow: Callback::noop(),
        remember: Callback::noop(),
        show: Callback::noop(),
        cancel: Callback::noop(),
        look: Callback::noop(),
        ends: 0,
    });
    {
        let look = work.look.clone();
        use_effect_with((), move |()| look.emit(()));
    }
    work
}

/// Tells of each end of work that was seen coming while the component is there.
#[hook]
pub fn use_end_of_work(work: &WorkHandle, on_end: Callback<WorkState>) {
    let (ends, state) = (work.ends, Rc::clone(&work.state));
    let told = use_mut_ref(move || ends);
    use_effect_with(ends, move |ends| {
        if told.replace(*ends) != *ends {
            on_end.emit((*state).clone());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(stage: WorkStage, reopen: bool) -> WorkState {
        WorkState {
            kind: Some(WorkKind::Move),
            stage,
            reopen,
            ..WorkState::default()
        }
    }

    fn begun() -> Rc<Known> {
        let moving = Moving {
            place: BookPlace::File { path: "/b.db".to_owned() },
            keeps: true,
            is_rehearsal: false,
            is_discarded: false,
        };
        let steps = [Step::Show, Step::Begun(moving), Step::At(work(WorkStage::Copying, false))];
        steps.into_iter().fold(Rc::new(Known::default()), |known, step| known.reduce(step))
    }

    #[test]
    fn a_move_outlives_its_dialog_until_its_end_was_seen() {
        let known = begun().reduce(Step::Hide);
        assert!(known.moving.is_some() && !known.is_shown, "it runs");
        let failed = known.reduce(Step::Ended(work(WorkStage::Failed, false)));
        // Leaving a page on which it is not shown is not seeing it.
        let failed = failed.reduce(Step::Hide);
        assert_eq!((failed.ends, failed.moving.is_some(), failed.is_unseen), (1, true, true));
        let seen = failed.reduce(Step::Show).reduce(Step::Hide);
        assert!(seen.moving.is_none() && !seen.is_unseen);
    }

    #[test]
    fn a_move_that_failed_while_nobody_was_here_is_told_once() {
        let known = Rc::new(Known::default()).reduce(Step::Found(work(WorkStage::Failed, false)));
        assert!(known.is_unseen);
        let seen = known.reduce(Step::Show).reduce(Step::Hide);
        assert!(!seen.reduce(Step::Found(work(WorkStage::Failed, false))).is_unseen);
    }

    #[test]
    fn a_book_that_has_moved_can_be_opened_there_until_it_is() {
        let moved = begun().reduce(Step::Ended(work(WorkStage::Done, true))).reduce(Step::Hide);
        assert!(moved.moving.is_some() && has_moved(&moved.state));
        let rehearsed = begun().reduce(Step::Ended(work(WorkStage::Done, false)));
        assert!(!rehearsed.is_unseen, "its dialog is open");
        let rehearsed = rehearsed.reduce(Step::Hide);
        assert!(rehearsed.moving.is_none() && !has_moved(&rehearsed.state));
    }
}
