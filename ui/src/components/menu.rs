//! A button that opens a list of acts.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, Node};
use yew::prelude::*;

use crate::{
    components::{
        Icon,
        segmented::{focus_child, step},
    },
    hooks::use_unique_id,
};

/// An act of a menu.
#[derive(Clone, PartialEq)]
pub struct MenuItem {
    /// A verb; ends with `…` if a dialog follows.
    pub label: AttrValue,
    /// The picture.
    pub icon: Option<Icon>,
    /// The key that does the same.
    pub kbd: Option<AttrValue>,
    /// Whether it is the one in force, if it is one of several.
    pub is_chosen: Option<bool>,
    /// Whether it stands apart, because it destroys.
    pub is_apart: bool,
    /// What it does.
    pub on_choose: Callback<()>,
}

impl MenuItem {
    /// An act.
    #[must_use]
    pub fn new(label: impl Into<AttrValue>, icon: Icon, on_choose: Callback<()>) -> Self {
        Self {
            label: label.into(),
            icon: Some(icon),
            kbd: None,
            is_chosen: None,
            is_apart: false,
            on_choose,
        }
    }

    /// One of several, of which one is in force.
    #[must_use]
    pub fn choice(label: impl Into<AttrValue>, icon: Option<Icon>, is_chosen: bool, on_choose: Callback<()>) -> Self {
        Self {
            label: label.into(),
            icon,
            kbd: None,
            is_chosen: Some(is_chosen),
            is_apart: false,
            on_choose,
        }
    }

    /// Behind a line: it destroys.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.is_apart = true;
        self
    }

    /// With its key.
    #[must_use]
    pub fn kbd(mut self, kbd: impl Into<AttrValue>) -> Self {
        self.kbd = Some(kbd.into());
        self
    }
}

/// A button that opens a list of acts.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// The name of button and list.
    pub label: AttrValue,
    /// The classes of the button, such as `icon-btn` or `me`.
    pub class: Classes,
    /// What the button shows.
    pub children: Html,
    /// The acts.
    pub items: Vec<MenuItem>,
    /// Whether the list opens above the button.
    #[prop_or_default]
    pub is_upward: bool,
}

/// A button that opens a list of acts: arrows move, Esc returns to the button, Tab closes.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let id = use_unique_id();
    let is_open = use_state_eq(|| false);
    let active = use_state_eq(|| 0_usize);
    let root = use_node_ref();
    let list = use_node_ref();
    {
        let (root, list, setter) = (root.clone(), list.clone(), is_open.setter());
        use_effect_with((*is_open, *active), move |(is_open, active)| {
            let listener = is_open
                .then(|| {
                    focus_item(&list, *active);
                    let document = web_sys::window()?.document()?;
                    Some(EventListener::new(&document, "pointerdown", move |event| {
                        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                        let is_inside = root.cast::<Element>().is_some_and(|root| root.contains(target.as_ref()));
                        if !is_inside {
                            setter.set(false);
                        }
                    }))
                })
                .flatten();
            move || drop(listener)
        });
    }
    let last = props.items.len().saturating_sub(1);
    let open_at = {
        let (is_open, active) = (is_open.setter(), active.setter());
        Callback::from(move |at: usize| {
            active.set(at);
            is_open.set(true);
        })
    };
    let close = {
        let (is_open, root) = (is_open.setter(), root.clone());
        Callback::from(move |()| {
            is_open.set(false);
            focus_child(&root, 0);
        })
    };
    let on_button_key = {
        let open_at = open_at.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowDown" => {
                event.prevent_default();
                open_at.emit(0);
            }
            "ArrowUp" => {
                event.prevent_default();
                open_at.emit(last);
            }
            _ => {}
        })
    };
    let on_list_key = {
        let (active, is_open, close) = (active.clone(), is_open.setter(), close.clone());
        let labels: Vec<AttrValue> = props.items.iter().map(|item| item.label.clone()).collect();
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if key == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                close.emit(());
            } else if key == "Tab" {
                is_open.set(false);
            } else if event.ctrl_key() || event.meta_key() || event.alt_key() {
                // Such keys are commands of the page.
            } else if let Some(to) = step(&key, *active, labels.len()).or_else(|| by_letter(&labels, *active, &key)) {
                event.prevent_default();
                active.set(to);
            }
        })
    };
    let on_press = {
        let (is_open, open_at) = (is_open.clone(), open_at.clone());
        Callback::from(move |_: MouseEvent| if *is_open { is_open.set(false) } else { open_at.emit(0) })
    };
    html! {
        <div class="menu-anchor" ref={root}>
            <button
                class={props.class.clone()}
                type="button"
                aria-haspopup="menu"
                aria-expanded={is_open.to_string()}
                aria-controls={is_open.then(|| id.clone())}
                aria-label={props.label.clone()}
                title={props.label.clone()}
                onclick={on_press}
                onkeydown={on_button_key}
            >
                { props.children.clone() }
            </button>
            <div class={classes!("menu", "menu--floating", props.is_upward.then_some("menu--upward"))} role="menu" id={id} aria-label={props.label.clone()} hidden={!*is_open} onkeydown={on_list_key} ref={list}>
                { for props.items.iter().enumerate().map(|(at, item)| {
                    let (on_choose, close) = (item.on_choose.clone(), close.clone());
                    html! {
                        <button
                            key={at}
                            class={classes!("menu__item", item.is_apart.then_some("menu__item--apart"))}
                            type="button"
                            role={if item.is_chosen.is_some() { "menuitemradio" } else { "menuitem" }}
                            aria-checked={item.is_chosen.map(|is_chosen| is_chosen.to_string())}
                            tabindex="-1"
                            data-active={(at == *active).then_some("true")}
                            onclick={move |_| { close.emit(()); on_choose.emit(()); }}
                        >
                            if let Some(icon) = item.icon { { icon.view() } } else if item.is_chosen.is_some() { <span class="menu__mark"></span> }
                            <span>{ item.label.clone() }</span>
                            if let Some(kbd) = &item.kbd { <kbd aria-hidden="true">{ kbd.clone() }</kbd> }
                        </button>
                    }
                }) }
            </div>
        </div>
    }
}

fn focus_item(list: &NodeRef, at: usize) {
    if list.cast::<HtmlElement>().is_some() {
        focus_child(list, at);
    }
}

/// The next item that begins with the letter.
fn by_letter(labels: &[AttrValue], at: usize, key: &str) -> Option<usize> {
    if key.chars().count() != 1 {
        return None;
    }
    let key = key.to_lowercase();
    (1..=labels.len())
        .map(|step| (at + step) % labels.len())
        .find(|to| labels.get(*to).is_some_and(|label| label.to_lowercase().starts_with(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_leads_to_the_next_item_that_begins_with_it() {
        let labels: Vec<AttrValue> = ["Copy key", "Email…", "Cancel license…"]
            .iter()
            .map(|label| AttrValue::from(*label))
            .collect();
        assert_eq!(by_letter(&labels, 0, "c"), Some(2));
        assert_eq!(by_letter(&labels, 2, "c"), Some(0));
        assert_eq!(by_letter(&labels, 0, "x"), None);
        assert_eq!(by_letter(&labels, 0, "Shift"), None);
        assert_eq!(by_letter(&[], 0, "c"), None);
    }
}
