//! What is left of a process that breaks while passwords are in its memory: nothing.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{CUSTOMER, Desk, forms::files, hits, told};
use crate::common::{ADMIN, PASSWORD, Place, program};

/// A shell that lets a program write cores into the folder in which it runs, as far as that can be had.
fn with_cores(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .current_dir(folder)
        .args(["-c", &format!("ulimit -c unlimited 2>/dev/null; {script}"), "sh"]);
    command
}

/// Sends a signal until the process has ended. Of a fault that did not happen the handler of Rust's library makes nothing; it
/// gives the signal back, and the next one counts.
fn broken_by(signal: &str, desk: &mut Desk) -> ExitStatus {
    let began = Instant::now();
    loop {
        let sent = Command::new("kill").args([signal, &desk.child.id().to_string()]).status();
        assert!(sent.is_ok());
        std::thread::sleep(Duration::from_millis(50));
        if let Some(status) = desk.child.try_wait().unwrap() {
            return status;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{signal} does not end it");
    }
}

#[test]
fn a_process_that_breaks_leaves_no_memory_behind() {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    // What another program leaves behind here tells whether cores would be written at all.
    let other = tempfile::tempdir().unwrap();
    let control = with_cores(other.path(), "kill -ABRT $$").stdin(Stdio::null()).status().unwrap();
    println!(
        "cores: {} with the pattern {:?}",
        if control.core_dumped() {
            "written by others"
        } else {
            "not written by anybody"
        },
        pattern.trim()
    );
    let place = Place::file();
    place.init();
    for signal in ["-ABRT", "-SEGV"] {
        let folder = tempfile::tempdir().unwrap();
        let book = place.path();
        let serve = told(&["--book", book.to_str().unwrap(), "--as", ADMIN, "serve"]);
        // The shell becomes the program, so that its limit is the program's, and its number, too.
        let mut command = with_cores(folder.path(), "exec \"$@\"");
        command
            .arg(serve.get_program())
            .args(serve.get_args())
            .env_remove("CLIENTELE_PASSWORD")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut desk = Desk::start(command, PASSWORD);
        let email = format!("ann{signal}@example.com");
        let ann = json!({"email": email, "full_name": "Ann", "password": CUSTOMER});
        assert!(desk.ask("create_customer", &ann).get("ok").is_some());
        let limits = fs::read_to_string(format!("/proc/{}/limits", desk.child.id())).unwrap();
        let cores: Vec<&str> = limits
            .lines()
            .filter_map(|line| line.strip_prefix("Max core file size"))
            .flat_map(str::split_whitespace)
            .collect();
        assert_eq!(cores, ["0", "0", "bytes"], "neither now nor later: {limits}");
        let kinds = fs::read_to_string(format!("/proc/{}/coredump_filter", desk.child.id())).unwrap();
        assert_eq!(kinds.trim(), "00000000", "no kind of memory goes into a dump");
        let status = broken_by(signal, &mut desk);
        assert!(status.signal().is_some(), "{status}");
        // Not even where a program takes the dumps, which the limit does not hold.
        assert!(!status.core_dumped(), "{status} with the pattern {pattern:?}");
        let left = files(folder.path());
        assert!(left.is_empty(), "{left:?}");
    }
    for file in files(place.path().parent().unwrap()) {
        assert_eq!(hits(&fs::read(&file).unwrap()), Vec::<&str>::new(), "{file:?}");
    }
}

/// A program as somebody runs it who may not look into the processes of everyone.
fn as_anyone(program: &str) -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    // The ninth bit is CAP_SETPCAP, which root needs to give the other one up.
    if u64::from_str_radix(rights.trim(), 16).unwrap() & (1 << 8) == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", "-sys_ptrace", "--", program]);
    command
}

/// Whether another process of the account can look into this one: what may follow the link to its program may read its memory and
/// its environment (<https://man7.org/linux/man-pages/man2/ptrace.2.html>, access mode checking).
fn is_open(process: u32) -> bool {
    let link = format!("/proc/{process}/exe");
    as_anyone("readlink").arg(link).stdout(Stdio::null()).status().unwrap().success()
}

#[test]
fn what_a_process_holds_is_shown_to_no_other_one_of_the_account() {
    let place = Place::file();
    place.init();
    let mut other = as_anyone("sleep").arg("60").spawn().unwrap();
    let began = Instant::now();
    // It is the other program when `setpriv` has become it.
    while !is_open(other.id()) {
        assert!(began.elapsed() < Duration::from_secs(10), "nobody can look into any process");
        std::thread::sleep(Duration::from_millis(20));
    }
    let own = program();
    let mut command = as_anyone(own.get_program().to_str().unwrap());
    command
        .args(["--password-stdin", "--book", place.path().to_str().unwrap(), "--as", ADMIN, "serve"])
        .env_remove("CLIENTELE_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut desk = Desk::start(command, PASSWORD);
    assert!(desk.ask("list_customers", &json!({})).get("ok").is_some());
    let is_open_desk = is_open(desk.child.id());
    desk.end();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(!is_open_desk);
}
