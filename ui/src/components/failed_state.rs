//! What stands where something could not be shown.

use contract::{Error, words};
use yew::prelude::*;

use crate::components::{Button, Icon};

/// What stands where something could not be shown.
#[derive(Properties, PartialEq)]
pub struct FailedStateProps {
    /// Why.
    pub error: Error,
    /// Tries again.
    pub on_retry: Callback<()>,
    /// Another way out.
    #[prop_or_default]
    pub children: Html,
}

/// What stands where something could not be shown, with Retry.
#[component]
pub fn FailedState(props: &FailedStateProps) -> Html {
    let words = words::error(&props.error);
    html! {
        <div class="empty" role="alert">
            <span class="empty__icon empty__icon--danger">{ Icon::AlertCircle.large() }</span>
            <h2 class="empty__title">{ words.title }</h2>
            <p class="empty__text">{ words.advice }</p>
            <div class="empty__actions">
                <Button label="Retry" icon={Some(Icon::Refresh)} on_press={props.on_retry.clone()} />
                { props.children.clone() }
            </div>
        </div>
    }
}
