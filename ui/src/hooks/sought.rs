//! The record for which a list was left: in focus in its tab.

use std::{cell::RefCell, fmt::Display};

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

thread_local! {
    static SOUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The id of the element that shows a record in its tab.
#[must_use]
pub fn record_id(id: impl Display) -> String {
    format!("record-{id}")
}

/// The record is in focus in the tab that is opened next, if it is among the rows that are shown first.
pub fn seek(id: impl Display) {
    SOUGHT.set(Some(record_id(id)));
}

/// No record is looked for any more.
pub fn stop_seeking() {
    SOUGHT.set(None);
}

/// Puts the focus on the record that is looked for, once its list is there.
#[hook]
pub fn use_sought(is_there: bool) {
    use_effect_with(is_there, |is_there| {
        if !is_there {
            return;
        }
        let record = SOUGHT
            .take()
            .and_then(|id| web_sys::window()?.document()?.get_element_by_id(&id))
            .and_then(|record| record.dyn_into::<HtmlElement>().ok());
        if let Some(record) = record {
            record.set_tab_index(-1);
            // An element takes any attribute that is called like one, and can take the focus now.
            let _ = record.set_attribute("data-sought", "");
            let _ = record.focus();
        }
    });
}
