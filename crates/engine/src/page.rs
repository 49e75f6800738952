//! Paging by key: a cursor holds where a page ended and for which list it is good.

mod listing;

use chrono::NaiveDate;
use contract::{Conflict, Problem};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

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

/// What kind of value a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The instant that ties are broken by anyway.
    Created,
    Text,
    Number,
    Day,
    Flag,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug)]
pub struct SortKey {
    /// The expression in SQL.
    pub expression: &'static str,
    pub kind: Kind,
    /// Whether it can be missing; missing ones come last in either direction.
    pub is_optional: bool,
    /// The tie-breakers: of the table that is sorted by, so that its index gives the order.
    pub created: &'static str,
    pub id: &'static str,
}

impl SortKey {
    /// A key of the list's own table `t` or of one that it is joined with.
    pub const fn new(expression: &'static str, kind: Kind) -> Self {
        Self {
            expression,
            kind,
            is_optional: false,
            created: "t.created_at",
            id: "t.id",
        }
    }

    /// The same for a value that can be missing.
    pub const fn optional(expression: &'static str, kind: Kind) -> Self {
        Self {
            is_optional: true,
            ..Self::new(expression, kind)
        }
    }

    /// The value that a row is sorted by, from its column `sort_key`.
    fn read(&self, row: &QueryResult) -> Result<serde_json::Value> {
        Ok(match self.kind {
            Kind::Created => serde_json::Value::Null,
            Kind::Text => row.try_get::<Option<String>>("", "sort_key")?.into(),
            Kind::Number => row.try_get::<Option<i64>>("", "sort_key")?.into(),
            Kind::Day => serde_json::json!(row.try_get::<Option<NaiveDate>>("", "sort_key")?),
            Kind::Flag => row.try_get::<bool>("", "sort_key")?.into(),
        })
    }

    /// Refuses a cursor whose value cannot be of this sort: it was not given by us.
    fn check(&self, field: &str, key: &serde_json::Value) -> Result<()> {
        let fits = match self.kind {
            Kind::Created => key.is_null(),
            Kind::Text => key.is_string(),
            Kind::Number => key.is_i64(),
            Kind::Day => key.as_str().is_some_and(|day| day.parse::<NaiveDate>().is_ok()),
            Kind::Flag => key.is_boolean(),
        };
        if fits || (self.is_optional && key.is_null()) {
            Ok(())
        } else {
            Err(contract::Error::field(field, Problem::MalformedCursor).into())
        }
    }

    /// A value of a cursor as the database takes it.
    fn bind(&self, key: &serde_json::Value) -> Value {
        match key {
            serde_json::Value::Bool(value) => (*value).into(),
            serde_json::Value::Number(value) => value.as_i64().into(),
            serde_json::Value::String(value) if self.kind == Kind::Day => value.parse::<NaiveDate>().ok().into(),
            serde_json::Value::String(value) => value.as_str().into(),
            _ => Value::String(None),
        }
    }

    /// What lies beyond a cursor, with its values.
    fn beyond(&self, cursor: &Cursor, forward: bool, descending: bool) -> (String, Vec<Value>) {
        let Self {
            expression: key,
            created,
            id,
            ..
        } = self;
        let than = if forward != descending { ">" } else { "<" };
        // Compared as a row, so that an index of these columns leads straight to it, however many share the key.
        if self.kind == Kind::Created {
            return (
                format!("({created}, {id}) {than} (?, ?)"),
                vec![cursor.created_at.into(), cursor.id.into()],
            );
        }
        if !self.is_optional {
            let values = vec![self.bind(&cursor.key), cursor.created_at.into(), cursor.id.into()];
            return (format!("({key}, {created}, {id}) {than} (?, ?, ?)"), values);
        }
        let tie = format!("({created} {than} ? OR ({created} = ? AND {id} {than} ?))");
        let tied: Vec<Value> = vec![cursor.created_at.into(), cursor.created_at.into(), cursor.id.into()];
        let with = |first: Vec<Value>| first.into_iter().chain(tied.clone()).collect::<Vec<_>>();
        let value = self.bind(&cursor.key);
        match (cursor.key.is_null(), forward) {
            (true, true) => (format!("({key} IS NULL AND {tie})"), tied),
            (true, false) => (format!("({key} IS NOT NULL OR ({key} IS NULL AND {tie}))"), tied),
            (false, true) => (
                format!("({key} {than} ? OR ({key} = ? AND {tie}) OR {key} IS NULL)"),
                with(vec![value.clone(), value]),
            ),
            (false, false) => (
                format!("({key} {than} ? OR ({key} = ? AND {tie}))"),
                with(vec![value.clone(), value]),
            ),
        }
    }

    /// The order, from the first row or from the last.
    fn order(&self, forward: bool, descending: bool) -> String {
        let Self {
            expression: key,
            created,
            id,
            ..
        } = self;
        let direction = if forward == descending { "DESC" } else { "ASC" };
        let ties = format!("{created} {direction}, {id} {direction}");
        match self.kind {
            Kind::Created => ties,
            _ if self.is_optional => {
                let missing = if forward { "ASC" } else { "DESC" };
                format!("({key} IS NULL) {missing}, {key} {direction}, {ties}")
            }
            _ => format!("{key} {direction}, {ties}"),
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
    offset: u64,
    limit: i64,
}

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
            offset: wanted.at.unwrap_or(0),
            limit: i64::from(wanted.limit.unwrap_or(contract::page::DEFAULT_LIMIT)),
        })
    }

    fn forward(&self) -> bool {
        self.cursor.as_ref().is_none_or(|(_, forward)| *forward)
    }

    /// What is left of the list from there on, with its values.
    pub fn condition(&self) -> (String, Vec<Value>) {
        match &self.cursor {
            Some((cursor, forward)) => self.key.beyond(cursor, *forward, self.descending),
            None => ("TRUE".to_owned(), Vec::new()),
        }
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
        i64::try_from(self.offset).unwrap_or(i64::MAX)
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
