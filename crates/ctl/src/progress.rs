//! How far a long command is, on standard error: how many, how fast, how long it will still take.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// A line that is written over at a terminal, and written anew every ten seconds elsewhere.
#[derive(Debug)]
pub struct Progress {
    noun: &'static str,
    all: u32,
    begun: Instant,
    said: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    /// Of so many of something.
    pub fn new(noun: &'static str, all: u32) -> Self {
        Self {
            noun,
            all,
            begun: Instant::now(),
            said: None,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Says how far it is, ten times a second at most.
    pub fn at(&mut self, done: u32) {
        let pause = if self.is_terminal {
            Duration::from_millis(100)
        } else {
            Duration::from_secs(10)
        };
        if self.said.unwrap_or(self.begun).elapsed() < pause {
            return;
        }
        self.said = Some(Instant::now());
        let line = line(self.noun, done, self.all, self.begun.elapsed());
        let _ = if self.is_terminal {
            write!(io::stderr(), "\r{line}\u{1b}[K")
        } else {
            writeln!(io::stderr(), "{line}")
        };
    }
}

/// Leaves the line, also where the work is given up.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal && self.said.is_some() {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

/// What is said after some time.
fn line(noun: &str, done: u32, all: u32, passed: Duration) -> String {
    let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = u64::from(done).saturating_mul(1_000) / millis;
    let left = u64::from(all.saturating_sub(done)).checked_div(rate);
    let left = left.map_or_else(String::new, |seconds| format!(", {}:{:02} left", seconds / 60, seconds % 60));
    format!("{done} of {all} {noun}, {rate} a second{left}")
}

/// Watches verification and backup, and gives them up when Ctrl-C is pressed.
#[derive(Debug)]
pub struct Patience {
    said: Mutex<Option<Instant>>,
    is_over: Arc<AtomicBool>,
}

impl Patience {
    /// Begins to listen for Ctrl-C.
    pub fn begin() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&is_over);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.store(true, Ordering::Relaxed);
            }
        });
        Self {
            said: Mutex::new(None),
            is_over,
        }
    }
}

impl engine::Watch for Patience {
    fn at(&self, step: &str, done: u64, all: u64) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !io::stderr().is_terminal() || said.is_some_and(|at| at.elapsed() < Duration::from_millis(100)) {
            return;
        }
        *said = Some(Instant::now());
        let percent = done.saturating_mul(100).checked_div(all).unwrap_or(0);
        let _ = write!(io::stderr(), "\r{percent} %: {step}\u{1b}[K");
    }

    fn is_canceled(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if self.said.get_mut().is_ok_and(|said| said.is_some()) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_many_how_fast_and_how_long() {
        let said = line("customers", 250_000, 1_000_000, Duration::from_secs(100));
        assert_eq!(said, "250000 of 1000000 customers, 2500 a second, 5:00 left");
        assert_eq!(line("customers", 0, 10, Duration::ZERO), "0 of 10 customers, 0 a second");
    }
}
