//! A fact on a page or in a dialog, with what to do about it.

use contract::{Error, words};
use yew::prelude::*;

use crate::components::{Icon, Tone};

/// A fact on a page.
#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    /// The fact.
    pub title: AttrValue,
    /// What to do about it.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// What it means.
    #[prop_or_default]
    pub tone: Tone,
    /// Whether it appears because of an act, and is read out.
    #[prop_or_default]
    pub is_alert: bool,
    /// Links or buttons.
    #[prop_or_default]
    pub children: Html,
}

/// A fact on a page.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let icon = match props.tone {
        Tone::Positive => Icon::CheckCircle,
        Tone::Warning => Icon::Alert,
        Tone::Danger => Icon::AlertCircle,
        Tone::Info | Tone::Neutral => Icon::Info,
    };
    let has_actions = props.children != Html::default();
    html! {
        <div class={classes!("notice", format!("notice--{}", props.tone.as_str()))} role={props.is_alert.then_some("alert")}>
            { icon.view() }
            <div class="notice__body">
                <strong>{ props.title.clone() }</strong>
                if let Some(text) = &props.text { <span>{ text.clone() }</span> }
                if has_actions { <div class="notice__actions">{ props.children.clone() }</div> }
            </div>
        </div>
    }
}

impl Notice {
    /// A refusal in words.
    pub fn of_error(error: &Error, tone: Tone) -> Html {
        let words = words::error(error);
        html! { <Notice title={words.title} text={Some(AttrValue::from(words.advice))} {tone} is_alert={true} /> }
    }
}
