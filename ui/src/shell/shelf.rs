//! Where the page of the signed-in person stands: in the document, or, while the session is locked, outside of it with
//! everything as it was left.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use crate::hooks::{cover, focus_front};

/// The element that holds the page.
#[derive(Clone)]
pub struct Shelf {
    host: Option<Element>,
    left: Rc<RefCell<Left>>,
}

/// What the document forgets about elements that are taken out.
#[derive(Default)]
struct Left {
    focused: Option<HtmlElement>,
    scrolled: Vec<(Element, i32)>,
    dialogs: Vec<HtmlDialogElement>,
}

impl Shelf {
    /// An empty one, not in the document.
    #[must_use]
    pub fn new() -> Self {
        let host = document().and_then(|document| document.create_element("div").ok());
        Self { host, left: Rc::default() }
    }

    /// The element.
    #[must_use]
    pub fn host(&self) -> Option<Element> {
        self.host.clone()
    }

    /// Puts it into the document.
    pub fn put_out(&self) {
        if let (Some(host), Some(body)) = (&self.host, document().and_then(|document| document.body()))
            && !host.is_connected()
        {
            // An element of the same document can always be appended.
            let _ = body.append_child(host);
        }
    }

    /// Takes it out of the document, so that nothing of it can be seen or read there.
    pub fn put_away(&self) {
        let Some(host) = self.host.as_ref().filter(|host| host.is_connected()) else {
            return;
        };
        let mut left = self.left.borrow_mut();
        left.focused = document()
            .and_then(|document| document.active_element())
            .filter(|focused| host.contains(Some(focused)))
            .and_then(|focused| focused.dyn_into().ok());
        left.scrolled = elements(host, "*")
            .map(|element| (element.scroll_top(), element))
            .filter(|(top, _)| *top != 0)
            .map(|(top, element)| (element, top))
            .collect();
        left.dialogs = elements(host, "dialog[open]").filter_map(|dialog| dialog.dyn_into().ok()).collect();
        host.remove();
        cover();
    }

    /// After it was put out again: everything is where it was.
    pub fn bring_back(&self) {
        let left = self.left.take();
        for dialog in left.dialogs {
            dialog.close();
            // In the document again, so it can be opened.
            let _ = dialog.show_modal();
        }
        cover();
        for (element, top) in left.scrolled {
            element.set_scroll_top(top);
        }
        if let Some(focused) = left.focused {
            // It had the focus before.
            let _ = focused.focus();
            // The palette is closed meanwhile.
            if !focused.is_connected() {
                focus_front();
            }
        }
    }
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn elements(host: &Element, selector: &str) -> impl Iterator<Item = Element> {
    let list = host.query_selector_all(selector).ok();
    let length = list.as_ref().map_or(0, web_sys::NodeList::length);
    (0..length).filter_map(move |at| list.as_ref()?.item(at)?.dyn_into().ok())
}
