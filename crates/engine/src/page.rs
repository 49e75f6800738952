//! Paging by key: a cursor holds where a page ended and for which list it is good.

mod key;
mod listing;
mod search;

use contract::{Conflict, Problem};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use key::{Kind, SortKey, Stretch, by_status};
pub use listing::{Listing, search_key};

use crate::{
    error::{Error, Result},
    random::{hex, unhex},
};

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which list, in which order, under which filter.
    #[serde(rename = "l")]
    list: String,
    /// The value that is sorted by.
    #[serde(rename = "k")]
    pub key: serde_json::Value,
    /// The first tie-breaker.
    #[serde(rename = "c")]
    pub created_at: i64,
    /// The last.
    #[serde(rename = "i")]
    pub id: Uuid,
}

/// The mark of a list: what it is, how it is sorted and filtered.
pub fn list_mark(description: &impl Serialize) -> Result<String> {
    let digest = Sha256::digest(serde_json::to_vec(description)?);
    Ok(hex(digest.get(..6).unwrap_or_default()))
}

impl Cursor {
    pub fn new(list: &str, key: serde_json::Value, created_at: i64, id: Uuid) -> Self {
        Self {
            list: list.to_owned(),
            key,
            created_at,
            id,
        }
    }

    pub fn encode(&self) -> Result<String> {
        Ok(hex(&serde_json::to_vec(self)?))
    }

    /// Reads a cursor of this list.
    pub fn decode(field: &str, text: &str, list: &str) -> Result<Self> {
        let malformed = || contract::Error::field(field, Problem::MalformedCursor);
        let bytes = unhex(text).ok_or_else(malformed)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
        if cursor.list == list {
            Ok(cursor)
        } else {
            Err(Conflict::CursorMismatch.into())
        }
    }
}

/// Where a page is wanted: at most one of the three is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    pub limit: Option<u32>,
    pub after: Option<&'a str>,
    pub before: Option<&'a str>,
    pub at: Option<u64>,
}

/// Where a row stands in a list.
#[derive(Clone, Debug)]
pub struct Mark {
    pub key: serde_json::Value,
    pub created_at: i64,
    pub id: Uuid,
}

impl Mark {
    /// From the key, the instant and the id as text.
    pub fn read(kind: Kind, key: &str, created_at: &str, id: &str) -> Result<Self> {
        let broken = |what: &str| Error::Fault(format!("{what} is no mark of a row"));
        let number = |text: &str| text.parse::<i64>().map_err(|_| broken(text));
        Ok(Self {
            key: match kind {
                Kind::Created => serde_json::Value::Null,
                Kind::Text | Kind::Day => key.into(),
                Kind::Number => number(key)?.into(),
                Kind::Flag => matches!(key, "1" | "true").into(),
            },
            created_at: number(created_at)?,
            id: Uuid::parse_str(id).map_err(|_| broken(id))?,
        })
    }
}

/// A page that is to be fetched.
pub struct Place<'a> {
    key: SortKey,
    descending: bool,
    mark: &'a str,
    cursor: Option<(Cursor, bool)>,
    /// A row before the page, and the number of rows up to it.
    known: Option<(Cursor, u64)>,
    offset: u64,
    limit: i64,
}

/// Rows from one whose place in a list is remembered to the next: so many cost little to skip.
pub const STEP: u64 = if cfg!(test) { 8 } else { 4_096 };

impl<'a> Place<'a> {
    /// Reads where a page is wanted; `mark` tells the list, its order and filter.
    pub fn read(key: SortKey, descending: bool, mark: &'a str, wanted: Wanted<'_>) -> Result<Self> {
        let given = match (wanted.after, wanted.before) {
            (Some(after), _) => Some(("after", after, true)),
            (None, Some(before)) => Some(("before", before, false)),
            (None, None) => None,
        };
        let cursor = match given {
            Some((field, text, forward)) => {
                let cursor = Cursor::decode(field, text, mark)?;
                key.check(field, &cursor.key)?;
                Some((cursor, forward))
            }
            None => None,
        };
        Ok(Self {
            key,
            descending,
            mark,
            cursor,
            known: None,
            offset: wanted.at.unwrap_or(0),
            limit: i64::from(wanted.limit.unwrap_or(contract::page::DEFAULT_LIMIT)),
        })
    }

    fn forward(&self) -> bool {
        self.cursor.as_ref().is_none_or(|(_, forward)| *forward)
    }

    /// What is left of the list from there on, with its values.
    pub fn condition(&self) -> (String, Vec<Value>) {
        match (&self.cursor, &self.known) {
            (Some((cursor, forward)), _) => self.key.beyond(cursor, *forward, self.descending),
            (None, Some((known, _))) => self.key.beyond(known, true, self.descending),
            (None, None) => ("TRUE".to_owned(), Vec::new()),
        }
    }

    /// Whether it is the first page: where it has no row, the list has none.
    pub fn is_first(&self) -> bool {
        self.cursor.is_none() && self.offset == 0
    }

    /// The number of the first row of a page that is jumped to.
    pub fn at(&self) -> u64 {
        self.offset
    }

    /// Whether it is jumped to, over many rows.
    pub fn is_far(&self) -> bool {
        self.cursor.is_none() && self.offset >= STEP
    }

    /// Lets a jump begin at a row that is known to be the last of so many, or at the first one again.
    pub fn go_from(&mut self, known: Option<(Mark, u64)>) {
        self.known = known.map(|(mark, rows)| (Cursor::new(self.mark, mark.key, mark.created_at, mark.id), rows));
    }

    /// The same, stretch after stretch.
    pub fn stretches(&self) -> Vec<Stretch> {
        let cursor = self.cursor.as_ref().map(|(cursor, _)| cursor);
        self.key.stretches(cursor, self.forward(), self.descending)
    }

    /// What is left of rows that were picked from the whole list.
    pub fn condition_of_picked(&self) -> (String, Vec<Value>) {
        match &self.cursor {
            Some((cursor, forward)) => self.key.of_picked().beyond(cursor, *forward, self.descending),
            None => ("TRUE".to_owned(), Vec::new()),
        }
    }

    /// The order of rows that were picked.
    pub fn order_of_picked(&self) -> String {
        self.key.of_picked().order(self.forward(), self.descending)
    }

    /// The order of the query.
    pub fn order(&self) -> String {
        self.key.order(self.forward(), self.descending)
    }

    /// The direction of the query, which runs against the list when it goes back.
    pub fn direction(&self) -> &'static str {
        if self.forward() == self.descending { "DESC" } else { "ASC" }
    }

    /// Whether the rows of the query are in the order of the list.
    pub fn is_forward(&self) -> bool {
        self.forward()
    }

    /// Rows of the page.
    pub fn limit(&self) -> i64 {
        self.limit
    }

    /// Rows to be skipped. Beyond the last row there is nothing, however far.
    pub fn offset(&self) -> i64 {
        let skipped = self.known.as_ref().map_or(0, |(_, rows)| *rows);
        i64::try_from(self.offset.saturating_sub(skipped)).unwrap_or(i64::MAX)
    }

    /// The cursors `next` and `previous` of a page, from the marks of the first and the last row that the query found for it
    /// and from whether it found one more.
    pub fn neighbors(&self, first: Option<Mark>, last: Option<Mark>, has_more: bool) -> Result<(Option<String>, Option<String>)> {
        let encode = |mark: Option<Mark>| {
            mark.map(|mark| Cursor::new(self.mark, mark.key, mark.created_at, mark.id).encode())
                .transpose()
        };
        let beyond = encode(last.filter(|_| has_more))?;
        let back = self.cursor.is_some() || self.offset > 0;
        let behind = encode(first.filter(|_| back))?;
        Ok(if self.forward() { (beyond, behind) } else { (behind, beyond) })
    }

    /// The values of `LIMIT ? OFFSET ?`: one row more than wanted tells whether there are more.
    pub fn window(&self) -> [Value; 2] {
        [(self.limit + 1).into(), self.offset().into()]
    }

    /// The rows of the page, in the order of the list, with the cursors of its neighbors. The rows have the columns
    /// `sort_key`, `created_at` and `id`.
    pub fn close(&self, mut rows: Vec<QueryResult>) -> Result<Page> {
        let limit = usize::try_from(self.limit)?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let forward = self.forward();
        if !forward {
            rows.reverse();
        }
        let mark_of = |row: &QueryResult| -> Result<String> {
            Cursor::new(
                self.mark,
                self.key.read(row)?,
                row.try_get("", "created_at")?,
                row.try_get("", "id")?,
            )
            .encode()
        };
        let has_next = if forward { has_more } else { true };
        let has_previous = if forward {
            self.cursor.is_some() || self.offset > 0
        } else {
            has_more
        };
        let next = rows.last().filter(|_| has_next).map(mark_of).transpose()?;
        let previous = rows.first().filter(|_| has_previous).map(mark_of).transpose()?;
        Ok(Page { rows, next, previous })
    }
}

/// The rows of a page and the cursors of its neighbors.
pub struct Page {
    pub rows: Vec<QueryResult>,
    pub next: Option<String>,
    pub previous: Option<String>,
}

/// A page of a list that is worked out as a whole: its cursor is the number of the next row.
pub struct Part {
    pub start: usize,
    pub end: usize,
    pub next: Option<String>,
}

impl Part {
    /// Reads where a page of `total` rows is wanted.
    pub fn read(mark: &str, total: usize, limit: Option<u32>, after: Option<&str>) -> Result<Self> {
        let limit = usize::try_from(limit.unwrap_or(contract::page::DEFAULT_LIMIT))?;
        let start = match after {
            Some(after) => usize::try_from(Cursor::decode("after", after, mark)?.created_at).unwrap_or(usize::MAX),
            None => 0,
        };
        let start = start.min(total);
        let end = start.saturating_add(limit).min(total);
        let next = if end < total {
            Some(Cursor::new(mark, serde_json::Value::Null, i64::try_from(end)?, Uuid::nil()).encode()?)
        } else {
            None
        };
        Ok(Self { start, end, next })
    }

    /// The rows of the page.
    pub fn of<'a, T>(&self, rows: &'a [T]) -> &'a [T] {
        rows.get(self.start..self.end).unwrap_or_default()
    }
}

/// The most matches of a search that are counted for a page.
pub const COUNTED: i64 = 10_001;
