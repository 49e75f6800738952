//! The keyring of the computer: Secret Service, Keychain, Credential Manager.
//!
//! One that is locked waits for the person and may never answer, so each question to it is asked in a thread of its own, and the
//! app goes on without an answer after five seconds. One that is a program of its own may start after the app, or anew, and the
//! connection to it is made once more then.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use contract::desktop::KeyringProblem;
use keyring::Error;
use keyring_core::Entry;
use tokio::sync::{Mutex as Turn, oneshot};

/// Under which the keyring lists what is ours.
const SERVICE: &str = "org.clientele.desktop";
/// How long the keyring may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// One question at a time: a second one would only wait behind a keyring that asks for its password.
static TURN: LazyLock<Arc<Turn<()>>> = LazyLock::new(Arc::default);

/// What the keyring has for an account.
pub async fn read(account: String) -> Result<Option<String>, KeyringProblem> {
    ask(move || answer(|| entry(&account)?.get_password(), connect_anew)).await
}

/// Has it keep a password for an account.
pub async fn write(account: String, password: String) -> Result<(), KeyringProblem> {
    let written = ask(move || answer(|| entry(&account)?.set_password(&password), connect_anew)).await;
    written.map(|_| ())
}

/// Has it forget what it keeps for an account.
pub async fn remove(account: String) -> Result<(), KeyringProblem> {
    let removed = ask(move || answer(|| entry(&account)?.delete_credential(), connect_anew)).await;
    removed.map(|_| ())
}

/// The place of an account, by the connection that was made last.
fn entry(account: &str) -> keyring::Result<Entry> {
    if keyring_core::get_default_store().is_none() {
        // Connects to the keyring of the platform, once in a process. That it has failed is told by there being none.
        let _ = keyring::Entry::store_status();
    }
    Entry::new(SERVICE, account)
}

/// Asks, and once more by a new connection if there was none, or there is none any more.
fn answer<T>(question: impl Fn() -> keyring::Result<T>, connect_anew: impl FnOnce() -> Option<keyring::Result<()>>) -> keyring::Result<T> {
    let lost = match question() {
        Err(error @ (Error::NoDefaultStore | Error::PlatformFailure(_))) => error,
        answered => return answered,
    };
    match connect_anew() {
        None => Err(lost),
        Some(Err(error)) => Err(error),
        Some(Ok(())) => question(),
    }
}

/// Connects to the keyring as it is now; nothing, where it is a part of the system and always there.
#[cfg(all(unix, not(target_os = "macos")))]
fn connect_anew() -> Option<keyring::Result<()>> {
    let connected = zbus_secret_service_keyring_store::Store::new();
    Some(connected.map(|store| keyring_core::set_default_store(store)))
}

/// Connects to the keyring as it is now; nothing, where it is a part of the system and always there.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn connect_anew() -> Option<keyring::Result<()>> {
    None
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

/// There is one keyring: whoever asks it waits for the one before, so tests that do so follow each other.
#[cfg(test)]
pub static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::{cell::Cell, sync::PoisonError};

    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(future)
    }

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
    fn a_keyring_that_was_not_there_or_was_started_anew_is_connected_to_once_more() {
        let lost: [fn() -> Error; 2] = [|| Error::NoDefaultStore, || Error::PlatformFailure("no such session".into())];
        for lost in lost {
            let is_connected = Cell::new(false);
            let question = || if is_connected.get() { Ok(7) } else { Err(lost()) };
            let connect = || {
                is_connected.set(true);
                Some(Ok(()))
            };
            assert_eq!(answer(question, connect).ok(), Some(7));
            is_connected.set(false);
            // Where it is not there yet, that is why.
            let nobody = || Some(Err(Error::PlatformFailure("no secret service".into())));
            let refused = answer(question, nobody).err().unwrap();
            assert_eq!(problem(&refused), KeyringProblem::Missing);
            assert!(answer(question, || None).is_err(), "there is nothing to connect to");
        }
        // Whatever else it says, it is there.
        let there: [fn() -> Error; 2] = [|| Error::NoEntry, || Error::NoStorageAccess("locked".into())];
        for there in there {
            let said = answer(|| Err::<(), _>(there()), || panic!("it is there"));
            assert!(said.is_err());
        }
    }
}
