//! What stands around the rows of every list.

use contract::{Error, words};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{
    state::{ListState, Step},
    wanted::Wanted,
};
use crate::{
    components::{Button, ControlSize, Icon},
    format,
};

/// Bars while nothing is known.
pub const SKELETON_ROWS: u64 = 20;

/// A key that the foot tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key.
    pub key: &'static str,
    /// What it does.
    pub act: &'static str,
}

impl Hint {
    /// A key and what it does.
    pub const fn new(key: &'static str, act: &'static str) -> Self {
        Self { key, act }
    }
}

/// Does a step with a value.
pub fn step<W: Wanted, T: 'static>(list: &UseReducerHandle<ListState<W>>, step: fn(T) -> Step<W>) -> Callback<T> {
    let list = list.dispatcher();
    Callback::from(move |value| list.dispatch(step(value)))
}

/// Asks again for what failed.
pub fn retry<W: Wanted>(list: &UseReducerHandle<ListState<W>>) -> Callback<()> {
    let list = list.dispatcher();
    Callback::from(move |()| list.dispatch(Step::Retry))
}

/// Above the list where it could not be asked for again, or not for more of it.
pub fn banner<W: Wanted>(list: &UseReducerHandle<ListState<W>>) -> Option<Html> {
    let error = list.error.as_ref().filter(|_| list.shown.is_some())?;
    let words = words::error(error);
    let why = match error {
        // Reading changes nothing, and the button tries again.
        Error::Unavailable { .. } => format!("{}.", words.title),
        _ => format!("{}. {}", words.title, words.advice),
    };
    let what = if list.has_old_rows() { "These rows are from before. " } else { "" };
    Some(html! {
        <div class="banner" role="alert">
            { Icon::Alert.view() }
            <span>{ format!("{what}{why}") }</span>
            <Button label="Retry" size={ControlSize::Small} icon={Some(Icon::Refresh)} on_press={retry(list)} />
        </div>
    })
}

/// The end of the foot: how long the answer took, and keys.
pub fn foot(took: Option<u32>, hints: &[Hint]) -> Html {
    html! {
        <>
            if let Some(took) = took { <span class="muted num hide-medium">{ format!("{} ms", format::count(took.into())) }</span> }
            <span class="spacer"></span>
            <span class="hint hide-narrow"><kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ " move" }</span>
            <span class="hint hide-narrow"><kbd>{ "Enter" }</kbd>{ " open" }</span>
            { for hints.iter().map(|hint| html! { <span key={hint.key} class="hint hide-medium"><kbd>{ hint.key }</kbd>{ format!(" {}", hint.act) }</span> }) }
            <span class="hint hide-medium"><kbd>{ "?" }</kbd>{ " all shortcuts" }</span>
        </>
    }
}

/// Whether something else is being listed for more than a second, so that it has to be said.
#[hook]
pub fn use_long_wait<W: Wanted>(list: &UseReducerHandle<ListState<W>>) -> bool {
    let is_waiting = list.shown.is_some() && !list.is_current() && list.is_loading();
    let is_long = use_state_eq(|| false);
    {
        let is_long = is_long.setter();
        use_effect_with((is_waiting, list.generation()), move |(is_waiting, _)| {
            is_long.set(false);
            let timer = is_waiting.then(|| Timeout::new(1_000, move || is_long.set(true)));
            move || drop(timer)
        });
    }
    *is_long && is_waiting
}
