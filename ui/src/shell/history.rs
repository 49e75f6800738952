//! Back and forward: Alt with the arrows, and the buttons that many mice have for it.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::{
    hooks::{HotkeyScope, open_dialogs, use_hotkey, use_hotkey_in, use_latest, use_session},
    route::Route,
};

/// The button of a mouse that leads back.
const BACK: i16 = 3;
/// The button of a mouse that leads forward.
const FORWARD: i16 = 4;

/// Back and forward, wherever that leads away from nothing but a page or an open record: a form or a question over it is
/// left first.
#[hook]
pub fn use_history(route: Route) {
    let (back, forward) = (go(-1), go(1));
    use_hotkey("Alt+ArrowLeft", back.clone());
    use_hotkey("Alt+ArrowRight", forward.clone());
    let over_record = |act: &Callback<()>| {
        let act = act.clone();
        Callback::from(move |()| {
            if is_free(route) {
                act.emit(());
            }
        })
    };
    use_hotkey_in("Alt+ArrowLeft", HotkeyScope::Dialog, over_record(&back));
    use_hotkey_in("Alt+ArrowRight", HotkeyScope::Dialog, over_record(&forward));
    let is_in = use_session().state.stage == contract::session::SessionStage::SignedIn;
    let latest = use_latest((route, is_in));
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "mouseup", options, move |event| {
                let act = match event.dyn_ref::<MouseEvent>().map(MouseEvent::button) {
                    Some(BACK) => &back,
                    Some(FORWARD) => &forward,
                    _ => return,
                };
                // A webview that goes back by itself would do so twice.
                event.prevent_default();
                let (route, is_in) = *latest.borrow();
                if is_in && is_free(route) {
                    act.emit(());
                }
            })
        });
        move || drop(listener)
    });
}

/// Whether nothing is open over the page but a record, which has an address of its own.
fn is_free(route: Route) -> bool {
    let is_record = matches!(route, Route::Customers(Some(_)));
    open_dialogs() <= u32::from(is_record)
}

fn go(by: i32) -> Callback<()> {
    Callback::from(move |()| {
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            // Where there is nothing to go to, nothing happens.
            let _ = history.go_with_delta(by);
        }
    })
}
