//! What became of a change whose answer is missing.

use crate::names;

names! {
    /// Whether a change was made although its answer is missing.
    pub enum Outcome {
        /// Nothing was changed.
        NotDone = "not_done",
        /// Not known; asking again with the same key tells.
        Unknown = "unknown",
    }
}
