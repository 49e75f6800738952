//! Passwords of servers: in the keyring of the computer, or as long as the app runs. Nowhere else, and never in a file.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::{connection::Connection, desktop::KeyringProblem, session::Password};

use crate::keyring_store;

/// The passwords that were given or read since the app was started.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<BTreeMap<String, Password>>,
    /// For which the keyring has refused to help, until a person does something.
    refused: Mutex<BTreeMap<String, KeyringProblem>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A password, or why there is none.
#[derive(Debug, Default)]
pub struct Found {
    /// The password.
    pub password: Option<Password>,
    /// Why the keyring gave none.
    pub keyring: Option<KeyringProblem>,
}

impl From<Password> for Found {
    fn from(password: Password) -> Self {
        Self {
            password: Some(password),
            keyring: None,
        }
    }
}

impl Secrets {
    /// The password for a connection: the one that was typed for it now, the one given before, or the one of the keyring. What is
    /// typed is only used.
    pub async fn find(&self, connection: &Connection, typed: Option<Password>) -> Found {
        if let Some(typed) = typed.filter(is_some) {
            return typed.into();
        }
        let account = account(connection);
        if let Some(known) = self.known().get(&account).cloned() {
            return known.into();
        }
        if let Some(problem) = self.refused().get(&account).copied() {
            return Found {
                password: None,
                keyring: Some(problem),
            };
        }
        match keyring_store::read(account.clone()).await {
            Ok(Some(kept)) => {
                let kept = Password(kept);
                self.known().insert(account, kept.clone());
                kept.into()
            }
            Ok(None) => Found::default(),
            Err(problem) => {
                self.refused().insert(account, problem);
                Found {
                    password: None,
                    keyring: Some(problem),
                }
            }
        }
    }

    /// Knows from now on what was typed, and answers with what was known instead of it, if that was something else.
    pub fn give(&self, connection: &Connection, typed: Password) -> Option<Password> {
        if !is_some(&typed) {
            return None;
        }
        let before = self.known().insert(account(connection), typed.clone());
        before.filter(|before| *before != typed)
    }

    /// A person does something: a keyring that has refused to help may help now. It asks for its own password at each question, so
    /// that nothing that goes on by itself may ask it again.
    pub fn ask_anew(&self) {
        self.refused().clear();
    }

    /// Has the keyring keep what is known of a connection. Why it does not, if it does not.
    pub async fn keep(&self, connection: &Connection) -> Option<KeyringProblem> {
        let account = account(connection);
        let password = self.known().get(&account).cloned()?;
        keyring_store::write(account, password.0).await.err()
    }

    /// Takes the password of a connection off the keyring; it is known until the app ends. Why it may be there yet, if it may be.
    pub async fn take_off(&self, connection: &Connection) -> Option<KeyringProblem> {
        let removed = keyring_store::remove(account(connection)).await;
        // Where there is no keyring, nothing is in it.
        removed.err().filter(|problem| *problem != KeyringProblem::Missing)
    }

    /// The server has refused it: the next try asks again.
    pub fn distrust(&self, connection: &Connection) {
        self.known().remove(&account(connection));
    }

    /// Forgets the password of a connection everywhere, unless one of these needs the same.
    pub async fn forget(&self, connection: &Connection, needed_by: &[Connection]) {
        let forgotten = account(connection);
        if needed_by.iter().any(|other| account(other) == forgotten) {
            return;
        }
        self.known().remove(&forgotten);
        if let Err(problem) = keyring_store::remove(forgotten).await {
            tracing::warn!(problem = problem.as_str(), "a password may stay in the keyring");
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Password>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> MutexGuard<'_, BTreeMap<String, KeyringProblem>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty one is none.
fn is_some(password: &Password) -> bool {
    !password.0.is_empty()
}

/// What a password is for: another user, host or database has another one. The schemas of a database share theirs.
fn account(connection: &Connection) -> String {
    let Connection {
        host,
        port,
        database,
        user,
        ..
    } = connection;
    format!("{user}@{host}:{port}/{database}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use contract::connection::{PORT, SCHEMA, TlsChoice};

    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(future)
    }

    fn connection(user: &str) -> Connection {
        Connection {
            host: "db.example".to_owned(),
            port: PORT,
            database: "books".to_owned(),
            user: user.to_owned(),
            schema: SCHEMA.to_owned(),
            tls: TlsChoice::Verified,
            authority: None,
            certificate: None,
            accepted_host: None,
        }
    }

    fn password(text: &str) -> Option<Password> {
        Some(Password::from(text))
    }

    #[test]
    fn what_was_given_is_known_until_the_server_refuses_it_and_never_shown() {
        let secrets = Secrets::default();
        let ann = connection("ann");
        assert_eq!(secrets.give(&ann, Password::from("canary-7041")), None);
        let found = run(secrets.find(&ann, None));
        assert_eq!(found.password, password("canary-7041"));
        assert!(!format!("{secrets:?} {found:?}").contains("canary"));
        assert!(
            !secrets.known().contains_key(&account(&connection("bob"))),
            "another user has another one"
        );
        secrets.distrust(&ann);
        assert!(secrets.known().is_empty());
    }

    #[test]
    fn what_is_typed_for_a_try_is_used_and_the_one_that_is_known_stays() {
        let secrets = Secrets::default();
        let ann = connection("ann");
        secrets.give(&ann, Password::from("the right one"));
        assert_eq!(run(secrets.find(&ann, password("a wrong one"))).password, password("a wrong one"));
        assert_eq!(run(secrets.find(&ann, None)).password, password("the right one"));
        // An empty one is none.
        assert_eq!(run(secrets.find(&ann, password(""))).password, password("the right one"));
        assert_eq!(secrets.give(&ann, Password::from("")), None);
        assert_eq!(secrets.give(&ann, Password::from("another")), password("the right one"));
        assert_eq!(secrets.give(&ann, Password::from("another")), None, "it was the same");
    }

    #[test]
    fn a_keyring_that_has_refused_to_help_is_left_in_peace_until_a_person_does_something() {
        let secrets = Secrets::default();
        let ann = connection("ann");
        secrets.refused().insert(account(&ann), KeyringProblem::Silent);
        // It would take five seconds to be asked, and more than a moment to answer.
        for _ in 0..3 {
            let found = run(secrets.find(&ann, None));
            assert_eq!((found.password, found.keyring), (None, Some(KeyringProblem::Silent)));
        }
        secrets.ask_anew();
        assert!(secrets.refused().is_empty());
    }

    #[test]
    fn what_the_keyring_keeps_is_taken_off_where_it_is_not_to_be_kept_any_more() {
        let _alone = keyring_store::ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap());
        let ann = connection("ann");
        let kept = || run(Secrets::default().find(&ann, None));
        let secrets = Secrets::default();
        assert_eq!(run(secrets.keep(&ann)), None, "nothing is known that could be kept");
        assert_eq!(kept().password, None);
        secrets.give(&ann, Password::from("kept"));
        assert_eq!(run(secrets.keep(&ann)), None);
        assert_eq!(kept().password, password("kept"), "the next start has it");
        assert_eq!(run(secrets.take_off(&ann)), None);
        assert_eq!((kept().password, kept().keyring), (None, None), "the next start asks for it");
        assert_eq!(run(secrets.find(&ann, None)).password, password("kept"), "this one still knows it");
        assert_eq!(run(secrets.take_off(&ann)), None, "it is not there any more");

        run(secrets.keep(&ann));
        run(secrets.forget(&ann, &[connection("bob")]));
        assert_eq!(kept().password, None);
        assert!(secrets.known().is_empty());
    }

    #[test]
    fn a_password_that_another_book_needs_is_not_forgotten() {
        let secrets = Secrets::default();
        let (ann, bob) = (connection("ann"), connection("bob"));
        let beside = Connection {
            schema: "another".to_owned(),
            ..ann.clone()
        };
        secrets.give(&ann, Password::from("shared"));
        run(secrets.forget(&beside, &[bob, ann.clone()]));
        assert_eq!(secrets.known().get(&account(&ann)).cloned(), password("shared"));
    }
}
