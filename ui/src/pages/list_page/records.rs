//! What a list of records says of itself, so that one page serves all of them.

use std::{fmt, marker::PhantomData, rc::Rc};

use chrono::NaiveDate;
use contract::{Request, Timestamp, Validate};
use yew::prelude::*;

use super::{
    beginning::Beginning,
    parts::Hint,
    wanted::{Answer, Counting, Part, Wanted},
};
use crate::{
    components::{
        Icon,
        grid::{GridColumn, GridKey},
    },
    format::Formats,
    ipc::{self, Lane},
    route::Route,
};

/// The words of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The title of its page.
    pub title: &'static str,
    /// One record, in a sentence.
    pub one: &'static str,
    /// Several of them.
    pub many: &'static str,
    /// Where something is searched in.
    pub search_in: &'static str,
    /// What stands there while there is none.
    pub empty: &'static str,
    /// How the first comes there.
    pub begin: &'static str,
    /// The picture.
    pub icon: Icon,
}

/// Something that a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// As on the wire.
    pub by: &'static str,
    /// As on the page.
    pub label: &'static str,
    /// The largest first, in words.
    pub descending: &'static str,
    /// The smallest first.
    pub ascending: &'static str,
    /// Whether the largest comes first when it is chosen.
    pub is_descending: bool,
}

impl Sort {
    /// By a day or an instant; `is_descending` says whether the newest come first.
    pub const fn by_time(by: &'static str, label: &'static str, is_descending: bool) -> Self {
        Self {
            by,
            label,
            descending: "latest first",
            ascending: "earliest first",
            is_descending,
        }
    }

    /// By a name.
    pub const fn by_name(by: &'static str, label: &'static str) -> Self {
        Self {
            by,
            label,
            descending: "Z to A",
            ascending: "A to Z",
            is_descending: false,
        }
    }

    /// By an amount.
    pub const fn by_amount(by: &'static str, label: &'static str) -> Self {
        Self {
            by,
            label,
            descending: "highest first",
            ascending: "lowest first",
            is_descending: true,
        }
    }
}

/// What cells are shown with.
#[derive(Clone, Debug, PartialEq)]
pub struct Showing {
    /// Currency and time zone of the book.
    pub formats: Formats,
    /// Now.
    pub now: Timestamp,
    /// Today.
    pub today: NaiveDate,
}

/// A key of the list that copies something of the row in focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What is copied.
    pub text: String,
    /// What it is called: `Key`.
    pub noun: &'static str,
    /// Whether the clipboard forgets it again.
    pub is_secret: bool,
}

/// Opens the row, as Enter does.
pub const OPEN: &str = "open";
/// Copies something of the row.
pub const COPY: &str = "copy";

/// How a record of a list is opened.
pub enum Opening<R: Records> {
    /// Where it is seen.
    Place(fn(&R::Row) -> Route),
    /// The dialog that shows it over the list, and how that is closed.
    Dialog(fn(R::Id, Callback<()>) -> Html),
}

/// A list of records.
pub trait Records: Clone + fmt::Debug + PartialEq + 'static {
    /// A record.
    type Row: Clone + fmt::Debug + PartialEq + 'static;
    /// What tells records apart.
    type Id: Copy + fmt::Debug + fmt::Display + PartialEq + 'static;
    /// The request.
    type Request: Request + Validate + Clone + fmt::Debug + PartialEq;

    /// Its words.
    const WORDS: Words;
    /// What it can be narrowed to: as on the wire, and as on the page.
    const STATUSES: &'static [(&'static str, &'static str)];
    /// What it can be sorted by. The first is the order at the beginning.
    const SORTS: &'static [Sort];
    /// Its columns.
    const COLUMNS: &'static [GridColumn];
    /// The class of the grid, which sets the widths of the columns.
    const CLASS: &'static str;
    /// How a record is opened.
    const OPENING: Opening<Self>;
    /// How a new one is begun, where that is done from the list.
    const BEGINNING: Option<Beginning> = None;
    /// The keys of acts.
    const KEYS: &'static [GridKey] = &[];
    /// What the foot says about them.
    const HINTS: &'static [Hint] = &[];

    /// The request.
    fn request(filter: &Filter<Self>, part: Part) -> Self::Request;
    /// What the answer holds.
    fn answer(output: <Self::Request as Request>::Output) -> Answer<Filter<Self>>;
    /// What tells a record apart.
    fn id(row: &Self::Row) -> Self::Id;
    /// What a cell shows.
    fn cell(row: &Rc<Self::Row>, column: usize, showing: &Showing) -> Html;
    /// What is copied of a record.
    fn copied(_row: &Self::Row) -> Option<Copied> {
        None
    }
}

/// What of a list of records is wanted, and in which order.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter<R: Records> {
    /// As typed.
    pub search: String,
    /// Only those of this status.
    pub status: Option<&'static str>,
    /// What it is sorted by, as on the wire.
    pub sort: &'static str,
    /// Whether the largest comes first.
    pub is_descending: bool,
    records: PhantomData<R>,
}

impl<R: Records> Default for Filter<R> {
    fn default() -> Self {
        let first = R::SORTS.first();
        Self {
            search: String::new(),
            status: None,
            sort: first.map_or("created_at", |sort| sort.by),
            is_descending: first.is_none_or(|sort| sort.is_descending),
            records: PhantomData,
        }
    }
}

impl<R: Records> Filter<R> {
    /// The search term, if there is one.
    pub fn term(&self) -> Option<&str> {
        Some(self.search.trim()).filter(|term| !term.is_empty())
    }

    /// Whether it hides any record.
    pub fn is_narrowing(&self) -> bool {
        self.term().is_some() || self.status.is_some()
    }

    /// Without what hides records; the order stays.
    pub fn cleared(&self) -> Self {
        Self {
            search: String::new(),
            status: None,
            ..self.clone()
        }
    }

    /// The same in the order of another.
    pub fn in_order_of(&self, other: &Self) -> Self {
        Self {
            sort: other.sort,
            is_descending: other.is_descending,
            ..self.clone()
        }
    }

    /// Another search.
    pub fn searching(&self, search: String) -> Self {
        Self { search, ..self.clone() }
    }

    /// Another status; none for all.
    pub fn with_status(&self, status: &str) -> Self {
        let found = R::STATUSES.iter().find(|(value, _)| *value == status);
        Self {
            status: found.map(|(value, _)| *value),
            ..self.clone()
        }
    }

    /// Sorted by another column in its natural direction, or by the same the other way round.
    pub fn sorted(&self, by: &str) -> Self {
        let Some(sort) = R::SORTS.iter().find(|sort| sort.by == by) else {
            return self.clone();
        };
        Self {
            sort: sort.by,
            is_descending: if self.sort == sort.by {
                !self.is_descending
            } else {
                sort.is_descending
            },
            ..self.clone()
        }
    }

    /// The word of its status.
    pub fn status_label(&self) -> Option<&'static str> {
        let status = self.status?;
        R::STATUSES.iter().find(|(value, _)| *value == status).map(|(_, label)| *label)
    }

    /// What nothing matches, as a sentence.
    pub fn no_match(&self) -> String {
        let status = self
            .status_label()
            .map(|label| format!("{} ", label.to_lowercase()))
            .unwrap_or_default();
        match self.term() {
            Some(term) => format!("No {status}{} matches “{}”", R::WORDS.one, contract::text::clip(term, 60)),
            None => format!("There is no {status}{}", R::WORDS.one),
        }
    }
}

impl<R: Records> Wanted for Filter<R> {
    type Row = R::Row;
    type Id = R::Id;
    type Figures = ();
    type Request = R::Request;

    fn lists_the_same(&self, other: &Self) -> bool {
        self.term() == other.term() && self.searching(String::new()) == other.searching(String::new())
    }

    fn is_usual(&self) -> bool {
        self.lists_the_same(&Self::default())
    }

    fn request_of(&self, part: Part) -> R::Request {
        R::request(self, part)
    }

    fn answer(output: <R::Request as Request>::Output) -> Answer<Self> {
        R::answer(output)
    }

    fn id(row: &R::Row) -> R::Id {
        R::id(row)
    }

    fn count(&self, lane: Rc<Lane>) -> Option<Counting> {
        let request = self.request_of(Part {
            limit: Some(1),
            is_exact: true,
            ..Part::default()
        });
        Some(Box::pin(async move {
            let found = R::answer(ipc::call_in(&lane, &request).await.ok()?);
            found.total_is_exact.then_some(found.total)
        }))
    }
}
