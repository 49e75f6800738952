//! The one way from the page to the app: a request goes out as JSON, an answer or a refusal comes back.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use contract::{Error, Outcome, Request, desktop::Preferences, operations::OPERATIONS};
use gloo_timers::future::TimeoutFuture;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use yew::Callback;

/// How long the page waits for an answer.
const DEADLINE: Duration = Duration::from_secs(20);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = invoke)]
    fn invoke(name: &str, arguments: JsValue) -> Result<js_sys::Promise, JsValue>;
}

#[derive(Serialize)]
struct Arguments<'a, R> {
    request: &'a R,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

thread_local! {
    static SESSION_LOST: RefCell<Option<Callback<Error>>> = const { RefCell::new(None) };
    static NO_ANSWER: RefCell<Option<Callback<()>>> = const { RefCell::new(None) };
}

/// Who is told when an answer says that nobody is signed in any more, or that the session is locked.
pub fn on_session_lost(listener: Callback<Error>) {
    SESSION_LOST.with(|slot| *slot.borrow_mut() = Some(listener));
}

/// Who is told when the database did not answer an operation; nobody any more, without a listener.
pub fn on_no_answer(listener: Option<Callback<()>>) {
    NO_ANSWER.with(|slot| *slot.borrow_mut() = listener);
}

/// A key under which a write is done at most once.
#[must_use]
pub fn fresh_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Asks, under a fresh key if it is a write.
///
/// # Errors
/// The refusal of the app, or [`Error::Unavailable`] if no answer came in time.
pub async fn call<R: Request>(request: R) -> Result<R::Output, Error> {
    watched::<R, _>(ask(&request, write_key::<R>().as_deref(), Some(DEADLINE)).await)
}

/// Asks for something that takes as long as a person does: a dialog of the system is open meanwhile.
///
/// # Errors
/// The refusal of the app.
pub async fn call_without_deadline<R: Request>(request: R) -> Result<R::Output, Error> {
    heard(ask(&request, write_key::<R>().as_deref(), None).await)
}

/// Asks under a given key: a write that was done under it already answers again, without being done twice.
///
/// # Errors
/// As [`call`].
pub async fn call_with_key<R: Request>(request: &R, key: &str) -> Result<R::Output, Error> {
    watched::<R, _>(ask(request, Some(key), Some(DEADLINE)).await)
}

/// Reads of which only the newest counts.
#[derive(Debug)]
pub struct Lane {
    key: String,
    turn: Cell<u32>,
}

impl Lane {
    /// One in which nothing was asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            key: fresh_key(),
            turn: Cell::new(0),
        }
    }
}

/// Reads, and ends the older read of the same lane, whose answer nobody waits for any more. Two that are sent at once may arrive in
/// either order: the app goes by the number of each.
///
/// # Errors
/// As [`call`].
pub async fn call_in<R: Request>(lane: &Lane, request: &R) -> Result<R::Output, Error> {
    let turn = lane.turn.get().wrapping_add(1);
    lane.turn.set(turn);
    let answer = ask(request, Some(&format!("{}.{turn}", lane.key)), Some(DEADLINE)).await;
    // That an older one was given up says nothing of the database.
    if lane.turn.get() == turn {
        watched::<R, _>(answer)
    } else {
        heard(answer)
    }
}

/// Asks, and tells nobody but the one who asks what is wrong.
///
/// # Errors
/// As [`call`].
pub async fn call_quietly<R: Request>(request: R, deadline: Duration) -> Result<R::Output, Error> {
    ask(&request, write_key::<R>().as_deref(), Some(deadline)).await
}

fn write_key<R: Request>() -> Option<String> {
    is_write(R::NAME).then(fresh_key)
}

/// The same as [`heard`], and tells whoever looks after the connection that the database did not answer, or that another one did.
fn watched<R: Request, T>(answer: Result<T, Error>) -> Result<T, Error> {
    if matches!(answer, Err(Error::Unavailable { .. } | Error::Swapped)) && is_operation(R::NAME) {
        let listener = NO_ANSWER.with(|slot| slot.borrow().clone());
        if let Some(listener) = listener {
            listener.emit(());
        }
    }
    heard(answer)
}

/// Tells whoever shuts the page that the session is gone.
fn heard<T>(answer: Result<T, Error>) -> Result<T, Error> {
    if let Err(error @ (Error::SignedOut | Error::Locked)) = &answer {
        let listener = SESSION_LOST.with(|slot| slot.borrow().clone());
        if let Some(listener) = listener {
            listener.emit(error.clone());
        }
    }
    answer
}

async fn ask<R: Request>(request: &R, key: Option<&str>, deadline: Option<Duration>) -> Result<R::Output, Error> {
    let arguments = Arguments { request, key }
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| undecodable(&error.to_string()))?;
    let promise = invoke(R::NAME, arguments).map_err(refusal)?;
    let first = match deadline {
        None => promise,
        Some(deadline) => {
            let late = js_sys::Promise::new(&mut |resolve, _| {
                wasm_bindgen_futures::spawn_local(async move {
                    TimeoutFuture::new(u32::try_from(deadline.as_millis()).unwrap_or(u32::MAX)).await;
                    // Nobody listens any more if the answer was faster.
                    let _ = resolve.call1(&JsValue::UNDEFINED, &late_mark());
                });
            });
            js_sys::Promise::race(&js_sys::Array::of2(&promise, &late))
        }
    };
    let answer = JsFuture::from(first).await.map_err(refusal)?;
    if answer == late_mark() {
        let (outcome, key) = if is_write(R::NAME) {
            (Outcome::Unknown, key.map(str::to_owned))
        } else {
            (Outcome::NotDone, None)
        };
        return Err(Error::Unavailable { outcome, key });
    }
    decode(answer).map_err(|detail| undecodable(&detail))
}

/// An operation answers with the bytes of a JSON text: read at once, without an object of the webview for each value in
/// between. What is asked of the window itself comes as a value.
fn decode<T: DeserializeOwned>(answer: JsValue) -> Result<T, String> {
    match answer.dyn_into::<js_sys::ArrayBuffer>() {
        Ok(json) => {
            let json = js_sys::Uint8Array::new(&json).to_vec();
            serde_json::from_slice(&json).map_err(|error| error.to_string())
        }
        Err(value) => serde_wasm_bindgen::from_value(value).map_err(|error| error.to_string()),
    }
}

/// The preferences that the window gave before the first paint.
#[must_use]
pub fn boot_preferences() -> Option<Preferences> {
    let boot = js_sys::Reflect::get(&js_sys::global(), &"__CLIENTELE__".into()).ok()?;
    let preferences = js_sys::Reflect::get(&boot, &"preferences".into()).ok()?;
    serde_wasm_bindgen::from_value(preferences).ok()
}

fn late_mark() -> JsValue {
    JsValue::from_str("\u{0}late")
}

fn is_operation(name: &str) -> bool {
    OPERATIONS.iter().any(|operation| operation.name == name)
}

fn is_write(name: &str) -> bool {
    OPERATIONS
        .iter()
        .any(|operation| operation.name == name && operation.effect == contract::Effect::Write)
}

fn refusal(value: JsValue) -> Error {
    serde_wasm_bindgen::from_value(value.clone()).unwrap_or_else(|error| {
        let text = value.as_string().unwrap_or_else(|| error.to_string());
        undecodable(&text)
    })
}

/// What cannot be read is a fault of the app; the reference is the text itself, shortened, so that it can be found.
fn undecodable(text: &str) -> Error {
    Error::Internal {
        reference: format!("page: {}", contract::text::clip(text, 160)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_records_gets_a_key() {
        assert!(is_write("create_customer"));
        assert!(!is_write("list_customers"));
        assert!(!is_write("sign_in"));
        assert!(!is_write("open_book"));
        assert!(is_operation("sign_in") && !is_operation("open_book"));
    }
}
