//! Two to four exclusive options, side by side.

use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// One option.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentedOption {
    /// As on the wire.
    pub value: AttrValue,
    /// As on the page.
    pub label: AttrValue,
    /// How many records it has, as text.
    pub count: Option<AttrValue>,
    /// Why it cannot be chosen.
    pub unavailable: Option<AttrValue>,
}

impl SegmentedOption {
    /// An option.
    #[must_use]
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            count: None,
            unavailable: None,
        }
    }

    /// With a figure or price beside the label.
    #[must_use]
    pub fn count(mut self, count: impl Into<AttrValue>) -> Self {
        self.count = Some(count.into());
        self
    }

    /// One that cannot be chosen, and why.
    #[must_use]
    pub fn unavailable(mut self, reason: impl Into<AttrValue>) -> Self {
        self.unavailable = Some(reason.into());
        self
    }
}

/// Two to four exclusive options.
#[derive(Properties, PartialEq)]
pub struct SegmentedProps {
    /// What is chosen here.
    pub label: AttrValue,
    /// The options.
    pub options: Vec<SegmentedOption>,
    /// The chosen one.
    pub value: AttrValue,
    /// 26 px instead of 32.
    #[prop_or_default]
    pub is_small: bool,
    /// The whole line.
    #[prop_or_default]
    pub is_wide: bool,
    /// On every change.
    pub on_change: Callback<AttrValue>,
}

/// Two to four exclusive options: one stop of Tab, arrows move and choose.
#[component]
pub fn Segmented(props: &SegmentedProps) -> Html {
    let list = use_node_ref();
    let at = props.options.iter().position(|option| option.value == props.value).unwrap_or(0);
    let onkeydown = {
        let values: Vec<Option<AttrValue>> = props
            .options
            .iter()
            .map(|option| option.unavailable.is_none().then(|| option.value.clone()))
            .collect();
        let (on_change, list) = (props.on_change.clone(), list.clone());
        Callback::from(move |event: KeyboardEvent| {
            if !is_modified(&event)
                && let Some(to) = step(&event.key(), at, values.len())
                && let Some(value) = values.get(to)
            {
                event.prevent_default();
                // One that cannot be chosen still takes the focus, so that its reason is told.
                if let Some(value) = value {
                    on_change.emit(value.clone());
                }
                focus_child(&list, to);
            }
        })
    };
    let class = classes!(
        "segmented",
        props.is_small.then_some("segmented--sm"),
        props.is_wide.then_some("segmented--wide")
    );
    html! {
        <div {class} role="radiogroup" aria-label={props.label.clone()} {onkeydown} ref={list}>
            { for props.options.iter().enumerate().map(|(number, option)| {
                let (on_change, value) = (props.on_change.clone(), option.value.clone());
                let is_off = option.unavailable.is_some();
                html! {
                    <button
                        key={option.value.as_str()}
                        class="segmented__item"
                        type="button"
                        role="radio"
                        aria-checked={(option.value == props.value).to_string()}
                        tabindex={if number == at { "0" } else { "-1" }}
                        title={option.unavailable.clone()}
                        aria-disabled={is_off.then_some("true")}
                        onclick={move |_| if !is_off { on_change.emit(value.clone()) }}
                    >
                        { option.label.clone() }
                        if let Some(count) = &option.count { <span class="muted num">{ count.clone() }</span> }
                    </button>
                }
            }) }
        </div>
    }
}

/// Whether a key is pressed with another that gives it a meaning of its own, as in Alt and an arrow.
pub fn is_modified(event: &KeyboardEvent) -> bool {
    event.alt_key() || event.ctrl_key() || event.meta_key()
}

/// Where an arrow, Home or End leads from `at` among `length`; arrows go round.
pub fn step(key: &str, at: usize, length: usize) -> Option<usize> {
    let last = length.checked_sub(1)?;
    match key {
        "ArrowRight" | "ArrowDown" => Some(if at >= last { 0 } else { at + 1 }),
        "ArrowLeft" | "ArrowUp" => Some(if at == 0 { last } else { at - 1 }),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

/// Puts the focus on a child of a list.
pub fn focus_child(list: &NodeRef, at: usize) {
    use wasm_bindgen::JsCast;
    let child = list
        .cast::<HtmlElement>()
        .and_then(|list| list.children().item(u32::try_from(at).unwrap_or(0)))
        .and_then(|child| child.dyn_into::<HtmlElement>().ok());
    if let Some(child) = child {
        // A child that cannot take the focus leaves it where it is.
        let _ = child.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        assert_eq!(step("ArrowRight", 2, 3), Some(0));
        assert_eq!(step("ArrowLeft", 0, 3), Some(2));
        assert_eq!(step("End", 0, 3), Some(2));
        assert_eq!(step("a", 0, 3), None);
        assert_eq!(step("ArrowRight", 0, 0), None);
    }
}
