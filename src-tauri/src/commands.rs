//! Makes a Tauri command of every line of the contract's two lists. No name is written here a second time.
//!
//! A command takes `{request, key}`; an operation answers with the bytes of the engine's JSON text as they are; what is refused is a
//! [`contract::Error`], whatever was sent.

use std::{collections::BTreeMap, future::Future};

use contract::{Error, Problem};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tauri::{
    AppHandle, Manager, Runtime,
    ipc::{Invoke, InvokeBody, Request, Response},
};

use crate::{Shell, log, requests};

/// What the page sends.
struct Envelope {
    request: Value,
    key: Option<String>,
}

impl Envelope {
    fn read(call: &Request<'_>) -> Result<Self, Error> {
        let InvokeBody::Json(Value::Object(fields)) = call.body() else {
            return Err(wrong_shape("", "expected an object"));
        };
        let mut fields: BTreeMap<&str, &Value> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let request = fields.remove("request").cloned().unwrap_or(Value::Null);
        let key = match fields.remove("key") {
            None | Some(Value::Null) => None,
            Some(Value::String(key)) => Some(key.clone()),
            Some(_) => return Err(wrong_shape("key", "expected a string")),
        };
        match fields.first_key_value() {
            None => Ok(Self { request, key }),
            Some((unknown, _)) => Err(Error::field(unknown, Problem::UnknownField)),
        }
    }

    fn of<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_value(self.request).map_err(|error| wrong_shape("", &error.to_string()))
    }
}

fn wrong_shape(field: &str, detail: &str) -> Error {
    Error::field(field, Problem::WrongShape { detail: detail.to_owned() })
}

/// Runs an answer in a task of its own: Tauri never answers a command that panics, and the page would wait for ever.
async fn guarded<T: Send + 'static>(
    name: &'static str,
    answer: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tauri::async_runtime::spawn(answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::Internal {
            reference: log::failure(&format!("{name} panicked")),
        }),
    }
}

async fn operate<R: Runtime>(name: &'static str, app: AppHandle<R>, call: Result<Envelope, Error>) -> Result<Response, Error> {
    let Envelope { request, key } = call?;
    #[cfg(feature = "automation")]
    crate::staging::stage(app.state::<Shell>().books.folder().path(), name).await?;
    let answer = guarded(name, async move { app.state::<Shell>().books.call(name, request, key).await }).await?;
    // As bytes, which the page decodes in one go; as JSON the webview would make objects of it first.
    Ok(Response::new(answer.into_bytes()))
}

async fn oblige<R: Runtime, T: requests::Answer>(app: AppHandle<R>, call: Result<Envelope, Error>) -> Result<T::Output, Error> {
    let request: T = call?.of()?;
    #[cfg(feature = "automation")]
    crate::staging::stage(app.state::<Shell>().books.folder().path(), T::NAME).await?;
    request.validate().map_err(|fields| Error::Invalid { fields })?;
    guarded(T::NAME, async move {
        requests::admit(&app, T::ACCESS).await?;
        request.answer(&app).await
    })
    .await
}

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])*
        $(#[refused($($refusal:literal),*)])?
        $name:ident($module:ident::$request:ident) -> $out_module:ident::$output:ident, $access:ident, $effect:ident;
    )*) => {
        mod operation {
            use super::{AppHandle, Envelope, Error, Request, Response, Runtime, operate};
            $(
                $(#[doc = $doc])*
                #[tauri::command]
                pub async fn $name<R: Runtime>(app: AppHandle<R>, call: Request<'_>) -> Result<Response, Error> {
                    operate(stringify!($name), app, Envelope::read(&call)).await
                }
            )*
        }
        /// Answers the operations.
        pub fn operations<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(operation::$name),*]
        }
        /// The names that [`operations`] answers.
        pub const OPERATIONS: &[&str] = &[$(stringify!($name)),*];
    };
}
contract::with_operations!(operations);

macro_rules! requests {
    ($($name:ident($request:ident) -> $output:ident;)*) => {
        mod request {
            use super::{AppHandle, Envelope, Error, Request, Runtime, oblige};
            $(
                #[tauri::command]
                pub async fn $name<R: Runtime>(app: AppHandle<R>, call: Request<'_>) -> Result<contract::desktop::$output, Error> {
                    oblige::<R, contract::desktop::$request>(app, Envelope::read(&call)).await
                }
            )*
        }
        /// Answers what the page asks of the window.
        pub fn requests<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(request::$name),*]
        }
        /// The names that [`requests`] answers.
        pub const REQUESTS: &[&str] = &[$(stringify!($name)),*];
    };
}
contract::with_desktop_requests!(requests);
