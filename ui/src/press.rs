//! What waits until a press is over. What a field says when it is left makes its dialog larger: between the press on a button, which
//! leaves the field, and the release the button would move away from under the pointer, and the click would be lost.

use std::cell::{Cell, RefCell};

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Event, MouseEvent};

type Act = Box<dyn FnOnce()>;

thread_local! {
    static PRESS: Press = const { Press::new() };
}

/// Follows every press for as long as the page lives.
pub fn watch() {
    let Some(window) = web_sys::window() else { return };
    // On the way down to the target: nothing there keeps an event from being heard here.
    let listen = |kind: &'static str, hear: fn(&Event)| {
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, kind, options, hear).forget();
    };
    // After a touch, the events of a mouse follow those of the pointer, and it is they that leave a field.
    for kind in ["pointerdown", "mousedown"] {
        listen(kind, |_| PRESS.with(Press::begin));
    }
    for kind in ["pointerup", "mouseup", "pointercancel"] {
        listen(kind, |_| end());
    }
    // An open list of choices or a menu of the webview keeps the release to itself: who goes on by keyboard has let go.
    listen("keydown", |_| end());
    listen("pointermove", |event| {
        if event.dyn_ref::<MouseEvent>().is_some_and(|event| event.buttons() == 0) {
            end();
        }
    });
}

/// Runs it when the press is over and its click has been handled, or at once where nothing is pressed.
pub fn after(act: impl FnOnce() + 'static) {
    PRESS.with(|press| press.after(Box::new(act)));
}

fn end() {
    if PRESS.with(Press::end) {
        // The webview tells of a release and of its click in one task; whatever comes in a later one comes after both.
        Timeout::new(0, || PRESS.with(Press::settle)).forget();
    }
}

/// Whether something is pressed, and what waits for the end of that.
struct Press {
    is_down: Cell<bool>,
    waiting: RefCell<Vec<Act>>,
}

impl Press {
    const fn new() -> Self {
        Self {
            is_down: Cell::new(false),
            waiting: RefCell::new(Vec::new()),
        }
    }

    fn begin(&self) {
        self.is_down.set(true);
    }

    /// It is let go of. Says whether something waits for its click to be handled.
    fn end(&self) -> bool {
        self.is_down.replace(false) && !self.waiting.borrow().is_empty()
    }

    fn after(&self, act: Act) {
        let is_click_due = !self.waiting.borrow().is_empty();
        if self.is_down.get() || is_click_due {
            self.waiting.borrow_mut().push(act);
        } else {
            act();
        }
    }

    /// Its click has been handled. What waits goes on waiting if the next press has begun, as the second one of a double click.
    fn settle(&self) {
        if !self.is_down.get() {
            for act in self.waiting.take() {
                act();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    type Said = Rc<RefCell<Vec<&'static str>>>;

    /// A press, what was said, and how to say something after it.
    fn press() -> (Press, Said, impl Fn(&'static str) -> Act) {
        let said = Said::default();
        let told = Rc::clone(&said);
        let say = move |word: &'static str| -> Act {
            let told = Rc::clone(&told);
            Box::new(move || told.borrow_mut().push(word))
        };
        (Press::new(), said, say)
    }

    #[test]
    fn what_the_keyboard_leaves_speaks_at_once() {
        let (press, said, say) = press();
        press.after(say("left"));
        assert_eq!(*said.borrow(), ["left"]);
        // A press that leaves nothing has nothing to wait for.
        press.begin();
        assert!(!press.end());
        press.after(say("left again"));
        assert_eq!(*said.borrow(), ["left", "left again"]);
    }

    #[test]
    fn what_a_press_leaves_speaks_when_its_click_has_been_handled() {
        let (press, said, say) = press();
        press.begin();
        press.after(say("first"));
        assert!(press.end());
        press.after(say("second"));
        assert!(said.borrow().is_empty(), "the click is still to come");
        // The mouse tells of the same release once more.
        assert!(!press.end());
        press.settle();
        assert_eq!(*said.borrow(), ["first", "second"]);
    }

    #[test]
    fn what_the_first_press_of_a_double_click_leaves_waits_for_the_second_one() {
        let (press, said, say) = press();
        press.begin();
        press.after(say("left"));
        assert!(press.end());
        press.begin();
        press.settle();
        assert!(said.borrow().is_empty(), "the second one would miss");
        assert!(press.end());
        press.settle();
        assert_eq!(*said.borrow(), ["left"]);
    }
}
