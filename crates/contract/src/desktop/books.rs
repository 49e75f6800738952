//! Which book is open, which were, how another is opened, and how one moves. The page never sees a password that is kept.

use super::StartupState;
use crate::{
    FieldError, Timestamp, Validate,
    connection::{self, BookPlace, Connection, StepAnswer},
    names, rules,
    rules::always_valid,
    session::Password,
    wire,
};

names! {
    /// Why the keyring of the computer does not keep a password, or does not give it.
    pub enum KeyringProblem {
        /// The computer has none that runs.
        Missing = "missing",
        /// It is locked, and nobody unlocked it.
        Locked = "locked",
        /// It did not answer within five seconds.
        Silent = "silent",
        /// Something else; the log has it.
        Other = "other",
    }
}

impl KeyringProblem {
    /// Why, as the first half of a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "This computer has no keyring that runs",
            Self::Locked => "The keyring of this computer is locked",
            Self::Silent => "The keyring of this computer did not answer within five seconds; it may be locked",
            Self::Other => "The keyring of this computer failed",
        }
    }
}

names! {
    /// What a file is chosen for.
    pub enum FilePurpose {
        /// A book to open.
        Book = "book",
        /// The place of a book that is to be made.
        NewBook = "new_book",
        /// Certificates of authorities.
        Authority = "authority",
        /// The own certificate.
        Certificate = "certificate",
        /// Its key.
        Key = "key",
    }
}

wire! {
    /// A book that was open on this computer.
    pub struct KnownBook {
        /// Where it is.
        pub place: BookPlace,
        /// Its name, once somebody was signed in to it.
        pub name: Option<String>,
        /// When it was opened last.
        pub opened_at: Timestamp,
        /// Whether it is the person's own now.
        pub is_current: bool,
    }

    /// Asks which books this computer remembers.
    #[derive(Default)]
    pub struct ListBooks {}

    /// The books that this computer remembers, the current one first, then by when they were open.
    pub struct KnownBooks {
        /// All of them.
        pub items: Vec<KnownBook>,
        /// The file of the book that belongs to this computer.
        pub own_file: String,
    }

    /// Opens a book in another place; ends the session. The book that was open stays where it is.
    pub struct OpenPlace {
        /// Where it is.
        pub place: BookPlace,
        /// The password of the server; what the keyring has, if it is not given.
        #[serde(default)]
        pub password: Option<Password>,
        /// Whether the keyring is to keep the password; if not, what it has of an earlier time is removed. If this is not given, it
        /// stays as it is.
        #[serde(default)]
        pub keep: Option<bool>,
        /// Make a new book there, if the place is empty.
        #[serde(default)]
        pub make_new: bool,
        /// Take whatever book is there now: what the one that was there before was known by is given up.
        #[serde(default)]
        pub anew: bool,
        /// Who owns the tables, where the user of the place may not make or change them.
        #[serde(default)]
        pub owner: Option<OwnerSignIn>,
    }

    /// Whoever owns the tables of a book on a server. Used for one opening, to make them or to bring them up to date, and kept
    /// nowhere.
    pub struct OwnerSignIn {
        /// The user.
        pub user: String,
        /// The password; empty, if the server asks for none.
        pub password: Password,
    }

    /// Takes a book off the list, and its password off the keyring, unless another book on the list needs the same. The book itself
    /// stays.
    pub struct ForgetBook {
        /// Where it is.
        pub place: BookPlace,
    }

    /// Keeps the name of the open book for the list.
    pub struct NoteBookName {
        /// The name.
        pub name: String,
    }

    /// Tries a connection step by step. Changes nothing; what was typed for it is not kept.
    pub struct TestConnection {
        /// How the server is reached.
        pub connection: Connection,
        /// The password; what the keyring has, if it is not given.
        #[serde(default)]
        pub password: Option<Password>,
    }

    /// What came of a try.
    pub struct ConnectionTest {
        /// Each step up to the first that failed.
        pub steps: Vec<StepAnswer>,
        /// Why the keyring gave no password, if it was asked.
        pub keyring: Option<KeyringProblem>,
    }

    /// Looks whether a server answers by a connection that is as secure as it has to be. No password is asked for, looked up or sent.
    pub struct FindServer {
        /// How it is reached.
        pub connection: Connection,
    }

    /// Whether a server answers.
    pub struct FoundServer {
        /// Whether it does.
        pub is_there: bool,
    }

    /// Asks the person for a file.
    pub struct ChooseFile {
        /// What for.
        pub purpose: FilePurpose,
    }

    /// A file that was chosen.
    pub struct ChosenFile {
        /// Its path; nothing, if the person closed the question.
        pub path: Option<String>,
    }

    /// Moves the open book to another place, in the background. The password has to be given again before
    /// (`confirm_password`), unless it is only rehearsed.
    pub struct MoveBook {
        /// Where to.
        pub target: BookPlace,
        /// The password of the server; what the keyring has, if it is not given.
        #[serde(default)]
        pub password: Option<Password>,
        /// Only check and count.
        pub dry_run: bool,
    }

    /// Removes in the background what a move of the open book has left in a place, if it was canceled or broken off. A book that is
    /// there stays. It ends as a move that is canceled.
    pub struct DiscardMove {
        /// Where it was to move.
        pub target: BookPlace,
        /// The password of the server; what the keyring has, if it is not given.
        #[serde(default)]
        pub password: Option<Password>,
    }

    /// Waits until the book was changed elsewhere, for a quarter of a minute at most.
    pub struct WatchBook {
        /// The number that the last signal had; nothing, to begin.
        pub known: Option<u64>,
    }

    /// What is known of changes elsewhere.
    pub struct BookSignal {
        /// The number of the newest change that was heard of.
        pub number: u64,
        /// Whether somebody else has changed something since.
        pub is_news: bool,
    }
}

always_valid!(ListBooks, ChooseFile, WatchBook);

/// The rules of a place and of a password beside it.
fn place_rules(field: &str, place: &BookPlace, password: Option<&Password>) -> Result<(), Vec<FieldError>> {
    together([
        place.check(&format!("{field}.")),
        rules::check(|found| password_rule("password", password, found)),
    ])
}

/// A password may be empty: not every server asks for one.
fn password_rule(field: &str, password: Option<&Password>, found: &mut rules::Found) {
    if let Some(password) = password.filter(|password| !password.0.is_empty()) {
        found.given_password(field, &password.0);
    }
}

/// What breaks any of them.
fn together<const N: usize>(checks: [Result<(), Vec<FieldError>>; N]) -> Result<(), Vec<FieldError>> {
    let wrong: Vec<FieldError> = checks.into_iter().filter_map(Result::err).flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

impl Validate for OpenPlace {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let of_owner = rules::check(|found| {
            if let Some(owner) = &self.owner {
                found.text("owner.user", &owner.user, connection::MAX_IDENTIFIER);
                password_rule("owner.password", Some(&owner.password), found);
            }
        });
        together([place_rules("place", &self.place, self.password.as_ref()), of_owner])
    }
}

impl Validate for ForgetBook {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        Ok(())
    }
}

impl Validate for NoteBookName {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.text("name", &self.name, rules::MAX_NAME))
    }
}

impl Validate for TestConnection {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            self.connection.check("connection.", found);
            password_rule("password", self.password.as_ref(), found);
        })
    }
}

impl Validate for FindServer {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| self.connection.check("connection.", found))
    }
}

impl Validate for MoveBook {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        place_rules("target", &self.target, self.password.as_ref())
    }
}

impl Validate for DiscardMove {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        place_rules("target", &self.target, self.password.as_ref())
    }
}

impl StartupState {
    /// Whether the book is on a server.
    #[must_use]
    pub fn is_on_server(&self) -> bool {
        matches!(self.place, BookPlace::Server { .. })
    }

    /// The host, where everything that is sent could be read or changed on the way.
    #[must_use]
    pub fn open_to_others(&self) -> Option<&str> {
        match &self.place {
            BookPlace::Server { connection } if connection.is_open_to_others() => Some(&connection.host),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_owns_the_tables_is_named_and_the_password_is_not_shown() {
        let opening = |user: &str| OpenPlace {
            place: BookPlace::File {
                path: "book.db".to_owned(),
            },
            password: None,
            keep: None,
            make_new: false,
            anew: false,
            owner: Some(OwnerSignIn {
                user: user.to_owned(),
                password: Password::from("canary-2916"),
            }),
        };
        assert_eq!(opening("olga").validate(), Ok(()));
        let wrong = opening(" ").validate().err().unwrap_or_default();
        assert_eq!(wrong.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["owner.user"]);
        assert!(!format!("{:?}", opening("olga")).contains("canary"));
    }
}
