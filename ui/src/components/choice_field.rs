//! Fields with given answers.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    components::{Field, Icon, field::note_id},
    hooks::use_unique_id,
};

/// One answer of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectOption {
    /// As on the wire.
    pub value: AttrValue,
    /// As on the page.
    pub label: AttrValue,
}

impl SelectOption {
    /// An answer.
    #[must_use]
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// A choice from a list.
#[derive(Properties, PartialEq)]
pub struct SelectFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// The chosen answer.
    pub value: AttrValue,
    /// The answers.
    pub options: Rc<[SelectOption]>,
    /// What stands there while nothing is chosen.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// Beside the label.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What to choose.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Why it cannot be changed.
    #[prop_or_default]
    pub unavailable: Option<AttrValue>,
    /// Whether the label is only for assistive technology.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// Whether a dialog that opens puts the focus here.
    #[prop_or_default]
    pub autofocus: bool,
    /// On every change.
    #[prop_or_default]
    pub on_change: Callback<String>,
}

/// A choice from a list.
#[component]
pub fn SelectField(props: &SelectFieldProps) -> Html {
    let id = use_unique_id();
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.value.clone(), Rc::clone(&props.options)), move |(value, _)| {
            // What was once chosen by hand stays chosen, whatever the attributes of the answers say later.
            if let Some(list) = node.cast::<HtmlSelectElement>()
                && list.value() != value.as_str()
            {
                list.set_value(value);
            }
        });
    }
    let on_change = props.on_change.clone();
    let help = props.unavailable.clone().or_else(|| props.help.clone());
    let is_described = props.error.is_some() || help.is_some();
    let class = classes!(
        "input",
        "input--select",
        props.error.is_some().then_some("input--invalid"),
        props.unavailable.is_some().then_some("input--quiet")
    );
    html! {
        <Field
            control_id={id.clone()}
            label={props.label.clone()}
            hint={props.hint.clone()}
            {help}
            error={props.error.clone()}
            is_label_hidden={props.is_label_hidden}
        >
            <div {class}>
                <select
                    id={id.clone()}
                    name={props.name.clone()}
                    disabled={props.unavailable.is_some()}
                    aria-invalid={props.error.is_some().then_some("true")}
                    aria-describedby={is_described.then(|| note_id(&id))}
                    data-autofocus={props.autofocus.then_some("true")}
                    onchange={move |event: Event| on_change.emit(event.target_unchecked_into::<HtmlSelectElement>().value())}
                    ref={node}
                >
                    if let Some(placeholder) = &props.placeholder {
                        <option value="" selected={props.value.is_empty()}>{ placeholder.clone() }</option>
                    }
                    { for props.options.iter().map(|option| html! {
                        <option key={option.value.as_str()} value={option.value.clone()} selected={option.value == props.value}>{ option.label.clone() }</option>
                    }) }
                </select>
                { Icon::Updown.small() }
            </div>
        </Field>
    }
}

/// On or off.
#[derive(Properties, PartialEq)]
pub struct SwitchFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// Whether it is on.
    pub is_on: bool,
    /// What it means.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Why it cannot be changed.
    #[prop_or_default]
    pub unavailable: Option<AttrValue>,
    /// On every change.
    #[prop_or_default]
    pub on_change: Callback<bool>,
}

/// On or off.
#[component]
pub fn SwitchField(props: &SwitchFieldProps) -> Html {
    let id = use_unique_id();
    let on_change = props.on_change.clone();
    let help = props.unavailable.clone().or_else(|| props.help.clone());
    let is_described = props.error.is_some() || help.is_some();
    html! {
        <div class="switch-row">
            <div class="check__text">
                <label class="medium" for={id.clone()}>{ props.label.clone() }</label>
                if let Some(error) = &props.error {
                    <p class="field__error" id={note_id(&id)} role="alert">{ Icon::AlertCircle.small() }<span>{ error.clone() }</span></p>
                } else if let Some(help) = &help {
                    <p class="field__help" id={note_id(&id)}>{ help.clone() }</p>
                }
            </div>
            <input
                class="switch"
                type="checkbox"
                role="switch"
                id={id.clone()}
                name={props.name.clone()}
                checked={props.is_on}
                disabled={props.unavailable.is_some()}
                aria-invalid={props.error.is_some().then_some("true")}
                aria-describedby={is_described.then(|| note_id(&id))}
                onchange={move |event: Event| on_change.emit(event.target_unchecked_into::<HtmlInputElement>().checked())}
            />
        </div>
    }
}
