//! Passwords of servers: in the keyring of the computer, or as long as the app runs. Nowhere else, and never in a file.
//!
//! A keyring that is locked waits for the person and may never answer, so each question to it is asked in a thread of its
//! own, and the app goes on without an answer after five seconds.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{connection::Connection, desktop::KeyringProblem, session::Password};
use keyring::{Entry, Error};
use tokio::sync::{Mutex as Turn, oneshot};

/// Under which the keyring lists what is ours.
const SERVICE: &str = "org.clientele.desktop";
/// How long the keyring may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// One question at a time: a second one would only wait behind a keyring that asks for its password.
static TURN: LazyLock<Arc<Turn<()>>> = LazyLock::new(Arc::default);

/// The passwords that were given or read since the app was started.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<BTreeMap<String, Password>>,
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

impl Secrets {
    /// The password for a connection: the one given now, the one given before, or the one of the keyring.
    pub async fn find(&self, connection: &Connection, given: Option<Password>) -> Found {
        let account = account(connection);
        if let Some(given) = given.filter(|given| !given.0.is_empty()) {
            self.known().insert(account, given.clone());
            return Found {
                password: Some(given),
                keyring: None,
            };
        }
        if let Some(known) = self.known().get(&account).cloned() {
            return Found {
                password: Some(known),
                keyring: None,
            };
        }
        let asked = account.clone();
        match ask(move || Entry::new(SERVICE, &asked)?.get_password()).await {
            Ok(Some(kept)) => {
                let kept = Password(kept);
                self.known().insert(account, kept.clone());
                Found {
                    password: Some(kept),
                    keyring: None,
                }
            }
            Ok(None) => Found::default(),
            Err(problem) => Found {
                password: None,
                keyring: Some(problem),
            },
        }
    }

    /// Has the keyring keep what is known of a connection. Why it does not, if it does not.
    pub async fn keep(&self, connection: &Connection) -> Option<KeyringProblem> {
        let account = account(connection);
        let password = self.known().get(&account).cloned()?;
        ask(move || Entry::new(SERVICE, &account)?.set_password(&password.0)).await.err()
    }

    /// The server has refused it: the next try asks again.
    pub fn distrust(&self, connection: &Connection) {
        self.known().remove(&account(connection));
    }

    /// Forgets the password of a connection everywhere.
    pub async fn forget(&self, connection: &Connection) {
        let account = account(connection);
        self.known().remove(&account);
        if let Err(problem) = ask(move || Entry::new(SERVICE, &account)?.delete_credential()).await {
            tracing::warn!(problem = problem.as_str(), "a password may stay in the keyring");
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Password>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a password is for: another user, host or database has another one.
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

/// Asks the keyring. Nothing, if it has no such entry.
async fn ask<T: Send + 'static>(question: impl FnOnce() -> keyring::Result<T> + Send + 'static) -> Result<Option<T>, KeyringProblem> {
    let asked = async {
        // Held by the thread: it may come back long after nobody waits for it any more.
        let turn = Arc::clone(&TURN).lock_owned().await;
        let (done, answer) = oneshot::channel();
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let _turn = turn;
            // Nobody waits any more if it took too long.
            let _ = done.send(question());
        });
        if let Err(error) = thread {
            tracing::warn!(%error, "the keyring cannot be asked");
            return Err(KeyringProblem::Other);
        }
        match answer.await {
            Ok(Ok(found)) => Ok(Some(found)),
            Ok(Err(Error::NoEntry)) => Ok(None),
            Ok(Err(error)) => Err(problem(&error)),
            // The thread has panicked.
            Err(_) => Err(KeyringProblem::Other),
        }
    };
    match tokio::time::timeout(ANSWERS_WITHIN, asked).await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::warn!("the keyring did not answer");
            Err(KeyringProblem::Silent)
        }
    }
}

fn problem(error: &Error) -> KeyringProblem {
    // The bus has no type of its own for a service that nobody offers.
    let is_nobody_there = |text: String| {
        ["no secret service", "ServiceUnknown", "not provided by any"]
            .iter()
            .any(|sign| text.contains(sign))
    };
    let problem = match error {
        Error::NoDefaultStore => KeyringProblem::Missing,
        Error::NoStorageAccess(_) => KeyringProblem::Locked,
        Error::PlatformFailure(error) if is_nobody_there(error.to_string()) => KeyringProblem::Missing,
        _ => KeyringProblem::Other,
    };
    tracing::warn!(%error, problem = problem.as_str(), "the keyring");
    problem
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

    /// There is one keyring: whoever asks it waits for the one before, so these tests follow each other.
    static ALONE: Mutex<()> = Mutex::new(());

    #[test]
    fn a_keyring_that_never_answers_is_given_up_after_five_seconds_and_holds_nobody_up() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let started = std::time::Instant::now();
        let (let_go, wait) = std::sync::mpsc::channel::<()>();
        run(async {
            let stuck = ask(move || {
                let _ = wait.recv();
                Ok(())
            });
            assert_eq!(stuck.await, Err(KeyringProblem::Silent));
        });
        assert!(started.elapsed() < Duration::from_secs(7));
        drop(let_go);
        assert_eq!(run(ask(|| Ok(1))), Ok(Some(1)), "it is asked again when it has come back");
    }

    #[test]
    fn each_failure_of_the_keyring_has_its_reason() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(run(ask(|| Err::<(), _>(Error::NoEntry))), Ok(None));
        assert_eq!(run(ask(|| Err::<(), _>(Error::NoDefaultStore))), Err(KeyringProblem::Missing));
        let locked = || Err::<(), _>(Error::NoStorageAccess("locked".into()));
        assert_eq!(run(ask(locked)), Err(KeyringProblem::Locked));
        let nobody = || Err::<(), _>(Error::PlatformFailure("no secret service provider or dbus session found".into()));
        assert_eq!(run(ask(nobody)), Err(KeyringProblem::Missing));
        let panics = || -> keyring::Result<()> { panic!("the store has a fault") };
        assert_eq!(run(ask(panics)), Err(KeyringProblem::Other));
    }

    #[test]
    fn what_was_given_is_known_until_the_server_refuses_it_and_never_shown() {
        let secrets = Secrets::default();
        let ann = connection("ann");
        let given = run(secrets.find(&ann, Some(Password::from("canary-7041"))));
        assert_eq!(given.password, Some(Password::from("canary-7041")));
        assert_eq!(run(secrets.find(&ann, None)).password, given.password);
        assert!(!format!("{secrets:?} {given:?}").contains("canary"));
        assert!(
            !secrets.known().contains_key(&account(&connection("bob"))),
            "another user has another one"
        );
        secrets.distrust(&ann);
        assert!(secrets.known().is_empty());
    }
}
