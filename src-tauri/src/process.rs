//! What the operating system is told before anything is read or written.

/// Makes every file that the app writes readable by its owner alone, and keeps memory, where passwords pass, out of core dumps.
#[cfg(unix)]
pub fn protect() {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::RWXG | Mode::RWXO);
    if let Err(error) = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    ) {
        eprintln!("core dumps stay on: {error}");
    }
}

/// Elsewhere the profile folder of the account is private already.
#[cfg(not(unix))]
pub fn protect() {}
