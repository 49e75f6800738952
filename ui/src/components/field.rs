//! The frame of every form field: label above, control, then help or error.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::components::Icon;

/// The frame of a form field.
#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// The id of the control, to which the label belongs.
    pub control_id: AttrValue,
    /// The label.
    pub label: AttrValue,
    /// Beside the label, such as `optional`.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What to enter.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong with what was entered; stands in place of the help.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What to do about that, behind the error: a link.
    #[prop_or_default]
    pub remedy: Html,
    /// An act beside the label, such as `Generate`.
    #[prop_or_default]
    pub act: Html,
    /// What is doubtful about it.
    #[prop_or_default]
    pub warning: Option<AttrValue>,
    /// Whether the label is only for assistive technology.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// The control.
    pub children: Html,
}

/// The frame of a form field. The control names `{control_id}-note` in `aria-describedby`.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let note_id = note_id(&props.control_id);
    let note = match (&props.error, &props.warning, &props.help) {
        (Some(error), ..) => html! {
            <p class="field__error" id={note_id} role="alert">{ Icon::AlertCircle.small() }<span>{ error.clone() }{ props.remedy.clone() }</span></p>
        },
        (None, Some(warning), _) => html! {
            <p class="field__warn" id={note_id} role="status">{ Icon::Alert.small() }<span>{ warning.clone() }</span></p>
        },
        (None, None, Some(help)) => html! { <p class="field__help" id={note_id}>{ help.clone() }</p> },
        (None, None, None) => html! {},
    };
    let has_act = props.act != Html::default();
    html! {
        <div class={classes!("field", has_act.then_some("field--act"))}>
            <label class={classes!("field__label", props.is_label_hidden.then_some("sr-only"))} for={props.control_id.clone()}>
                { props.label.clone() }
                if let Some(hint) = &props.hint { <span class="field__hint">{ hint.clone() }</span> }
            </label>
            { props.children.clone() }
            // Seen beside the label, but neither part of its name nor before the control in the order of Tab.
            if has_act { <div class="field__act">{ props.act.clone() }</div> }
            { note }
        </div>
    }
}

/// The id of the line below a control.
pub fn note_id(control_id: &str) -> AttrValue {
    format!("{control_id}-note").into()
}

/// After the next painting, puts the focus on the first field of the topmost dialog, or else of the page, that is wrong.
pub fn focus_first_invalid() {
    focus_later("[aria-invalid=true]");
}

/// The same for the field where the dialog begins.
pub fn focus_first_field() {
    focus_later("[data-autofocus]");
}

fn focus_later(selector: &'static str) {
    Timeout::new(0, move || {
        let document = web_sys::window().and_then(|window| window.document());
        let first = document.and_then(|document| {
            let dialogs = document.query_selector_all("dialog[open]").ok()?;
            let scope: Option<Element> = dialogs
                .item(dialogs.length().wrapping_sub(1))
                .and_then(|dialog| dialog.dyn_into().ok());
            scope
                .map_or_else(|| document.query_selector(selector), |scope| scope.query_selector(selector))
                .ok()
                .flatten()
        });
        if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            // A field can take the focus.
            let _ = first.focus();
        }
    })
    .forget();
}
