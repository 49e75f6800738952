//! What every modal element does: opens, takes the focus, answers Esc and gives the focus back.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use crate::hooks::{
    focus::{focus_front, is_focus_lost},
    use_latest, use_toasts,
};

/// Opens the `<dialog>` of `node` as long as the component lives. `id` is that of its layer of notifications.
#[hook]
pub fn use_modal(node: &NodeRef, id: &AttrValue, on_close: Callback<()>) {
    let toasts = use_toasts();
    let on_close = use_latest(on_close);
    let (node, id) = (node.clone(), id.clone());
    use_effect_with((), move |()| {
        let opener = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.active_element());
        let dialog = node.cast::<HtmlDialogElement>();
        toasts.enter(id.clone());
        let listener = dialog.as_ref().map(|dialog| {
            // Opening twice is the only way to fail.
            let _ = dialog.show_modal();
            cover();
            focus_first(dialog);
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(dialog, "cancel", options, move |event| {
                // A file chooser or a select inside has a cancel of its own.
                if event.target() == event.current_target() {
                    event.prevent_default();
                    let on_close = on_close.borrow().clone();
                    on_close.emit(());
                }
            })
        });
        move || {
            drop(listener);
            toasts.leave(id);
            if let Some(dialog) = &dialog {
                dialog.close();
                cover();
            }
            if let Some(opener) = opener.and_then(|opener| opener.dyn_into::<HtmlElement>().ok())
                && opener.is_connected()
            {
                // It may be switched off or hidden by now.
                let _ = opener.focus();
            }
            // So may it be gone, as a banner whose button led here is.
            if is_focus_lost(dialog.as_ref()) {
                focus_front();
            }
        }
    });
}

/// Closes a modal element by a press beside it: one that begins and ends there. A drag out of a field, to select what is
/// typed, ends beside the dialog, too. Give both to the `<dialog>`.
#[hook]
pub fn use_backdrop(node: &NodeRef, is_on: bool, on_close: Callback<()>) -> (Callback<PointerEvent>, Callback<MouseEvent>) {
    let began = use_mut_ref(|| false);
    let is_beside = {
        let node = node.clone();
        move |event: &web_sys::Event| event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) == node.cast()
    };
    let onpointerdown = {
        let (began, is_beside) = (began.clone(), is_beside.clone());
        Callback::from(move |event: PointerEvent| {
            began.replace(is_beside(&event));
        })
    };
    let onclick = Callback::from(move |event: MouseEvent| {
        if began.replace(false) && is_on && is_beside(&event) {
            on_close.emit(());
        }
    });
    (onpointerdown, onclick)
}

/// What says that something lies below a dialog: the page, and every open dialog but the topmost.
const COVERED: &str = "data-covered";

/// Marks what lies below a dialog, and nothing else, so that it shows no scrollbars: without a graphics processor WebKit paints
/// those that float last of all, also over a dialog above them. What is topmost is told by the order of the document.
pub fn cover() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let open = document.query_selector_all("dialog[open]").ok();
    let count = open.as_ref().map_or(0, web_sys::NodeList::length);
    // Where scrollbars have room of their own they are painted in their turn, and what is beside them would move.
    let hides = count > 0 && scrollbars_float(&document);
    let mut layers: Vec<Element> = document.body().into_iter().map(Into::into).collect();
    layers.extend((0..count).filter_map(|at| open.as_ref()?.item(at)?.dyn_into::<Element>().ok()));
    let top = layers.len().saturating_sub(1);
    for (at, layer) in layers.iter().enumerate() {
        // An element takes any attribute that is called like one.
        let _ = if hides && at < top {
            layer.set_attribute(COVERED, "")
        } else {
            layer.remove_attribute(COVERED)
        };
    }
}

/// Whether scrollbars lie over what they scroll and take no room.
fn scrollbars_float(document: &Document) -> bool {
    let probe = document
        .create_element("div")
        .ok()
        .and_then(|probe| probe.dyn_into::<HtmlElement>().ok());
    let (Some(probe), Some(body)) = (probe, document.body()) else {
        return false;
    };
    // A property of the style can be set, and a fresh element be appended.
    let _ = probe.style().set_property("overflow", "scroll");
    let _ = body.append_child(&probe);
    let room = probe.offset_width() - probe.client_width();
    probe.remove();
    room == 0
}

fn focus_first(dialog: &HtmlDialogElement) {
    let first = dialog
        .query_selector("[data-autofocus]")
        .ok()
        .flatten()
        .and_then(|first| first.dyn_into::<HtmlElement>().ok());
    let target: &HtmlElement = first.as_ref().unwrap_or(dialog);
    // Always possible: the dialog has a tabindex.
    let _ = target.focus();
}
