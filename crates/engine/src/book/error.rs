//! Why a book cannot be opened.

use std::fmt;

use contract::connection::TlsProblem;
use sea_orm::DbErr;

use crate::{
    db::{self, Db},
    random,
};

/// Why a book could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// There is none.
    Missing,
    /// Another process holds it.
    Locked,
    /// It, or its folder, cannot be written.
    ReadOnly,
    /// It is on a drive of the network.
    NetworkDrive,
    /// It is something else.
    NotABook,
    /// It is damaged.
    Damaged,
    /// A newer app made it.
    Newer,
    /// The disk is full.
    DiskFull,
    /// The disk has too little room for the copy that is made before an update; how much it has, and how much is needed.
    NoRoom(String),
    /// The server does not answer, or not as it should.
    Unreachable(String),
    /// The server has no database of this name; what it said.
    NoDatabase(String),
    /// The server takes no more connections, or no more of this user; what it said.
    TooManyConnections(String),
    /// The server refuses the user or the password.
    SignIn(String),
    /// The server has let the user in, who has no right to connect to this database; what it said.
    MayNotConnect(String),
    /// The connection to the server is not secure enough; no password was sent.
    Tls(TlsProblem),
    /// This variable of the environment would change what is sent to the server, or what the server does; nothing was sent.
    Variable(&'static str),
    /// The server, or the book on it, is not the one that it was; nothing was changed there.
    Swapped,
    /// A move into this place was begun and not finished.
    Unfinished,
    /// The user may not make or change the tables of the book; what the server said. Whoever owns them may.
    OwnerNeeded(String),
    /// The time can be set only in a book with a test clock.
    TestClock,
    /// The new book was to have a time zone that the IANA does not list.
    UnknownTimeZone,
    /// Something else.
    Other {
        /// What the log has it under.
        reference: String,
        /// What it is.
        detail: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "There is no book here. Check the path, or make a book with init.",
            Self::Locked => "Another process holds this book. Close it and try again.",
            Self::ReadOnly => "This book cannot be written. Check the rights of the file and of its folder.",
            Self::NetworkDrive => "A book on a network drive could be damaged. Move it to a disk of this computer; share it by a server.",
            Self::NotABook => "This file is not a Clientele book. Choose another file.",
            Self::Damaged => "This book is damaged. Restore the newest backup; keep this file.",
            Self::Newer => "A newer version of the app made this book. Update the app.",
            Self::DiskFull => "The disk is full. Make room and try again; nothing was lost.",
            Self::NoRoom(detail) => {
                return write!(
                    f,
                    "The disk has too little room for the backup before the update ({detail}). Nothing was changed. Remove old backups or move them to another disk, and try again."
                );
            }
            Self::Unreachable(detail) => return write!(f, "The server cannot be used: {detail}"),
            Self::NoDatabase(detail) => {
                return write!(
                    f,
                    "The server has no such database ({detail}). Check the name of the database in the connection, or ask who runs the server whether it was renamed or removed."
                );
            }
            Self::TooManyConnections(detail) => {
                return write!(
                    f,
                    "The server takes no more connections ({detail}). Close the app on desks where nobody works, or wait a little, and try again. If that does not help, ask who runs the server to allow more."
                );
            }
            Self::SignIn(detail) => return write!(f, "The server refuses the sign-in: {detail}"),
            Self::MayNotConnect(detail) => {
                return write!(
                    f,
                    "This user may not connect to the database ({detail}). User and password are not refused. Ask an administrator of the server to grant the user CONNECT on it."
                );
            }
            Self::Tls(problem) => {
                let words = contract::words::tls_problem(*problem);
                return write!(f, "{}. {}", words.title, words.advice);
            }
            Self::Variable(name) => {
                return write!(
                    f,
                    "{name} is set and would change what is sent to the server, or what the server does. Nothing was sent. Take it out of the environment."
                );
            }
            Self::Swapped => "This is not the server, or not the book, that was here before. Nothing was changed. Ask who runs the server.",
            Self::OwnerNeeded(detail) => {
                return write!(
                    f,
                    "This user may not make or change the tables of the book ({detail}). Their owner may: name that user once, or ask who looks after the server. clientelectl roles prints what each of them needs."
                );
            }
            Self::Unfinished => "A move into this place was not finished. Start the same move again to go on with it.",
            Self::UnknownTimeZone => "There is no such time zone. Name one of the IANA's list, such as Europe/Berlin.",
            Self::TestClock => "The time can be set only in a book that was made with --test-clock.",
            Self::Other { reference, detail } => return write!(f, "The book cannot be opened ({reference}): {detail}"),
        })
    }
}

impl std::error::Error for OpenError {}

impl OpenError {
    /// Whether the same may go well a little later, without anybody doing something about it.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TooManyConnections(_) | Self::Locked)
    }
}

pub(crate) fn other(detail: &dyn fmt::Display) -> OpenError {
    let reference = random::reference();
    tracing::error!(%reference, %detail, "the book cannot be opened");
    OpenError::Other {
        reference,
        detail: detail.to_string(),
    }
}

/// Reads the cause of a database error from its code, never from its words.
pub(crate) fn cause(error: &sqlx::Error) -> OpenError {
    if let Some(said) = db::not_allowed(error) {
        return OpenError::OwnerNeeded(said.to_owned());
    }
    if db::has_no_room(error) {
        return OpenError::DiskFull;
    }
    // Primary result codes: https://www.sqlite.org/rescode.html
    match db::file_code(error).map(|code| code & 0xff) {
        Some(5 | 6 | 15) => OpenError::Locked,
        Some(8 | 14) => OpenError::ReadOnly,
        Some(11) => OpenError::Damaged,
        Some(26) => OpenError::NotABook,
        _ => other(error),
    }
}

pub(crate) fn db_cause(error: &DbErr) -> OpenError {
    match error {
        DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => cause(error),
        error => other(error),
    }
}

/// The same of an open database: a connection to a server can be lost, one to a file cannot.
pub(crate) fn cause_at(db: &Db, error: &DbErr) -> OpenError {
    if db.is_server() && db::is_lost(error) {
        tracing::warn!(%error, "the server went away");
        return OpenError::Unreachable("the connection was lost".to_owned());
    }
    db_cause(error)
}
