//! The time, for what is said relative to it.

use contract::Timestamp;
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::format;

/// The time, new every minute.
#[hook]
pub fn use_now() -> Timestamp {
    let now = use_state_eq(format::now);
    {
        let now = now.setter();
        use_effect_with((), move |()| {
            let tick = Interval::new(60_000, move || now.set(format::now()));
            move || drop(tick)
        });
    }
    *now
}
