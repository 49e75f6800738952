//! Opening the person's own book: the file that belongs to this computer, another file, or a server.

use std::path::PathBuf;

use contract::{
    connection::{BookPlace, Connection},
    desktop::{OwnerSignIn, StartupProblem},
    session::Password,
};
use engine::{App, BookLocation, Identity, NewBook, OpenError, OpenOptions};

use crate::{place, refusal::Refusal, secrets::Found};

/// What to open, with everything that is known of it.
pub enum Opening {
    /// The file that belongs to this computer. It is made, unless it was made before.
    OwnFile {
        /// Its path.
        path: PathBuf,
        /// Whether it was made at an earlier start.
        was_made: bool,
    },
    /// Another file, which must be there.
    File(PathBuf),
    /// A server.
    Server {
        /// How it is reached.
        connection: Box<Connection>,
        /// The password, or why there is none.
        secret: Found,
        /// What the book is known by again.
        expected: Option<Identity>,
        /// Where its backups go.
        backups: PathBuf,
        /// Make a book there, if there is none.
        make_new: bool,
        /// Who owns its tables, if the person has given that for this opening.
        owner: Option<OwnerSignIn>,
    },
}

impl Opening {
    /// Opens it.
    ///
    /// # Errors
    /// Why not.
    pub async fn open(self) -> Result<App, Refusal> {
        match self {
            // A new book in the place of one that is gone would look as if everything had been lost.
            Self::OwnFile { path, was_made: true } => open_file(path).await.map_err(|error| missing(error, StartupProblem::Gone)),
            Self::File(path) => open_file(path).await.map_err(|error| missing(error, StartupProblem::NoFile)),
            Self::OwnFile { path, was_made: false } => open_or_make(path, NewBook::default()).await,
            Self::Server {
                connection,
                secret,
                expected,
                backups,
                make_new,
                owner,
            } => {
                let options = OpenOptions {
                    create: make_new.then(NewBook::default),
                    expected: expected.filter(|_| !make_new),
                    backups: Some(backups),
                    owner: owner.map(place::owner),
                    ..OpenOptions::default()
                };
                let location = location(*connection, secret.password.clone());
                App::open(location, options).await.map_err(|error| explain(error, &secret))
            }
        }
    }
}

fn location(connection: Connection, password: Option<Password>) -> BookLocation {
    place::location(&BookPlace::Server { connection }, password)
}

/// A server that refuses whoever gives no password asks for one; one that has no book says so in its own words.
fn explain(error: OpenError, secret: &Found) -> Refusal {
    let refusal = match error {
        OpenError::Missing => Refusal::plain(StartupProblem::NoBook),
        error => Refusal::from(error),
    };
    match refusal.problem {
        StartupProblem::SignIn if secret.password.is_none() => Refusal {
            problem: StartupProblem::PasswordNeeded,
            keyring: secret.keyring,
            ..refusal
        },
        _ => refusal,
    }
}

async fn open_file(path: PathBuf) -> Result<App, OpenError> {
    App::open(BookLocation::File(path), OpenOptions::default()).await
}

/// There was a book: that it is missing now is told apart from a folder that cannot be made.
fn missing(error: OpenError, problem: StartupProblem) -> Refusal {
    match error {
        OpenError::Missing => Refusal::plain(problem),
        error => error.into(),
    }
}

/// Opens a book, or makes it if there is none.
pub async fn open_or_make(path: PathBuf, new: NewBook) -> Result<App, Refusal> {
    let options = OpenOptions {
        create: Some(new),
        ..OpenOptions::default()
    };
    Ok(App::open(BookLocation::File(path), options).await?)
}

#[cfg(test)]
mod tests {
    use contract::desktop::KeyringProblem;

    use super::*;

    #[test]
    fn a_password_is_asked_for_only_where_none_was_given() {
        let refused = || OpenError::SignIn("password authentication failed".to_owned());
        let none = Found {
            password: None,
            keyring: Some(KeyringProblem::Locked),
        };
        let asked = explain(refused(), &none);
        assert_eq!(
            (asked.problem, asked.keyring),
            (StartupProblem::PasswordNeeded, Some(KeyringProblem::Locked))
        );
        let wrong = Found {
            password: Some(Password::from("wrong")),
            keyring: None,
        };
        assert_eq!(explain(refused(), &wrong).problem, StartupProblem::SignIn);
        assert_eq!(explain(OpenError::Missing, &none).problem, StartupProblem::NoBook);
        // A password would not help, and one that was given is not wrong.
        for secret in [&none, &wrong] {
            let kept_out = OpenError::MayNotConnect("permission denied for database".to_owned());
            assert_eq!(explain(kept_out, secret).problem, StartupProblem::MayNotConnect);
        }
        // What is said of the owner is not taken for the password of every day.
        let said = "the sign-in of the owner was refused: password authentication failed";
        let owner = explain(OpenError::OwnerNeeded(said.to_owned()), &none);
        assert_eq!((owner.problem, owner.detail.as_deref()), (StartupProblem::OwnerNeeded, Some(said)));
    }
}
