//! The time. Everything asks it, so that a test can set it.

use std::sync::atomic::{AtomicI64, Ordering};

use contract::Timestamp;

/// The computer's time, or one that was set.
#[derive(Debug)]
pub struct Clock(AtomicI64);

const NOT_SET: i64 = i64::MIN;

impl Default for Clock {
    fn default() -> Self {
        Self(AtomicI64::new(NOT_SET))
    }
}

impl Clock {
    /// Now, in whole milliseconds.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the computer's clock")]
    pub fn now(&self) -> Timestamp {
        match self.0.load(Ordering::Relaxed) {
            NOT_SET => chrono::Utc::now().into(),
            millis => Timestamp(millis),
        }
    }

    /// Stops the clock at a time.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}
