//! What stands at the top of the form after it could not be saved.

use contract::{Conflict, Error, words};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::state::Form;
use crate::{
    components::{Notice, Tone},
    pages::conflict,
};

/// What stands at the top of the form.
pub fn of(form: &Form) -> Html {
    let wrong = form.wrong();
    let general = form.refusal().filter(|error| {
        let is_taken = matches!(
            error,
            Error::Conflict {
                conflict: Conflict::EmailTaken { .. }
            }
        );
        !is_taken && !matches!(error, Error::Invalid { .. })
    });
    if let Some(error) = general {
        return conflict::refusal(error, &form.reload());
    }
    if !form.is_submitted() || wrong.is_empty() {
        return html! {};
    }
    let title = if wrong.len() == 1 {
        "One field needs attention".to_owned()
    } else {
        format!("{} fields need attention", wrong.len())
    };
    html! {
        <Notice {title} text="Nothing was saved." tone={Tone::Danger} is_alert={true}>
            { for wrong.into_iter().map(|field| html! {
                <button key={field} class="link" type="button" onclick={move |_| focus_field(field)}>{ words::label(field) }</button>
            }) }
        </Notice>
    }
}

/// Puts the focus on a field of the topmost dialog.
pub fn focus_field(field: &str) {
    let control = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(&format!("dialog[open] [name='{field}']")).ok().flatten())
        .and_then(|control| control.dyn_into::<HtmlElement>().ok());
    if let Some(control) = control {
        // A control of the form can take the focus.
        let _ = control.focus();
    }
}
