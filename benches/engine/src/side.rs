//! The engine beside the limit: what it answers, what it asks, how long either takes.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use engine::BookLocation;
use serde_json::Value;

use crate::{
    desk::Desk,
    raw::{Raw, Statement},
    same,
    timing::Times,
};

/// An open book, and the same file through C.
pub struct Sides {
    pub desk: Desk,
    pub raw: Raw,
}

/// Times of one row.
pub struct Measured {
    pub ours: Times,
    pub raw: Times,
    pub empty: Times,
    /// Steps of SQLite's machine of one run.
    pub steps: i64,
}

impl Measured {
    /// Ours over the limit and an empty query through the same stack, by medians.
    pub fn ratio(&self) -> f64 {
        self.ours.median() / (self.raw.median() + self.empty.median())
    }
}

impl Sides {
    pub fn open(book: &Path) -> Result<Self> {
        Ok(Self {
            desk: Desk::open(BookLocation::File(book.to_owned()))?,
            raw: Raw::open(book, true)?,
        })
    }

    /// Measures a request in turn with the same query through C and with an empty query through the engine's driver.
    pub fn measure(&self, name: &str, request: &Value, runs: usize) -> Result<Measured> {
        // What has fallen due is moved by the first that asks, which then asks twice.
        self.desk.call(name, request)?;
        let (answer, asked) = self.desk.asked(name, request)?;
        ensure!(!asked.is_empty(), "{name} asks nothing");
        let statements = asked
            .iter()
            .map(|asked| self.raw.prepare_asked(asked))
            .collect::<Result<Vec<_>>>()?;
        let last = statements.last().context("no query")?.texts()?;
        same::check(request, &answer, &last)?;
        statements.iter().for_each(|statement| {
            statement.steps();
        });
        let (mut ours, mut raw, mut empty) = (Times::default(), Times::default(), Times::default());
        let mut steps = 0;
        for _ in 0..runs {
            ours.take(|| self.desk.call(name, request))?;
            raw.take(|| statements.iter().try_for_each(|statement| statement.texts().map(|_| ())))?;
            empty
                .take(|| self.desk.runtime.block_on(self.desk.app.ask("SELECT '1'")))
                .map_err(anyhow::Error::msg)?;
            steps = statements.iter().map(Statement::steps).sum();
        }
        Ok(Measured { ours, raw, empty, steps })
    }
}
