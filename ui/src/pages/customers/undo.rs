//! Takes back what was done, from a notification, when the place where it was done may be gone.

use contract::Operation;

use crate::{
    hooks::{BookChanges, Toast, Toasts},
    ipc,
};

/// Takes back what was done.
#[derive(Clone)]
pub struct Undoing {
    toasts: Toasts,
    changes: Option<BookChanges>,
}

impl Undoing {
    /// With what it tells.
    pub fn new(toasts: Toasts, changes: Option<BookChanges>) -> Self {
        Self { toasts, changes }
    }

    /// Asks, and says when it was refused.
    pub fn run<R: Operation>(&self, request: R, on_done: impl FnOnce(R::Output) + 'static) {
        let undoing = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match ipc::call(request).await {
                Ok(output) => {
                    on_done(output);
                    if let Some(changes) = &undoing.changes {
                        changes.note();
                    }
                }
                Err(error) => undoing.toasts.show(Toast::failed(&error)),
            }
        });
    }
}
