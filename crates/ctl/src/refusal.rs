//! Why a command was not done, as JSON for scripts and in words for people.

use std::{fmt, io};

use contract::Error;
use engine::{BackupError, OpenError, Trouble};
use serde_json::{Value, json};

/// Why a command was not done.
#[derive(Debug)]
pub enum Refusal {
    /// The engine refused.
    Refused(Error),
    /// The book cannot be opened.
    CannotOpen(OpenError),
    /// The copy was not made.
    NoBackup(BackupError),
    /// A backup, a restore or a move was not done.
    NotDone(Trouble),
    /// The book was checked and is not what it should be; the findings are said already.
    Findings,
    /// The command cannot be done as it was typed.
    WrongUse(String),
    /// Reading or writing failed.
    Io(io::Error),
}

impl Refusal {
    /// What scripts read; nothing if it is said already or was wrong use.
    pub fn json(&self) -> Option<Value> {
        let error = match self {
            Self::Refused(error) => serde_json::to_value(error).unwrap_or(Value::Null),
            Self::CannotOpen(OpenError::TestClock) => json!({"kind": "forbidden", "reason": "test_clock"}),
            Self::CannotOpen(OpenError::Tls(problem)) => json!({"kind": "cannot_open", "reason": "tls", "problem": problem}),
            Self::CannotOpen(error) => json!({"kind": "cannot_open", "reason": open_reason(error)}),
            Self::NoBackup(error) => json!({"kind": "no_backup", "reason": backup_reason(error)}),
            Self::NotDone(Trouble::Canceled) => json!({"kind": "not_done", "reason": "canceled"}),
            Self::NotDone(Trouble::Problem(problem, detail)) => json!({"kind": "not_done", "reason": problem, "detail": detail}),
            Self::Findings | Self::WrongUse(_) | Self::Io(_) => return None,
        };
        Some(json!({ "error": error }))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => {
                let words = contract::words::error(error);
                write!(f, "{}. {}", words.title, words.advice)
            }
            Self::CannotOpen(error) => error.fmt(f),
            Self::NoBackup(error) => error.fmt(f),
            Self::NotDone(trouble) => trouble.fmt(f),
            Self::Findings => f.write_str("The book is not what it should be. Keep the file, and restore the newest backup that passes."),
            Self::WrongUse(words) => f.write_str(words),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::UnknownTimeZone => Self::Refused(Error::field("time_zone", contract::Problem::UnknownTimeZone)),
            error => Self::CannotOpen(error),
        }
    }
}

impl From<BackupError> for Refusal {
    fn from(error: BackupError) -> Self {
        Self::NoBackup(error)
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self::NotDone(trouble)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn open_reason(error: &OpenError) -> &'static str {
    match error {
        OpenError::Missing => "missing",
        OpenError::Locked => "locked",
        OpenError::ReadOnly => "read_only",
        OpenError::NotABook => "not_a_book",
        OpenError::Damaged => "damaged",
        OpenError::Newer => "newer",
        OpenError::DiskFull => "disk_full",
        OpenError::Unreachable(_) => "unreachable",
        OpenError::SignIn(_) => "sign_in",
        OpenError::Tls(_) => "tls",
        OpenError::Swapped => "swapped",
        OpenError::Unfinished => "unfinished",
        OpenError::TestClock => "test_clock",
        OpenError::UnknownTimeZone => "unknown_time_zone",
        OpenError::Other { .. } => "other",
    }
}

fn backup_reason(error: &BackupError) -> &'static str {
    match error {
        BackupError::NotAFile => "not_a_file",
        BackupError::Exists => "exists",
        BackupError::Canceled => "canceled",
        BackupError::Io(_) => "io",
        BackupError::Record(_) => "record",
        BackupError::Unusable(_) => "unusable",
        BackupError::Flawed { .. } => "flawed",
    }
}
