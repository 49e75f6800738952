//! Why a book is not open, in the terms of the startup screen.

use std::io;

use contract::{
    Conflict,
    connection::TlsProblem,
    desktop::{KeyringProblem, StartupProblem},
};
use engine::OpenError;

use crate::{lock::LockError, log};

/// Why an attempt to open a book failed.
#[derive(Debug)]
pub struct Refusal {
    /// What the screen explains.
    pub problem: StartupProblem,
    /// What the log has it under.
    pub reference: Option<String>,
    /// What is wrong with how the server secures the connection.
    pub tls: Option<TlsProblem>,
    /// Why the keyring gave no password.
    pub keyring: Option<KeyringProblem>,
    /// What the server or the network said.
    pub detail: Option<String>,
}

impl Refusal {
    /// A problem that needs no more words.
    pub fn plain(problem: StartupProblem) -> Self {
        Self {
            problem,
            reference: None,
            tls: None,
            keyring: None,
            detail: None,
        }
    }

    /// Something that only the log explains.
    pub fn other(detail: &str) -> Self {
        Self::kept_under(log::failure(detail))
    }

    fn kept_under(reference: String) -> Self {
        Self {
            reference: Some(reference),
            ..Self::plain(StartupProblem::Other)
        }
    }

    fn with_detail(problem: StartupProblem, detail: String) -> Self {
        tracing::warn!(detail, "the server cannot be used");
        Self {
            detail: Some(detail),
            ..Self::plain(problem)
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

impl From<LockError> for Refusal {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held => Self::plain(StartupProblem::Locked),
            LockError::Io(error) => Self::of_io(&error),
        }
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Missing => Self::plain(StartupProblem::Missing),
            OpenError::Locked => Self::plain(StartupProblem::Locked),
            OpenError::ReadOnly => Self::plain(StartupProblem::ReadOnly),
            OpenError::NetworkDrive => Self::plain(StartupProblem::NetworkDrive),
            OpenError::NotABook => Self::plain(StartupProblem::NotABook),
            OpenError::Damaged => Self::plain(StartupProblem::Damaged),
            OpenError::Newer => Self::plain(StartupProblem::Newer),
            OpenError::DiskFull => Self::plain(StartupProblem::DiskFull),
            OpenError::NoRoom(detail) => Self {
                detail: Some(detail),
                ..Self::plain(StartupProblem::DiskFull)
            },
            OpenError::Unreachable(detail) => Self::with_detail(StartupProblem::Unreachable, detail),
            OpenError::NoDatabase(detail) => Self::with_detail(StartupProblem::NoDatabase, detail),
            OpenError::TooManyConnections(detail) => Self::with_detail(StartupProblem::TooManyConnections, detail),
            OpenError::SignIn(detail) => Self::with_detail(StartupProblem::SignIn, detail),
            OpenError::MayNotConnect(detail) => Self::with_detail(StartupProblem::MayNotConnect, detail),
            OpenError::Tls(problem) => Self {
                tls: Some(problem),
                ..Self::plain(StartupProblem::Tls)
            },
            OpenError::Variable(name) => Self::with_detail(StartupProblem::Variable, format!("{name} is set")),
            OpenError::Swapped => Self::plain(StartupProblem::Swapped),
            OpenError::Unfinished => Self::plain(StartupProblem::Unfinished),
            OpenError::OwnerNeeded(detail) => Self::with_detail(StartupProblem::OwnerNeeded, detail),
            OpenError::TestClock => Self::other("the book has a test clock"),
            OpenError::UnknownTimeZone => Self::other("the time zone of the computer is not known"),
            OpenError::Other { reference, .. } => Self::kept_under(reference),
        }
    }
}

/// A refusal of the engine while the sample is made: the person asked for nothing that could be refused.
impl From<contract::Error> for Refusal {
    fn from(error: contract::Error) -> Self {
        match error {
            contract::Error::Internal { reference } => Self::kept_under(reference),
            contract::Error::Conflict {
                conflict: Conflict::DiskFull,
            } => Self::plain(StartupProblem::DiskFull),
            error => Self::other(error.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_for_which_there_is_no_room_says_so() {
        let full = Refusal::from(contract::Error::from(Conflict::DiskFull));
        assert_eq!((full.problem, full.reference), (StartupProblem::DiskFull, None));
    }

    #[test]
    fn an_update_for_whose_backup_there_is_no_room_says_how_much_is_needed() {
        let said = || "how much is needed".to_owned();
        let refusal = Refusal::from(OpenError::NoRoom(said()));
        assert_eq!((refusal.problem, refusal.detail), (StartupProblem::DiskFull, Some(said())));
    }

    #[test]
    fn a_server_that_answers_is_not_said_to_be_silent() {
        let said = || "what the server said".to_owned();
        for (error, problem) in [
            (OpenError::NoDatabase(said()), StartupProblem::NoDatabase),
            (OpenError::TooManyConnections(said()), StartupProblem::TooManyConnections),
            (OpenError::MayNotConnect(said()), StartupProblem::MayNotConnect),
        ] {
            let refusal = Refusal::from(error);
            assert_eq!((refusal.problem, refusal.detail), (problem, Some(said())));
        }
    }
}
