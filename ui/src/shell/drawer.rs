//! The navigation of narrow windows.

use yew::prelude::*;

use crate::{
    components::{Icon, IconButton},
    hooks::{use_backdrop, use_modal, use_unique_id},
};

/// The navigation of narrow windows, over the page.
#[derive(Properties, PartialEq)]
pub struct DrawerDialogProps {
    /// Takes it away.
    pub on_close: Callback<()>,
    /// The navigation.
    pub children: Html,
}

/// The navigation of narrow windows, over the page.
#[component]
pub fn DrawerDialog(props: &DrawerDialogProps) -> Html {
    let node = use_node_ref();
    let id = use_unique_id();
    use_modal(&node, &id, props.on_close.clone());
    let (onpointerdown, onclick) = use_backdrop(&node, true, props.on_close.clone());
    html! {
        <dialog class="drawer" {id} aria-label="Navigation" tabindex="-1" {onpointerdown} {onclick} ref={node}>
            <div class="sidebar drawer__content">
                <div class="drawer__close"><IconButton icon={Icon::X} label="Close navigation" kbd="Esc" on_press={props.on_close.clone()} /></div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
