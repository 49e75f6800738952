//! Times of many runs, taken in turn so that a noisy moment meets both sides.

use std::time::Instant;

use serde_json::{Value, json};

/// Milliseconds of the runs of one side.
#[derive(Clone, Debug, Default)]
pub struct Times(pub Vec<f64>);

impl Times {
    /// Takes the time of some work.
    pub fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let from = Instant::now();
        let done = work();
        self.0.push(from.elapsed().as_secs_f64() * 1000.0);
        done
    }

    /// The value that so many of a hundred do not exceed.
    pub fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get((last * percent).div_ceil(100)).copied().unwrap_or(f64::NAN)
    }

    pub fn min(&self) -> f64 {
        self.at(0)
    }

    pub fn median(&self) -> f64 {
        self.at(50)
    }

    pub fn json(&self) -> Value {
        json!({ "runs": self.0.len(), "min": self.min(), "median": self.median(), "p95": self.at(95), "max": self.at(100) })
    }
}

/// The load of the machine over the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}
