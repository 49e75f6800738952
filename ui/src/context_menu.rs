//! The webview's own context menu offers Reload, Back and the like, which mean nothing in an app. It stays in text fields,
//! where people look for Paste.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Takes the menu away everywhere but in text fields, for as long as the page lives.
pub fn suppress() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document, "contextmenu", options, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_text = target.is_some_and(|target| target.closest("input, textarea").is_ok_and(|field| field.is_some()));
        if !is_text {
            event.prevent_default();
        }
    })
    .forget();
}
