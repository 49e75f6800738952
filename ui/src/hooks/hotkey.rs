//! Keys that work wherever the focus is.

use contract::session::SessionStage;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::hooks::{use_latest, use_session};

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HotkeyScope {
    /// While somebody is signed in and no dialog is open.
    Page,
    /// While somebody is signed in and a dialog is open.
    Dialog,
    /// Always, also while nobody is signed in.
    Everywhere,
}

/// A key with its modifiers, written as `Ctrl+Shift+N`, `?` or `Escape`. `Ctrl` is the Command key on a Mac.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combo {
    ctrl: bool,
    alt: bool,
    shift: Option<bool>,
    key: String,
}

impl Combo {
    /// Reads a written combination.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut combo = Self {
            ctrl: false,
            alt: false,
            shift: Some(false),
            key: String::new(),
        };
        let mut rest = text;
        while let Some((part, tail)) = rest.split_once('+').filter(|(part, tail)| !part.is_empty() && !tail.is_empty()) {
            match part {
                "Ctrl" => combo.ctrl = true,
                "Alt" => combo.alt = true,
                "Shift" => combo.shift = Some(true),
                _ => break,
            }
            rest = tail;
        }
        combo.key = rest.to_lowercase();
        // Whether a sign such as ? or + needs Shift depends on the keyboard.
        if combo.key.chars().count() == 1 && !combo.key.chars().all(char::is_alphanumeric) {
            combo.shift = None;
        }
        combo
    }

    /// Whether the pressed key with these modifiers is meant.
    #[must_use]
    pub fn is_pressed(&self, key: &str, ctrl: bool, alt: bool, shift: bool) -> bool {
        key.to_lowercase() == self.key && ctrl == self.ctrl && alt == self.alt && self.shift.is_none_or(|want| want == shift)
    }

    /// A plain key, which a text field needs for itself.
    fn is_plain(&self) -> bool {
        !self.ctrl && !self.alt && self.key.chars().count() == 1
    }
}

/// Calls back when the keys are pressed on a page without an open dialog.
#[hook]
pub fn use_hotkey(combo: &'static str, on_press: Callback<()>) {
    use_hotkey_in(combo, HotkeyScope::Page, on_press);
}

/// Calls back when the keys are pressed. Plain letters and signs are left to a text field that has the focus.
#[hook]
pub fn use_hotkey_in(combo: &'static str, scope: HotkeyScope, on_press: Callback<()>) {
    let on_press = use_latest(on_press);
    // A locked page is kept outside the document, but its listeners would still hear.
    let session = use_session();
    let is_in = use_latest(session.state.stage == SessionStage::SignedIn);
    use_effect_with((combo, scope), move |(combo, scope)| {
        let (combo, scope) = (Combo::parse(combo), *scope);
        let listener = web_sys::window().map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let is_command = event.ctrl_key() || event.meta_key();
                if (scope != HotkeyScope::Everywhere && !*is_in.borrow())
                    || event.default_prevented()
                    || event.is_composing()
                    || !combo.is_pressed(&event.key(), is_command, event.alt_key(), event.shift_key())
                    || !is_in_scope(scope)
                    || (combo.is_plain() && is_typing())
                {
                    return;
                }
                event.prevent_default();
                let on_press = on_press.borrow().clone();
                on_press.emit(());
            })
        });
        move || drop(listener)
    });
}

fn is_in_scope(scope: HotkeyScope) -> bool {
    match scope {
        HotkeyScope::Page => open_dialogs() == 0,
        HotkeyScope::Dialog => open_dialogs() > 0,
        HotkeyScope::Everywhere => true,
    }
}

/// How many dialogs are open.
#[must_use]
pub fn open_dialogs() -> u32 {
    document()
        .and_then(|document| document.query_selector_all("dialog[open]").ok())
        .map_or(0, |dialogs| dialogs.length())
}

fn is_typing() -> bool {
    document().and_then(|document| document.active_element()).is_some_and(|element| {
        element
            .matches("input:not([type=checkbox], [type=radio]), textarea, select")
            .unwrap_or(false)
    })
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_combination_is_what_is_pressed() {
        let cases = [
            ("Ctrl+L", ("l", true, false, false), true),
            ("Ctrl+L", ("l", false, false, false), false),
            ("Ctrl+L", ("l", true, false, true), false),
            ("Ctrl+Shift+N", ("N", true, false, true), true),
            ("Ctrl++", ("+", true, false, true), true),
            ("Ctrl+,", (",", true, false, false), true),
            ("?", ("?", false, false, true), true),
            ("?", ("?", true, false, true), false),
            ("Escape", ("Escape", false, false, false), true),
            ("Alt+ArrowLeft", ("ArrowLeft", false, true, false), true),
            ("Alt+ArrowLeft", ("ArrowLeft", false, false, false), false),
            ("e", ("E", false, false, true), false),
        ];
        for (combo, (key, ctrl, alt, shift), want) in cases {
            assert_eq!(Combo::parse(combo).is_pressed(key, ctrl, alt, shift), want, "{combo} {key}");
        }
    }
}
