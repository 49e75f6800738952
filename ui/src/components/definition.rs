//! What a figure means, in words, behind a button beside it.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, Node};
use yew::prelude::*;

use crate::{components::Icon, hooks::use_unique_id};

/// What a figure means.
#[derive(Properties, PartialEq)]
pub struct DefinitionProps {
    /// The figure: `ARR`.
    pub of: AttrValue,
    /// What it means, a paragraph each.
    pub text: Vec<AttrValue>,
}

/// What a figure means. The button opens it and closes it; so do Esc, a press elsewhere, and moving on.
#[component]
pub fn Definition(props: &DefinitionProps) -> Html {
    let id = use_unique_id();
    let is_open = use_state_eq(|| false);
    let root = use_node_ref();
    let note = use_node_ref();
    {
        let (root, note, open) = (root.clone(), note.clone(), is_open.setter());
        use_effect_with(*is_open, move |is_open| {
            let listeners = is_open.then(|| {
                place(&root, &note);
                follow(&root, &note, &open)
            });
            move || drop(listeners)
        });
    }
    let onkeydown = {
        let is_open = is_open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *is_open {
                event.prevent_default();
                event.stop_propagation();
                is_open.set(false);
            }
        })
    };
    let onfocusout = {
        let (root, is_open) = (root.clone(), is_open.setter());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            // A press on the note itself takes the focus nowhere.
            if to.is_some() && !root.cast::<Element>().is_some_and(|root| root.contains(to.as_ref())) {
                is_open.set(false);
            }
        })
    };
    let onclick = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let label = format!("What {} means", props.of);
    html! {
        <span class="definition" ref={root} {onkeydown} {onfocusout}>
            <button
                class="icon-btn definition__button" type="button" title={label.clone()} aria-label={label}
                aria-expanded={is_open.to_string()} aria-controls={id.clone()} {onclick}
            >
                { Icon::Info.small() }
            </button>
            <span class="definition__live" role="status" {id}>
                if *is_open {
                    <span class="definition__note prose" ref={note}>
                        <strong>{ props.of.clone() }</strong>
                        { for props.text.iter().map(|text| html! { <span key={text.as_str()}>{ text.clone() }</span> }) }
                    </span>
                }
            </span>
        </span>
    }
}

/// Below the button, wherever that is: panels cut off what reaches out of them.
fn place(root: &NodeRef, note: &NodeRef) {
    let (Some(root), Some(note)) = (root.cast::<Element>(), note.cast::<HtmlElement>()) else {
        return;
    };
    let edges = root.get_bounding_client_rect();
    for (name, value) in [("--at-x", edges.left()), ("--at-y", edges.bottom())] {
        // A property that the webview does not take leaves the note in the corner.
        let _ = note.style().set_property(name, &format!("{value}px"));
    }
}

/// Closes at a press beside it, and follows the button when the page scrolls or the window changes.
fn follow(root: &NodeRef, note: &NodeRef, open: &UseStateSetter<bool>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let pressed = {
        let (root, open) = (root.clone(), open.clone());
        EventListener::new(&window, "pointerdown", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            if !root.cast::<Element>().is_some_and(|root| root.contains(target.as_ref())) {
                open.set(false);
            }
        })
    };
    let moved = ["scroll", "resize"].map(|name| {
        let (root, note) = (root.clone(), note.clone());
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, name, options, move |_| place(&root, &note))
    });
    moved.into_iter().chain([pressed]).collect()
}
