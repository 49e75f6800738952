//! Locks after a time without input, with a warning before.

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, Dialog, DialogRole, DialogSize},
    format,
    hooks::use_latest,
};

/// So many seconds before the lock it is announced.
const WARNING_SECONDS: i64 = 30;

/// Locks after a time without input.
#[derive(Properties, PartialEq)]
pub struct IdleLockProps {
    /// Minutes without input.
    pub minutes: u32,
    /// Locks.
    pub on_lock: Callback<()>,
}

/// What to do after a time without input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Idle {
    Working,
    Warning(i64),
    Over,
}

fn idle(since_millis: i64, minutes: u32) -> Idle {
    let left = i64::from(minutes) * 60 - since_millis / 1000;
    match left {
        ..=0 => Idle::Over,
        1..=WARNING_SECONDS => Idle::Warning(left),
        _ => Idle::Working,
    }
}

/// Locks after a time without input. Pressing a key or moving the pointer counts as input.
#[component]
pub fn IdleLock(props: &IdleLockProps) -> Html {
    let last = use_mut_ref(|| format::now().0);
    let warning = use_state_eq(|| None::<i64>);
    let latest = use_latest((props.minutes, props.on_lock.clone()));
    {
        let (last, warning) = (last.clone(), warning.setter());
        use_effect_with((), move |()| {
            let listeners: Vec<EventListener> = web_sys::window()
                .map(|window| {
                    ["pointerdown", "pointermove", "keydown", "wheel"]
                        .into_iter()
                        .map(|kind| {
                            let last = last.clone();
                            EventListener::new(&window, kind, move |_| *last.borrow_mut() = format::now().0)
                        })
                        .collect()
                })
                .unwrap_or_default();
            let tick = Interval::new(1_000, move || {
                let (minutes, on_lock) = latest.borrow().clone();
                // A computer that slept wakes with the clock far ahead: that counts, too.
                match idle(format::now().0.saturating_sub(*last.borrow()), minutes) {
                    Idle::Working => warning.set(None),
                    Idle::Warning(left) => warning.set(Some(left)),
                    Idle::Over => {
                        *last.borrow_mut() = format::now().0;
                        warning.set(None);
                        on_lock.emit(());
                    }
                }
            });
            move || drop((listeners, tick))
        });
    }
    let stay = {
        let warning = warning.setter();
        Callback::from(move |()| {
            *last.borrow_mut() = format::now().0;
            warning.set(None);
        })
    };
    html! {
        <div>
            if let Some(left) = *warning {
                <Dialog
                    title="Still there?" size={DialogSize::Small} role={DialogRole::Alert} on_close={stay.clone()}
                    foot={html! { <><span class="spacer"></span><Button label="Stay" kind={ButtonKind::Primary} autofocus={true} on_press={stay} /></> }}
                >
                    <p>{ format!("Without input the app locks in {}. Your open work is kept.", contract::words::duration(u32::try_from(left).unwrap_or(0))) }</p>
                </Dialog>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_before_the_lock() {
        assert_eq!(idle(0, 10), Idle::Working);
        assert_eq!(idle(569_999, 10), Idle::Working);
        assert_eq!(idle(570_000, 10), Idle::Warning(30));
        assert_eq!(idle(599_000, 10), Idle::Warning(1));
        assert_eq!(idle(600_000, 10), Idle::Over);
        assert_eq!(idle(9_999_999_999, 60), Idle::Over);
    }
}
