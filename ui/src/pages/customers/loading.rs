//! Asks what the list needs, and keeps the place for when the page is left and come back to.

use std::cell::RefCell;

use contract::CustomerId;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{
    filter::Filter,
    state::{ListState, Question, Step},
};
use crate::{
    hooks::{is_shut_out, use_book_changes, use_latest, use_return, use_session},
    ipc,
    route::{Route, use_place},
};

/// How long nothing happens before the exact number is asked for, in milliseconds.
const IDLE: u32 = 400;

/// Where the list was left: of whom, what was listed, which row. No customer data.
type Left = (CustomerId, Filter, Option<u64>);

thread_local! {
    static LEFT: RefCell<Option<Left>> = const { RefCell::new(None) };
}

/// The list of customers, loaded as it is needed and again when the book has changed.
#[hook]
pub fn use_customer_list() -> UseReducerHandle<ListState> {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let list = use_reducer_eq(|| {
        let left = LEFT.with(|left| left.borrow().clone()).filter(|(id, ..)| Some(*id) == person);
        left.map_or_else(
            || ListState::new(Filter::default(), None),
            |(_, filter, focus)| ListState::new(filter, focus),
        )
    });

    {
        let list = list.clone();
        use_effect(move || {
            for question in list.questions() {
                list.dispatch(Step::Asked(question.clone()));
                ask(list.dispatcher(), question);
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
        let (dispatcher, filter, generation) = (list.dispatcher(), list.wanted.clone(), list.generation());
        use_effect_with((needs_count, generation), move |(needs_count, generation)| {
            let generation = *generation;
            let timer = needs_count.then(|| {
                Timeout::new(IDLE, move || {
                    wasm_bindgen_futures::spawn_local(async move {
                        // The estimate stays where the exact number cannot be had.
                        if let Ok(count) = ipc::call(filter.count_request()).await {
                            dispatcher.dispatch(Step::Counted(generation, count.total));
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
                let left = person.map(|person| (person, list.wanted.clone(), list.focus));
                LEFT.with(|slot| *slot.borrow_mut() = left);
            }
        });
    }
    list
}

/// From another page: goes to the list of what is picked there.
#[hook]
pub fn use_pick() -> Callback<Filter> {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let place = use_place();
    Callback::from(move |filter: Filter| {
        LEFT.with(|slot| *slot.borrow_mut() = person.map(|person| (person, filter, None)));
        place.go(Route::CUSTOMERS);
    })
}

fn ask(list: UseReducerDispatcher<ListState>, question: Question) {
    wasm_bindgen_futures::spawn_local(async move {
        let begun = now();
        let answer = ipc::call(question.request.clone()).await;
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
