//! A field that offers what fits while one types. The focus stays in it; the arrows lead through what is offered, which the page shows
//! as a `role="listbox"` beside it.

use web_sys::{HtmlInputElement, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// A field that offers what fits.
#[derive(Properties, PartialEq)]
pub struct ComboboxProps {
    /// Its id.
    pub id: AttrValue,
    /// Its wire name.
    pub name: AttrValue,
    /// Its name, where no label beside it says that.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// What can be typed.
    pub placeholder: AttrValue,
    /// As typed.
    pub value: AttrValue,
    /// The id of the list, if anything is offered.
    pub list_id: Option<AttrValue>,
    /// The id of the one that Enter takes, if there is one.
    pub active_id: Option<AttrValue>,
    /// The id of what says that it is wrong, if it is.
    pub error_id: Option<AttrValue>,
    /// On every change.
    pub on_input: Callback<String>,
    /// An arrow: to the next one, or else to the one before.
    pub on_move: Callback<bool>,
    /// Enter.
    pub on_enter: Callback<()>,
}

/// A field that offers what fits. The dialog that it is in begins at it.
#[component]
pub fn Combobox(props: &ComboboxProps) -> Html {
    use_effect_with(props.active_id.clone(), |active| {
        if let Some(id) = active {
            reveal(id);
        }
    });
    let has_options = props.list_id.is_some();
    let oninput = {
        let on_input = props.on_input.clone();
        move |event: InputEvent| on_input.emit(event.target_unchecked_into::<HtmlInputElement>().value())
    };
    let onkeydown = {
        let (on_move, on_enter) = (props.on_move.clone(), props.on_enter.clone());
        move |event: KeyboardEvent| {
            if event.is_composing() {
                return;
            }
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            match event.key().as_str() {
                key @ ("ArrowDown" | "ArrowUp") if has_options && !has_modifier => {
                    event.prevent_default();
                    on_move.emit(key == "ArrowDown");
                }
                "Enter" => {
                    event.prevent_default();
                    // Held down, it is the one that opened the dialog.
                    if !event.repeat() {
                        on_enter.emit(());
                    }
                }
                _ => {}
            }
        }
    };
    html! {
        <input
            id={props.id.clone()}
            type="text"
            name={props.name.clone()}
            role="combobox"
            aria-label={props.label.clone()}
            placeholder={props.placeholder.clone()}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-autocomplete="list"
            aria-expanded={if has_options { "true" } else { "false" }}
            aria-controls={props.list_id.clone()}
            aria-activedescendant={props.active_id.clone()}
            aria-invalid={props.error_id.is_some().then_some("true")}
            aria-describedby={props.error_id.clone()}
            data-autofocus="true"
            value={props.value.clone()}
            {oninput}
            {onkeydown}
        />
    }
}

/// Where an arrow leads among so many: past an end to the other end.
#[must_use]
pub fn beside(at: Option<usize>, count: usize, is_next: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (at, is_next) {
        (None, true) => 0,
        (None | Some(0), false) => last,
        (Some(at), true) if at >= last => 0,
        (Some(at), true) => at + 1,
        (Some(at), false) => at - 1,
    })
}

/// Scrolls, where not all of them are seen at once, to the one in question.
fn reveal(id: &str) {
    let option = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id));
    if let Some(option) = option {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_lead_through_all_and_around_the_ends() {
        let cases = [
            (None, 0, true, None),
            (None, 3, true, Some(0)),
            (None, 3, false, Some(2)),
            (Some(0), 3, true, Some(1)),
            (Some(2), 3, true, Some(0)),
            (Some(0), 3, false, Some(2)),
            (Some(2), 3, false, Some(1)),
        ];
        for (at, count, is_next, want) in cases {
            assert_eq!(beside(at, count, is_next), want, "{at:?} of {count}, {is_next}");
        }
    }
}
