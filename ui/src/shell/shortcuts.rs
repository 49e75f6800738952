//! All keys, in a dialog.

use yew::prelude::*;

use crate::components::{Dialog, DialogClosing, DialogSize};

/// Groups of keys and what they do. What a page adds stands here, too.
pub const SHORTCUTS: &[(&str, &[(&str, &str)])] = &[
    (
        "Everywhere",
        &[
            ("Ctrl 1 … 9", "Dashboard to Statistics"),
            ("Ctrl ,", "Settings"),
            ("Ctrl L", "Lock"),
            ("Ctrl +, Ctrl −, Ctrl 0", "Larger, smaller, 100 %"),
            ("Alt ←, Alt →", "Back, forward"),
            ("F6", "Newest notification"),
            ("Esc", "Close"),
            ("?", "This list"),
        ],
    ),
    (
        "Customers",
        &[
            ("Ctrl F, /", "Search"),
            ("Ctrl N", "New customer"),
            ("↑, ↓, Page Up, Page Down", "Move"),
            ("Enter", "Open"),
            ("E", "Edit"),
            ("Del", "Delete"),
        ],
    ),
    (
        "Licenses, subscriptions, invoices, payments, domains",
        &[
            ("Ctrl F, /", "Search"),
            ("↑, ↓, Page Up, Page Down", "Move"),
            ("Enter", "Open"),
            ("C", "Copy the key of a license"),
            ("Ctrl Shift N", "New invoice, in their list"),
        ],
    ),
    (
        "A customer",
        &[
            ("←, →, Home, End", "Tabs"),
            ("Ctrl 1 … 7", "Details to Timeline"),
            ("J, K", "Next, previous customer"),
            ("E", "Edit"),
            ("L", "Add license"),
            ("Ctrl Enter", "Save a form"),
        ],
    ),
];

/// All keys.
#[derive(Properties, PartialEq)]
pub struct ShortcutsProps {
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// All keys.
#[component]
pub fn Shortcuts(props: &ShortcutsProps) -> Html {
    html! {
        <Dialog title="Keyboard shortcuts" size={DialogSize::Medium} closing={DialogClosing::ByBackdrop} on_close={props.on_close.clone()}>
            <div class="stack" role="region" aria-label="Keys" tabindex="0">
            { for SHORTCUTS.iter().map(|(group, keys)| html! {
                <section key={*group}>
                    <h3 class="section-title">{ *group }</h3>
                    <dl class="facts shortcuts">
                        { for keys.iter().map(|(keys, act)| html! {
                            <div key={*keys}><dt>{ *act }</dt><dd class="keys">{ for keys.split(", ").map(|key| html! { <kbd key={key}>{ key }</kbd> }) }</dd></div>
                        }) }
                    </dl>
                </section>
            }) }
            </div>
        </Dialog>
    }
}
