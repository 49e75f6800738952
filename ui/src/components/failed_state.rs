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
    /// Leaves it, where it is no longer there and no further try would find it.
    #[prop_or_default]
    pub on_close: Option<Callback<()>>,
    /// Another way out.
    #[prop_or_default]
    pub children: Html,
}

/// What stands where something could not be shown, with Retry, or with Close where there is nothing to find any more.
#[component]
pub fn FailedState(props: &FailedStateProps) -> Html {
    let words = words::error(&props.error);
    let is_gone = matches!(props.error, Error::NotFound { .. });
    let act = match props.on_close.clone().filter(|_| is_gone) {
        Some(on_close) => html! { <Button label="Close" on_press={on_close} /> },
        None => html! { <Button label="Retry" icon={Some(Icon::Refresh)} on_press={props.on_retry.clone()} /> },
    };
    html! {
        <div class="empty" role="alert">
            <span class="empty__icon empty__icon--danger">{ Icon::AlertCircle.large() }</span>
            <h2 class="empty__title">{ words.title }</h2>
            <p class="empty__text">{ words.advice }</p>
            <div class="empty__actions">
                { act }
                { props.children.clone() }
            </div>
        </div>
    }
}
