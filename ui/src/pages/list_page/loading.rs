//! Asks what a list needs, and keeps the place for when the page is left and come back to.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
};

use contract::CustomerId;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{
    state::{ListState, Question, Step},
    wanted::Wanted,
};
use crate::{
    hooks::{is_shut_out, use_book_changes, use_latest, use_return, use_session},
    ipc::{self, Lane},
};

/// How long nothing happens before the exact number is asked for, in milliseconds.
const IDLE: u32 = 400;

/// Where a list was left: of whom, what was listed, which row. No data of the book.
type Left<W> = (CustomerId, W, Option<u64>);

thread_local! {
    /// By what is wanted of the list.
    static LEFT: RefCell<HashMap<TypeId, Box<dyn Any>>> = RefCell::default();
}

/// Leaves a list so that it is found like this.
pub fn leave<W: Wanted>(person: Option<CustomerId>, wanted: W, focus: Option<u64>) {
    LEFT.with(|all| {
        let mut all = all.borrow_mut();
        match person {
            Some(person) => {
                let left: Left<W> = (person, wanted, focus);
                all.insert(TypeId::of::<W>(), Box::new(left));
            }
            None => all.clear(),
        }
    });
}

fn left<W: Wanted>(person: Option<CustomerId>) -> Option<Left<W>> {
    LEFT.with(|all| {
        let all = all.borrow();
        let left = all.get(&TypeId::of::<W>())?.downcast_ref::<Left<W>>()?;
        (Some(left.0) == person).then(|| left.clone())
    })
}

/// A list, loaded as it is needed and again when the book has changed. `begin` says what is listed at first.
#[hook]
pub fn use_listing<W: Wanted>(begin: impl FnOnce() -> W) -> UseReducerHandle<ListState<W>> {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let list = use_reducer_eq(|| match left::<W>(person) {
        Some((_, wanted, focus)) => ListState::new(wanted, focus),
        None => ListState::new(begin(), None),
    });

    // While one types, each question ends the one before it, and so does each counting.
    let lanes = use_memo((), |()| (Rc::new(Lane::new()), Rc::new(Lane::new())));
    {
        let (list, lanes) = (list.clone(), Rc::clone(&lanes));
        use_effect(move || {
            let lane = (!list.is_current()).then(|| Rc::clone(&lanes.0));
            for question in list.questions() {
                list.dispatch(Step::Asked(question.clone()));
                ask(list.dispatcher(), question, lane.clone());
            }
        });
    }

    let changes = use_book_changes().map_or(0, |changes| changes.number());
    {
        let (list, known) = (list.dispatcher(), use_mut_ref(|| changes));
        use_effect_with(changes, move |changes| {
            if known.replace(*changes) != *changes {
                list.dispatch(Step::Refresh);
            }
        });
    }

    {
        let list = list.clone();
        use_return(Callback::from(move |()| {
            if list.error.as_ref().is_some_and(is_shut_out) {
                list.dispatch(Step::Retry);
            }
        }));
    }

    let needs_count = list.is_current() && !list.is_loading() && list.shown.as_ref().is_some_and(|shown| !shown.is_exact);
    {
        let (dispatcher, wanted, generation) = (list.dispatcher(), list.wanted.clone(), list.generation());
        let lane = Rc::clone(&lanes.1);
        use_effect_with((needs_count, generation), move |(needs_count, generation)| {
            let generation = *generation;
            let timer = needs_count.then(|| {
                Timeout::new(IDLE, move || {
                    let Some(counting) = wanted.count(lane) else { return };
                    wasm_bindgen_futures::spawn_local(async move {
                        // The estimate stays where the exact number cannot be had.
                        if let Some(total) = counting.await {
                            dispatcher.dispatch(Step::Counted(generation, total));
                        }
                    });
                })
            });
            move || drop(timer)
        });
    }

    {
        let newest = use_latest((person, list.clone()));
        use_effect_with((), move |()| {
            move || {
                let (person, list) = newest.borrow().clone();
                leave(person, list.wanted.clone(), list.focus);
            }
        });
    }
    list
}

fn ask<W: Wanted>(list: UseReducerDispatcher<ListState<W>>, question: Question<W>, lane: Option<Rc<Lane>>) {
    wasm_bindgen_futures::spawn_local(async move {
        let begun = now();
        let answer = match lane {
            Some(lane) => ipc::call_in(&lane, &question.request).await,
            None => ipc::call(question.request.clone()).await,
        };
        list.dispatch(Step::Answered(question, answer.map(Box::new), since(begun)));
    });
}

fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

#[allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "JavaScript has no other numbers; a time span is shown in whole milliseconds"
)]
fn since(begun: f64) -> u32 {
    (now() - begun).round().max(0.0) as u32
}
