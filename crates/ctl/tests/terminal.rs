//! The password of `--as`, where there is a terminal to ask for it and where there is none.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod common;

use std::process::{Command, Output, Stdio};

use common::{ADMIN, PASSWORD, Place};

/// Runs a program at a terminal of its own and types a password once it is asked for and what is typed is not shown any more, or
/// after five seconds: the question stands there a moment before. Gives back everything that stood there.
const AT_A_TERMINAL: &str = r"
import os, pty, sys, termios, time
password, program = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(program[0], program)
shown = b''
while b'Password: ' not in shown:
    shown += os.read(terminal, 1024)
for _ in range(500):
    if not termios.tcgetattr(terminal)[3] & termios.ECHO:
        break
    time.sleep(0.01)
os.write(terminal, password.encode() + b'\n')
try:
    while True:
        shown += os.read(terminal, 65536)
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// Has a book tell who is signed in, run by another program and with no password in the environment.
fn asked(place: &Place, by: &mut Command) -> Output {
    let command = place.command();
    by.arg(command.get_program())
        .args(command.get_args())
        .args(["--as", ADMIN, "call", "current_session"])
        .env_remove("CLIENTELE_PASSWORD")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn at_a_terminal_the_password_is_asked_for_and_not_shown() {
    let place = Place::file();
    place.init();
    for (password, status) in [(PASSWORD, 0), ("not the password", 1)] {
        let output = asked(&place, Command::new("python3").args(["-c", AT_A_TERMINAL, password]));
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert!(shown.contains("Password: "), "{output:?}");
        assert_eq!(shown.contains("signed_in"), status == 0, "{shown}");
        assert!(!shown.contains(password), "{shown}");
    }
}

#[test]
fn without_a_terminal_nobody_is_asked_for_a_password() {
    let place = Place::file();
    place.init();
    // A session of its own has no terminal, whatever the test runs in.
    let output = asked(&place, Command::new("setsid").arg("-w"));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
