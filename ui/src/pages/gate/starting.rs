//! While the book opens, and when nothing answers at all.

use contract::Error;
use yew::prelude::*;

use crate::{
    components::{FailedState, Mark},
    pages::gate::frame::Frame,
};

/// While the book opens: nothing for a moment, then a word.
#[component]
pub fn Starting() -> Html {
    html! {
        <Frame title="Opening">
            <h1 class="sr-only">{ "Opening" }</h1>
            <div class="gate__wait" role="status"><Mark is_large={true} /><p class="muted">{ "Opening the book…" }</p></div>
        </Frame>
    }
}

/// When the app does not answer.
#[derive(Properties, PartialEq)]
pub struct UnansweredProps {
    /// Why.
    pub error: Error,
    /// Tries again.
    pub on_retry: Callback<()>,
}

/// When the app does not answer.
#[component]
pub fn Unanswered(props: &UnansweredProps) -> Html {
    html! { <Frame title="No answer"><div class="gate__card"><h1 class="sr-only">{ "No answer" }</h1><FailedState error={props.error.clone()} on_retry={props.on_retry.clone()} /></div></Frame> }
}
