//! The engine with an open book, somebody signed in: what it answers, and what it asks the database for that.

use anyhow::Result;
use contract::session::SignIn;
use engine::{App, BookLocation, OpenOptions, record::Asked};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::PASSWORD;

/// An open book, and what its operations run on.
pub struct Desk {
    pub app: App,
    pub runtime: Runtime,
}

impl Desk {
    pub fn open(book: BookLocation) -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let app = runtime
            .block_on(App::open(book, OpenOptions::default()))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let sign_in = SignIn {
            email: engine::demo::OWNER_EMAIL.to_owned(),
            password: PASSWORD.into(),
        };
        runtime
            .block_on(app.call(sign_in, None))
            .map_err(|error| anyhow::anyhow!("sign in: {error:?}"))?;
        Ok(Self { app, runtime })
    }

    /// Asks the engine.
    pub fn call(&self, name: &str, request: &Value) -> Result<String> {
        self.runtime
            .block_on(self.app.call_json(name, request.clone(), None))
            .map_err(|error| anyhow::anyhow!("{name} {request}: {error:?}"))
    }

    /// The same with the queries that the engine asks for it; none, if it asks by another way.
    pub fn asked(&self, name: &str, request: &Value) -> Result<(String, Vec<Asked>)> {
        let _ = self.app.recorded();
        let answer = self.call(name, request)?;
        Ok((answer, self.app.recorded()))
    }
}
