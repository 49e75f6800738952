//! A status in a word, a shape and a color.

use yew::prelude::*;

/// What a status means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    #[default]
    Neutral,
    /// In force.
    Positive,
    /// Soon to be looked at.
    Warning,
    /// To be looked at now.
    Danger,
    /// To know.
    Info,
}

impl Tone {
    /// The last part of a class, as in `badge--danger`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Positive => "positive",
            Self::Warning => "warning",
            Self::Danger => "danger",
            Self::Info => "info",
        }
    }
}

/// The shape beside the word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dot {
    /// In force.
    #[default]
    Filled,
    /// Not in force.
    Ring,
    /// The word alone.
    None,
}

/// A status.
#[derive(Properties, PartialEq)]
pub struct BadgeProps {
    /// The word.
    pub label: AttrValue,
    /// What it means.
    #[prop_or_default]
    pub tone: Tone,
    /// The shape.
    #[prop_or_default]
    pub dot: Dot,
    /// More about it, as a tooltip.
    #[prop_or_default]
    pub title: Option<AttrValue>,
}

/// A status.
#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    let class = classes!(
        "badge",
        format!("badge--{}", props.tone.as_str()),
        (props.dot == Dot::Ring).then_some("badge--off")
    );
    html! {
        <span {class} title={props.title.clone()}>
            if props.dot != Dot::None { <i class="badge__dot"></i> }
            { props.label.clone() }
        </span>
    }
}
