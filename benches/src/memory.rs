//! What a program and everything that it has started hold in memory.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The newest process of a program.
///
/// # Errors
/// There is none, or `/proc` cannot be read.
pub fn newest_process(binary: &Path) -> Result<u32> {
    let binary = binary.canonicalize()?;
    processes()?
        .into_iter()
        .filter(|process| fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe == binary))
        .filter_map(|process| Some((stat(process, 22)?, process)))
        .max()
        .map(|(_, process)| process)
        .with_context(|| format!("{} does not run", binary.display()))
}

/// A field of `/proc/PID/stat`, counted from 1 as in proc(5), from the third on: the second is the name, which may hold spaces.
pub fn stat(process: u32, field: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(field.checked_sub(3)?)?.parse().ok()
}

fn processes() -> Result<Vec<u32>> {
    let all = fs::read_dir("/proc")?.flatten();
    Ok(all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// Kilobytes of the host and of the whole tree, shared pages by their share (`Pss` of `smaps_rollup`, proc(5)).
///
/// # Errors
/// The program does not run, or `/proc` cannot be read.
pub fn of_tree(binary: &Path) -> Result<Value> {
    let host = newest_process(binary)?;
    let all = processes()?;
    let mut tree = vec![host];
    let mut at = 0;
    while let Some(parent) = tree.get(at).copied() {
        tree.extend(all.iter().filter(|process| stat(**process, 4) == Some(u64::from(parent))));
        at += 1;
    }
    let whole: u64 = tree.iter().filter_map(|process| share(*process)).sum();
    let host = share(host).context("the memory of the host cannot be read")?;
    Ok(json!({ "host": host, "tree": whole, "processes": tree.len() }))
}

fn share(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
