//! Paging by key: a cursor holds where a page ended and for which list it is good.

use contract::{Conflict, Problem};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    error::Result,
    random::{hex, unhex},
    scope::Scope,
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

/// A page of a plain list: newest first, of one customer or of all.
pub struct Newest<'a> {
    /// What the list is called in its cursors.
    pub name: &'a str,
    /// The columns and tables, up to `FROM … JOIN …`; the list's own table is called `t`.
    pub select: &'a str,
    /// Where the number of matches is counted, the own table alone.
    pub table: &'a str,
    /// Conditions, over `t`, with their values; joined by AND.
    pub conditions: Vec<(&'a str, Vec<Value>)>,
    pub limit: Option<u32>,
    pub after: Option<&'a str>,
}

/// The rows of a page, the cursor of the next, the number of all.
pub struct Rows {
    pub rows: Vec<sea_orm::QueryResult>,
    pub next: Option<String>,
    pub total: u64,
}

impl Newest<'_> {
    /// Fetches the page. The rows have the columns `created_at` and `id` beside those of `select`.
    pub async fn fetch(self, scope: &Scope) -> Result<Rows> {
        let limit = self.limit.unwrap_or(contract::page::DEFAULT_LIMIT);
        let filters: Vec<String> = self.conditions.iter().map(|(sql, values)| format!("{sql} {values:?}")).collect();
        let mark = list_mark(&(self.name, filters))?;
        let mut conditions: Vec<&str> = self.conditions.iter().map(|(sql, _)| *sql).collect();
        let mut values: Vec<Value> = self.conditions.iter().flat_map(|(_, values)| values.clone()).collect();
        let all = if conditions.is_empty() {
            "TRUE".to_owned()
        } else {
            conditions.join(" AND ")
        };
        let total = scope
            .number(&format!("SELECT COUNT(*) FROM {} AS t WHERE {all}", self.table), values.clone())
            .await?;
        if let Some(after) = self.after {
            let cursor = Cursor::decode("after", after, &mark)?;
            conditions.push("(t.created_at < ? OR (t.created_at = ? AND t.id < ?))");
            values.extend([cursor.created_at.into(), cursor.created_at.into(), cursor.id.into()]);
        }
        let wanted = if conditions.is_empty() {
            "TRUE".to_owned()
        } else {
            conditions.join(" AND ")
        };
        values.push((i64::from(limit) + 1).into());
        let sql = format!("{} WHERE {wanted} ORDER BY t.created_at DESC, t.id DESC LIMIT ?", self.select);
        let mut rows = scope.rows(&sql, values).await?;
        let has_more = rows.len() > usize::try_from(limit)?;
        rows.truncate(usize::try_from(limit)?);
        let next = match rows.last().filter(|_| has_more) {
            Some(last) => Some(
                Cursor::new(
                    &mark,
                    serde_json::Value::Null,
                    last.try_get("", "created_at")?,
                    last.try_get("", "id")?,
                )
                .encode()?,
            ),
            None => None,
        };
        Ok(Rows {
            rows,
            next,
            total: u64::try_from(total)?,
        })
    }
}
