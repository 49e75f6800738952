//! Where notifications appear.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    components::{Icon, IconButton},
    hooks::{HotkeyScope, Toast, ToastId, focus_front, use_hotkey_in, use_toasts},
};

/// Where notifications appear: on the page, or in a dialog.
#[derive(Properties, PartialEq)]
pub struct ToastRegionProps {
    /// The id of the dialog; nothing on the page itself.
    #[prop_or_default]
    pub layer: Option<AttrValue>,
    /// Whether it stands before the app, where nothing out of the book may be read.
    #[prop_or_default]
    pub is_gate: bool,
}

/// Where notifications appear. Always there, so that it is read out; only the topmost layer shows any. F6 leads to the
/// newest.
#[component]
pub fn ToastRegion(props: &ToastRegionProps) -> Html {
    let toasts = use_toasts();
    let shown = if props.is_gate {
        toasts.of_gate()
    } else {
        toasts.of_layer(props.layer.as_ref())
    };
    // The region of the page hears the key first, also while that of a dialog shows them.
    // Where the focus was before it came here.
    let came_from = use_mut_ref(|| None::<HtmlElement>);
    let onfocusin = {
        let came_from = came_from.clone();
        move |event: FocusEvent| {
            let before = event.related_target().and_then(|before| before.dyn_into::<HtmlElement>().ok());
            if let Some(before) = before.filter(|before| !is_in_toast(before)) {
                *came_from.borrow_mut() = Some(before);
            }
        }
    };
    use_hotkey_in("F6", HotkeyScope::Everywhere, Callback::from(|()| focus_newest()));
    html! {
        <div class="toasts" role="status" aria-live="polite" {onfocusin}>
            { for shown.into_iter().map(|(id, toast)| {
                let (toasts, came_from) = (toasts.clone(), came_from.clone());
                let on_close = move |id| {
                    return_focus(came_from.borrow().as_ref());
                    toasts.close(id);
                };
                html! { <Note key={id} {id} {toast} {on_close} /> }
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

fn is_in_toast(element: &HtmlElement) -> bool {
    element.closest(".toasts").is_ok_and(|region| region.is_some())
}

/// The button that had the focus goes away with its notification: the focus returns to where it was, or where that is gone
/// to the topmost dialog or the page.
fn return_focus(came_from: Option<&HtmlElement>) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let focused = document.active_element().and_then(|focused| focused.dyn_into::<HtmlElement>().ok());
    if !focused.is_some_and(|focused| is_in_toast(&focused)) {
        return;
    }
    if let Some(before) = came_from.filter(|before| before.is_connected()) {
        // What had the focus can take it again, unless it was switched off meanwhile.
        let _ = before.focus();
        return;
    }
    focus_front();
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
            { for props.toast.actions.iter().map(|(verb, on_act)| {
                let (close, on_act) = (close.clone(), on_act.clone());
                // Two may offer the same act: each is named by what it is about.
                html! {
                    <button key={verb.as_str()} class="toast__action" type="button" aria-label={format!("{verb}: {}", props.toast.text)} onclick={move |_| { close.emit(()); on_act.emit(()); }}>{ verb.clone() }</button>
                }
            }) }
            <IconButton icon={Icon::X} label="Dismiss" on_press={close} />
        </div>
    }
}
