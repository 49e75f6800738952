//! The engine beside the limit: what it answers, what it asks, how long either takes.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use contract::session::SignIn;
use engine::{App, BookLocation, OpenOptions, record::Asked};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{PASSWORD, raw::Raw, timing::Times};

/// An open book, and the same file through C.
pub struct Sides {
    pub app: App,
    pub raw: Raw,
    pub runtime: Runtime,
}

/// Times of one row.
pub struct Measured {
    pub ours: Times,
    pub raw: Times,
    pub empty: Times,
    /// Steps of SQLite's machine of one run.
    pub steps: i64,
    /// Queries of one run.
    pub queries: usize,
}

impl Measured {
    /// Ours over the limit and an empty query through the same stack, by medians.
    pub fn ratio(&self) -> f64 {
        self.ours.median() / (self.raw.median() + self.empty.median())
    }
}

impl Sides {
    pub fn open(book: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let app = runtime
            .block_on(App::open(BookLocation::File(book.to_owned()), OpenOptions::default()))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let sign_in = SignIn {
            email: engine::demo::OWNER_EMAIL.to_owned(),
            password: PASSWORD.into(),
        };
        runtime
            .block_on(app.call(sign_in, None))
            .map_err(|error| anyhow::anyhow!("sign in: {error:?}"))?;
        Ok(Self {
            raw: Raw::open(book, true)?,
            app,
            runtime,
        })
    }

    /// Asks the engine.
    pub fn call(&self, name: &str, request: &Value) -> Result<String> {
        self.runtime
            .block_on(self.app.call_json(name, request.clone(), None))
            .map_err(|error| anyhow::anyhow!("{name} {request}: {error:?}"))
    }

    /// The query that the engine asks for a request; `None` if it asks by another way.
    pub fn asked(&self, name: &str, request: &Value) -> Result<Vec<Asked>> {
        self.app.recorded();
        self.call(name, request)?;
        Ok(self.app.recorded())
    }

    /// Measures a request in turn with the same query through C and with an empty query through the engine's driver.
    pub fn measure(&self, name: &str, request: &Value, runs: usize) -> Result<Measured> {
        let asked = self.asked(name, request)?;
        ensure!(!asked.is_empty(), "{name} asks nothing");
        let statements = asked
            .iter()
            .map(|asked| self.raw.prepare_asked(asked))
            .collect::<Result<Vec<_>>>()?;
        let answer = self.call(name, request)?;
        let last = statements.last().context("no query")?.texts()?;
        check_same(&answer, &last)?;
        statements.iter().for_each(|statement| {
            statement.steps();
        });
        let (mut ours, mut raw, mut empty) = (Times::default(), Times::default(), Times::default());
        let mut steps = 0;
        for _ in 0..runs {
            ours.take(|| self.call(name, request))?;
            raw.take(|| statements.iter().try_for_each(|statement| statement.texts().map(|_| ())))?;
            empty
                .take(|| self.runtime.block_on(self.app.ask("SELECT '1'")))
                .map_err(anyhow::Error::msg)?;
            steps = statements.iter().map(super::raw::Statement::steps).sum();
        }
        Ok(Measured {
            ours,
            raw,
            empty,
            steps,
            queries: asked.len(),
        })
    }
}

/// Both sides must return the same rows.
fn check_same(answer: &str, rows: &[Vec<Option<String>>]) -> Result<()> {
    let answer: Value = serde_json::from_str(answer)?;
    let Some(items) = answer.get("items") else { return Ok(()) };
    let first = rows.first().and_then(|row| row.first()).cloned().flatten().unwrap_or_default();
    let raw: Value = serde_json::from_str(&first)?;
    if *items == raw {
        Ok(())
    } else {
        bail!("the two sides return different rows")
    }
}
