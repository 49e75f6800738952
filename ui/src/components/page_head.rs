//! The head of a page: its title, and its acts at the end.

use contract::session::SessionStage;
use yew::prelude::*;

use crate::{
    components::{Icon, IconButton, IconButtonKind},
    hooks::use_session,
};

/// What of the navigation stands at the head of the page where that is a drawer.
#[derive(Clone, PartialEq)]
pub struct Drawer {
    /// Opens it.
    pub open: Callback<()>,
    /// Opens the command palette.
    pub search: Callback<()>,
}

/// The head of a page.
#[derive(Properties, PartialEq)]
pub struct PageHeadProps {
    /// The title; the one `<h1>` of the page.
    pub title: AttrValue,
    /// How many records it lists.
    #[prop_or_default]
    pub count: Option<AttrValue>,
    /// Whether a line separates it from what follows.
    #[prop_or_default]
    pub is_ruled: bool,
    /// The acts.
    #[prop_or_default]
    pub children: Html,
}

/// The head of a page.
#[component]
pub fn PageHead(props: &PageHeadProps) -> Html {
    let drawer = use_context::<Drawer>();
    let session = use_session();
    {
        // The lock has a title of its own; afterwards that of the page returns.
        let is_in = session.state.stage == SessionStage::SignedIn;
        use_effect_with((props.title.clone(), is_in), |(title, is_in)| {
            if *is_in && let Some(document) = web_sys::window().and_then(|window| window.document()) {
                document.set_title(&format!("{title} – Clientele"));
            }
        });
    }
    html! {
        <header class={classes!("page-head", props.is_ruled.then_some("page-head--ruled"))}>
            if let Some(drawer) = &drawer {
                <IconButton icon={Icon::Menu} label="Open navigation" kind={IconButtonKind::PhoneOnly} on_press={drawer.open.clone()} />
            }
            <h1 class="page-title">
                { props.title.clone() }
                if let Some(count) = &props.count { <span class="page-title__count num">{ count.clone() }</span> }
            </h1>
            <span class="spacer"></span>
            if let Some(drawer) = &drawer {
                <IconButton icon={Icon::Search} label="Search or run a command" kbd="Ctrl K" kind={IconButtonKind::PhoneOnly} on_press={drawer.search.clone()} />
            }
            { props.children.clone() }
        </header>
    }
}
