//! What a list is sorted by, and what lies beyond a place in it.

use chrono::NaiveDate;
use contract::Problem;
use sea_orm::{QueryResult, Value};

use super::Cursor;
use crate::error::Result;

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

/// The condition of a status, as the index by status has it or, where something else leads to the rows, as it is stored.
///
/// A file has no statistics: it would take an index of a few words for one that leads to a few rows. So that index is of an
/// expression, and nothing but a list of all records in a status uses it.
pub fn by_status(is_alone: bool) -> &'static str {
    if is_alone { "(t.status || '') = ?" } else { "t.status = ?" }
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug)]
pub struct SortKey {
    /// The expression in SQL.
    pub expression: &'static str,
    pub kind: Kind,
    /// Whether it can be missing; missing ones come last in either direction.
    pub is_optional: bool,
    /// Whether no two rows have the same.
    pub is_unique: bool,
    /// The table that is walked along for this order, as the query calls it, and its index.
    pub along: Option<(&'static str, &'static str)>,
    /// Whether that index holds the rows of the filter alone.
    pub is_filtered: bool,
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
            is_unique: false,
            along: None,
            is_filtered: false,
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

    /// The same for a value that no two rows share.
    pub const fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    /// The same with an index of a table that has the order: of `t`, or of a table that leads to the rows of `t`.
    pub const fn along(self, table: &'static str, index: &'static str) -> Self {
        Self {
            along: Some((table, index)),
            ..self
        }
    }

    /// The same; where the newest come first or last, with an index of those in one status, if the list is of those alone.
    pub fn in_status(self, is_meant: bool, index: &'static str) -> Self {
        if is_meant && self.kind == Kind::Created {
            Self {
                is_filtered: true,
                ..self.along("t", index)
            }
        } else {
            self
        }
    }

    /// The same of rows that were picked before, which have the columns `sort_key`, `created_at` and `id`.
    pub const fn of_picked(self) -> Self {
        Self {
            expression: "picked.sort_key",
            created: "picked.created_at",
            id: "picked.id",
            ..self
        }
    }

    /// The value that a row is sorted by, from its column `sort_key`.
    pub fn read(&self, row: &QueryResult) -> Result<serde_json::Value> {
        Ok(match self.kind {
            Kind::Created => serde_json::Value::Null,
            Kind::Text => row.try_get::<Option<String>>("", "sort_key")?.into(),
            Kind::Number => row.try_get::<Option<i64>>("", "sort_key")?.into(),
            Kind::Day => serde_json::json!(row.try_get::<Option<NaiveDate>>("", "sort_key")?),
            Kind::Flag => row.try_get::<bool>("", "sort_key")?.into(),
        })
    }

    /// Refuses a cursor whose value cannot be of this sort: it was not given by us.
    pub fn check(&self, field: &str, key: &serde_json::Value) -> Result<()> {
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
    pub fn beyond(&self, cursor: &Cursor, forward: bool, descending: bool) -> (String, Vec<Value>) {
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
    pub fn order(&self, forward: bool, descending: bool) -> String {
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

    /// The list from a cursor on, or from its first row: stretch after stretch, each of which lies in one piece in an index of what
    /// is sorted by and the tie-breakers.
    pub fn stretches(&self, cursor: Option<&Cursor>, forward: bool, descending: bool) -> Vec<Stretch> {
        let Self {
            expression: key,
            created,
            id,
            ..
        } = self;
        let is_down = forward == descending;
        let (than, direction) = if is_down { ("<", "DESC") } else { (">", "ASC") };
        let tied = format!("{created} {direction}, {id} {direction}");
        let sorted = match self.kind {
            Kind::Created => tied.clone(),
            _ if self.is_unique => format!("{key} {direction}"),
            _ => format!("{key} {direction}, {tied}"),
        };
        let stretch = |condition: String, values: Vec<Value>, order: &str| Stretch {
            condition,
            values,
            order: order.to_owned(),
        };
        let there = stretch(format!("{key} IS NOT NULL"), Vec::new(), &sorted);
        let missing = stretch(format!("{key} IS NULL"), Vec::new(), &tied);
        let Some(cursor) = cursor else {
            return match (self.is_optional, forward) {
                (false, _) => vec![stretch("TRUE".to_owned(), Vec::new(), &sorted)],
                (true, true) => vec![there, missing],
                (true, false) => vec![missing, there],
            };
        };
        let beyond = format!("({created}, {id}) {than} (?, ?)");
        let tie = || vec![Value::from(cursor.created_at), cursor.id.into()];
        if self.kind == Kind::Created {
            return vec![stretch(beyond, tie(), &tied)];
        }
        if cursor.key.is_null() {
            let rest = stretch(format!("{key} IS NULL AND {beyond}"), tie(), &tied);
            return if forward { vec![rest] } else { vec![rest, there] };
        }
        let value = || self.bind(&cursor.key);
        let mut stretches = Vec::new();
        if !self.is_unique {
            let values = [vec![value()], tie()].concat();
            stretches.push(stretch(format!("{key} = ? AND {beyond}"), values, &tied));
        }
        stretches.push(stretch(format!("{key} {than} ?"), vec![value()], &sorted));
        if self.is_optional && forward {
            stretches.push(missing);
        }
        stretches
    }
}

/// A part of a list whose rows follow each other in an index.
#[derive(Debug)]
pub struct Stretch {
    /// Its rows, with the values.
    pub condition: String,
    pub values: Vec<Value>,
    /// Their order.
    pub order: String,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn conditions(key: SortKey, cursor: Option<serde_json::Value>, forward: bool, descending: bool) -> Vec<String> {
        let cursor = cursor.map(|key| Cursor::new("list", key, 1, Uuid::nil()));
        let found = key.stretches(cursor.as_ref(), forward, descending);
        assert!(
            found.iter().all(|one| one.values.len() == one.condition.matches('?').count()),
            "{found:?}"
        );
        found.into_iter().map(|one| one.condition).collect()
    }

    #[test]
    fn missing_ones_are_the_last_stretch_in_either_direction() {
        let key = SortKey::optional("t.due_on", Kind::Day);
        let day = || Some(serde_json::json!("2026-11-22"));
        for descending in [false, true] {
            let (than, back) = if descending { ("<", ">") } else { (">", "<") };
            assert_eq!(
                conditions(key, None, true, descending),
                ["t.due_on IS NOT NULL", "t.due_on IS NULL"]
            );
            let after = conditions(key, day(), true, descending);
            let tie = format!("t.due_on = ? AND (t.created_at, t.id) {than} (?, ?)");
            assert_eq!(after, [tie, format!("t.due_on {than} ?"), "t.due_on IS NULL".to_owned()]);
            let before = conditions(key, day(), false, descending);
            let tie = format!("t.due_on = ? AND (t.created_at, t.id) {back} (?, ?)");
            assert_eq!(before, [tie, format!("t.due_on {back} ?")]);
            let missing = Some(serde_json::Value::Null);
            let after = conditions(key, missing.clone(), true, descending);
            assert_eq!(after, [format!("t.due_on IS NULL AND (t.created_at, t.id) {than} (?, ?)")]);
            let before = conditions(key, missing, false, descending);
            assert_eq!(before.last().map(String::as_str), Some("t.due_on IS NOT NULL"));
        }
    }

    #[test]
    fn what_no_two_rows_share_breaks_no_ties() {
        let key = SortKey::new("t.name", Kind::Text).unique();
        assert_eq!(conditions(key, Some(serde_json::json!("a")), true, false), ["t.name > ?"]);
        assert_eq!(key.stretches(None, true, true)[0].order, "t.name DESC");
    }
}
