//! Why a command was not done, as JSON for scripts and in words for people.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

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
    /// The connection to this host would be one that others could listen to, and nobody has said that it may.
    OpenToOthers(String),
    /// Ctrl-C was pressed before a book was finished that was not made here alone; what was begun is left.
    GivenUp,
    /// The command cannot be done as it was typed.
    WrongUse(String),
    /// Reading or writing failed, of this file unless it was the input or the output.
    Io(io::Error, Option<PathBuf>),
}

impl Refusal {
    /// Reading or writing this file failed.
    pub fn of_file(file: &Path) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |error| Self::Io(error, Some(file))
    }

    /// What scripts read; nothing if it is said already or was wrong use.
    pub fn json(&self) -> Option<Value> {
        let error = match self {
            Self::Refused(error) => serde_json::to_value(error).unwrap_or(Value::Null),
            Self::CannotOpen(OpenError::TestClock) => json!({"kind": "forbidden", "reason": "test_clock"}),
            Self::CannotOpen(OpenError::Tls(problem)) => json!({"kind": "cannot_open", "reason": "tls", "problem": problem}),
            Self::CannotOpen(OpenError::Variable(name)) => json!({"kind": "cannot_open", "reason": "variable", "name": name}),
            Self::CannotOpen(error) => json!({"kind": "cannot_open", "reason": open_reason(error)}),
            Self::NoBackup(error) => json!({"kind": "no_backup", "reason": backup_reason(error)}),
            Self::OpenToOthers(host) => json!({"kind": "cannot_open", "reason": "open_to_others", "host": host}),
            Self::NotDone(Trouble::Canceled) | Self::GivenUp => json!({"kind": "not_done", "reason": "canceled"}),
            Self::NotDone(Trouble::Problem(problem, detail)) => json!({"kind": "not_done", "reason": problem, "detail": detail}),
            Self::Io(error, file) => {
                let file = file.as_ref().map(|file| file.display().to_string());
                json!({"kind": "io", "reason": io_reason(error), "file": file})
            }
            Self::Findings | Self::WrongUse(_) => return None,
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
            Self::CannotOpen(error @ OpenError::OwnerNeeded(_)) => write!(
                f,
                "{error} Here it is named with --postgres-owner USER; its password comes from the file of PGPASSFILE, or is asked for with --ask-owner-password."
            ),
            Self::CannotOpen(error) => error.fmt(f),
            Self::NoBackup(error) => error.fmt(f),
            Self::NotDone(trouble) => trouble.fmt(f),
            Self::Findings => f.write_str("The book is not what it should be. Keep the file, and restore the newest backup that passes."),
            Self::OpenToOthers(host) => write!(
                f,
                "The connection to {host} would not be secured and verified: others could listen to it or step into it. Nothing was sent. Take sslmode out of the URL, and PGSSLMODE out of the environment; for an authority of your own add ?sslrootcert=ca.pem. If it has to be so, name the host once more: --accept-insecure {host}"
            ),
            Self::GivenUp => f.write_str(
                "It was given up. What was written so far is left in its place; a book that was not finished is not taken for a good one.",
            ),
            Self::WrongUse(words) => f.write_str(words),
            Self::Io(error, None) => write!(f, "Reading or writing failed: {error}"),
            Self::Io(error, Some(file)) => {
                let file = file.display();
                match io_reason(error) {
                    "exists" => write!(f, "{file} is there already. Choose another name; nothing is overwritten."),
                    "missing" => write!(f, "{file} is not there, or its folder is not. Check the path."),
                    "not_allowed" => write!(
                        f,
                        "{file} may not be used. Check the rights of the file and of its folder, or choose another place."
                    ),
                    "disk_full" => write!(f, "{file} could not be written: the disk is full. Make room and try again."),
                    _ => write!(f, "{file} could not be read or written: {error}"),
                }
            }
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
        Self::Io(error, None)
    }
}

fn io_reason(error: &io::Error) -> &'static str {
    use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        AlreadyExists => "exists",
        NotFound | NotADirectory | IsADirectory => "missing",
        PermissionDenied | ReadOnlyFilesystem => "not_allowed",
        StorageFull => "disk_full",
        _ => "other",
    }
}

fn open_reason(error: &OpenError) -> &'static str {
    match error {
        OpenError::Missing => "missing",
        OpenError::Locked => "locked",
        OpenError::ReadOnly => "read_only",
        OpenError::NetworkDrive => "network_drive",
        OpenError::NotABook => "not_a_book",
        OpenError::Damaged => "damaged",
        OpenError::Newer => "newer",
        OpenError::DiskFull => "disk_full",
        OpenError::NoRoom(_) => "no_room",
        OpenError::Unreachable(_) => "unreachable",
        OpenError::NoDatabase(_) => "no_database",
        OpenError::TooManyConnections(_) => "too_many_connections",
        OpenError::SignIn(_) => "sign_in",
        OpenError::MayNotConnect(_) => "may_not_connect",
        OpenError::Tls(_) => "tls",
        OpenError::Variable(_) => "variable",
        OpenError::Swapped => "swapped",
        OpenError::Unfinished => "unfinished",
        OpenError::OwnerNeeded(_) => "owner_needed",
        OpenError::TestClock => "test_clock",
        OpenError::UnknownTimeZone => "unknown_time_zone",
        OpenError::Other { .. } => "other",
    }
}

fn backup_reason(error: &BackupError) -> &'static str {
    match error {
        BackupError::NotAFile => "not_a_file",
        BackupError::Exists | BackupError::RecordExists(_) => "exists",
        BackupError::Canceled => "canceled",
        BackupError::NoRoom(_) => "no_room",
        BackupError::Io(_) => "io",
        BackupError::Record(_) => "record",
        BackupError::Unusable(_) => "unusable",
        BackupError::Flawed { .. } => "flawed",
    }
}
