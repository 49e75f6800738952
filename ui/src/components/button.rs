//! A button with a word.

use yew::prelude::*;

use crate::components::Icon;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several acts.
    #[default]
    Plain,
    /// The main act; one in a view.
    Primary,
    /// A quiet one.
    Ghost,
    /// Destroys.
    Danger,
    /// Looks like a link.
    Link,
}

/// How large a control is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControlSize {
    /// 26 px.
    Small,
    /// 32 px.
    #[default]
    Medium,
    /// 36 px.
    Large,
}

/// How wide a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonWidth {
    /// As its word.
    #[default]
    Word,
    /// What is left in the row.
    Grow,
    /// The whole line.
    Wide,
    /// As its word; on a phone as its icon.
    Fold,
}

/// What a button does in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonRole {
    /// Only what `on_press` does.
    #[default]
    Press,
    /// Submits the form around it.
    Submit,
}

/// A button with a word.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// The word; a verb.
    pub label: AttrValue,
    /// How much it asks for attention.
    #[prop_or_default]
    pub kind: ButtonKind,
    /// How large it is.
    #[prop_or_default]
    pub size: ControlSize,
    /// How wide it is.
    #[prop_or_default]
    pub width: ButtonWidth,
    /// What it does in a form.
    #[prop_or_default]
    pub role: ButtonRole,
    /// A picture before the word.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// The word while it is being done, such as `Saving…`; it cannot be pressed meanwhile.
    #[prop_or_default]
    pub busy: Option<AttrValue>,
    /// Why it cannot be pressed. It keeps the focus and tells the reason. One that submits still does, as the reason may be gone with
    /// what was typed last: the form, which runs when that is rendered, does nothing as long as there is a reason.
    #[prop_or_default]
    pub unavailable: Option<AttrValue>,
    /// The key that does the same, printed on it.
    #[prop_or_default]
    pub kbd: Option<AttrValue>,
    /// More about it, as a tooltip.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Another name for assistive technology.
    #[prop_or_default]
    pub aria_label: Option<AttrValue>,
    /// Whether what it opens in the page is open.
    #[prop_or_default]
    pub expanded: Option<bool>,
    /// Where it leads; it is a link then.
    #[prop_or_default]
    pub href: Option<AttrValue>,
    /// Whether a dialog that opens puts the focus here.
    #[prop_or_default]
    pub autofocus: bool,
    /// What it does.
    #[prop_or_default]
    pub on_press: Callback<()>,
    /// The element.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A button with a word.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let class = if props.kind == ButtonKind::Link {
        classes!("link")
    } else {
        classes!(
            "btn",
            match props.kind {
                ButtonKind::Primary => Some("btn--primary"),
                ButtonKind::Ghost => Some("btn--ghost"),
                ButtonKind::Danger => Some("btn--danger"),
                ButtonKind::Plain | ButtonKind::Link => None,
            },
            match props.size {
                ControlSize::Small => Some("btn--sm"),
                ControlSize::Medium => None,
                ControlSize::Large => Some("btn--lg"),
            },
            match props.width {
                ButtonWidth::Word => None,
                ButtonWidth::Grow => Some("btn--grow"),
                ButtonWidth::Wide => Some("btn--wide"),
                ButtonWidth::Fold => Some("btn--fold"),
            }
        )
    };
    let content = html! {
        <>
            if let Some(icon) = props.icon { { if props.size == ControlSize::Small { icon.small() } else { icon.view() } } }
            <span>{ props.busy.clone().unwrap_or_else(|| props.label.clone()) }</span>
            if let Some(kbd) = &props.kbd { <kbd aria-hidden="true">{ kbd.clone() }</kbd> }
        </>
    };
    let title = props.unavailable.clone().or_else(|| props.title.clone());
    if let Some(href) = &props.href {
        return html! { <a {class} href={href.clone()} {title} aria-label={props.aria_label.clone()} ref={props.node.clone()}>{ content }</a> };
    }
    let is_off = props.busy.is_some() || (props.unavailable.is_some() && props.role == ButtonRole::Press);
    let onclick = {
        let on_press = props.on_press.clone();
        Callback::from(move |event: MouseEvent| {
            if is_off {
                event.prevent_default();
            } else {
                on_press.emit(());
            }
        })
    };
    let kind = if props.role == ButtonRole::Submit { "submit" } else { "button" };
    html! {
        // By its kind: a button whose press puts one that submits in its place must not become that one, or the press, which
        // the browser has not ended yet, would submit the form.
        <button
            key={kind}
            {class}
            type={kind}
            {title}
            aria-label={props.aria_label.clone()}
            aria-disabled={props.unavailable.is_some().then_some("true")}
            aria-expanded={props.expanded.map(|is_open| if is_open { "true" } else { "false" })}
            aria-busy={props.busy.is_some().then_some("true")}
            data-autofocus={props.autofocus.then_some("true")}
            {onclick}
            ref={props.node.clone()}
        >
            { content }
        </button>
    }
}
