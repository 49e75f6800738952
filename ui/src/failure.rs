//! A failure of the page itself: the last thing a person sees says what happened and offers to begin again.

use std::{cell::Cell, panic::PanicHookInfo};

use contract::desktop::ReportPageFailure;
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, ErrorEvent, HtmlElement, PromiseRejectionEvent};

use crate::ipc;

/// Where something was thrown that does not say where in a script.
const NOWHERE_IN_A_SCRIPT: &str = "ui.js:0:0";
/// What the webview itself throws where it cuts off what runs, by its name.
const CUT_OFF: &[&str] = &["RuntimeError", "RangeError", "InternalError"];

thread_local! {
    static IS_SHOWN: Cell<bool> = const { Cell::new(false) };
}

/// Shows and reports what goes wrong in the page from now on.
pub fn watch() {
    std::panic::set_hook(Box::new(on_panic));
    let Some(window) = web_sys::window() else { return };
    EventListener::new(&window, "error", |event| {
        let event: &ErrorEvent = event.unchecked_ref();
        on_thrown(&event.error(), place(event));
    })
    .forget();
    EventListener::new(&window, "unhandledrejection", |event| {
        let event: &PromiseRejectionEvent = event.unchecked_ref();
        let reason = event.reason();
        // A promise of the browser that is refused after nobody waits for it any more has the stack of who asked, and cuts nothing off.
        if text_of(&reason, "name").is_some_and(|name| CUT_OFF.contains(&name.as_str())) {
            on_thrown(&reason, NOWHERE_IN_A_SCRIPT.to_owned());
        }
    })
    .forget();
}

/// Where it was thrown, as a report takes it. Compiled code, the document and what has no name are no script.
fn place(event: &ErrorEvent) -> String {
    let file = event.filename();
    match file.rsplit('/').next().filter(|name| name.ends_with(".js")) {
        Some(name) => format!("{name}:{}:{}", event.lineno(), event.colno()),
        None => NOWHERE_IN_A_SCRIPT.to_owned(),
    }
}

fn on_panic(panic: &PanicHookInfo<'_>) {
    stop(ReportPageFailure {
        place: panic.location().map_or_else(|| "unknown.rs:0:0".to_owned(), ToString::to_string),
        message: contract::text::literal(panic.payload()).to_owned(),
    });
}

/// What was thrown through our code without a panic, as a fault of the webview itself is: what ran was cut off in the middle, and
/// what is painted would never change again. Anything else that is thrown, as a script of the shell does whose request was
/// refused, ends nothing here.
fn on_thrown(thrown: &JsValue, place: String) {
    if thrown.has_type::<js_sys::Error>() && text_of(thrown, "stack").is_some_and(|stack| stack.contains("wasm")) {
        // Its text may repeat what it was thrown for.
        let message = text_of(thrown, "name").unwrap_or_default();
        stop(ReportPageFailure { place, message });
    }
}

/// What is written there, if it is an object that has it.
fn text_of(thrown: &JsValue, property: &str) -> Option<String> {
    js_sys::Reflect::get(thrown, &property.into())
        .ok()
        .and_then(|text| text.as_string())
}

fn stop(report: ReportPageFailure) {
    // What follows from the first failure is none of its own: a panic is thrown, too.
    if IS_SHOWN.replace(true) {
        return;
    }
    wasm_bindgen_futures::spawn_local(async move {
        // Nothing is left that could be done about a failure to report.
        let _ = ipc::call(report).await;
    });
    // Without a document there is nobody to tell.
    let _ = show();
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
