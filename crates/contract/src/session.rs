//! Signing in, locking and passwords.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Currency, CustomerId, FieldError, Timestamp, Validate, names, rules, rules::always_valid, wire};

/// A password on its way to be hashed. Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

names! {
    /// What the book waits for.
    pub enum SessionStage {
        /// Its first administrator.
        FirstRun = "first_run",
        /// A sign-in.
        SignedOut = "signed_out",
        /// The password of the administrator who locked it.
        Locked = "locked",
        /// Nothing: operations are answered.
        SignedIn = "signed_in",
    }
}

wire! {
    /// An account that may sign in.
    pub struct Administrator {
        /// The account.
        pub id: CustomerId,
        /// The name.
        pub full_name: String,
        /// The e-mail address.
        pub email: String,
    }

    /// Who is signed in.
    pub struct SessionState {
        /// What the book waits for.
        pub stage: SessionStage,
        /// Who is signed in or has locked.
        pub administrator: Option<Administrator>,
        /// The name of the book.
        pub book_name: String,
        /// The book's currency.
        pub currency: Currency,
        /// The book's IANA time zone.
        pub time_zone: String,
        /// Minutes without input until the session locks itself.
        pub idle_lock_minutes: u32,
        /// Seconds until the next try to sign in is taken; 0 if at once.
        pub retry_after: u32,
        /// Whether the book was made for tests and takes its time from the caller.
        pub test_clock: bool,
    }

    /// Makes the first administrator.
    pub struct FirstRun {
        /// The name.
        pub full_name: String,
        /// The e-mail address.
        pub email: String,
        /// At least 12 characters and not easy to guess.
        pub password: Password,
        /// The name of the book; the administrator's, if it is not given.
        #[serde(default)]
        pub book_name: Option<String>,
        /// The book's currency; the one made with the book, if it is not given.
        #[serde(default)]
        pub currency: Option<Currency>,
        /// The book's IANA time zone; the computer's, if it is not given.
        #[serde(default)]
        pub time_zone: Option<String>,
    }

    /// Signs in.
    pub struct SignIn {
        /// The e-mail address, in any case.
        pub email: String,
        /// The password.
        pub password: Password,
    }

    /// Ends the session.
    #[derive(Default)]
    pub struct SignOut {}

    /// Locks the session.
    #[derive(Default)]
    pub struct Lock {}

    /// Takes a locked session up.
    pub struct Unlock {
        /// The password of the administrator who locked it.
        pub password: Password,
    }

    /// Asks who is signed in.
    #[derive(Default)]
    pub struct CurrentSession {}

    /// Gives the password again, before something grave.
    pub struct ConfirmPassword {
        /// The own password.
        pub password: Password,
    }

    /// How long a given password counts.
    pub struct Confirmation {
        /// Until when.
        pub until: Timestamp,
    }

    /// Asks how good a password is.
    pub struct RatePassword {
        /// The password.
        pub password: Password,
        /// Whether it is for an administrator.
        #[serde(default)]
        pub is_admin: bool,
        /// Words that make it easy to guess: the name and the e-mail address of its owner.
        #[serde(default)]
        pub known_words: Vec<String>,
    }

    /// How good a password is.
    pub struct PasswordRating {
        /// From 0, guessed at once, to 4, very hard to guess (zxcvbn).
        pub score: u8,
        /// Whether it may be used.
        pub is_accepted: bool,
        /// The least characters.
        pub min_length: u32,
        /// What makes it easy to guess, as a sentence.
        pub warning: Option<String>,
    }
}

always_valid!(SignOut, Lock, CurrentSession);

impl Validate for FirstRun {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.text("full_name", &self.full_name, rules::MAX_NAME);
            found.email("email", &self.email);
            found.password("password", &self.password.0, true);
            if let Some(name) = &self.book_name {
                found.text("book_name", name, rules::MAX_NAME);
            }
            found.optional_text("time_zone", self.time_zone.as_deref(), 64);
        })
    }
}

impl Validate for SignIn {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.text("email", &self.email, 320);
            found.given_password("password", &self.password.0);
        })
    }
}

impl Validate for Unlock {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.given_password("password", &self.password.0))
    }
}

impl Validate for ConfirmPassword {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.given_password("password", &self.password.0))
    }
}

impl Validate for RatePassword {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            let bytes = i64::try_from(self.password.0.len()).unwrap_or(i64::MAX);
            found.range("password", bytes, 0, i64::from(rules::MAX_PASSWORD_BYTES));
            for word in &self.known_words {
                found.optional_text("known_words", Some(word), 320);
            }
            found.range("known_words", i64::try_from(self.known_words.len()).unwrap_or(i64::MAX), 0, 8);
        })
    }
}
