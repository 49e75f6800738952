//! Lists without end: one state and one way of loading for all, and one page for those that are only searched, filtered
//! and sorted.

mod beginning;
mod customer_choice;
mod loading;
mod page;
mod parts;
mod records;
mod search;
mod sorting;
mod state;
mod toolbar;
mod wanted;

pub use beginning::{Begin, Beginning};
pub use loading::{leave, use_listing};
pub use page::ListPage;
pub use parts::{Hint, SKELETON_ROWS, banner, foot, retry, step, use_long_wait};
pub use records::{COPY, Copied, Filter, OPEN, Opening, Records, Showing, Sort, Words};
pub use search::{SearchField, search_error};
pub use sorting::{SortChoice, SortMenu};
pub use state::{ListState, Step};
pub use wanted::{Answer, Counting, Part, Wanted};
