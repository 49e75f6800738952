//! Asking for the own password again before something grave.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

/// Opens the dialog that asks for the own password.
#[derive(Clone, PartialEq)]
pub struct ConfirmationPrompt {
    open: Callback<js_sys::Function>,
}

impl ConfirmationPrompt {
    /// `open` gets a function to call with `true` when the password was right, or `false` when the person gave up.
    #[must_use]
    pub fn new(open: Callback<js_sys::Function>) -> Self {
        Self { open }
    }

    /// Asks, and waits for the person.
    pub async fn ask(&self) -> bool {
        let promise = Promise::new(&mut |resolve, _| self.open.emit(resolve));
        JsFuture::from(promise).await.is_ok_and(|answer| answer == JsValue::TRUE)
    }
}

/// The dialog of the app that asks for the password again.
#[hook]
pub fn use_confirmation() -> Option<ConfirmationPrompt> {
    use_context()
}
