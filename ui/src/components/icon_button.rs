//! A button with a picture alone.

use yew::prelude::*;

use crate::components::{ControlSize, Icon};

/// How an icon button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconButtonKind {
    /// Quiet.
    #[default]
    Plain,
    /// Red when the pointer or the focus is on it.
    Danger,
    /// Only on a phone.
    PhoneOnly,
}

/// A button with a picture alone.
#[derive(Properties, PartialEq)]
pub struct IconButtonProps {
    /// The picture.
    pub icon: Icon,
    /// Its name, also the tooltip.
    pub label: AttrValue,
    /// The key that does the same, in the tooltip.
    #[prop_or_default]
    pub kbd: Option<AttrValue>,
    /// How it looks.
    #[prop_or_default]
    pub kind: IconButtonKind,
    /// 28 px, or 32 px when large.
    #[prop_or_default]
    pub size: ControlSize,
    /// Whether it is pressed in, if it is a switch.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Why it cannot be pressed.
    #[prop_or_default]
    pub unavailable: Option<AttrValue>,
    /// Its place in the order of Tab; -1 takes it out.
    #[prop_or_default]
    pub tabindex: Option<AttrValue>,
    /// What it does.
    #[prop_or_default]
    pub on_press: Callback<()>,
    /// The element.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A button with a picture alone.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let title = match (&props.unavailable, &props.kbd) {
        (Some(reason), _) => AttrValue::from(format!("{}: {reason}", props.label)),
        (None, Some(kbd)) => AttrValue::from(format!("{}  {kbd}", props.label)),
        (None, None) => props.label.clone(),
    };
    let is_off = props.unavailable.is_some();
    let onclick = {
        let on_press = props.on_press.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            if !is_off {
                on_press.emit(());
            }
        })
    };
    let class = classes!(
        "icon-btn",
        (props.size == ControlSize::Large || props.kind == IconButtonKind::PhoneOnly).then_some("icon-btn--md"),
        match props.kind {
            IconButtonKind::Plain => None,
            IconButtonKind::Danger => Some("icon-btn--danger"),
            IconButtonKind::PhoneOnly => Some("only-phone"),
        },
        is_off.then_some("is-off")
    );
    html! {
        <button
            {class}
            type="button"
            {title}
            aria-label={props.label.clone()}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())}
            aria-disabled={is_off.then_some("true")}
            tabindex={props.tabindex.clone()}
            {onclick}
            ref={props.node.clone()}
        >
            { if props.size == ControlSize::Small { props.icon.small() } else { props.icon.view() } }
        </button>
    }
}
