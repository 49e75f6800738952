//! Lists without end: one state and one way of loading for all, and one page for those that are only searched, filtered
//! and sorted.

mod loading;
mod parts;
mod state;
mod wanted;

pub use loading::{leave, use_listing};
pub use parts::{Hint, SKELETON_ROWS, banner, foot, retry, step, use_long_wait};
pub use state::{ListState, Step};
pub use wanted::{Answer, Counting, Part, Wanted};
