//! What the operating system is told before anything is read or written.

use std::io;

/// Makes every file that the process writes readable by its owner alone, and keeps memory, where passwords pass, out of core
/// dumps: of this process and of those that it starts, as the ones that paint the page.
///
/// # Errors
/// Core dumps cannot be turned off.
#[cfg(unix)]
pub fn protect() -> io::Result<()> {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    empty_dumps()
}

/// The limit does not hold a dump that the system hands to a program: such a one then has nothing of the memory in it
/// (<https://man7.org/linux/man-pages/man5/core.5.html>, which kinds of it are written).
#[cfg(target_os = "linux")]
fn empty_dumps() -> io::Result<()> {
    match std::fs::write("/proc/self/coredump_filter", "0") {
        // Where there is no such file, nobody writes dumps.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        written => written,
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn empty_dumps() -> io::Result<()> {
    Ok(())
}

/// Elsewhere the profile folder of the account is private already.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn protect() -> io::Result<()> {
    Ok(())
}

/// Shows what the process has in its memory and its environment to no other one of the account; no dump of it is made at all. After
/// [`protect`], because what the system says of the process then belongs to root.
///
/// Not for the window: the portal of the desktop, which says whether the screen is dark and has the dialogs for files, answers only
/// a process that it can look into.
///
/// # Errors
/// The system does not hide it.
#[cfg(target_os = "linux")]
pub fn hide() -> io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Elsewhere there is no such switch.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn hide() -> io::Result<()> {
    Ok(())
}
