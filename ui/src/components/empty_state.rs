//! What stands where nothing is yet.

use yew::prelude::*;

use crate::components::Icon;

/// What stands where nothing is yet.
#[derive(Properties, PartialEq)]
pub struct EmptyStateProps {
    /// One sentence: `Your customers will appear here`.
    pub title: AttrValue,
    /// Up to two lines on how to begin.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// The picture.
    pub icon: Icon,
    /// One main act and one alternative.
    #[prop_or_default]
    pub children: Html,
}

/// What stands where nothing is yet.
#[component]
pub fn EmptyState(props: &EmptyStateProps) -> Html {
    let has_actions = props.children != Html::default();
    html! {
        <div class="empty">
            <span class="empty__icon">{ props.icon.large() }</span>
            <h2 class="empty__title">{ props.title.clone() }</h2>
            if let Some(text) = &props.text { <p class="empty__text">{ text.clone() }</p> }
            if has_actions { <div class="empty__actions">{ props.children.clone() }</div> }
        </div>
    }
}
