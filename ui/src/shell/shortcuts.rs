//! All keys, in a dialog.

use yew::prelude::*;

use crate::components::{Dialog, DialogClosing, DialogSize};

/// Keys, and what they do.
pub type Shortcut = (&'static str, &'static str);

/// The command palette.
pub const SEARCH: Shortcut = ("Ctrl K", "Search or run a command");
/// The settings.
pub const SETTINGS: Shortcut = ("Ctrl ,", "Settings");
/// The lock.
pub const LOCK: Shortcut = ("Ctrl L", "Lock");
/// All keys.
pub const ALL_KEYS: Shortcut = ("?", "Keyboard shortcuts");
/// The form of a new customer.
pub const NEW_CUSTOMER: Shortcut = ("Ctrl N", "New customer");
/// A new invoice.
pub const NEW_INVOICE: Shortcut = ("Ctrl Shift N", "New invoice, in the list of invoices");

/// Groups of keys. What a page adds stands here, too; those of commands are named, for the menus and the command palette.
pub const SHORTCUTS: &[(&str, &[Shortcut])] = &[
    (
        "On every page",
        &[
            SEARCH,
            ("Ctrl 1 … 9", "Dashboard to Statistics"),
            NEW_CUSTOMER,
            SETTINGS,
            ("Alt ←, Alt →", "Back, forward"),
            ALL_KEYS,
        ],
    ),
    (
        "Everywhere",
        &[
            LOCK,
            ("Ctrl +, Ctrl −, Ctrl 0", "Larger, smaller, 100%"),
            ("F6", "Newest notification"),
            ("Esc", "Close"),
        ],
    ),
    (
        "Customers",
        &[
            ("Ctrl F, /", "Search"),
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
            NEW_INVOICE,
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
