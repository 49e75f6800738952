//! Long work that a person waits for: how far it is, and whether it is still wanted.

/// Told by verification and backup. `()` watches nothing.
pub trait Watch: Send + Sync {
    /// So much of so much of a step is done.
    fn at(&self, _step: &str, _done: u64, _all: u64) {}

    /// Whether the work is to be given up.
    fn is_canceled(&self) -> bool {
        false
    }
}

impl Watch for () {}
