//! Asking the window itself for something that takes a while.

use contract::{Error, Request};
use yew::prelude::*;

use crate::{hooks::use_confirmation, ipc};

type OnEnd<R> = Callback<Result<<R as Request>::Output, Error>>;

/// Something that can be asked of the window, and how far it has come.
pub struct Asking<R: Request> {
    /// Whether it is being done.
    pub is_busy: bool,
    /// Why the newest attempt was refused.
    pub error: Option<Error>,
    run: Callback<(R, OnEnd<R>)>,
}

impl<R: Request> Clone for Asking<R> {
    fn clone(&self) -> Self {
        Self {
            is_busy: self.is_busy,
            error: self.error.clone(),
            run: self.run.clone(),
        }
    }
}

impl<R: Request> Asking<R> {
    /// Asks; `on_end` is called with the answer.
    pub fn run_with(&self, request: R, on_end: impl Fn(Result<R::Output, Error>) + 'static) {
        self.run.emit((request, Callback::from(on_end)));
    }
}

#[derive(Clone, PartialEq, Default)]
struct Progress {
    is_busy: bool,
    error: Option<Error>,
}

/// Offers to ask. If the password is needed again, the person is asked and it is tried once more.
#[hook]
pub fn use_request<R: Request + Clone>() -> Asking<R> {
    let progress = use_state_eq(Progress::default);
    let prompt = use_confirmation();
    let is_running = use_mut_ref(|| false);
    let run = {
        let progress = progress.setter();
        use_callback(prompt, move |(request, on_end): (R, OnEnd<R>), prompt| {
            if is_running.replace(true) {
                return;
            }
            progress.set(Progress {
                is_busy: true,
                error: None,
            });
            let (progress, prompt, is_running) = (progress.clone(), prompt.clone(), is_running.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let mut answer = ipc::call_without_deadline(request.clone()).await;
                if let (Err(Error::ConfirmationNeeded), Some(prompt)) = (&answer, &prompt)
                    && prompt.ask().await
                {
                    answer = ipc::call_without_deadline(request).await;
                }
                is_running.replace(false);
                progress.set(Progress {
                    is_busy: false,
                    // Who gives up giving the password knows why it was not done.
                    error: answer.as_ref().err().filter(|error| **error != Error::ConfirmationNeeded).cloned(),
                });
                on_end.emit(answer);
            });
        })
    };
    Asking {
        is_busy: progress.is_busy,
        error: progress.error.clone(),
        run,
    }
}
