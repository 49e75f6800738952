//! Fields for a line of text, a date or an amount.

use contract::Currency;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    components::{Field, Icon, field::note_id},
    hooks::use_unique_id,
    press,
};

/// What a text field is for; decides the keyboard of touch devices and what the webview offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Any line.
    #[default]
    Line,
    /// An e-mail address. The webview's own check is off; the contract's rules hold.
    Email,
    /// A whole number.
    Number,
}

/// A line of text.
#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire; tests and the summary of errors find the control by it.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// What it holds.
    pub value: AttrValue,
    /// What it is for.
    #[prop_or_default]
    pub kind: TextKind,
    /// Beside the label, such as `optional`.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What to enter.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What to do about that, behind the error: a link.
    #[prop_or_default]
    pub remedy: Html,
    /// What is doubtful.
    #[prop_or_default]
    pub warning: Option<AttrValue>,
    /// An example, shown while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// What the webview may fill in.
    #[prop_or(AttrValue::Static("off"))]
    pub autocomplete: AttrValue,
    /// A picture inside, at the start.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// A word inside, at the end.
    #[prop_or_default]
    pub suffix: Option<AttrValue>,
    /// Who sets it, if it cannot be changed here.
    #[prop_or_default]
    pub set_by: Option<AttrValue>,
    /// Whether the label is only for assistive technology.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// Whether a dialog that opens puts the focus here.
    #[prop_or_default]
    pub autofocus: bool,
    /// On every change.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// When it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
    /// The `<input>`.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A line of text.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let id = use_unique_id();
    let (kind, inputmode) = match props.kind {
        TextKind::Line => ("text", None),
        TextKind::Email => ("text", Some("email")),
        TextKind::Number => ("text", Some("numeric")),
    };
    let control = Control {
        id: id.clone(),
        kind,
        inputmode,
        name: props.name.clone(),
        value: props.value.clone(),
        placeholder: props.placeholder.clone(),
        autocomplete: props.autocomplete.clone(),
        is_invalid: props.error.is_some(),
        is_described: props.error.is_some() || props.warning.is_some() || props.help.is_some(),
        is_fixed: props.set_by.is_some(),
        autofocus: props.autofocus,
        on_input: props.on_input.clone(),
        on_leave: props.on_leave.clone(),
        node: props.node.clone(),
    };
    html! {
        <Field
            control_id={id}
            label={props.label.clone()}
            hint={props.hint.clone()}
            help={props.help.clone()}
            error={props.error.clone()}
            remedy={props.remedy.clone()}
            warning={props.warning.clone()}
            is_label_hidden={props.is_label_hidden}
        >
            <div class={control.frame()}>
                if let Some(icon) = props.icon { { icon.view() } }
                { control.view() }
                if let Some(word) = props.set_by.as_ref().or(props.suffix.as_ref()) { <span class="input__suffix">{ word.clone() }</span> }
            </div>
        </Field>
    }
}

/// A date.
#[derive(Properties, PartialEq)]
pub struct DateFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// What it holds, as `2026-11-22`; read it with [`crate::format::parse_date`].
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
    /// On every change.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// When it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
}

/// A date.
#[component]
pub fn DateField(props: &DateFieldProps) -> Html {
    let id = use_unique_id();
    let control = Control {
        id: id.clone(),
        kind: "date",
        inputmode: None,
        name: props.name.clone(),
        value: props.value.clone(),
        placeholder: Some("2026-11-22".into()),
        autocomplete: "off".into(),
        is_invalid: props.error.is_some(),
        is_described: props.error.is_some() || props.help.is_some(),
        is_fixed: false,
        autofocus: false,
        on_input: props.on_input.clone(),
        on_leave: props.on_leave.clone(),
        node: NodeRef::default(),
    };
    html! {
        <Field control_id={id} label={props.label.clone()} hint={props.hint.clone()} help={props.help.clone()} error={props.error.clone()}>
            <div class={classes!(control.frame(), props.value.is_empty().then_some("input--unset"))}>{ control.view() }</div>
        </Field>
    }
}

/// An amount.
#[derive(Properties, PartialEq)]
pub struct MoneyFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field on the wire.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// What it holds, as typed; read it with [`crate::format::parse_money`].
    pub value: AttrValue,
    /// The currency, shown at the end.
    pub currency: Currency,
    /// Beside the label.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What to enter.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether a dialog that opens puts the focus here.
    #[prop_or_default]
    pub autofocus: bool,
    /// On every change.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// When it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
}

/// An amount.
#[component]
pub fn MoneyField(props: &MoneyFieldProps) -> Html {
    let id = use_unique_id();
    let control = Control {
        id: id.clone(),
        kind: "text",
        inputmode: Some("decimal"),
        name: props.name.clone(),
        value: props.value.clone(),
        placeholder: None,
        autocomplete: "off".into(),
        is_invalid: props.error.is_some(),
        is_described: props.error.is_some() || props.help.is_some(),
        is_fixed: false,
        autofocus: props.autofocus,
        on_input: props.on_input.clone(),
        on_leave: props.on_leave.clone(),
        node: NodeRef::default(),
    };
    html! {
        <Field control_id={id} label={props.label.clone()} hint={props.hint.clone()} help={props.help.clone()} error={props.error.clone()}>
            <div class={control.frame()}>{ control.view() }<span class="input__suffix">{ props.currency.code().to_owned() }</span></div>
        </Field>
    }
}

/// The `<input>` that these fields have in common.
pub struct Control {
    pub id: AttrValue,
    pub kind: &'static str,
    pub inputmode: Option<&'static str>,
    pub name: Option<AttrValue>,
    pub value: AttrValue,
    pub placeholder: Option<AttrValue>,
    pub autocomplete: AttrValue,
    pub is_invalid: bool,
    pub is_described: bool,
    pub is_fixed: bool,
    pub autofocus: bool,
    pub on_input: Callback<String>,
    pub on_leave: Callback<()>,
    pub node: NodeRef,
}

impl Control {
    /// The classes of the box around it.
    pub fn frame(&self) -> Classes {
        classes!(
            "input",
            self.is_invalid.then_some("input--invalid"),
            self.is_fixed.then_some("input--quiet")
        )
    }

    /// The `<input>`.
    pub fn view(&self) -> Html {
        let on_input = self.on_input.clone();
        let onblur = {
            let on_leave = self.on_leave.clone();
            Callback::from(move |_: FocusEvent| {
                let on_leave = on_leave.clone();
                // What is said then moves what is below, and may move the button that is being pressed.
                press::after(move || on_leave.emit(()));
            })
        };
        html! {
            <input
                id={self.id.clone()}
                type={self.kind}
                inputmode={self.inputmode}
                name={self.name.clone()}
                value={self.value.clone()}
                placeholder={self.placeholder.clone()}
                autocomplete={self.autocomplete.clone()}
                autocapitalize="off"
                spellcheck="false"
                readonly={self.is_fixed}
                aria-invalid={self.is_invalid.then_some("true")}
                aria-describedby={self.is_described.then(|| note_id(&self.id))}
                data-autofocus={self.autofocus.then_some("true")}
                oninput={move |event: InputEvent| on_input.emit(event.target_unchecked_into::<HtmlInputElement>().value())}
                {onblur}
                ref={self.node.clone()}
            />
        }
    }
}
