//! Whether a media query holds, followed live.

use gloo_events::EventListener;
use yew::prelude::*;

/// Whether the media query holds now.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let matches = use_state_eq(|| list(query).is_some_and(|list| list.matches()));
    {
        let matches = matches.setter();
        use_effect_with((), move |()| {
            let listener = list(query).map(|list| {
                let target = list.clone();
                EventListener::new(&target, "change", move |_| matches.set(list.matches()))
            });
            move || drop(listener)
        });
    }
    *matches
}

fn list(query: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(query).ok()?
}
