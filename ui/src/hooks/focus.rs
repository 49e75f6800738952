//! Where the focus goes when what had it is gone.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlDialogElement, HtmlElement};

/// Puts the focus on the content of the page.
pub fn focus_main() {
    let main = document()
        .and_then(|document| document.query_selector("main").ok().flatten())
        .and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(main) = main {
        main.set_tab_index(-1);
        // It can take the focus now.
        let _ = main.focus();
    }
}

/// Puts the focus on what lies in front: the topmost dialog, or the content of the page where none is open.
pub fn focus_front() {
    let topmost = document()
        .and_then(|document| document.query_selector_all("dialog[open]").ok())
        .and_then(|dialogs| dialogs.item(dialogs.length().checked_sub(1)?))
        .and_then(|topmost| topmost.dyn_into::<HtmlElement>().ok());
    if let Some(topmost) = topmost {
        // Always possible: a dialog has a tabindex.
        let _ = topmost.focus();
    } else {
        focus_main();
    }
}

/// Whether nothing has the focus, or only something in a dialog that is closed.
#[must_use]
pub fn is_focus_lost(closed: Option<&HtmlDialogElement>) -> bool {
    document().and_then(|document| document.active_element()).is_none_or(|active| {
        let is_inside = closed.is_some_and(|closed| closed.contains(Some(&active)));
        active.tag_name() == "BODY" || is_inside
    })
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
