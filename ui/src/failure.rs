//! A failure of the page itself: the last thing a person sees says what happened and offers to begin again.

use std::{cell::Cell, panic::PanicHookInfo};

use contract::desktop::ReportPageFailure;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use crate::ipc;

/// Shows and reports what goes wrong in the page from now on.
pub fn watch() {
    std::panic::set_hook(Box::new(on_panic));
}

thread_local! {
    static IS_SHOWN: Cell<bool> = const { Cell::new(false) };
}

fn on_panic(panic: &PanicHookInfo<'_>) {
    let report = ReportPageFailure {
        place: panic.location().map_or_else(|| "unknown.rs:0:0".to_owned(), ToString::to_string),
        message: contract::text::literal(panic.payload()).to_owned(),
    };
    wasm_bindgen_futures::spawn_local(async move {
        // Nothing is left that could be done about a failure to report.
        let _ = ipc::call(report).await;
    });
    if !IS_SHOWN.replace(true) {
        // Without a document there is nobody to tell.
        let _ = show();
    }
}

fn show() -> Option<()> {
    let document = web_sys::window()?.document()?;
    let body = document.body()?;
    let screen = element(&document, "main", "gate gate--first gate--over", None)?;
    let center = element(&document, "div", "gate__center", None)?;
    let card = element(&document, "div", "gate__card", None)?;
    let head = element(&document, "div", "gate__head", None)?;
    let title = element(
        &document,
        "h1",
        "gate__title",
        Some("The page stopped because of a fault in the app"),
    )?;
    let text = element(
        &document,
        "p",
        "gate__text",
        Some("What was saved is safe. The log has the details. Reload to go on."),
    )?;
    let reload = element(&document, "button", "btn btn--primary btn--lg btn--wide", Some("Reload"))?;
    for (parent, child) in [
        (&head, &title),
        (&head, &text),
        (&card, &head),
        (&card, &reload),
        (&center, &card),
        (&screen, &center),
    ] {
        parent.append_child(child).ok()?;
    }
    // What is behind cannot answer any more.
    body.replace_children_with_node_1(&screen);
    EventListener::once(&reload, "click", |_| {
        if let Some(window) = web_sys::window() {
            // The webview reloads its own page or is gone.
            let _ = window.location().reload();
        }
    })
    .forget();
    reload.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

fn element(document: &Document, tag: &str, class: &str, text: Option<&str>) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_class_name(class);
    element.set_text_content(text);
    Some(element)
}
