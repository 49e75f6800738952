//! One short question before something is destroyed.

use contract::Error;
use yew::prelude::*;

use crate::components::{Button, ButtonKind, Dialog, DialogRole, DialogSize, Notice, Tone};

/// One short question.
#[derive(Properties, PartialEq)]
pub struct ConfirmProps {
    /// The question: `Cancel Studio for Lena Hoffmann?`
    pub title: AttrValue,
    /// What happens, and what happens with it.
    pub children: Html,
    /// The verb of the question: `Cancel license`.
    pub confirm_label: AttrValue,
    /// What stays: `Keep license`.
    pub keep_label: AttrValue,
    /// The verb while it is being done: `Canceling…`.
    #[prop_or_default]
    pub busy: Option<AttrValue>,
    /// Why it was refused.
    #[prop_or_default]
    pub error: Option<Error>,
    /// The same where more than words is needed.
    #[prop_or_default]
    pub refusal: Option<Html>,
    /// Done with.
    pub on_confirm: Callback<()>,
    /// Left as it is.
    pub on_keep: Callback<()>,
}

/// One short question. The safe answer has the focus.
#[component]
pub fn Confirm(props: &ConfirmProps) -> Html {
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label={props.keep_label.clone()} autofocus={true} on_press={props.on_keep.clone()} />
            <Button label={props.confirm_label.clone()} kind={ButtonKind::Danger} busy={props.busy.clone()} on_press={props.on_confirm.clone()} />
        </>
    };
    html! {
        <Dialog title={props.title.clone()} size={DialogSize::Small} role={DialogRole::Alert} {foot} on_close={props.on_keep.clone()}>
            <div class="secondary prose">{ props.children.clone() }</div>
            if let Some(refusal) = &props.refusal {
                { refusal.clone() }
            } else if let Some(error) = &props.error {
                { Notice::of_error(error, Tone::Danger) }
            }
        </Dialog>
    }
}
