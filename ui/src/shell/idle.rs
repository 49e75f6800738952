//! Locks after a time without input, with a warning before.

use contract::session::{CurrentSession, SessionStage};
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Event, PointerEvent};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, Dialog, DialogRole, DialogSize},
    format,
    hooks::{SessionHandle, use_latest},
    ipc,
};

/// So many seconds before the lock it is announced.
const WARNING_SECONDS: i64 = 30;
/// While there is input, the app is told at most once in so many milliseconds, because it counts by itself.
const TELLS_EVERY: i64 = 30_000;

/// A warning stays while the pointer moves, which may be on its way to the button, and goes so many milliseconds later.
const RESTS: i64 = 2_000;

/// Locks after a time without input.
#[derive(Properties, PartialEq)]
pub struct IdleLockProps {
    /// Who is signed in.
    pub session: SessionHandle,
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

/// A moment on two clocks: the one on the wall goes on while the computer sleeps but can be set back, the other one
/// cannot be set but may stand still meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    wall: i64,
    running: i64,
}

impl Moment {
    fn now() -> Self {
        Self {
            wall: format::now().0,
            running: format::running(),
        }
    }

    /// The longer of both times.
    fn since(self, earlier: Self) -> i64 {
        let (wall, running) = (self.wall.saturating_sub(earlier.wall), self.running.saturating_sub(earlier.running));
        wall.max(running).max(0)
    }
}

/// When there was input, and when the app was told.
struct Watch {
    input: Moment,
    told: Moment,
    /// Where the pointer was: some webviews report a movement when something moves below it.
    pointer: Option<(i32, i32)>,
}

/// What input or a second that passes leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    idle: Idle,
    tells: bool,
}

impl Watch {
    fn begin(now: Moment) -> Self {
        Self {
            input: now,
            told: now,
            pointer: None,
        }
    }

    /// There was input. Whether it came in time is looked at first: a computer that slept wakes by a key.
    fn input(&mut self, now: Moment, minutes: u32) -> Verdict {
        if idle(now.since(self.input), minutes) == Idle::Over {
            return Verdict {
                idle: Idle::Over,
                tells: false,
            };
        }
        self.input = now;
        let tells = now.since(self.told) >= TELLS_EVERY;
        if tells {
            self.told = now;
        }
        Verdict {
            idle: Idle::Working,
            tells,
        }
    }

    /// Whether the pointer is elsewhere than before.
    fn moved(&mut self, to: (i32, i32)) -> bool {
        self.pointer.replace(to) != Some(to)
    }
}

/// Locks after a time without input. Pressing a key or moving the pointer counts as input.
#[component]
pub fn IdleLock(props: &IdleLockProps) -> Html {
    let watch = use_mut_ref(|| Watch::begin(Moment::now()));
    let state = use_state_eq(|| Idle::Working);
    let latest = use_latest(props.session.clone());
    let is_in = props.session.state.stage == SessionStage::SignedIn;
    {
        let watch = watch.clone();
        use_effect_with(is_in, move |_| *watch.borrow_mut() = Watch::begin(Moment::now()));
    }
    {
        let (watch, state, latest) = (watch.clone(), state.setter(), latest.clone());
        use_effect_with((), move |()| {
            let on_input = {
                let (watch, state, latest) = (watch.clone(), state.clone(), latest.clone());
                move |event: &Event| {
                    let session = latest.borrow().clone();
                    if session.state.stage != SessionStage::SignedIn || !is_input(event, &mut watch.borrow_mut()) {
                        return;
                    }
                    let verdict = watch.borrow_mut().input(Moment::now(), session.state.idle_lock_minutes);
                    if verdict.idle == Idle::Over {
                        state.set(Idle::Over);
                    }
                    if verdict.tells {
                        tell(session);
                    }
                }
            };
            let listeners: Vec<EventListener> = web_sys::window()
                .map(|window| {
                    ["pointerdown", "pointermove", "keydown", "wheel"]
                        .into_iter()
                        .map(|kind| EventListener::new(&window, kind, on_input.clone()))
                        .collect()
                })
                .unwrap_or_default();
            let tick = Interval::new(1_000, move || {
                let session = latest.borrow().state.clone();
                if session.stage == SessionStage::SignedIn {
                    let since = Moment::now().since(watch.borrow().input);
                    if since >= RESTS {
                        state.set(idle(since, session.idle_lock_minutes));
                    }
                }
            });
            move || drop((listeners, tick))
        });
    }
    {
        let (state, on_lock) = (state.clone(), props.session.lock.clone());
        // Only when the warning is gone and has given the focus back: the lock remembers where it was.
        use_effect_with(*state == Idle::Over, move |is_over| {
            if *is_over {
                state.set(Idle::Working);
                on_lock.emit(());
            }
        });
    }
    let stay = {
        let state = state.setter();
        Callback::from(move |()| {
            watch.borrow_mut().input = Moment::now();
            state.set(Idle::Working);
        })
    };
    html! {
        <div>
            if let Idle::Warning(left) = *state {
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

/// Whether a person did something: some webviews report a movement of a pointer that rests.
fn is_input(event: &Event, watch: &mut Watch) -> bool {
    match event.dyn_ref::<PointerEvent>() {
        Some(event) if event.type_() == "pointermove" => watch.moved((event.screen_x(), event.screen_y())),
        _ => true,
    }
}

/// Tells the app that the person is there, and hears whether it has locked by itself.
fn tell(session: SessionHandle) {
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(state) = ipc::call(CurrentSession {}).await
            && state.stage != SessionStage::SignedIn
        {
            session.on_change.emit(state);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, running: i64) -> Moment {
        Moment { wall, running }
    }

    #[test]
    fn a_warning_comes_before_the_lock() {
        assert_eq!(idle(0, 10), Idle::Working);
        assert_eq!(idle(569_999, 10), Idle::Working);
        assert_eq!(idle(570_000, 10), Idle::Warning(30));
        assert_eq!(idle(599_000, 10), Idle::Warning(1));
        assert_eq!(idle(600_000, 10), Idle::Over);
        assert_eq!(idle(9_999_999_999, 60), Idle::Over);
    }

    #[test]
    fn a_key_that_wakes_the_computer_does_not_keep_it_open() {
        let mut watch = Watch::begin(at(0, 0));
        // The running clock stood still while the computer slept.
        assert_eq!(watch.input(at(3_600_000, 5_000), 10).idle, Idle::Over);
        // The clock on the wall was set back.
        assert_eq!(watch.input(at(-86_400_000, 601_000), 10).idle, Idle::Over);
        assert_eq!(watch.input(at(-86_400_000, 599_000), 10).idle, Idle::Working);
    }

    #[test]
    fn the_app_is_told_of_input_now_and_then() {
        let mut watch = Watch::begin(at(0, 0));
        let tells: Vec<bool> = [1_000, 29_000, 30_000, 31_000, 59_000, 75_000]
            .into_iter()
            .map(|time| watch.input(at(time, time), 10).tells)
            .collect();
        assert_eq!(tells, [false, false, true, false, false, true]);
    }

    #[test]
    fn a_pointer_that_rests_is_no_input() {
        let mut watch = Watch::begin(at(0, 0));
        assert!(watch.moved((1, 1)));
        assert!(!watch.moved((1, 1)));
        assert!(watch.moved((1, 2)));
    }
}
