//! Lets a walk through the window see what an answer that is late or does not come looks like. Only in builds with the
//! feature `automation`, which no release has.
//!
//! A file `staging` in the data folder says so, a line a command: `hold list_customers` lets its answer wait as long as
//! the line stands there, `refuse list_customers` answers that the database did not answer.

use std::{fs, path::Path, time::Duration};

use contract::{Error, Outcome};

/// How often a held answer looks whether it may go.
const GLANCE: Duration = Duration::from_millis(20);

/// What is staged for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Staged {
    Nothing,
    Held,
    Refused,
}

/// Waits as long as the command is held.
///
/// # Errors
/// [`Error::Unavailable`] if it is to be refused.
pub async fn stage(folder: &Path, command: &str) -> Result<(), Error> {
    loop {
        match staged(&fs::read_to_string(folder.join("staging")).unwrap_or_default(), command) {
            Staged::Nothing => return Ok(()),
            Staged::Held => tokio::time::sleep(GLANCE).await,
            Staged::Refused => {
                return Err(Error::Unavailable {
                    outcome: Outcome::NotDone,
                    key: None,
                });
            }
        }
    }
}

fn staged(lines: &str, command: &str) -> Staged {
    let of = |line: &str| match line.split_once(' ') {
        Some(("hold", name)) if name == command => Some(Staged::Held),
        Some(("refuse", name)) if name == command => Some(Staged::Refused),
        _ => None,
    };
    lines.lines().find_map(of).unwrap_or(Staged::Nothing)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn only_what_is_named_is_held_or_refused() {
        let lines = "hold list_customers\nrefuse customer_stats\n";
        assert_eq!(staged(lines, "list_customers"), Staged::Held);
        assert_eq!(staged(lines, "customer_stats"), Staged::Refused);
        assert_eq!(staged(lines, "list_plans"), Staged::Nothing);
        assert_eq!(staged("", "list_customers"), Staged::Nothing);
    }

    #[test]
    fn a_held_answer_goes_when_its_line_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("staging");
        fs::write(&file, "hold list_plans").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let held = stage(folder.path(), "list_plans");
            assert!(tokio::time::timeout(Duration::from_millis(100), held).await.is_err());
            fs::write(&file, "refuse list_plans").unwrap();
            assert_eq!(stage(folder.path(), "list_plans").await.unwrap_err().kind(), "unavailable");
            fs::remove_file(&file).unwrap();
            stage(folder.path(), "list_plans").await.unwrap();
        });
    }
}
