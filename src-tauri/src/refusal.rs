//! Why a book is not open, in the terms of the startup screen.

use std::io;

use contract::desktop::StartupProblem;
use engine::OpenError;

use crate::log;

/// Why an attempt to open a book failed.
#[derive(Debug)]
pub struct Refusal {
    /// What the screen explains.
    pub problem: StartupProblem,
    /// What the log has it under.
    pub reference: Option<String>,
}

impl Refusal {
    /// A problem that needs no more words.
    pub fn plain(problem: StartupProblem) -> Self {
        Self { problem, reference: None }
    }

    /// Something that only the log explains.
    pub fn other(detail: &str) -> Self {
        Self {
            problem: StartupProblem::Other,
            reference: Some(log::failure(detail)),
        }
    }

    /// What a failure of the file system means for the book.
    pub fn of_io(error: &io::Error) -> Self {
        use io::ErrorKind::{AlreadyExists, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            // Something else stands where the folder would be.
            AlreadyExists | NotADirectory | NotFound => Self::plain(StartupProblem::Missing),
            PermissionDenied | ReadOnlyFilesystem => Self::plain(StartupProblem::ReadOnly),
            StorageFull => Self::plain(StartupProblem::DiskFull),
            _ => Self::other(&error.to_string()),
        }
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Missing => Self::plain(StartupProblem::Missing),
            OpenError::Locked => Self::plain(StartupProblem::Locked),
            OpenError::ReadOnly => Self::plain(StartupProblem::ReadOnly),
            OpenError::NotABook => Self::plain(StartupProblem::NotABook),
            OpenError::Damaged => Self::plain(StartupProblem::Damaged),
            OpenError::Newer => Self::plain(StartupProblem::Newer),
            OpenError::DiskFull => Self::plain(StartupProblem::DiskFull),
            OpenError::Unreachable(detail) => {
                tracing::warn!(detail, "the server cannot be used");
                Self::plain(StartupProblem::Unreachable)
            }
            OpenError::Tls(_) | OpenError::Swapped | OpenError::Unfinished => {
                tracing::warn!(%error, "the server cannot be used");
                Self::plain(StartupProblem::Unreachable)
            }
            OpenError::TestClock => Self::other("the book has a test clock"),
            OpenError::UnknownTimeZone => Self::other("the time zone of the computer is not known"),
            OpenError::Other { reference, .. } => Self {
                problem: StartupProblem::Other,
                reference: Some(reference),
            },
        }
    }
}

/// A refusal of the engine while the sample is made: the person asked for nothing that could be refused.
impl From<contract::Error> for Refusal {
    fn from(error: contract::Error) -> Self {
        match error {
            contract::Error::Internal { reference } => Self {
                problem: StartupProblem::Other,
                reference: Some(reference),
            },
            error => Self::other(error.kind()),
        }
    }
}
