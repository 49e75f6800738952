//! What can go wrong inside: a refusal that the person can act on, or something broken that only the log explains.

use sea_orm::DbErr;

/// Why an operation was not done.
#[derive(Debug)]
pub enum Error {
    /// The request was refused; the page knows the words for it.
    Refused(contract::Error),
    /// The database failed.
    Broken(DbErr),
    /// The commit was sent to the server and its answer is missing.
    Uncertain(DbErr),
    /// The book holds something that it must not, or the computer lacks something.
    Fault(String),
}

/// The result of a step of an operation.
pub type Result<T> = std::result::Result<T, Error>;

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Broken(error)
    }
}

impl From<contract::Error> for Error {
    fn from(error: contract::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<contract::Conflict> for Error {
    fn from(conflict: contract::Conflict) -> Self {
        Self::Refused(conflict.into())
    }
}

impl From<std::num::TryFromIntError> for Error {
    fn from(error: std::num::TryFromIntError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

/// A stored word that the code does not know.
pub fn unknown_word(column: &str, word: &str) -> Error {
    Error::Fault(format!("{column} holds the unknown word {word}"))
}

/// `NotFound` of a kind of record.
pub fn not_found(noun: contract::Noun) -> Error {
    Error::Refused(contract::Error::NotFound { noun })
}
