//! Keys of the record, and where the focus is in it.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};
use yew::prelude::*;

use super::Doing;
use crate::{
    hooks::{HotkeyScope, use_hotkey_in},
    route::CustomerTab,
};

/// Ctrl+1 to Ctrl+7 for the tabs, L for a license, E for the form. Not in a dialog over the record.
#[hook]
pub fn use_record_keys(id: &AttrValue, on_tab: &Callback<CustomerTab>, on_doing: &Callback<Doing>, on_edit: &Callback<()>) {
    let tab = |number: usize| {
        let (id, on_tab) = (id.clone(), on_tab.clone());
        Callback::from(move |()| {
            if let Some(tab) = CustomerTab::ALL.get(number).filter(|_| has_focus(&id)) {
                on_tab.emit(*tab);
            }
        })
    };
    use_hotkey_in("Ctrl+1", HotkeyScope::Dialog, tab(0));
    use_hotkey_in("Ctrl+2", HotkeyScope::Dialog, tab(1));
    use_hotkey_in("Ctrl+3", HotkeyScope::Dialog, tab(2));
    use_hotkey_in("Ctrl+4", HotkeyScope::Dialog, tab(3));
    use_hotkey_in("Ctrl+5", HotkeyScope::Dialog, tab(4));
    use_hotkey_in("Ctrl+6", HotkeyScope::Dialog, tab(5));
    use_hotkey_in("Ctrl+7", HotkeyScope::Dialog, tab(6));
    let add = {
        let (id, on_doing) = (id.clone(), on_doing.clone());
        Callback::from(move |()| {
            if has_focus(&id) {
                on_doing.emit(Doing::AddingLicense);
            }
        })
    };
    use_hotkey_in("l", HotkeyScope::Dialog, add);
    let edit = {
        let (id, on_edit) = (id.clone(), on_edit.clone());
        Callback::from(move |()| {
            if has_focus(&id) {
                on_edit.emit(());
            }
        })
    };
    use_hotkey_in("e", HotkeyScope::Dialog, edit);
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the dialog of this id is the topmost: the focus is never outside the topmost one, except on nothing at all.
fn has_focus(id: &str) -> bool {
    let Some(document) = document() else { return false };
    let around = document.active_element().and_then(|active| active.closest("dialog").ok().flatten());
    match around {
        Some(dialog) => dialog.id() == id,
        None => document.query_selector_all("dialog[open]").is_ok_and(|open| open.length() == 1),
    }
}

/// Puts the focus on the open tab if it is on another one, or on the dialog itself, where arrow keys lead nowhere.
pub fn focus_tab(id: &str, tab: CustomerTab) {
    let Some(document) = document() else { return };
    let is_unplaced = document
        .active_element()
        .is_none_or(|active| active.id() == id || active.tag_name() == "BODY" || active.class_name() == "tab");
    let tab = document
        .get_element_by_id(&format!("{id}-tab-{}", tab.as_str()))
        .and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
    if let Some(tab) = tab.filter(|_| is_unplaced) {
        // A tab is a button, so it can take the focus.
        let _ = tab.focus();
    }
}

/// Puts the focus on the first field of a dialog whose fields came after it had opened, unless something of it has the focus. What
/// had it may have gone when they came.
pub fn focus_first(id: &str) {
    let Some(document) = document() else { return };
    let is_unplaced = document
        .active_element()
        .is_none_or(|active| active.id() == id || active.tag_name() == "BODY");
    let first = document
        .get_element_by_id(id)
        .filter(|_| is_unplaced)
        .and_then(|dialog| dialog.query_selector("[data-autofocus]").ok().flatten())
        .and_then(|first| first.dyn_into::<HtmlElement>().ok());
    if let Some(first) = first {
        // A field can take the focus.
        let _ = first.focus();
    }
}
