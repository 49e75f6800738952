//! The field that searches a list while it is typed in.

use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::{
    components::{ControlSize, Icon, IconButton},
    hooks::use_hotkey,
};

/// The field that searches a list.
#[derive(Properties, PartialEq)]
pub struct SearchFieldProps {
    /// Its name: `Search customers`.
    pub label: AttrValue,
    /// What can be searched for: `Search name, email or company`.
    pub placeholder: AttrValue,
    /// As typed.
    pub value: AttrValue,
    /// The id of what says that it is wrong, if it is.
    pub error_id: Option<AttrValue>,
    /// On every change.
    pub on_change: Callback<String>,
    /// Goes to the list.
    pub on_leave: Callback<()>,
}

/// The field that searches a list: Ctrl+F and / lead to it, Esc clears it, Enter and Down lead to the list.
#[component]
pub fn SearchField(props: &SearchFieldProps) -> Html {
    let search = use_node_ref();
    let focus = {
        let search = search.clone();
        Callback::from(move |()| {
            if let Some(input) = search.cast::<HtmlInputElement>() {
                // An input can take the focus.
                let _ = input.focus();
                input.select();
            }
        })
    };
    use_hotkey("Ctrl+F", focus.clone());
    use_hotkey("/", focus.clone());
    let oninput = {
        let on_change = props.on_change.clone();
        move |event: InputEvent| on_change.emit(event.target_unchecked_into::<HtmlInputElement>().value())
    };
    let onkeydown = {
        let (is_empty, on_change, on_leave) = (props.value.is_empty(), props.on_change.clone(), props.on_leave.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if !is_empty => {
                event.prevent_default();
                on_change.emit(String::new());
            }
            "ArrowDown" | "Enter" if !event.is_composing() => {
                event.prevent_default();
                on_leave.emit(());
            }
            _ => {}
        }
    };
    let clear = {
        let (on_change, focus) = (props.on_change.clone(), focus);
        Callback::from(move |()| {
            on_change.emit(String::new());
            focus.emit(());
        })
    };
    let is_wrong = props.error_id.is_some();
    html! {
        <div class={classes!("input", "input--sm", is_wrong.then_some("input--invalid"))}>
            { Icon::Search.view() }
            <input
                type="search"
                name="search"
                aria-label={props.label.clone()}
                placeholder={props.placeholder.clone()}
                autocomplete="off"
                spellcheck="false"
                value={props.value.clone()}
                aria-invalid={is_wrong.then_some("true")}
                aria-describedby={props.error_id.clone()}
                {oninput}
                {onkeydown}
                ref={search}
            />
            if props.value.is_empty() {
                <kbd aria-hidden="true">{ "Ctrl F" }</kbd>
            } else {
                <IconButton icon={Icon::X} label="Clear search" kbd="Esc" size={ControlSize::Small} on_press={clear} />
            }
        </div>
    }
}

/// What is wrong with a search, below the toolbar.
pub fn search_error(id: &AttrValue, error: Option<&AttrValue>) -> Html {
    match error {
        None => html! {},
        Some(error) => html! {
            <p class="field__error toolbar__error" id={id.clone()} role="alert">{ Icon::AlertCircle.small() }<span>{ error.clone() }</span></p>
        },
    }
}
