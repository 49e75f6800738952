//! A dialog: the platform's own, so that the page behind it is inert and the focus stays inside.

use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use crate::{
    components::{Icon, IconButton, ToastRegion},
    hooks::{Submission, use_backdrop, use_modal, use_submission, use_unique_id},
};

/// How wide a dialog is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogSize {
    /// 432 px, for a question.
    Small,
    /// 544 px, for a form.
    #[default]
    Medium,
    /// 752 px, for a form with a side.
    Large,
    /// 992 px, for a record.
    Extra,
    /// 640 px, near the top, so that it stays where it is while what is found comes and goes.
    Search,
}

/// What a dialog is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogRole {
    /// A place to work in.
    #[default]
    Dialog,
    /// A question that has to be answered.
    Alert,
}

/// What closes a dialog besides Esc and its own buttons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogClosing {
    /// Nothing: something was typed.
    #[default]
    OnlyInside,
    /// A click beside it.
    ByBackdrop,
}

/// A dialog.
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// Its title.
    pub title: AttrValue,
    /// How wide it is.
    #[prop_or_default]
    pub size: DialogSize,
    /// What it is.
    #[prop_or_default]
    pub role: DialogRole,
    /// What closes it.
    #[prop_or_default]
    pub closing: DialogClosing,
    /// The head in place of the plain title. It has to hold the title in an element with the id `{id}-title`.
    #[prop_or_default]
    pub head: Option<Html>,
    /// Between head and body: tabs, figures. Does not scroll.
    #[prop_or_default]
    pub below_head: Option<Html>,
    /// The id, where the head or tabs need it; else it makes its own.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// The buttons at the foot, in the order of the page; start with a `<span class="spacer" />`.
    #[prop_or_default]
    pub foot: Option<Html>,
    /// Whether the content brings its own scrolling area in place of the plain body.
    #[prop_or_default]
    pub is_bare: bool,
    /// Submits the form, if it is one: the submit button, also while that is unavailable, Enter in a field, Ctrl+Enter.
    #[prop_or_default]
    pub on_submit: Option<Callback<()>>,
    /// Esc, the cross or the backdrop: the parent takes the dialog away.
    pub on_close: Callback<()>,
    /// What Esc does instead, while something inside is to be left first.
    #[prop_or_default]
    pub on_escape: Option<Callback<()>>,
    /// The content.
    pub children: Html,
}

/// A dialog. It is open as long as it is rendered. The focus goes to the element with `data-autofocus`, else to the
/// dialog itself, and back to where it was when the dialog goes, or to what lies in front where that is gone.
///
/// Render it beside the list or page, never inside a row: keys pressed in it would reach the handlers of the row.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let own_id = use_unique_id();
    let id = props.id.clone().unwrap_or(own_id);
    let node = use_node_ref();
    use_modal(&node, &id, props.on_escape.clone().unwrap_or_else(|| props.on_close.clone()));
    let Submission { submit, onsubmit } = use_submission(props.on_submit.clone().unwrap_or_default());
    let is_form = props.on_submit.is_some();
    let (onpointerdown, onclick) = use_backdrop(&node, props.closing == DialogClosing::ByBackdrop, props.on_close.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if is_held_enter(&event) {
            event.prevent_default();
            event.stop_propagation();
        } else if is_form && event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            event.stop_propagation();
            submit.emit(());
        }
    });
    let size = match props.size {
        DialogSize::Small => Some("dialog--sm"),
        DialogSize::Medium => None,
        DialogSize::Large => Some("dialog--lg"),
        DialogSize::Extra => Some("dialog--xl"),
        DialogSize::Search => Some("dialog--search"),
    };
    let title_id = AttrValue::from(format!("{id}-title"));
    let body_id = AttrValue::from(format!("{id}-body"));
    let close = {
        let on_close = props.on_close.clone();
        move |()| on_close.emit(())
    };
    let head = props.head.clone().unwrap_or_else(|| {
        html! { <h2 class="dialog__title" id={title_id.clone()}>{ props.title.clone() }</h2> }
    });
    let content = html! {
        <>
            <header class="dialog__head">
                { head }
                <span class="spacer"></span>
                if props.role == DialogRole::Dialog { <IconButton icon={Icon::X} label="Close" kbd="Esc" on_press={close} /> }
            </header>
            if let Some(below) = &props.below_head { { below.clone() } }
            if props.is_bare { { props.children.clone() } } else { <div class="dialog__body" id={body_id.clone()}>{ props.children.clone() }</div> }
            if let Some(foot) = &props.foot { <footer class="dialog__foot">{ foot.clone() }</footer> }
        </>
    };
    html! {
        <dialog
            class={classes!("dialog", size)}
            id={id.clone()}
            role={(props.role == DialogRole::Alert).then_some("alertdialog")}
            aria-labelledby={title_id}
            aria-describedby={(props.role == DialogRole::Alert).then_some(body_id)}
            tabindex="-1"
            {onpointerdown}
            {onclick}
            {onkeydown}
            ref={node}
        >
            if is_form {
                <form class="dialog__form" novalidate={true} {onsubmit}>{ content }</form>
            } else {
                <div class="dialog__form">{ content }</div>
            }
            <ToastRegion layer={Some(id)} />
        </dialog>
    }
}

/// Whether it is Enter, held down. The one that opened a dialog comes again and again inside it, and must not submit what nobody has
/// read; a new line in a long text may.
fn is_held_enter(event: &KeyboardEvent) -> bool {
    let is_in_text = event.target().is_some_and(|target| target.has_type::<HtmlTextAreaElement>());
    event.key() == "Enter" && event.repeat() && !is_in_text
}
