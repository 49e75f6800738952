//! Takes back what was done, from a notification, when the place where it was done may be gone.

use contract::{Conflict, Error, Operation};

use crate::{
    hooks::{BookChanges, ConfirmationPrompt, Toast, Toasts},
    ipc,
};

/// Takes back what was done.
#[derive(Clone)]
pub struct Undoing {
    toasts: Toasts,
    changes: Option<BookChanges>,
    prompt: Option<ConfirmationPrompt>,
}

impl Undoing {
    /// With what it tells.
    pub fn new(toasts: Toasts, changes: Option<BookChanges>) -> Self {
        Self {
            toasts,
            changes,
            prompt: None,
        }
    }

    /// The person is asked for the password where that is needed.
    pub fn asking(mut self, prompt: Option<ConfirmationPrompt>) -> Self {
        self.prompt = prompt;
        self
    }

    /// Asks, and says when it was refused.
    pub fn run<R: Operation>(&self, request: R, on_done: impl FnOnce(R::Output) + 'static) {
        let undoing = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let mut answer = ipc::call(request.clone()).await;
            if let (Err(Error::ConfirmationNeeded), Some(prompt)) = (&answer, &undoing.prompt) {
                // Who gives up has decided that it stays.
                if !prompt.ask().await {
                    return;
                }
                answer = ipc::call(request).await;
            }
            match answer {
                Ok(output) => {
                    on_done(output);
                    undoing.note();
                }
                Err(error) => undoing.toasts.show(not_undone(&error)),
            }
        });
    }

    /// Takes back in several steps, which answer with what is said of it, or why nothing was taken back.
    pub fn run_steps(&self, steps: impl Future<Output = Result<Toast, Error>> + 'static) {
        let undoing = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match steps.await {
                Ok(said) => {
                    undoing.toasts.show(said);
                    undoing.note();
                }
                Err(error) => undoing.toasts.show(not_undone(&error)),
            }
        });
    }

    fn note(&self) {
        if let Some(changes) = &self.changes {
            changes.note();
        }
    }
}

/// Says why something was not taken back. What was changed after it stays as it is now.
pub fn not_undone(error: &Error) -> Toast {
    let mut toast = Toast::failed(error);
    match error {
        Error::Conflict {
            conflict: Conflict::ChangedMeanwhile { by, .. },
        } => {
            let who = by.as_deref().unwrap_or("Someone");
            toast.text = format!("Not undone: {who} has changed it since. Nothing was written over.").into();
        }
        Error::Conflict { .. } => toast.text = format!("Not undone. {}", toast.text).into(),
        _ => {}
    }
    toast
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(by: Option<&str>) -> Error {
        Conflict::ChangedMeanwhile {
            version: 4,
            at: contract::Timestamp(0),
            by: by.map(str::to_owned),
            fields: vec!["full_name".to_owned()],
            differences: Vec::new(),
        }
        .into()
    }

    #[test]
    fn what_was_changed_since_is_said_to_stay() {
        let toast = not_undone(&changed(Some("Ines Moreau")));
        assert_eq!(
            toast.text.as_str(),
            "Not undone: Ines Moreau has changed it since. Nothing was written over."
        );
        assert_eq!((toast.stays, toast.actions.len()), (None, 0));
        assert!(not_undone(&changed(None)).text.as_str().starts_with("Not undone: Someone"));
        let taken = not_undone(&Conflict::NothingToRestore.into());
        assert!(taken.text.as_str().starts_with("Not undone. There is nothing to bring back"));
        // Anything else is said as it is.
        assert_eq!(not_undone(&Error::Locked), Toast::failed(&Error::Locked));
    }
}
