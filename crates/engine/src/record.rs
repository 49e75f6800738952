//! What the lists asked the database, so that a benchmark can ask the same without the engine.

use std::sync::{Mutex, PoisonError};

use sea_orm::Value;

use crate::{
    app::App,
    db::{Stop, Texts},
};

/// A value that a query was asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nothing.
    Null,
    /// A whole number.
    Number(i64),
    /// Whether something is so: a file has a number for it, a server has not.
    Flag(bool),
    /// A text, or a day.
    Text(String),
    /// An identifier.
    Id([u8; 16]),
}

/// A query with `?` for its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The text.
    pub sql: String,
    /// The values.
    pub values: Vec<Bound>,
}

/// The queries so far.
#[derive(Debug, Default)]
pub struct Record(Mutex<Vec<Asked>>);

impl Record {
    pub(crate) fn note(&self, sql: &str, values: &[Value]) {
        let values = values
            .iter()
            .map(|value| match value {
                Value::Bool(Some(value)) => Bound::Flag(*value),
                Value::BigInt(Some(value)) => Bound::Number(*value),
                Value::String(Some(value)) => Bound::Text(value.clone()),
                Value::ChronoDate(Some(value)) => Bound::Text(value.to_string()),
                Value::Uuid(Some(value)) => Bound::Id(*value.as_bytes()),
                _ => Bound::Null,
            })
            .collect();
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the last few are of use.
        if asked.len() > 64 {
            asked.clear();
        }
        asked.push(Asked {
            sql: sql.to_owned(),
            values,
        });
    }
}

impl App {
    /// The queries since this was asked last.
    #[must_use]
    pub fn recorded(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.0.record.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rows of a query whose columns are all text, by the way that the lists take.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ask(&self, sql: &str) -> Result<Vec<Texts>, String> {
        self.0
            .db
            .texts(sql, Vec::new(), &Stop::default())
            .await
            .map_err(|error| error.to_string())
    }

    /// Hashes the password of a customer and throws the hash away.
    ///
    /// # Errors
    /// The computer lacks the memory.
    pub async fn hash(&self, password: &str) -> Result<(), String> {
        crate::password::hash(&self.0, password, false)
            .await
            .map(|_| ())
            .map_err(|error| format!("{error:?}"))
    }
}
