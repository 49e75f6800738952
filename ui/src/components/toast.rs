//! Where notifications appear.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    components::{Icon, IconButton},
    hooks::{HotkeyScope, Toast, ToastId, use_hotkey_in, use_toasts},
};

/// Where notifications appear: on the page, or in a dialog.
#[derive(Properties, PartialEq)]
pub struct ToastRegionProps {
    /// The id of the dialog; nothing on the page itself.
    #[prop_or_default]
    pub layer: Option<AttrValue>,
}

/// Where notifications appear. Always there, so that it is read out; only the topmost layer shows any. F6 leads to the
/// newest.
#[component]
pub fn ToastRegion(props: &ToastRegionProps) -> Html {
    let toasts = use_toasts();
    let shown = toasts.of_layer(props.layer.as_ref());
    // The region of the page hears the key first, also while that of a dialog shows them.
    use_hotkey_in("F6", HotkeyScope::Everywhere, Callback::from(|()| focus_newest()));
    html! {
        <div class="toasts" role="status" aria-live="polite">
            { for shown.into_iter().map(|(id, toast)| {
                let toasts = toasts.clone();
                html! { <Note key={id} {id} {toast} on_close={move |id| toasts.close(id)} /> }
            }) }
        </div>
    }
}

fn focus_newest() {
    let newest = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(".toasts .toast:last-child button").ok().flatten())
        .and_then(|button| button.dyn_into::<HtmlElement>().ok());
    if let Some(newest) = newest {
        // A button can take the focus.
        let _ = newest.focus();
    }
}

#[derive(Properties, PartialEq)]
struct NoteProps {
    id: ToastId,
    toast: Toast,
    on_close: Callback<ToastId>,
}

#[component]
fn Note(props: &NoteProps) -> Html {
    // Held while the pointer or the focus is on it.
    let holds = use_state_eq(|| (false, false));
    {
        let on_close = props.on_close.clone();
        use_effect_with((*holds, props.toast.stays, props.id), move |(holds, stays, id)| {
            let id = *id;
            let timer = match (holds, stays) {
                ((false, false), Some(stays)) => Some(Timeout::new(*stays, move || on_close.emit(id))),
                _ => None,
            };
            move || drop(timer)
        });
    }
    let hold = |pointer: Option<bool>, focus: Option<bool>| {
        let holds = holds.clone();
        move || holds.set((pointer.unwrap_or(holds.0), focus.unwrap_or(holds.1)))
    };
    let (enter, leave) = (hold(Some(true), None), hold(Some(false), None));
    let (focus, blur) = (hold(None, Some(true)), hold(None, Some(false)));
    let close = {
        let (on_close, id) = (props.on_close.clone(), props.id);
        Callback::from(move |()| on_close.emit(id))
    };
    html! {
        <div
            class="toast"
            onmouseenter={move |_| enter()}
            onmouseleave={move |_| leave()}
            onfocusin={move |_| focus()}
            onfocusout={move |_| blur()}
        >
            { props.toast.icon.view() }
            <span>{ props.toast.text.clone() }</span>
            if let Some((verb, on_act)) = props.toast.action.clone() {
                <button class="toast__action" type="button" onclick={let close = close.clone(); move |_| { close.emit(()); on_act.emit(()); }}>{ verb }</button>
            }
            <IconButton icon={Icon::X} label="Dismiss" on_press={close} />
        </div>
    }
}
