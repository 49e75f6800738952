//! A list without end: a grid of which only the rows around what is seen exist.
//!
//! The focus stays on the grid itself, which names the row or cell it stands for (`aria-activedescendant`). So rows can be
//! reused for others while scrolling, and the place survives whatever is loaded, sorted or removed.

mod column;
mod geometry;
mod keys;
mod need;
mod row;
mod rows;
mod scroll;
mod turns;
mod view;

pub use column::{GridBone, GridColumn, GridSort};
pub use rows::{GridRows, PAGE};
pub use view::{Grid, GridKey};
