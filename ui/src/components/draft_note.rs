//! Says that a form goes on with what was typed before.

use yew::prelude::*;

use crate::components::{Button, ButtonKind};

/// Says that a form goes on with what was typed before.
#[derive(Properties, PartialEq)]
pub struct DraftNoteProps {
    /// Throws that away.
    pub on_start_over: Callback<()>,
}

/// Says that a form goes on with what was typed before, and offers to begin anew.
#[component]
pub fn DraftNote(props: &DraftNoteProps) -> Html {
    html! {
        <span class="dialog__note" title="What was typed before, without the password">
            <span class="hide-narrow">{ "Draft kept." }</span>
            <Button label="Start over" kind={ButtonKind::Link} on_press={props.on_start_over.clone()} />
        </span>
    }
}
