//! The wait after wrong passwords, counted down.

use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::format;

/// Seconds that are left of a wait.
#[hook]
pub fn use_wait(seconds: u32) -> (u32, Callback<u32>) {
    let until = use_state_eq(|| end_of(seconds));
    let left = use_state_eq(|| seconds);
    {
        let left = left.setter();
        use_effect_with(*until, move |until| {
            let until = *until;
            let rest = move || u32::try_from((until - format::now().0 + 999) / 1000).unwrap_or(0);
            left.set(rest());
            let tick = (rest() > 0).then(|| Interval::new(250, move || left.set(rest())));
            move || drop(tick)
        });
    }
    let begin = {
        let until = until.setter();
        use_callback((), move |seconds: u32, ()| until.set(end_of(seconds)))
    };
    (*left, begin)
}

fn end_of(seconds: u32) -> i64 {
    format::now().0 + i64::from(seconds) * 1000
}

/// A wait on a button: `Try again in 12 s`, `Try again in 4:05`.
#[must_use]
pub fn label(left: u32) -> String {
    if left < 60 {
        format!("Try again in {left} s")
    } else {
        format!("Try again in {}:{:02}", left / 60, left % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_counted_in_seconds_then_in_minutes() {
        assert_eq!(label(12), "Try again in 12 s");
        assert_eq!(label(245), "Try again in 4:05");
    }
}
