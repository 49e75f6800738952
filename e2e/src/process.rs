//! Programs that must not outlive a test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

/// A running program with all that it started; ended when dropped, and by the kernel when we die first.
pub struct Process(Child);

impl Process {
    /// Starts it with these variables and no others but the search path.
    pub fn start(words: &[&str], variables: &[(String, String)], input: Stdio, output: Stdio) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if rights_can_be_dropped() {
            // Where tests run as root, the rights of a file would count for nothing in the app.
            command.args(["--bounding-set", "-dac_override,-dac_read_search"]);
        }
        command.arg("--").args(words).env_clear();
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(variables.iter().cloned());
        // A group of its own, so that one signal ends it with its children.
        command.process_group(0).stdin(input).stdout(output).stderr(Stdio::null());
        Ok(Self(
            command
                .spawn()
                .with_context(|| format!("{} could not be started", words.join(" ")))?,
        ))
    }

    /// Starts it and reads the one line that it prints when it is ready.
    pub fn start_and_read_line(words: &[&str], variables: &[(String, String)]) -> Result<(Self, String)> {
        let mut process = Self::start(words, variables, Stdio::null(), Stdio::piped())?;
        let mut line = String::new();
        if let Some(output) = process.0.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        anyhow::ensure!(!line.trim().is_empty(), "{} ended without a word", words.join(" "));
        Ok((process, line.trim().to_owned()))
    }

    /// Its input, once.
    pub fn input(&mut self) -> Option<std::process::ChildStdin> {
        self.0.stdin.take()
    }

    /// Has it stand still, there but deaf.
    pub fn stop(&self) -> Result<()> {
        let stopped = Command::new("kill").args(["-STOP", &self.0.id().to_string()]).status()?;
        anyhow::ensure!(stopped.success(), "it does not stop");
        Ok(())
    }

    /// Ends it and all that it started, at once.
    pub fn kill(&mut self) {
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0.id())])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether this process may give up rights that only root has (the ninth bit: CAP_SETPCAP).
fn rights_can_be_dropped() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & (1 << 8) != 0)
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
