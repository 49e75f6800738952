//! WebDriver's wire protocol, as far as a walk needs it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open session: one window.
pub struct Session {
    agent: ureq::Agent,
    base: String,
}

/// An element of the page, by the driver's name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(String);

impl Session {
    /// Opens the program in a new session of the driver on this port.
    pub fn open(port: u16, binary: &str, arguments: &[&str]) -> Result<Self> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(90)));
        let driver = Self {
            agent: config.build().into(),
            base: format!("http://127.0.0.1:{port}"),
        };
        let capabilities = json!({"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": binary, "args": arguments},
            "timeouts": {"script": 85_000},
        }});
        let session = driver.post("/session", &json!({"capabilities": capabilities}))?;
        let id = session["sessionId"].as_str().context("the driver opened no session")?;
        Ok(Self {
            base: format!("{}/session/{id}", driver.base),
            ..driver
        })
    }

    /// Ends the session, and the program with it, without warning.
    pub fn close(&self) -> Result<()> {
        answer(self.agent.delete(&self.base).call()?).map(|_| ())
    }

    /// Has something done.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        answer(self.agent.post(format!("{}{path}", self.base)).send_json(body)?)
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// The same for one that calls its last argument when it is done.
    pub fn run_until_called(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/async", &json!({"script": script, "args": arguments}))
    }
}

impl Handle {
    /// The element in an answer, if it holds one.
    pub fn of(value: &Value) -> Option<Self> {
        value[ELEMENT].as_str().map(|id| Self(id.to_owned()))
    }

    /// As an argument of a script.
    pub fn argument(&self) -> Value {
        json!({ELEMENT: self.0})
    }

    /// Where the driver answers for it.
    pub fn path(&self, of: &str) -> String {
        format!("/element/{}/{of}", self.0)
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Value> {
    let mut body: Value = response.body_mut().read_json()?;
    if response.status().is_success() {
        return Ok(body["value"].take());
    }
    Err(anyhow!(
        "{}: {}",
        body["value"]["error"].as_str().unwrap_or("error"),
        body["value"]["message"].as_str().unwrap_or("no word why")
    ))
}
