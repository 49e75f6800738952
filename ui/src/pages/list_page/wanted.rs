//! What of a list is wanted, and in which order: the one thing in which lists differ.

use std::{fmt, future::Future, pin::Pin, rc::Rc};

use contract::Request;

use crate::ipc::Lane;

/// What of a list is wanted, in which order, and how it is asked for.
pub trait Wanted: Clone + fmt::Debug + PartialEq + 'static {
    /// A row.
    type Row: Clone + fmt::Debug + PartialEq + 'static;
    /// What tells rows apart.
    type Id: Copy + fmt::Debug + PartialEq + 'static;
    /// Figures that come with the list, if it has any.
    type Figures: Clone + fmt::Debug + PartialEq + 'static;
    /// The request for a part of it.
    type Request: Request + Clone + fmt::Debug + PartialEq;

    /// Whether both list the same, whatever was typed around the term.
    fn lists_the_same(&self, other: &Self) -> bool;

    /// Whether nothing is hidden and the newest come first.
    fn is_usual(&self) -> bool;

    /// The request for a part of the list.
    fn request_of(&self, part: Part) -> Self::Request;

    /// What the answer to it holds.
    fn answer(output: <Self::Request as Request>::Output) -> Answer<Self>;

    /// What tells a row apart.
    fn id(row: &Self::Row) -> Self::Id;

    /// The exact number of rows, where a page counts only so far. Ends an older counting of the same lane.
    fn count(&self, _lane: Rc<Lane>) -> Option<Counting> {
        None
    }
}

/// A number that is being counted; nothing where it cannot be had.
pub type Counting = Pin<Box<dyn Future<Output = Option<u64>>>>;

/// Which part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// So many rows.
    pub limit: Option<u32>,
    /// After those of another part,
    pub after: Option<String>,
    /// or from a number on.
    pub at: Option<u64>,
    /// With the figures.
    pub has_figures: bool,
    /// With the number of all rows, however long it takes to count them.
    pub is_exact: bool,
}

/// A part of a list.
pub struct Answer<W: Wanted> {
    /// The rows.
    pub items: Vec<W::Row>,
    /// Where what follows begins.
    pub next: Option<String>,
    /// How many rows match.
    pub total: u64,
    /// Whether that is counted to the end.
    pub total_is_exact: bool,
    /// The figures, if they were asked for.
    pub figures: Option<W::Figures>,
}

impl<W: Wanted> Answer<W> {
    /// A part without figures.
    pub fn of(items: Vec<W::Row>, next: Option<String>, total: u64, total_is_exact: bool) -> Self {
        Self {
            items,
            next,
            total,
            total_is_exact,
            figures: None,
        }
    }
}
