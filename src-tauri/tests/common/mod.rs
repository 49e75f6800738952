//! The app over a folder, driven by JSON.

#![allow(dead_code, reason = "not every test binary uses all of it")]

use std::sync::Arc;

use contract::desktop::StartupState;
use desktop::{Shell, folder::DataFolder};
use serde_json::{Value, json};
use tauri::{
    App, Manager, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};
use tempfile::TempDir;

/// The app over a folder, with a page that may call what the capability allows.
pub struct Desk {
    pub app: App<MockRuntime>,
    page: WebviewWindow<MockRuntime>,
    pub folder: Arc<TempDir>,
}

impl Desk {
    /// An app whose book is being opened.
    pub fn start() -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Another one over the same folder.
    pub fn beside(self) -> (Self, Self) {
        let folder = Arc::clone(&self.folder);
        (self, Self::start_in(folder))
    }

    pub fn start_in(folder: Arc<TempDir>) -> Self {
        let app = desktop::with_commands(mock_builder()).build(desktop::context()).unwrap();
        app.manage(Shell::new(DataFolder::at(folder.path().join("data"))));
        let page = WebviewWindowBuilder::new(&app, "main", Default::default()).build().unwrap();
        let handle = app.handle().clone();
        tauri::async_runtime::spawn(async move { handle.state::<Shell>().books.ensure_open().await });
        Self { app, page, folder }
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub fn send(&self, command: &str, body: Value) -> Result<Value, Value> {
        let address = if cfg!(windows) {
            "http://tauri.localhost"
        } else {
            "tauri://localhost"
        };
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: address.parse().unwrap(),
            body: InvokeBody::Json(body),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.page, request).map(|answer| match answer {
            InvokeResponseBody::Raw(json) => serde_json::from_slice(&json).unwrap(),
            answer => answer.deserialize().unwrap(),
        })
    }

    pub fn ask(&self, command: &str, request: Value) -> Result<Value, Value> {
        self.send(command, json!({ "request": request }))
    }

    pub fn close(&self) {
        tauri::async_runtime::block_on(self.app.state::<Shell>().books.close());
    }

    pub fn startup(&self) -> StartupState {
        serde_json::from_value(self.ask("startup", json!({})).unwrap()).unwrap()
    }

    /// Work in the background at its end.
    pub fn ended(&self, mut work: Value) -> Value {
        while !["done", "failed", "canceled"].contains(&work["stage"].as_str().unwrap()) {
            std::thread::sleep(std::time::Duration::from_millis(50));
            work = self.ask("get_work", json!({})).unwrap();
        }
        work
    }
}

pub fn problem(state: &StartupState) -> &'static str {
    state.problem.map_or("none", contract::desktop::StartupProblem::as_str)
}
