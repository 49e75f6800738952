//! The threads of everything but the window.

use std::{io, num::NonZero, thread};

use tokio::runtime::{Builder, Runtime};

/// Threads that answer, at least and at most: what takes long waits for the database or has a thread of its own, so that more of them
/// on a large computer would only hold memory.
const LEAST: usize = 2;
const MOST: usize = 4;

/// Makes them the ones that Tauri uses. Once, and before it uses any. They end with what this gives back.
pub fn start() -> io::Result<Runtime> {
    let runtime = Builder::new_multi_thread().worker_threads(number()).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    Ok(runtime)
}

fn number() -> usize {
    thread::available_parallelism().map_or(LEAST, NonZero::get).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_large_computer_has_no_more_of_them() {
        assert!((LEAST..=MOST).contains(&number()));
    }
}
