//! Work in the background: a backup, a restore, a move.

use std::{cell::Cell, rc::Rc, time::Duration};

use contract::{
    Error,
    work::{CancelWork, GetWork, WorkState},
};
use gloo_timers::future::TimeoutFuture;
use yew::prelude::*;

use crate::{
    hooks::{Toast, use_toasts},
    ipc,
};

/// How often it is asked how far work has come.
const GLANCE: u32 = 300;
/// How long it may take until work that is to end has ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// How far work has come.
#[derive(Clone, PartialEq)]
pub struct WorkHandle {
    /// As it was when it was asked last.
    pub state: Rc<WorkState>,
    /// Follows work that has just begun.
    pub follow: Callback<WorkState>,
    /// Ends it.
    pub cancel: Callback<()>,
    /// Whether it is being ended.
    pub is_canceling: bool,
}

/// Follows the work of the book from the moment the component appears. `on_end` is told of each end that it has seen coming.
#[hook]
pub fn use_work(on_end: Callback<WorkState>) -> WorkHandle {
    let state = use_state_eq(|| Rc::new(WorkState::default()));
    let toasts = use_toasts();
    let on_end = crate::hooks::use_latest(on_end);
    let (is_there, is_following) = (use_memo((), |()| Cell::new(true)), use_memo((), |()| Cell::new(false)));
    let follow = {
        let (state, is_there, on_end) = (state.setter(), Rc::clone(&is_there), Rc::clone(&on_end));
        use_callback((), move |first: WorkState, ()| {
            state.set(Rc::new(first.clone()));
            let tell = on_end.borrow().clone();
            if !first.stage.is_running() {
                return tell.emit(first);
            }
            if is_following.replace(true) {
                return;
            }
            let (state, is_there, is_following, on_end) =
                (state.clone(), Rc::clone(&is_there), Rc::clone(&is_following), Rc::clone(&on_end));
            wasm_bindgen_futures::spawn_local(async move {
                while is_there.get() {
                    TimeoutFuture::new(GLANCE).await;
                    // Where no answer comes, it is asked again: the work itself goes on.
                    let Ok(now) = ipc::call(GetWork {}).await else { continue };
                    if !is_there.get() {
                        break;
                    }
                    let has_ended = !now.stage.is_running();
                    state.set(Rc::new(now.clone()));
                    if has_ended {
                        is_following.set(false);
                        let tell = on_end.borrow().clone();
                        tell.emit(now);
                        break;
                    }
                }
            });
        })
    };
    {
        let (state, follow) = (state.setter(), follow.clone());
        use_effect_with((), move |()| {
            wasm_bindgen_futures::spawn_local(async move {
                // Begun before this page was opened, or ended.
                if let Ok(known) = ipc::call(GetWork {}).await {
                    if known.stage.is_running() {
                        follow.emit(known);
                    } else {
                        state.set(Rc::new(known));
                    }
                }
            });
            move || is_there.set(false)
        });
    }
    let canceling = use_state_eq(|| false);
    let cancel = {
        let canceling = canceling.setter();
        Callback::from(move |()| {
            let (toasts, canceling) = (toasts.clone(), canceling.clone());
            canceling.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                match ipc::call_quietly(CancelWork {}, PATIENCE).await {
                    // Asked for, but not at its end yet: what follows the work tells of that.
                    Ok(_) | Err(Error::Unavailable { .. }) => {}
                    Err(error) => toasts.show(Toast::failed(&error)),
                }
                canceling.set(false);
            });
        })
    };
    WorkHandle {
        is_canceling: *canceling && state.stage.is_running(),
        state: (*state).clone(),
        follow,
        cancel,
    }
}
