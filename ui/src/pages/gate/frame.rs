//! The frame of these screens: a card in the middle, a line at the foot.

use yew::prelude::*;

use crate::{
    components::{ListenerBanner, ToastRegion},
    hooks::use_opened_book,
};

/// The frame.
#[derive(Properties, PartialEq)]
pub struct FrameProps {
    /// What the window is called meanwhile. Never a name out of the book while it is locked.
    pub title: AttrValue,
    /// At the foot, on the left.
    #[prop_or_default]
    pub foot: Option<AttrValue>,
    /// The version, if the book is not open.
    #[prop_or_default]
    pub version: Option<AttrValue>,
    /// The host to which others could listen, if the book is not open.
    #[prop_or_default]
    pub open_to_others: Option<AttrValue>,
    /// The card.
    pub children: Html,
}

/// The frame.
#[component]
pub fn Frame(props: &FrameProps) -> Html {
    let book = use_opened_book();
    let opened_at = book.as_ref().and_then(|book| book.startup.open_to_others());
    let host = props
        .open_to_others
        .clone()
        .or_else(|| opened_at.map(|host| AttrValue::from(host.to_owned())));
    let version = props
        .version
        .clone()
        .or_else(|| book.map(|book| AttrValue::from(book.startup.version)));
    {
        let title = props.title.clone();
        use_effect_with(title, |title| {
            if let Some(document) = web_sys::window().and_then(|window| window.document()) {
                document.set_title(&format!("{title} – Clientele"));
            }
        });
    }
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| focus_first(&node));
    }
    html! {
        <main class="gate" ref={node}>
            <div>
                if let Some(host) = host { <ListenerBanner {host} /> }
            </div>
            <div class="gate__center">{ props.children.clone() }</div>
            <footer class="gate__foot">
                <span>{ props.foot.clone().unwrap_or_default() }</span>
                if let Some(version) = version { <span class="num">{ format!("Version {version}") }</span> }
            </footer>
            <ToastRegion is_gate={true} />
        </main>
    }
}

/// Nothing else has the focus when such a screen appears.
fn focus_first(frame: &NodeRef) {
    use wasm_bindgen::JsCast;
    let first = frame
        .cast::<web_sys::Element>()
        .and_then(|frame| frame.query_selector("[data-autofocus]").ok().flatten())
        .and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(first) = first {
        // A field can take the focus.
        let _ = first.focus();
    }
}
