//! Changes that others make: what is on screen is asked for again when somebody else has saved.

use std::{cell::Cell, rc::Rc};

use contract::{desktop::WatchBook, session::SessionStage};
use gloo_timers::future::TimeoutFuture;
use yew::prelude::*;

use crate::{
    hooks::{use_book_changes, use_latest, use_session},
    ipc,
};

/// How long nothing is asked for again once it was: who changes much, as a catch-up does, is told of in between.
const QUIET: u32 = 1_000;
/// How long until it is asked again where nothing can be heard.
const AGAIN: u32 = 5_000;

/// Reads again what is on screen whenever somebody else has changed the book; while the app is locked, when it is unlocked.
#[hook]
pub fn use_changes_elsewhere() {
    let changes = use_book_changes();
    let changes = use_latest(changes);
    let is_in = use_session().state.stage == SessionStage::SignedIn;
    let is_open = use_latest(is_in);
    let is_behind = use_memo((), |()| Cell::new(false));
    {
        let (changes, is_behind) = (Rc::clone(&changes), Rc::clone(&is_behind));
        use_effect_with(is_in, move |is_in| {
            if *is_in && is_behind.replace(false) {
                note(&changes);
            }
        });
    }
    use_effect_with((), move |()| {
        let is_there = Rc::new(Cell::new(true));
        let listens = Rc::clone(&is_there);
        wasm_bindgen_futures::spawn_local(async move {
            let mut known = None;
            while listens.get() {
                match ipc::call_without_deadline(WatchBook { known }).await {
                    Ok(signal) => {
                        known = Some(signal.number);
                        if signal.is_news && *is_open.borrow() {
                            note(&changes);
                            TimeoutFuture::new(QUIET).await;
                        } else if signal.is_news {
                            is_behind.set(true);
                        }
                    }
                    Err(_) => TimeoutFuture::new(AGAIN).await,
                }
            }
        });
        move || is_there.set(false)
    });
}

fn note(changes: &Rc<std::cell::RefCell<Option<crate::hooks::BookChanges>>>) {
    if let Some(changes) = &*changes.borrow() {
        changes.note();
    }
}
