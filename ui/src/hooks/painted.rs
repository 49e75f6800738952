//! Marks the moment at which something is on the screen, for the measurements in `benches/`.

use wasm_bindgen::{JsCast, closure::Closure};
use yew::prelude::*;

/// Sets a performance mark of this name when the component has been painted for the first time.
#[hook]
pub fn use_painted(name: &'static str) {
    use_effect_with((), move |()| {
        // The first frame after this render paints it; the next one begins when that is done.
        next_frame(move || {
            next_frame(move || {
                if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
                    let _ = performance.mark(name);
                }
            });
        });
    });
}

fn next_frame(then: impl FnOnce() + 'static) {
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(Closure::once_into_js(then).unchecked_ref());
    }
}
