//! The program of the computer for a file.

use std::{
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

/// How long a program that cannot show a file takes to say so. One that is still there then has taken it.
const PATIENCE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(50);

/// Shows a file; false if no program took it.
pub fn show(path: &Path) -> bool {
    for mut command in open::commands(path) {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match quiet.spawn() {
            Ok(program) => {
                if took(program) {
                    return true;
                }
            }
            Err(error) => tracing::debug!(%error, program = %command.get_program().display(), "cannot show a file"),
        }
    }
    false
}

fn took(mut program: Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match program.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(GLANCE),
            Err(_) => return false,
        }
    }
    // It is waited for all the same, so that nothing is left of it when it ends.
    std::thread::spawn(move || program.wait());
    true
}
