//! The walks through the app in a real window, side by side: each waits more than it works, and has a desktop, a keyring and a
//! book of its own.

use std::{
    collections::VecDeque,
    ffi::OsString,
    path::PathBuf,
    process::Command,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{place, step};

/// The package of the walks.
pub const PACKAGE: &str = "e2e";
/// How many are under way at once: what two cores can do without making anyone wait for an answer.
pub const LANES: usize = 2;
/// What takes longest begins first, so that no lane is left alone with it at the end.
const LONGEST: &[&str] = &["accessibility", "bad_input", "database"];
/// What looks at the time, or presses one key upon the other, is walked when nothing else is.
const ALONE: &[&str] = &["keyboard", "silent"];

/// The programs of the walks, and what stands in their environment.
pub struct Walks<'a> {
    programs: Vec<(String, PathBuf)>,
    around: &'a [(&'a str, OsString)],
}

/// What came of a program.
pub struct Walked {
    /// The name of its file in `e2e/tests`.
    pub name: String,
    /// What it printed.
    pub lines: Vec<String>,
    /// Whether all of its walks passed.
    pub succeeded: bool,
}

impl<'a> Walks<'a> {
    /// Builds them.
    pub fn build(around: &'a [(&'a str, OsString)]) -> Result<Self> {
        let mut built = step::cargo();
        built.args(["test", "--no-run", "--package", PACKAGE, "--message-format=json-render-diagnostics"]);
        let mut programs: Vec<(String, PathBuf)> = step::read(&mut built)?.lines().filter_map(program).collect();
        if programs.is_empty() {
            bail!("Cargo says of no program with walks that it was built");
        }
        programs.sort_by_key(|(name, _)| LONGEST.iter().position(|long| long == name).unwrap_or(LONGEST.len()));
        Ok(Self { programs, around })
    }

    /// Runs them, so many at once, and tells of each as it ends; some come last and alone. One that is silent for too long is
    /// ended.
    pub fn run(&self, arguments: &[String], lanes: usize, silent: Duration, mut each: impl FnMut(Result<Walked>)) {
        let (alone, others): (Vec<_>, Vec<_>) = self.programs.iter().partition(|(name, _)| ALONE.contains(&name.as_str()));
        for (programs, lanes) in [(others, lanes), (alone, 1)] {
            let waiting: Mutex<VecDeque<&(String, PathBuf)>> = Mutex::new(programs.into());
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            thread::scope(|scope| {
                let (ended, ends) = mpsc::channel();
                for _ in 0..lanes {
                    let ended = ended.clone();
                    scope.spawn(move || {
                        while let Some((name, file)) = next() {
                            let _ = ended.send(self.walk(name, file, arguments, silent));
                        }
                    });
                }
                drop(ended);
                ends.into_iter().for_each(&mut each);
            });
        }
    }

    fn walk(&self, name: &str, file: &PathBuf, arguments: &[String], silent: Duration) -> Result<Walked> {
        let mut command = Command::new(file);
        command
            .current_dir(place::root().join(PACKAGE))
            .args(["--test-threads=1"])
            .args(arguments)
            .envs(self.around.iter().map(|(name, value)| (name, value)));
        let mut lines = Vec::new();
        let succeeded = step::hear(&mut command, silent, |line| lines.push(line.to_owned())).with_context(|| format!("walking {name}"))?;
        Ok(Walked {
            name: name.to_owned(),
            lines,
            succeeded,
        })
    }
}

/// The name and the file of a program with walks, of a line in which Cargo says what it has built.
fn program(line: &str) -> Option<(String, PathBuf)> {
    let built: Value = serde_json::from_str(line).ok()?;
    let is_test = built["profile"]["test"].as_bool()?;
    let name = built["target"]["name"].as_str()?.to_owned();
    let file = built["executable"].as_str()?.into();
    is_test.then_some((name, file))
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_program_with_walks_is_told_from_what_else_is_built() {
        let built = |test: bool, executable: &str| {
            format!(r#"{{"reason":"compiler-artifact","target":{{"name":"gate"}},"profile":{{"test":{test}}},"executable":{executable}}}"#)
        };
        let found = program(&built(true, r#""/target/gate-1""#));
        assert_eq!(found, Some(("gate".to_owned(), "/target/gate-1".into())));
        assert_eq!(program(&built(false, r#""/target/shots""#)), None);
        assert_eq!(program(&built(true, "null")), None);
        assert_eq!(program(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(program("running 1 test"), None);
    }
}
