//! A password: shown on request, rated by whoever owns the form.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::{
    components::{Field, Icon, IconButton, text_field::Control},
    hooks::use_unique_id,
};

/// How good a password is.
#[derive(Clone, Debug, PartialEq)]
pub struct Strength {
    /// 0, guessed at once, to 4, very hard to guess.
    pub score: u8,
    /// The same in words.
    pub words: AttrValue,
}

/// A password.
#[derive(Properties, PartialEq)]
pub struct PasswordFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire.
    #[prop_or(AttrValue::Static("password"))]
    pub name: AttrValue,
    /// What it holds.
    pub value: AttrValue,
    /// Beside the label.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What to enter.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// How good it is, for a new one.
    #[prop_or_default]
    pub strength: Option<Strength>,
    /// `current-password` or `new-password`.
    #[prop_or(AttrValue::Static("current-password"))]
    pub autocomplete: AttrValue,
    /// An act beside the label, such as `Generate`.
    #[prop_or_default]
    pub act: Html,
    /// Another number shows what it holds, for instance after it was generated.
    #[prop_or_default]
    pub reveal: u32,
    /// Whether the label is only for assistive technology.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// Whether a dialog that opens puts the focus here.
    #[prop_or_default]
    pub autofocus: bool,
    /// On every change.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// Whether it is rated while it is typed.
    #[prop_or_default]
    pub is_rated: bool,
    /// When it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
    /// The `<input>`.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A password.
#[component]
pub fn PasswordField(props: &PasswordFieldProps) -> Html {
    let id = use_unique_id();
    let is_shown = use_state_eq(|| false);
    let has_caps_lock = use_state_eq(|| false);
    {
        let is_shown = is_shown.setter();
        use_effect_with(props.reveal, move |reveal| {
            if *reveal > 0 {
                is_shown.set(true);
            }
        });
    }
    let on_key = {
        let has_caps_lock = has_caps_lock.setter();
        Callback::from(move |event: KeyboardEvent| has_caps_lock.set(event.get_modifier_state("CapsLock")))
    };
    let help = props
        .strength
        .as_ref()
        .map(|strength| strength.words.clone())
        .or_else(|| props.help.clone());
    let control = Control {
        id: id.clone(),
        kind: if *is_shown { "text" } else { "password" },
        inputmode: None,
        name: Some(props.name.clone()),
        value: props.value.clone(),
        placeholder: None,
        autocomplete: props.autocomplete.clone(),
        is_invalid: props.error.is_some(),
        is_described: props.error.is_some() || *has_caps_lock || help.is_some(),
        is_fixed: false,
        autofocus: props.autofocus,
        on_input: props.on_input.clone(),
        on_leave: props.on_leave.clone(),
        node: props.node.clone(),
    };
    let score = props
        .strength
        .as_ref()
        .map(|strength| format!("strength--{}", strength.score.clamp(1, 4)));
    let toggle = {
        let is_shown = is_shown.clone();
        Callback::from(move |()| is_shown.set(!*is_shown))
    };
    html! {
        <Field
            control_id={id}
            label={props.label.clone()}
            hint={props.hint.clone()}
            {help}
            error={props.error.clone()}
            act={props.act.clone()}
            warning={has_caps_lock.then_some(AttrValue::Static("Caps Lock is on."))}
            is_label_hidden={props.is_label_hidden}
        >
            <div class={control.frame()} onkeydown={on_key.clone()} onkeyup={on_key}>
                { control.view() }
                <IconButton
                    icon={if *is_shown { Icon::EyeOff } else { Icon::Eye }}
                    label="Show password"
                    pressed={Some(*is_shown)}
                    on_press={toggle}
                />
            </div>
            // Its place is there from the start: what is below must not move away under the pointer.
            if props.is_rated || props.strength.is_some() {
                <div class={classes!("strength", score)} aria-hidden="true"><i></i><i></i><i></i><i></i></div>
            }
        </Field>
    }
}
