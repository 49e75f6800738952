//! One sentence for each step, and programs that are run with their failure put into words.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::place;

/// Says what happens now.
pub fn say(sentence: impl AsRef<str>) {
    println!("» {}", sentence.as_ref());
}

/// A program that starts in the root of the repository.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(place::root());
    command
}

/// The Cargo that runs us, with the build folder that is kept between runs.
pub fn cargo() -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_TARGET_DIR", place::target());
    // What Cargo says of this program must not reach the build scripts of another one: they would be rebuilt each time.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it with our own input and output; an exit status other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs it and gives what it printed, without its error output.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs it, prints its output as it comes and hands every line to `each`, as [`hear`] does.
pub fn follow(command: &mut Command, silent: Duration, mut each: impl FnMut(&str)) -> Result<bool> {
    hear(command, silent, |line| {
        println!("{line}");
        each(line);
    })
}

/// Runs it and hands every line of its output to `each`. Whether it succeeded. If no line comes for longer than `silent`, the
/// programs that it runs are ended, and it says what that means for the rest.
pub fn hear(command: &mut Command, silent: Duration, mut each: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    let (heard, hears) = mpsc::channel();
    let parent = child.id();
    thread::spawn(move || {
        loop {
            match hears.recv_timeout(silent) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    say(format!(
                        "Nothing was heard for {} minutes: what runs is ended.",
                        silent.as_secs() / 60
                    ));
                    end_children(parent);
                }
            }
        }
    });
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let _ = heard.send(());
            each(&String::from_utf8_lossy(&line));
        }
    }
    drop(heard);
    Ok(child.wait()?.success())
}

/// Ends the programs that a program has started, where the system tells which they are, or it itself if it has none.
fn end_children(parent: u32) {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    // Without any it waits for something else, and nothing would ever come of that.
    let ended = if children.trim().is_empty() { parent.to_string() } else { children };
    if cfg!(target_os = "linux") {
        // The shell's own: as a program, `kill` is not on every computer.
        let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL {}", ended.trim())).status();
    }
}

/// Whether it can be started and succeeds; what it prints is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_is_silent_for_too_long_is_ended_and_what_follows_it_is_run() {
        let began = Instant::now();
        let mut heard = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; sleep 600; echo second; exit 3"]);
        let succeeded = follow(&mut command, Duration::from_secs(1), |line| heard.push(line.to_owned())).unwrap();
        assert_eq!((heard, succeeded), (vec!["first".to_owned(), "second".to_owned()], false));
        assert!(began.elapsed() < Duration::from_secs(300));
    }
}
